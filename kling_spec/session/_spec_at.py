"""A spec as it was at a git revision, with the files that it needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from kling_spec.history import GitError, Repository, repository, unpack
from kling_spec.session._past import Past
from kling_spec.session._project import project_root
from kling_spec.session._settings import FILE


@contextmanager
def spec_at(revision: str, spec: str | Path) -> Iterator[Past]:
    """Put a spec as it was at the revision into a folder for a while, with everything of its project.

    `spec` is a path from here, or else from the top of the repository. Raises GitError.
    """
    here = Path(spec).absolute()
    repo = repository(here.parent)
    commit = repo.commit(revision)
    inside = _inside(repo, commit, here, spec)
    today = repo.top / inside
    root = project_root(today)
    below = PurePosixPath(root.relative_to(repo.top).as_posix()) if root.is_relative_to(repo.top) else None
    with TemporaryDirectory(prefix="kling-spec-") as folder:
        tree = Path(folder).resolve()
        unpack(repo, commit, below or PurePosixPath(), tree)
        (tree / (below or "")).mkdir(parents=True, exist_ok=True)
        (tree / (below or "") / FILE).touch()  # the project is as wide as it is today
        yield Past(path=tree / inside, revision=revision, tree=tree, home=today.parent)


def _inside(repo: Repository, commit: str, here: Path, spec: str | Path) -> PurePosixPath:
    """Return the spec's path in the repository at that commit. Raises GitError."""
    paths = [] if Path(spec).is_absolute() else [PurePosixPath(Path(spec).as_posix())]
    folder = here.parent.resolve()
    if folder.is_relative_to(repo.top.resolve()):
        inner = PurePosixPath(folder.relative_to(repo.top.resolve()).as_posix()) / here.name
        paths.insert(0, inner)
    for path in paths:
        if ".." not in path.parts and repo.has(commit, path):
            return path
    raise GitError(f"there was no '{spec}' at {commit[:12]}")

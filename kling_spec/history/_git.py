"""Asks git, which changes nothing and asks nobody."""

import os
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_SECONDS = 120
_CALM = {
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX")
"""What would make git look into another repository than that of the folder, as in its hooks."""


class GitError(Exception):
    """What was asked for is in no repository, or git cannot tell; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """One file of a revision."""

    path: PurePosixPath
    """From the top of the repository."""
    mode: str
    digest: str
    """Its name among git's objects."""
    size: int


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository with a working tree."""

    top: Path

    def commit(self, revision: str) -> str:
        """Return the commit of a revision such as `HEAD~1`. Raises GitError."""
        words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        try:
            return _git(self.top, *words).decode().strip()
        except GitError:
            raise GitError(f"git knows no revision '{revision}' in {self.top}") from None

    def has(self, commit: str, path: PurePosixPath) -> bool:
        """Whether there was such a file then."""
        return any(blob.path == path for blob in self.blobs(commit, path))

    def blobs(self, commit: str, below: PurePosixPath) -> Iterator[Blob]:
        """Yield the files below a folder, or the file of that path. Raises GitError."""
        where = () if below == PurePosixPath() else ("--", str(below))
        listed = _git(self.top, "ls-tree", "-r", "-z", "-l", "--full-tree", commit, *where)
        for line in listed.split(b"\0")[:-1]:
            head, _, name = line.partition(b"\t")
            mode, kind, digest, size = head.decode().split()
            if kind == "blob":
                path = PurePosixPath(os.fsdecode(name))
                yield Blob(path=path, mode=mode, digest=digest, size=int(size))

    def contents(self, digests: Iterable[str]) -> Iterator[bytes]:
        """Yield the bytes of files, one after the other, as they were committed. Raises GitError."""
        with subprocess.Popen(  # noqa: S603 -- argv only
            _command(self.top, "cat-file", "--batch"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        ) as process:
            if process.stdin is None or process.stdout is None:
                raise GitError("git cannot be spoken to")
            for digest in digests:
                process.stdin.write(f"{digest}\n".encode())
                process.stdin.flush()
                head = process.stdout.readline().split()
                if len(head) != 3:
                    raise GitError(f"git cannot read its object {digest}; 'git fsck' tells more")
                yield process.stdout.read(int(head[2]))
                process.stdout.read(1)

    def large_file(self, digest: str) -> Path:
        """Return where Git LFS keeps a file on this machine, should it be there."""
        folder = _git(self.top, "rev-parse", "--git-common-dir").decode().strip()
        return self.top / folder / "lfs" / "objects" / digest[:2] / digest[2:4] / digest


def repository(folder: Path) -> Repository:
    """Return the repository in which a folder lies, or would lie. Raises GitError."""
    there = next(up for up in (folder, *folder.parents) if up.is_dir())
    try:
        top = os.fsdecode(_git(there, "rev-parse", "--show-toplevel").rstrip(b"\r\n"))
    except GitError as error:
        raise GitError(f"{folder} is in no git repository that can be read: {error}") from None
    return Repository(Path(top))


def _git(folder: Path, *words: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 -- argv only
            _command(folder, *words),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env=_environment(),
        )
    except FileNotFoundError:
        raise GitError("git is not installed") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError(f"git does not answer: {error}") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GitError(said[-1].removeprefix("fatal: ") if said else "git refused")
    return done.stdout


def _command(folder: Path, *words: str) -> list[str]:
    return ["git", "-C", str(folder), "-c", "core.fsmonitor=false", "--no-pager", *words]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _ELSEWHERE} | _CALM

"""Writes the files of a revision into a folder: what a spec may need, and no more."""

import os
import re
from contextlib import suppress
from pathlib import Path, PurePosixPath

from kling_spec.history._git import Blob, GitError, Repository

_LARGEST_TEXT = 1024 * 1024
"""Bytes; anything larger is written only where a spec names it."""
_LINK = "120000"
_LARGE_FILE = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\n"
)


def unpack(repository: Repository, commit: str, below: PurePosixPath, target: Path) -> None:
    """Write the files below a folder of the repository to the same paths below `target`.

    They come as they were committed, by no filter. Of what is larger than a spec can be, only files come
    whose names stand in a YAML file there. Raises GitError.
    """
    blobs = [blob for blob in repository.blobs(commit, below) if _is_plain(blob.path)]
    specs = [blob for blob in blobs if blob.path.suffix in (".yaml", ".yml") and blob.size <= _LARGEST_TEXT]
    texts = list(repository.contents(blob.digest for blob in specs))

    def is_named(blob: Blob) -> bool:
        return any(os.fsencode(blob.path.name) in text for text in texts)

    wanted = [blob for blob in blobs if blob.size <= _LARGEST_TEXT or is_named(blob)]
    wanted.sort(key=lambda blob: blob.mode == _LINK)  # last, so that nothing is written through one
    for blob, content in zip(wanted, repository.contents(blob.digest for blob in wanted), strict=True):
        file = target / blob.path
        if blob.mode == _LINK:
            _link(file, os.fsdecode(content), target)
        elif (large := _LARGE_FILE.match(content)) and is_named(blob):
            _write(file, _fetched(repository, large[1].decode(), blob))
        else:
            _write(file, content)


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _link(file: Path, to: str, target: Path) -> None:
    """Make a link, where it leads to another file of the tree."""
    real = os.path.normpath(file.parent / to)
    if not Path(to).is_absolute() and Path(real).is_relative_to(target):
        file.parent.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # where there can be no links, what uses one says that it is missing
            file.symlink_to(to)


def _fetched(repository: Repository, digest: str, blob: Blob) -> bytes:
    try:
        return repository.large_file(digest).read_bytes()
    except OSError:
        raise GitError(
            f"{blob.path} is kept by Git LFS and is not on this machine; 'git lfs fetch' brings it"
        ) from None


def _is_plain(path: PurePosixPath) -> bool:
    """Whether the path leads to a place below the folder; whoever makes a tree by hand may write anything."""
    return not path.is_absolute() and not {"..", ".git"} & set(path.parts)

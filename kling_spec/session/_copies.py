"""Copies of the project's files for the programs that make films, which open what they read by its name."""

from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from kling_spec.files import UnfitFile, opened
from kling_spec.ir import Link, LocalFile
from kling_spec.media import MediaError
from kling_spec.session._inputs import LARGEST

_CHUNK = 1 << 20


class Copies:
    """Copies each file once, while it is opened with care, and removes the copies at the end.

    What is copied is what was looked at when the spec was read, to the last byte: nothing that takes the
    place of a file since then is opened by anybody.
    """

    def __init__(self, work: Path, folder: Path, root: Path) -> None:
        self._work = work
        self._folder = folder
        self._root = root
        self._made: TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._made is not None:
            self._made.cleanup()

    def of(self, source: Link | LocalFile) -> Path:
        """Return where the copy lies.

        Raises KeyError for an address, FileNotFoundError where there is no file any more, and MediaError
        where it is another one, or one that may not be read.
        """
        if isinstance(source, Link):
            raise KeyError(source.url)
        if self._made is None:
            self._work.mkdir(parents=True, exist_ok=True)
            self._made = TemporaryDirectory(prefix="cut-files-", dir=self._work)
        copy = Path(self._made.name) / f"{source.sha256}{Path(source.path).suffix.lower()}"
        if not copy.exists():
            self._copy(source, copy)
        return copy

    def _copy(self, source: LocalFile, copy: Path) -> None:
        digest, size, part = sha256(), 0, copy.with_name(f"{copy.name}.part")
        most = source.facts.bytes if source.facts is not None else LARGEST
        try:
            with opened(self._folder / source.path, self._root) as file, part.open("wb") as target:
                while size <= most and (chunk := file.read(_CHUNK)):
                    size += len(chunk)
                    digest.update(chunk)
                    target.write(chunk)
        except FileNotFoundError:
            raise
        except (UnfitFile, OSError, ValueError) as error:
            raise MediaError(getattr(error, "strerror", None) or str(error)) from None
        if digest.hexdigest() != source.sha256:
            raise MediaError("it has changed since the spec was read")
        part.replace(copy)

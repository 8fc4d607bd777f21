"""The bytes of one answer: all of them, a part that was asked for, or fewer or more than there are."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from kling_spec.sandbox._wire import Manner

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_CHUNK = 1024 * 1024


class Sending:
    """A stretch of a stream, to be sent in a manner."""

    def __init__(self, stream: IO[bytes], size: int, manner: Manner) -> None:
        self._stream = stream
        self._there = int(size * manner.there)
        self._manner = manner
        self.size = self._there + manner.padding
        """How many bytes there are, as the caller is told."""
        self.start, self.end = 0, self.size

    @classmethod
    def of_bytes(cls, data: bytes, manner: Manner) -> Self:
        """Return what a body is sent as; what is missing or padded is of files only."""
        return cls(io.BytesIO(data), len(data), Manner(sent=manner.sent, pause=manner.pause))

    @classmethod
    def of_file(cls, file: Path, manner: Manner) -> Self:
        """Return what a file is sent as; it is open until the end of the block."""
        return cls(file.open("rb"), file.stat().st_size, manner)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stream.close()

    @property
    def length(self) -> int:
        """How many bytes are announced."""
        return self.end - self.start

    @property
    def is_whole(self) -> bool:
        """Whether that is all there is."""
        return self.length == self.size

    @property
    def pause(self) -> float:
        """Seconds to wait after each chunk."""
        return self._manner.pause

    @property
    def breaks_off(self) -> bool:
        """Whether fewer bytes come than are announced."""
        return self._manner.sent < 1

    def cut(self, header: str | None) -> bool:
        """Take the stretch that a Range header asks for, all without one, and say whether there is any."""
        match = None if header is None else _RANGE.fullmatch(header.strip())
        if match is None or match.groups() == ("", ""):
            return True
        first, last = match.groups()
        if not first:
            self.start = max(0, self.size - int(last))
            return bool(int(last))
        self.start = int(first)
        self.end = min(self.size, int(last) + 1) if last else self.size
        return self.start < self.end

    def chunks(self) -> Iterator[bytes]:
        """Yield what is sent, byte by byte where there is a pause after each."""
        step = 1 if self.pause else _CHUNK
        self._stream.seek(min(self.start, self._there))
        left = int(self.length * self._manner.sent)
        place = self.start
        while left > 0:
            here = min(step, left, self._there - place) if place < self._there else 0
            chunk = self._stream.read(here) if here else bytes(min(step, left))
            if not chunk:
                return
            yield chunk
            place += len(chunk)
            left -= len(chunk)

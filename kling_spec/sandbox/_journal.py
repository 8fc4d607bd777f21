"""A file of JSON lines that is only ever added to: what outlives the process."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from kling_spec.sandbox._error import SandboxError

_Value = TypeVar("_Value")


class Journal:
    """Holds one file. A line that is in it survives the process, however that ends.

    A last line without its end was never answered to anyone and is cut off.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._file = path.open("ab", buffering=0)
        with path.open("rb") as lines:
            self._end = sum(len(line) for line in lines if line.endswith(b"\n"))
        self._file.truncate(self._end)

    def read(self, parse: Callable[[Any], _Value]) -> Iterator[_Value]:
        """Yield what each line says, oldest first. Raises SandboxError at a line that cannot be read."""
        with self._path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    value = parse(json.loads(line))
                except (ValueError, TypeError, LookupError, ArithmeticError):
                    raise SandboxError(
                        f"line {number} of {self._path} is none of this sandbox's;"
                        " move the folder away to begin anew"
                    ) from None
                yield value

    def append(self, record: Any) -> None:
        """Write a line through to the system; all of it or, with an OSError, nothing."""
        line = json.dumps(record, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            try:
                left = memoryview(line)
                while left:
                    left = left[self._file.write(left) :]
            except OSError:
                self._file.truncate(self._end)
                raise
            self._end += len(line)

    def close(self) -> None:
        """Take no more lines: `append` raises ValueError from now on."""
        with self._lock:
            self._file.close()

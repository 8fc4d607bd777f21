"""Keeps encoded segments and sounds under the hash of all that decided them, within a limit of size."""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from secrets import token_hex

from kling_spec.media import sha256_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A segment or a sound that is there, and whose bytes are those that were kept."""

    path: Path
    lacking: tuple[int, ...]
    """For each of its clips, the frames that it turned out to lack."""
    loudness: float | None = None
    """LUFS of a sound that was brought to a target."""


class Missing(StrEnum):
    """Why a segment must be made."""

    ABSENT = "not in the store"
    DAMAGED = "its file in the store is damaged"


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of segments. Several processes may use one: each file appears whole or not at all."""

    folder: Path
    limit: int
    """Bytes; what was used longest ago goes first."""

    def find(self, key: str) -> Kept | Missing:
        """Return the segment, or why there is none; a damaged one is taken away."""
        data, note = self._data(key), self._note(key)
        try:
            said = json.loads(note.read_text(encoding="utf-8"))
            is_whole = data.stat().st_size == said["bytes"] and sha256_of(data) == said["sha256"]
            lacking = tuple(int(many) for many in said["lacking"])
            loudness = None if said["loudness"] is None else float(said["loudness"])
        except FileNotFoundError:
            return Missing.ABSENT
        except (OSError, ValueError, KeyError, TypeError):
            is_whole, lacking, loudness = False, (), None
        if not is_whole:
            self._drop(key)
            return Missing.DAMAGED
        for path in (data, note):
            with suppress(OSError):
                os.utime(path)
        return Kept(path=data, lacking=lacking, loudness=loudness)

    def keep(
        self, key: str, part: Path, lacking: tuple[int, ...] = (), loudness: float | None = None
    ) -> Kept:
        """Take the finished file in, under its key; what comes last is the note that makes it count."""
        self.folder.mkdir(parents=True, exist_ok=True)
        said = {
            "sha256": sha256_of(part),
            "bytes": part.stat().st_size,
            "lacking": list(lacking),
            "loudness": loudness,
        }
        note = part.with_name(f"{key}.{token_hex(4)}.json")
        note.write_text(json.dumps(said), encoding="utf-8")
        part.replace(self._data(key))
        note.replace(self._note(key))
        return Kept(path=self._data(key), lacking=lacking, loudness=loudness)

    def evict(self) -> None:
        """Take away what was used longest ago, until the rest is within the limit."""
        held = sorted(self._held(), reverse=True)
        total = 0
        for _, size, key in held:
            total += size
            if total > self.limit:
                self._drop(key)

    def _held(self) -> Iterator[tuple[int, int, str]]:
        """Yield when each segment was used last, its size and its key."""
        for data in self.folder.glob("*.segment"):
            with suppress(OSError):
                about = data.stat()
                yield about.st_mtime_ns, about.st_size, data.stem

    def _drop(self, key: str) -> None:
        for path in (self._note(key), self._data(key)):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _data(self, key: str) -> Path:
        return self.folder / f"{key}.segment"

    def _note(self, key: str) -> Path:
        return self.folder / f"{key}.json"


def held(kept: Kept, link: Path) -> Path:
    """Return the segment under a second name, under which it stays whatever becomes of the store."""
    try:
        os.link(kept.path, link)
    except OSError:  # not every file system has second names
        import shutil

        shutil.copyfile(kept.path, link)
    return link

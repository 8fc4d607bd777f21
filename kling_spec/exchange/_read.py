"""Reads what an editor made of a timeline; what cannot be said by a cut is told, item by item."""

import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

from kling_spec.diagnostics import Diagnostic, Origin, Severity
from kling_spec.exchange._edit import Crossing, Edit, Heard, Stretch
from kling_spec.exchange._library import OURS, ExchangeError, library
from kling_spec.exchange._tracks import KINDS
from kling_spec.ir import TransitionKind

_LARGEST = 64 * 1024 * 1024
_SLOWEST, _FASTEST = Decimal("0.1"), Decimal(20)
_LONGEST = 24 * 3600
"""Seconds of an edit."""


def read_edit(path: Path) -> Edit:
    """Return what the file says; its `found` holds an error for all that a cut cannot follow.

    Nothing but this file is opened. Raises ExchangeError where it is no timeline, or the library is missing.
    """
    otio = library()
    root = _root(path, otio)  # held to the end: the library empties what its owner does not hold any more
    timeline = _timeline(root, path, otio)
    ours = _ours(timeline)
    reader = _Reader(str(path), otio)
    reader.read(timeline)
    return Edit(
        file=str(path),
        cut=str(ours.get("cut", "")),
        variant=str(ours.get("variant", "")),
        stretches=tuple(reader.stretches),
        leaving=reader.crossing,
        heard=tuple(reader.heard),
        found=tuple(reader.found),
    )


def _root(path: Path, otio: ModuleType) -> Any:
    try:
        if path.stat().st_size > _LARGEST:
            raise ExchangeError(f"{path} has more than {_LARGEST // 1024 // 1024} MiB")
        text = path.read_text(encoding="utf-8")
        json.loads(text)  # refuses what is nested too deeply for the library's own parser
        return otio.core.deserialize_json_from_string(text)
    except UnicodeDecodeError:
        raise ExchangeError(f"{path} is no text; save the edit as .otio") from None
    except (ValueError, LookupError, TypeError, RecursionError, otio.exceptions.OTIOError):
        raise ExchangeError(f"{path} is no OpenTimelineIO file; export the edit as .otio") from None


def _timeline(root: Any, path: Path, otio: ModuleType) -> Any:
    if isinstance(root, otio.schema.SerializableCollection):
        inside = [child for child in root if isinstance(child, otio.schema.Timeline)]
        if len(inside) == 1:
            return inside[0]
    if not isinstance(root, otio.schema.Timeline):
        raise ExchangeError(f"{path} holds not one timeline; export the film's timeline alone")
    return root


class _Reader:
    """Goes through the tracks of one timeline."""

    def __init__(self, file: str, otio: ModuleType) -> None:
        self.stretches: list[Stretch] = []
        self.heard: list[Heard] = []
        self.found: list[Diagnostic] = []
        self.crossing: Crossing | None = None
        """The transition that waits for the item that it leads to."""
        self._otio = otio
        self._origin = Origin(file)

    def read(self, timeline: Any) -> None:
        """Take all tracks in."""
        schema = self._otio.schema
        for effect in timeline.tracks.effects:
            self._leave_out(f"{_named(effect)} on the whole timeline")
        seen = [track for track in timeline.tracks if self._is_seen(track)]
        full = (track for track in seen if any(not isinstance(item, schema.Gap) for item in track))
        picture = next(full, seen[0] if seen else None)
        for number, track in enumerate(timeline.tracks, 1):
            name = getattr(track, "name", "") or str(number)
            if not isinstance(track, schema.Track):
                self._refuse(f"'{name}' is no track", "a cut has one track of picture")
            elif track.kind == "Audio":
                self.heard += self._sounds(track) if track.enabled else ()
            elif not track.enabled:
                self._leave_out(f"track '{name}', which is switched off,")
            elif track is picture:
                self._picture(track, name)
            else:
                self._second(track, name)

    def _is_seen(self, track: Any) -> bool:
        return isinstance(track, self._otio.schema.Track) and track.kind != "Audio" and track.enabled

    def _picture(self, track: Any, name: str) -> None:
        for effect in track.effects:
            self._leave_out(f"{_named(effect)} on track '{name}'")
        at = Fraction(0)
        for number, item in enumerate(track, 1):
            where = f"{_place(item, number, name)}, at {float(at):.3f} s"
            try:
                at = self._item(item, where, at)
            except (ValueError, OverflowError, self._otio.exceptions.OTIOError) as error:
                self._refuse(f"{where} cannot be read: {error}", "look at it in the editor")

    def _item(self, item: Any, where: str, at: Fraction) -> Fraction:
        """Take one item in, and return the second at which the next one begins."""
        schema = self._otio.schema
        if isinstance(item, schema.Transition):
            self._enter(item, where)
            return at
        if not isinstance(item, schema.Clip | schema.Gap):
            self._refuse(
                f"{where} is nested: a cut has clips and gaps only", "put its clips on the track itself"
            )
            return at
        span = item.trimmed_range()
        end = at + _seconds(span.duration)
        if not at <= end <= _LONGEST:
            raise ValueError("its length is none")
        crossing, self.crossing = self.crossing, None
        ours = _ours(item)
        entry = ours.get("entry")
        common: dict[str, Any] = {
            "where": where,
            "begin": at,
            "end": end,
            "entry": entry if isinstance(entry, int) else None,
            "crossing": crossing,
        }
        if isinstance(item, schema.Gap) or not item.enabled:
            if isinstance(item, schema.Clip):
                self._leave_out(f"{where}, which is switched off, is a gap: what it shows")
            color = ours.get("color")
            self.stretches.append(Stretch(color=color if isinstance(color, str) else None, **common))
            return end
        reference = item.media_reference
        zero = reference.available_range
        start = _seconds(span.start_time) - (_seconds(zero.start_time) if zero is not None else 0)
        speed = self._speed(item, where)
        media = _ours(reference)
        self.stretches.append(
            Stretch(
                start=start,
                speed=speed,
                sha256=str(media.get("sha256", "")),
                file=_file_name(reference),
                **common,
            )
        )
        return end

    def _enter(self, item: Any, where: str) -> None:
        if self.crossing is not None:
            self._refuse(f"{where} follows another transition", "leave one of them out")
        before, behind = _seconds(item.in_offset), _seconds(item.out_offset)
        if before < 0 or behind < 0 or before + behind > _LONGEST:
            raise ValueError("its length is none")
        self.crossing = Crossing(kind=self._kind(item, where), before=before, behind=behind)

    def _kind(self, item: Any, where: str) -> TransitionKind:
        name = (item.name or "").lower()
        if item.transition_type == "SMPTE_Dissolve":
            return KINDS.get(name, TransitionKind.CROSSFADE)
        written = _ours(item).get("kind")
        if name in KINDS:
            return KINDS[name]
        if written in [kind.value for kind in TransitionKind]:
            return TransitionKind(written)
        self._warn(f"{where} is no transition that a cut has, and becomes a crossfade")
        return TransitionKind.CROSSFADE

    def _speed(self, item: Any, where: str) -> Decimal:
        """Return how fast the clip plays; whatever else is done to it is told."""
        schema = self._otio.schema
        speed = Decimal(1)
        for effect in item.effects:
            if isinstance(effect, schema.LinearTimeWarp) and not isinstance(effect, schema.FreezeFrame):
                if not isfinite(effect.time_scalar):
                    raise ValueError("its speed is none")
                speed *= Decimal(repr(float(effect.time_scalar)))
            elif isinstance(effect, schema.TimeEffect):
                kind = "is frozen" if isinstance(effect, schema.FreezeFrame) else "changes its speed"
                self._refuse(f"{where} {kind}: a cut has constant speeds only", "give it one speed")
            else:
                self._leave_out(f"{_named(effect)} of {where}")
        if not _SLOWEST <= speed <= _FASTEST:
            self._refuse(f"{where} plays at {speed:g}", f"a speed lies between {_SLOWEST} and {_FASTEST}")
            return Decimal(1)
        return speed.quantize(Decimal("0.000001")).normalize()

    def _second(self, track: Any, name: str) -> None:
        for number, item in enumerate(track, 1):
            if not isinstance(item, self._otio.schema.Gap):
                self._refuse(
                    f"{_place(item, number, name)} lies over the picture: a cut has one track of picture",
                    "move it to the first track; titles and logos are 'overlays' of the spec",
                )

    def _sounds(self, track: Any) -> Iterator[Heard]:
        at = Fraction(0)
        for item in track:
            if isinstance(item, self._otio.schema.Transition):
                continue
            try:
                end = at + _seconds(item.duration())
            except (ValueError, OverflowError, self._otio.exceptions.OTIOError):
                return
            if isinstance(item, self._otio.schema.Clip):
                yield Heard(name=_file_name(item.media_reference), begin=at, end=end)
            at = end

    def _refuse(self, message: str, help_: str) -> None:
        self.found.append(Diagnostic(code="KS722", message=message, origin=self._origin, help=help_))

    def _leave_out(self, what: str) -> None:
        self._warn(f"{what} is left out of the film")

    def _warn(self, message: str) -> None:
        self.found.append(
            Diagnostic(code="KS723", message=message, origin=self._origin, severity=Severity.WARNING)
        )


def _named(effect: Any) -> str:
    return f"the effect '{effect.effect_name or effect.name}'"


def _place(item: Any, number: int, track: str) -> str:
    return f"item {number} of track '{track}'" + (f" ('{item.name}')" if item.name else "")


def _ours(thing: Any) -> dict[str, Any]:
    """Return our metadata of anything; empty where an editor took them out."""
    metadata = getattr(thing, "metadata", None) or {}
    ours = metadata.get(OURS)
    return dict(ours) if ours is not None and hasattr(ours, "items") else {}


def _seconds(time: Any) -> Fraction:
    """Return the time in seconds. Raises ValueError for a rate or a number that is none."""
    if not (isfinite(time.value) and isfinite(time.rate) and time.rate > 0):
        raise ValueError("its time is none")
    return Fraction(time.value) / Fraction(time.rate).limit_denominator(1001)


def _file_name(reference: Any) -> str:
    url = getattr(reference, "target_url", "") or ""
    try:
        path = urlsplit(url).path if "://" in url else url
    except ValueError:
        path = url
    return PurePosixPath(unquote(path).replace("\\", "/")).name

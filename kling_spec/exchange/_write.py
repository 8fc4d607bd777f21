"""Writes a film for an editor, and holds what was written against what was meant."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from kling_spec.diagnostics import Diagnostic
from kling_spec.exchange._build import build
from kling_spec.exchange._form import Form, Placing
from kling_spec.exchange._laid import Laid
from kling_spec.exchange._library import ExchangeError, library
from kling_spec.exchange._losses import losses
from kling_spec.exchange._shelf import place, urls_of
from kling_spec.files import write_whole

_REEL = 8
"""The longest name of a reel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A timeline that was handed over."""

    path: Path
    media: Path | None
    """The folder of its media, unless they stay where they are."""
    found: tuple[Diagnostic, ...]
    """What the file does not carry."""


def write(laid: Laid, target: Path, form: Form, placing: Placing, *, overwrite: bool = False) -> Written:
    """Write the film to `target`, its media beside it, and return what an editor does not get of it.

    A file that stands there and says something else is left alone unless `overwrite` is said: it may be
    somebody's edit. Raises ExchangeError for that, where the library is missing, and where the library's
    writer loses a transition.
    """
    otio = library(form.adapter)
    folder = target.with_name(f"{target.stem}-media")
    timeline = build(laid, urls_of(laid.stock.materials, folder, placing), otio)
    reels = _simplified(timeline, form, otio)
    text = _text(timeline, form, otio)
    _check_back(text, timeline, form, otio)
    _refuse_other(text, target, overwrite=overwrite)
    place(laid.stock.materials, folder, placing)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, text)
    media = None if placing is Placing.NONE else folder
    return Written(path=target, media=media, found=losses(laid, form, reels))


def _text(timeline: Any, form: Form, otio: ModuleType) -> str:
    if form is Form.OTIO:
        return f"{otio.core.serialize_json_to_string(timeline, indent=2)}\n"
    try:
        written: str = otio.adapters.write_to_string(timeline.deepcopy(), form.adapter)
    except (ValueError, otio.exceptions.OTIOError) as error:
        raise ExchangeError(f"{form.words} cannot be written of '{timeline.name}': {error}") from None
    return written


def _simplified(timeline: Any, form: Form, otio: ModuleType) -> tuple[str, ...]:
    """Take out what a writer would get wrong, name the reels of an EDL, and return those that were shortened."""
    if form is Form.OTIO:
        return ()
    for track in timeline.tracks:
        _unwarped(track, otio)
        if form is Form.FCP7:
            _faded(track, otio)
    if form is not Form.EDL:
        return ()
    _blackened(timeline, otio)
    reels: dict[str, str] = {}
    stems: dict[str, str] = {}
    for clip in timeline.find_clips():
        reference = clip.media_reference
        if isinstance(reference, otio.schema.ExternalReference):
            url, stem = reference.target_url, reference.name.rsplit(".", 1)[0]
            stems.setdefault(url, stem)
            reel = reels[url] if url in reels else reels.setdefault(url, _reel(stem, reels.values()))
            clip.metadata["cmx_3600"] = {"reel": reel}
    return tuple(f"{stems[url]} is {reel}" for url, reel in reels.items() if reel != _letters(stems[url]))


def _unwarped(track: Any, otio: ModuleType) -> None:
    """Take the speeds out, which neither writer counts rightly; each clip begins with the frame that it should."""
    head = 0.0
    for item in track:
        if isinstance(item, otio.schema.Transition):
            head = item.in_offset.value
            continue
        if item.effects:
            (warp,) = item.effects
            span = item.source_range
            start = span.start_time.value - head * warp.time_scalar + head
            item.source_range = otio.opentime.TimeRange(
                otio.opentime.RationalTime(round(start), span.start_time.rate), span.duration
            )
            item.effects.clear()
        head = 0.0


def _faded(track: Any, otio: ModuleType) -> None:
    """Let transitions between a gap and a clip stand over the clip alone, as FCP 7 has its fades.

    One between two gaps, which are black there, is taken out: nothing is seen of it.
    """
    gap, time = otio.schema.Gap, otio.opentime.RationalTime
    unseen: list[int] = []
    for number, item in enumerate(track):
        if not isinstance(item, otio.schema.Transition):
            continue
        before, behind = track[number - 1], track[number + 1]
        head, tail, rate = item.in_offset.value, item.out_offset.value, item.in_offset.rate
        if isinstance(before, gap) == isinstance(behind, gap):
            unseen += [number] * isinstance(before, gap)
            continue
        if isinstance(before, gap):
            _resize(before, 0, -head, otio)
            _resize(behind, -head, head, otio)
            item.in_offset, item.out_offset = time(0, rate), time(head + tail, rate)
        else:
            _resize(before, 0, tail, otio)
            _resize(behind, tail, -tail, otio)
            item.in_offset, item.out_offset = time(head + tail, rate), time(0, rate)
    for number in reversed(unseen):
        del track[number]


def _resize(item: Any, later: float, longer: float, otio: ModuleType) -> None:
    span = item.source_range
    start, length = span.start_time, span.duration
    item.source_range = otio.opentime.TimeRange(
        otio.opentime.RationalTime(start.value + later, start.rate),
        otio.opentime.RationalTime(length.value + longer, length.rate),
    )


def _blackened(timeline: Any, otio: ModuleType) -> None:
    """Say gaps as events of black: an EDL that skips one would dissolve from the clip before it."""
    track = timeline.tracks[0]
    for number, item in enumerate(track):
        if isinstance(item, otio.schema.Gap):
            track[number] = otio.schema.Clip(
                source_range=item.source_range, metadata={"cmx_3600": {"reel": "BL"}}
            )


def _reel(name: str, taken: Any) -> str:
    """Return a name for a reel that no other one has."""
    plain = _letters(name) or "CLIP"
    reel, number = plain[:_REEL], 2
    while reel in taken:
        reel, number = f"{plain[: _REEL - len(str(number))]}{number}", number + 1
    return reel


def _letters(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", name.upper())


def _check_back(text: str, meant: Any, form: Form, otio: ModuleType) -> None:
    """Read what was written, and raise ExchangeError where a clip or a transition did not come through."""
    if form is Form.OTIO:
        came = otio.core.deserialize_json_from_string(text)
    else:
        options = {"rate": meant.global_start_time.rate} if form is Form.EDL else {}
        try:
            came = otio.adapters.read_from_string(text, form.adapter, **options)
        except (ValueError, otio.exceptions.OTIOError) as error:
            raise ExchangeError(f"{form.words} of '{meant.name}' could not be read again: {error}") from None
    for kind in ("Clip", "Transition"):
        wanted, found = [*_frames(meant, kind)], [*_frames(came, kind)]
        is_same = wanted == found if kind == "Transition" else len(wanted) <= len(found)
        if not is_same:
            raise ExchangeError(
                f"{form.words} would lose {kind.lower()}s of '{meant.name}': {len(found)} of {len(wanted)} "
                "came back as they were; write .otio instead"
            )


def _frames(timeline: Any, kind: str) -> Iterator[int]:
    """Yield the length of everything of that kind on the picture track, in frames."""
    track = next(track for track in timeline.tracks if track.kind == "Video")
    for item in track:
        is_black = kind == "Clip" and item.metadata.get("cmx_3600", {}).get("reel") == "BL"
        if item.schema_name() == kind and not is_black:
            yield round(item.duration().value)


def _refuse_other(text: str, target: Path, *, overwrite: bool) -> None:
    if target.is_file() and not overwrite and target.read_bytes() != text.encode("utf-8"):
        raise ExchangeError(f"{target} is there and may be somebody's edit; use --force, or another --out")

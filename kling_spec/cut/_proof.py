"""What a finished film is, held against its timeline: lengths, sync, what is black, frozen or silent in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from threading import Event
from typing import Any, Self

from kling_spec.cut._material import Stock
from kling_spec.diagnostics import Diagnostic, Severity
from kling_spec.ir import SAMPLE_RATE, Clip, Container, Film, Gap, Timeline
from kling_spec.media import ClipFacts, Ffmpeg, Lack, Watched, watch

_MOST_SAID = 4
"""Stretches that one message names."""
_LEEWAY = 0.2
"""Seconds by which a stretch may reach over the still or gap that explains it."""
KINDS = {Container.MP4: "mov", Container.MOV: "mov", Container.WEBM: "matroska"}
"""How a finished film is opened again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of the film that is black, frozen or silent."""

    lack: str
    start: float
    end: float
    """Seconds into the film."""
    is_planned: bool
    """Whether a gap, a still or a clip without sound explains it."""

    def to_json(self) -> dict[str, object]:
        """Return plain values."""
        return {"lack": self.lack, "start": self.start, "end": self.end, "is_planned": self.is_planned}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """Where one clip gives way to the next, on the clock of the picture and on that of the sound."""

    frame: int
    seconds: float
    offset_ms: float | None
    """How much later the sound is than the picture; None for a film without sound."""

    def to_json(self) -> dict[str, object]:
        """Return plain values."""
        return {"frame": self.frame, "seconds": self.seconds, "offset_ms": self.offset_ms}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was measured on the finished film itself."""

    stretches: tuple[Stretch, ...]
    syncs: tuple[Sync, ...]
    """One for each join."""
    loudness: float | None
    """Integrated, in LUFS."""
    peak: float | None
    """True peak in dBTP."""
    is_thorough: bool
    """Whether every picture was looked at; otherwise nothing is known of black and frozen ones."""

    def to_json(self) -> dict[str, object]:
        """Return plain values."""
        return {
            "stretches": [one.to_json() for one in self.stretches],
            "syncs": [one.to_json() for one in self.syncs],
            "loudness": self.loudness,
            "peak": self.peak,
            "is_thorough": self.is_thorough,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read what `to_json` wrote; raises KeyError or TypeError for anything else."""
        stretches = tuple(Stretch(**one) for one in data["stretches"])
        return cls(**{**data, "stretches": stretches, "syncs": tuple(Sync(**one) for one in data["syncs"])})


def prove(  # noqa: PLR0913 -- a film, its plan, how closely, and how a long pass is followed
    part: Path,
    facts: ClipFacts,
    timeline: Timeline,
    stock: Stock,
    ffmpeg: Ffmpeg,
    *,
    thoroughly: bool,
    cancel: Event | None = None,
) -> Proof:
    """Measure the film at `part`: what is heard and, `thoroughly`, every picture of it.

    Raises MediaError where it cannot be decoded without an error.
    """
    seen = watch(
        part,
        facts.seconds,
        ffmpeg=ffmpeg,
        has_sound=facts.audio is not None,
        thoroughly=thoroughly,
        container=KINDS[timeline.delivery.container],
        cancel=cancel,
    )
    return Proof(
        stretches=_stretches(seen, timeline, stock),
        syncs=tuple(_syncs(facts, timeline)),
        loudness=seen.loudness,
        peak=seen.peak,
        is_thorough=thoroughly,
    )


def findings_of(film: Film, proof: Proof) -> tuple[Diagnostic, ...]:
    """Return what should not be in the film: stretches that nothing in its plan explains."""
    lacking = [one for one in proof.stretches if not one.is_planned]
    said = [f"{one.lack} from {one.start:.2f} to {one.end:.2f} s" for one in lacking]
    if not said:
        return ()
    more = f" and {len(said) - _MOST_SAID} more times" if len(said) > _MOST_SAID else ""
    message = f"film '{film.output}' is {', '.join(said[:_MOST_SAID])}{more}"
    is_black = any(one.lack == Lack.BLACK for one in lacking)
    severity = Severity.WARNING if is_black else Severity.NOTE
    help_ = "look at the clips that stand there; 'takes' makes alternatives of a shot"
    return (Diagnostic(code="KS740", message=message, origin=film.origin, severity=severity, help=help_),)


def _syncs(facts: ClipFacts, timeline: Timeline) -> Iterator[Sync]:
    for item, begin in list(zip(timeline.picture, timeline.begins, strict=True))[1:]:
        frame = begin + item.overlap // 2
        shown = Fraction(frame) / facts.rate
        heard = None
        if facts.audio is not None:
            heard = facts.audio.start + Fraction(timeline.canvas.sample(frame), SAMPLE_RATE)
        offset = None if heard is None else float((heard - shown) * 1000)
        yield Sync(
            frame=frame,
            seconds=round(float(shown), 4),
            offset_ms=None if offset is None else round(offset, 3),
        )


def _stretches(seen: Watched, timeline: Timeline, stock: Stock) -> tuple[Stretch, ...]:
    spans = {lack: _joined(_explained(lack, timeline, stock)) for lack in Lack}
    return tuple(
        Stretch(
            lack=one.lack.value,
            start=round(one.start, 3),
            end=round(one.end, 3),
            is_planned=any(
                start - _LEEWAY <= one.start and one.end <= end + _LEEWAY for start, end in spans[one.lack]
            ),
        )
        for one in seen.lacking
    )


def _explained(lack: Lack, timeline: Timeline, stock: Stock) -> Iterator[tuple[float, float]]:
    """Yield the seconds in which the plan itself has nothing to see, to move or to hear."""
    rate = timeline.canvas.rate
    for item, begin in zip(timeline.picture, timeline.begins, strict=True):
        if _lacks(item, lack, stock):
            yield float(begin / rate), float((begin + item.frames) / rate)


def _lacks(item: Clip | Gap, lack: Lack, stock: Stock) -> bool:
    if isinstance(item, Gap):
        return lack is not Lack.BLACK or item.color == "#000000"
    facts = stock.materials[item.source].facts
    is_still = not isinstance(facts, ClipFacts)
    match lack:
        case Lack.FROZEN:
            return is_still
        case Lack.SILENT:
            return is_still or item.is_mute or (isinstance(facts, ClipFacts) and facts.audio is None)
        case Lack.BLACK:
            return False


def _joined(spans: Iterator[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    """Return the spans with those joined that touch."""
    joined: list[tuple[float, float]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1] + _LEEWAY:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined

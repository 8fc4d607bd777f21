"""What was made, and from what."""

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Self

from kling_spec.cut._join import Join
from kling_spec.cut._proof import Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentReport:
    """A stretch of the film that was encoded by itself."""

    name: str
    """The clip, or the two that it joins."""
    first: int
    """The frame of the film that it begins with."""
    frames: int
    why: str
    """Why it was encoded; empty where it was kept from an earlier cut."""

    @property
    def is_kept(self) -> bool:
        """Whether it was there already."""
        return not self.why

    def to_json(self) -> dict[str, object]:
        """Return plain values."""
        return {"name": self.name, "first": self.first, "frames": self.frames, "why": self.why}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryReport:
    """Where an entry of the timeline is seen."""

    name: str
    """The task or the asset; `gap` for none."""
    first: int
    """The frame of the film that it begins with; a transition counts for both."""
    frames: int

    def to_json(self) -> dict[str, object]:
        """Return plain values."""
        return {"name": self.name, "first": self.first, "frames": self.frames}


@dataclass(frozen=True, slots=True, kw_only=True)
class CutReport:
    """A finished film, measured on the file itself."""

    path: Path
    sha256: str
    planned_frames: int
    frames: int
    """Counted in the file; equal to what was planned, or there would be no report."""
    rate: Fraction
    seconds: float
    width: int
    height: int
    bytes: int
    method: str
    """`copy` or `encode`."""
    why: str
    streams: tuple[str, ...]
    sound: str
    """What is heard: `none`, or those of `clips`, `voice` and `music` that are: `clips and music`."""
    samples: int
    """Of sound, at 48 kHz; 0 where there is none."""
    loudness: float | None
    """LUFS reached, where a target was set and there was something to hear."""
    inputs: tuple[tuple[str, str], ...]
    """Name and SHA-256 of each file that went in, in order."""
    entries: tuple[EntryReport, ...] = ()
    """In the order of the timeline."""
    segments: tuple[SegmentReport, ...] = ()
    """In order; none where streams are copied."""
    lacking: tuple[tuple[int, int], ...] = ()
    """Entries, counted from 0, whose clips decode to fewer frames than they promise, and to how many fewer."""
    joins: tuple[Join, ...] = ()
    """Every place where an entry goes on from the one before it, in order, whatever was found there."""
    proof: Proof | None = None
    """What was measured on the whole film."""
    papers: tuple[Path, ...] = ()
    """The report as JSON and the contact sheet, where they were asked for."""
    unchanged: bool = False
    """Whether the film stood there already and was left alone."""

    @property
    def encoded(self) -> int:
        """How many segments were encoded."""
        return sum(not segment.is_kept for segment in self.segments)

    @property
    def kept(self) -> int:
        """How many segments were there already."""
        return sum(segment.is_kept for segment in self.segments)

    def with_papers(self, *papers: Path) -> Self:
        """Return the report with the places of its papers."""
        return replace(self, papers=papers)

    def to_json(self) -> dict[str, object]:
        """Return plain values, which `from_json` reads again."""
        return {
            "path": str(self.path),
            "sha256": self.sha256,
            "planned_frames": self.planned_frames,
            "frames": self.frames,
            "rate": str(self.rate),
            "seconds": self.seconds,
            "width": self.width,
            "height": self.height,
            "bytes": self.bytes,
            "method": self.method,
            "why": self.why,
            "streams": list(self.streams),
            "sound": self.sound,
            "samples": self.samples,
            "loudness": self.loudness,
            "inputs": [{"name": name, "sha256": digest} for name, digest in self.inputs],
            "entries": [entry.to_json() for entry in self.entries],
            "segments": [segment.to_json() for segment in self.segments],
            "lacking": [list(lack) for lack in self.lacking],
            "encoded": self.encoded,
            "kept": self.kept,
            "joins": [join.to_json() for join in self.joins],
            "proof": self.proof.to_json() if self.proof else None,
            "papers": [paper.name for paper in self.papers],
            "unchanged": self.unchanged,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read what `to_json` wrote; raises KeyError, TypeError or ValueError for anything else."""
        read = {
            "path": Path(data["path"]),
            "rate": Fraction(data["rate"]),
            "streams": tuple(data["streams"]),
            "inputs": tuple((entry["name"], entry["sha256"]) for entry in data["inputs"]),
            "entries": tuple(EntryReport(**entry) for entry in data["entries"]),
            "segments": tuple(SegmentReport(**entry) for entry in data["segments"]),
            "lacking": tuple((entry, many) for entry, many in data["lacking"]),
            "joins": tuple(Join.from_json(entry) for entry in data["joins"]),
        }
        read["proof"] = Proof.from_json(data["proof"]) if data["proof"] else None
        counted = {"encoded", "kept", "papers"}
        return cls(**{**{name: value for name, value in data.items() if name not in counted}, **read})

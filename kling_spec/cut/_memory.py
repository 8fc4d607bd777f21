"""Remembers which films stand finished, so that an unchanged one is not made again."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from kling_spec.cut._explain import Past
from kling_spec.cut._material import Stock
from kling_spec.cut._recipe import VERSION, canonical
from kling_spec.cut._report import CutReport
from kling_spec.cut._score import SOUND_VERSION
from kling_spec.files import write_whole
from kling_spec.ir import Film, Timeline
from kling_spec.media import ENCODERS, Ffmpeg, drawer, sha256_of

_VERSION = 3
"""Goes up whenever the same plan would give other bytes, besides the segments' own number."""


def key_of(film: Film, timeline: Timeline, stock: Stock, ffmpeg: Ffmpeg, tags: Mapping[str, str]) -> str:
    """Return the name of the film's bytes before they exist: a hash of all that decides them.

    Where in a spec something stands decides nothing.
    """
    plan = {
        "version": [_VERSION, VERSION, SOUND_VERSION],
        "inputs": [material.sha256 for material in stock.materials],
        "timeline": _plain(asdict(timeline)),
        "sound": _plain(asdict(film.sound)),
        "captions": _plain(asdict(film.captions)) if film.captions else None,
        "encoder": ENCODERS[timeline.delivery.codec].arguments(timeline.canvas.rate),
        "drawer": drawer(),
        "ffmpeg": ffmpeg.build,
        "tags": dict(tags),
    }
    return hashlib.sha256(canonical(plan).encode()).hexdigest()


def recall(work: Path, key: str, target: Path) -> CutReport | None:
    """Return the report of the film at `target` where its bytes are those remembered under `key`."""
    try:
        known = json.loads(_note(work, key).read_text(encoding="utf-8"))
        if target.stat().st_size != known["bytes"] or sha256_of(target) != known["sha256"]:
            return None
        return replace(CutReport.from_json(known), path=target, unchanged=True)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(work: Path, key: str, report: CutReport) -> None:
    """Keep the report under the key of its film."""
    write_whole(_note(work, key), json.dumps(report.to_json(), indent=1))


def recall_segments(work: Path, film: Film) -> tuple[Past, ...] | None:
    """Return the segments of the last cut of this film; None where there was none."""
    try:
        known = json.loads(_last(work, film).read_text(encoding="utf-8"))
        return tuple(Past.from_json(entry) for entry in known["segments"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember_segments(work: Path, film: Film, segments: Sequence[Past]) -> None:
    """Keep what the segments of this film are made of, to say at the next cut what has changed."""
    said = {"segments": [segment.to_json() for segment in segments]}
    write_whole(_last(work, film), json.dumps(said, indent=1))


def _note(work: Path, key: str) -> Path:
    return work / f"film-{key}.json"


def _last(work: Path, film: Film) -> Path:
    name = hashlib.sha256(canonical([film.cut, film.variant, film.output]).encode()).hexdigest()
    return work / f"last-{name}.json"


def _plain(value: Any) -> Any:
    """Return the value in lists, dictionaries and words, without its places in a spec."""
    match value:
        case dict():
            return {name: _plain(inner) for name, inner in value.items() if name != "origin"}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case bool() | int() | None:
            return value
        case _:
            return str(value)

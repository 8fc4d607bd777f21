"""Remembers which films stand finished, so that an unchanged one is not made again."""

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from secrets import token_hex

from kling_spec.cut._material import Stock
from kling_spec.cut._report import CutReport
from kling_spec.ir import Film, Timeline
from kling_spec.media import Ffmpeg, encoder_of, sha256_of

_VERSION = 1
"""Goes up whenever the same plan would give other bytes."""


def key_of(film: Film, timeline: Timeline, stock: Stock, ffmpeg: Ffmpeg) -> str:
    """Return the name of the film's bytes before they exist: a hash of all that decides them."""
    plan = {
        "version": _VERSION,
        "inputs": [material.sha256 for material in stock.materials],
        "timeline": asdict(timeline),
        "sound": asdict(film.sound),
        "encoder": encoder_of(timeline.canvas.rate),
        "ffmpeg": ffmpeg.build,
    }
    return hashlib.sha256(json.dumps(plan, sort_keys=True, default=str).encode()).hexdigest()


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
    note = _note(work, key)
    part = note.with_name(f"{note.name}.{token_hex(4)}.part")
    part.write_text(json.dumps(report.to_json(), indent=1), encoding="utf-8")
    part.replace(note)


def _note(work: Path, key: str) -> Path:
    return work / f"film-{key}.json"

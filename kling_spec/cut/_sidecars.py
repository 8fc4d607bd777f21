"""Captions beside a film and in it: an .srt and a .vtt of its name, and the track that players offer."""

import json
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

from kling_spec.diagnostics import Diagnostic, Severity
from kling_spec.files import write_whole
from kling_spec.ir import Film, Timeline
from kling_spec.media import Caption, Read, srt, webvtt

_WRITERS = {".srt": srt, ".vtt": webvtt}


def track_of(film: Film, timeline: Timeline, folder: Path) -> Read | None:
    """Write the captions that go into the film to `folder`; None where nothing is read."""
    if film.captions is None or not timeline.cues:
        return None
    file = folder / "captions.srt"
    file.write_text(srt(_captions(timeline)), encoding="utf-8", newline="")
    return Read(file=file, language=film.captions.language)


def keep_beside(film: Film, timeline: Timeline, target: Path, work: Path) -> tuple[Diagnostic, ...]:
    """Make the files beside the film at `target` those that it asks for, each whole or not at all.

    A film that is not read has none. Only files that were written here before, and were not
    changed since, are written over or removed; of others a warning is returned.
    """
    captions = _captions(timeline) if film.captions is not None else ()
    note = work / f"captions-{sha256(str(target.absolute()).encode()).hexdigest()[:32]}.json"
    ours = _recalled(note)
    wanted = {ending: write(captions).encode() for ending, write in _WRITERS.items() if captions}
    if wanted:  # told before the files are there, so that a kill in between leaves them ours
        write_whole(note, json.dumps(sorted(ours | {_digest(data) for data in wanted.values()})))
    found = []
    for ending in _WRITERS:
        file, data = target.with_suffix(ending), wanted.get(ending)
        there = _bytes_of(file)
        if there is None or there == data or _digest(there) in ours:
            _settle(file, there, data)
        elif data is not None:
            message = f"'{file.name}' was not written by this cut, or was changed since, so it is left alone"
            help_ = "move it away, and cut again"
            found.append(
                Diagnostic(
                    code="KS714", message=message, origin=film.origin, severity=Severity.WARNING, help=help_
                )
            )
    if not wanted:
        note.unlink(missing_ok=True)
    return tuple(found)


def _captions(timeline: Timeline) -> tuple[Caption, ...]:
    rate = timeline.canvas.rate
    return tuple(
        Caption(start=Fraction(cue.first) / rate, end=Fraction(cue.first + cue.frames) / rate, text=cue.text)
        for cue in timeline.cues
    )


def _recalled(note: Path) -> set[str]:
    try:
        return {str(digest) for digest in json.loads(note.read_text(encoding="utf-8"))}
    except (OSError, ValueError, TypeError):
        return set()


def _bytes_of(file: Path) -> bytes | None:
    """Return what stands there, or None where nothing does; a link is nobody's words, but it is there."""
    if file.is_symlink():
        return b""
    return file.read_bytes() if file.exists() else None


def _settle(file: Path, there: bytes | None, wanted: bytes | None) -> None:
    if wanted is None:
        file.unlink(missing_ok=True)
    elif there != wanted:
        write_whole(file, wanted)


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()

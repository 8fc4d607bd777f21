"""Makes what is heard in a film: one track over its whole length, kept for as long as nothing in it changes."""

from dataclasses import dataclass
from pathlib import Path
from threading import Event

from kling_spec.cut._links import linked
from kling_spec.cut._material import Stock
from kling_spec.cut._score import Score, score_of
from kling_spec.cut._store import Kept, Store, held
from kling_spec.ir import Film, Timeline
from kling_spec.media import (
    Ffmpeg,
    MediaError,
    Tracks,
    mix,
    render_clips,
    render_music,
    render_voice,
    samples_in,
    write_levelled,
    write_limited,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The film's sound, ready to be put beside its picture."""

    what: str
    """`none`, or which of `clips`, `voice` and `music` it is made of: `clips and music`."""
    track: Path | None = None
    """Written as the delivery wants it, as long as the film; None for a film without a sound track."""
    loudness: float | None = None
    """LUFS that were measured on the track, where a target was set and there was something to hear."""


def hear(  # noqa: PLR0913 -- a pass over everything
    film: Film,
    timeline: Timeline,
    stock: Stock,
    store: Store,
    folder: Path,
    ffmpeg: Ffmpeg,
    cancel: Event | None,
) -> Heard:
    """Return the sound of the film, from the store or made in `folder`.

    A film in which no clip is heard, and that has neither voice nor music, has no
    sound track: a silent one would only make players show a volume that does nothing.
    """
    score = score_of(film, timeline, stock, folder)
    if not score.what:
        return Heard(what="none")
    key = score.key(ffmpeg.build)
    kept = store.find(key)
    if not isinstance(kept, Kept):
        kept = _made(score, key, store, folder, ffmpeg, cancel)
    return Heard(what=score.what, track=held(kept, folder / "sound"), loudness=kept.loudness)


def _made(  # noqa: PLR0913 -- as above
    score: Score, key: str, store: Store, folder: Path, ffmpeg: Ffmpeg, cancel: Event | None
) -> Kept:
    for path, material in score.files.items():
        linked(material.path, path)
    raw, part = _mixed(score, folder, ffmpeg, cancel), folder / "sound.part"
    if (samples := samples_in(raw)) != score.samples:
        raise MediaError(f"the sound came out with {samples} samples of {score.samples} planned")
    reached = None
    if score.level is None:
        write_limited(ffmpeg, raw, score.coding, part, cancel=cancel)
    else:
        level = float(score.level)
        reached = write_levelled(ffmpeg, raw, score.coding, part, level=level, cancel=cancel)
    raw.unlink()
    return store.keep(key, part, loudness=round(reached.level, 2) if reached else None)


def _mixed(score: Score, folder: Path, ffmpeg: Ffmpeg, cancel: Event | None) -> Path:
    """Return all that is heard together, as raw stereo."""
    clips, voice, music = (folder / f"{name}.f32" for name in ("clips", "voice", "music"))
    if score.clips:
        render_clips(ffmpeg, score.clips, clips, cancel=cancel)
    if score.voice:
        render_voice(ffmpeg, score.voice, score.samples, voice, cancel=cancel)
    if score.music:
        render_music(ffmpeg, score.music, score.samples, music, cancel=cancel)
    tracks = Tracks(
        clips=clips if score.clips else None,
        voice=voice if score.voice else None,
        music=music if score.music else None,
    )
    if len(tracks.paths) == 1:
        return tracks.paths[0]
    mix(ffmpeg, tracks, mixed := folder / "mixed.f32", duck=score.duck, cancel=cancel)
    for path in tracks.paths:
        path.unlink()
    return mixed

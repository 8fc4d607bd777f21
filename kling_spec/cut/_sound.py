"""What is heard in a film, as one continuous pass over its whole length."""

from dataclasses import dataclass
from pathlib import Path
from threading import Event

from kling_spec.cut._material import Material
from kling_spec.ir import Soundtrack, Timeline
from kling_spec.media import Ffmpeg, MediaError, Strip, lay_music, levelling, render_sound, samples_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The film's sound, ready to be put beside its picture."""

    what: str
    """`none`, `clips`, `music` or `clips and music`."""
    raw: Path | None
    """Raw stereo at 48 kHz, exactly as long as the film; None for a film without a sound track."""
    filters: str = ""
    """What brings it to its loudness."""
    loudness: float | None = None


def hear(  # noqa: PLR0913 -- a pass over everything
    sound: Soundtrack,
    music: Material | None,
    strips: tuple[Strip, ...],
    timeline: Timeline,
    folder: Path,
    ffmpeg: Ffmpeg,
    cancel: Event | None,
) -> Heard:
    """Render the sound of the film into `folder`.

    A film in which no clip has sound, and that has no music, has no sound track:
    a silent one would only make players show a volume that does nothing.
    """
    voice = folder / "voice.f32" if any(strip.facts and strip.facts.audio for strip in strips) else None
    if voice is not None:
        render_sound(ffmpeg, strips, timeline.canvas, voice, cancel=cancel)
    raw, what = voice, "clips" if voice else "none"
    if music is not None:
        raw, what = folder / "mixed.f32", "clips and music" if voice else "music"
        gain, samples = float(sound.music_gain), timeline.samples
        lay_music(ffmpeg, voice, music.path, raw, samples=samples, gain=gain, duck=sound.duck, cancel=cancel)
    if raw is None:
        return Heard(what=what, raw=None)
    if samples_in(raw) != timeline.samples:
        raise MediaError(f"the sound came out with {samples_in(raw)} samples of {timeline.samples} planned")
    level = None if sound.loudness is None else levelling(ffmpeg, raw, float(sound.loudness))
    if level is None:
        return Heard(what=what, raw=raw)
    return Heard(what=what, raw=raw, filters=level[0], loudness=round(level[1], 2))

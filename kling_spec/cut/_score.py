"""What is heard in a film, in samples: pure, and with the name of the sound's bytes before they exist."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path

from kling_spec.cut._material import Material, Stock
from kling_spec.cut._recipe import canonical
from kling_spec.ir import SAMPLE_RATE, Clip, Film, Gap, Soundtrack, Timeline
from kling_spec.media import AudioFacts, ClipFacts, Coding, Music, SoundFacts, Stretch, Voice, coding_of

SOUND_VERSION = 1
"""Goes up whenever an equal score would give other bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """All that decides how a film sounds."""

    samples: int
    clips: tuple[Stretch, ...]
    """The clips' own sound; empty where none of them is heard."""
    voice: Voice | None
    music: Music | None
    duck: bool
    level: Decimal | None
    """LUFS; None leaves the level as it is."""
    coding: Coding
    files: Mapping[Path, Material]
    """Which material lies, or will lie, at each of the paths."""

    @property
    def what(self) -> str:
        """What is heard, in the words of a report; empty for nothing."""
        names = [name for name in ("clips", "voice", "music") if getattr(self, name)]
        return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))

    def key(self, build: str) -> str:
        """Return the name of the sound's bytes as this build of ffmpeg makes them."""
        parts = {
            "version": SOUND_VERSION,
            "samples": self.samples,
            "heard": [self._said(heard) for heard in (*self.clips, self.voice, self.music)],
            "duck": self.duck,
            "level": str(self.level),
            "coding": self.coding.options,
            "ffmpeg": build,
        }
        return hashlib.sha256(canonical(parts).encode()).hexdigest()

    def _said(self, heard: Stretch | Voice | Music | None) -> list[str]:
        """Return what is heard without a path: files are known by their bytes."""
        if heard is None:
            return []
        values = [
            f"{field.name}={getattr(heard, field.name)}" for field in fields(heard) if field.name != "path"
        ]
        return [type(heard).__name__, self.files[heard.path].sha256 if heard.path else "", *values]


def score_of(film: Film, timeline: Timeline, stock: Stock, folder: Path) -> Score:
    """Return what is heard; its files will lie in `folder` under names of ours, since no user's name reaches ffmpeg.

    A voice that would begin when the film has ended is left out.
    """
    sound, files = film.sound, {}

    def placed(at: int) -> Path:
        path = folder / f"heard-{at:04}"
        files[path] = stock.materials[at]
        return path

    clips = _clips(timeline, stock, sound, placed)
    return Score(
        samples=timeline.samples,
        clips=clips if any(stretch.path for stretch in clips) else (),
        voice=_voice(sound, timeline, stock, placed),
        music=_music(sound, stock, placed),
        duck=sound.duck,
        level=sound.loudness,
        coding=coding_of(timeline.delivery),
        files=files,
    )


def _clips(
    timeline: Timeline, stock: Stock, sound: Soundtrack, placed: Callable[[int], Path]
) -> tuple[Stretch, ...]:
    def samples(first: int, frames: int) -> int:
        # Counted on the film's clock, so that no rounding adds up over the joins.
        return timeline.canvas.sample(first + frames) - timeline.canvas.sample(first)

    found = []
    for item, begin in zip(timeline.picture, timeline.begins, strict=True):
        length, shared = samples(begin, item.frames), samples(begin, item.overlap)
        audio = None if sound.is_clips_mute else _audio_of(item, stock)
        if audio is None or isinstance(item, Gap):
            found.append(Stretch(samples=length, overlap=shared))
            continue
        found.append(
            Stretch(
                samples=length,
                overlap=shared,
                path=placed(item.source),
                audio=audio,
                first=timeline.canvas.sample(item.first),
                speed=item.speed,
                gain=item.gain + sound.clips_gain,
            )
        )
    return tuple(found)


def _audio_of(item: Clip | Gap, stock: Stock) -> AudioFacts | None:
    if isinstance(item, Gap) or item.is_mute:
        return None
    facts = stock.materials[item.source].facts
    return facts.audio if isinstance(facts, ClipFacts) else None


def _voice(
    sound: Soundtrack, timeline: Timeline, stock: Stock, placed: Callable[[int], Path]
) -> Voice | None:
    at, first = stock.place_of(sound.voice), _samples(sound.voice_start)
    if at is None or first >= timeline.samples:
        return None
    return Voice(path=placed(at), channels=_channels(stock, at), first=first, gain=sound.voice_gain)


def _music(sound: Soundtrack, stock: Stock, placed: Callable[[int], Path]) -> Music | None:
    at = stock.place_of(sound.music)
    if at is None:
        return None
    facts, length = stock.materials[at].facts, None
    if isinstance(facts, SoundFacts) and facts.format == "mov":
        length = round(facts.seconds * SAMPLE_RATE)
    return Music(
        path=placed(at),
        channels=_channels(stock, at),
        length=length,
        gain=sound.music_gain,
        rise=_samples(sound.music_fade_in),
        fall=_samples(sound.music_fade_out),
    )


def _channels(stock: Stock, at: int) -> int:
    facts = stock.materials[at].facts
    return facts.channels if isinstance(facts, SoundFacts) else 2


def _samples(seconds: Decimal) -> int:
    return round(seconds * SAMPLE_RATE)

"""The three passes that make a film: its sound, its picture, and both in one file."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from threading import Event

from kling_spec.ir import SAMPLE_RATE, Canvas
from kling_spec.media._binary import Ffmpeg
from kling_spec.media._graph import mix_arguments, picture_arguments, sound_arguments
from kling_spec.media._loudness import RAW, loudness_of
from kling_spec.media._remux import ticks_of
from kling_spec.media._run import run, source
from kling_spec.media._sample import EXACT
from kling_spec.media._sniff import sound_format
from kling_spec.media._strip import Strip, length_of
from kling_spec.media._verify import MOV

_KEY = -16.0
"""LUFS that the voice is brought to before it presses the music down; quiet speech would not reach it."""


def encoder_of(rate: Fraction) -> dict[str, str | int]:
    """Return the one setting that every film is encoded with; it is part of what makes two films equal."""
    return {
        "c:v": "libx264",
        "preset": "fast",
        "crf": 18,
        "profile:v": "high",
        "pix_fmt": "yuv420p",
        "x264-params": "keyint=48:open-gop=0",
        "threads": 4,  # the number decides the bytes, so it does not follow the machine
        "color_range": "tv",
        "colorspace": "bt709",
        "color_primaries": "bt709",
        "color_trc": "bt709",
        "video_track_timescale": ticks_of(rate),
        "fflags": "+bitexact",
        "flags:v": "+bitexact",
        "map_metadata": -1,
        "f": "mp4",
    }


def encode_picture(  # noqa: PLR0913 -- the last two belong to every long pass
    ffmpeg: Ffmpeg,
    strips: tuple[Strip, ...],
    canvas: Canvas,
    target: Path,
    *,
    cancel: Event | None = None,
    on_frame: Callable[[int], None] | None = None,
) -> None:
    """Encode the film's picture, without sound; a clip that does not decode cleanly raises FfmpegError."""
    arguments = picture_arguments(strips, canvas, target, encoder_of(canvas.rate))
    limit = 120 + 60 * length_of(strips) / float(canvas.rate)
    run(ffmpeg.path, ["-xerror", *arguments], seconds=limit, cancel=cancel, on_frame=on_frame)


def render_sound(
    ffmpeg: Ffmpeg, strips: tuple[Strip, ...], canvas: Canvas, target: Path, *, cancel: Event | None = None
) -> None:
    """Write the clips' own sound as raw stereo: one pass, as many samples as the film lasts."""
    run(ffmpeg.path, ["-xerror", *sound_arguments(strips, canvas, target)], cancel=cancel)


def lay_music(  # noqa: PLR0913 -- each of them is heard
    ffmpeg: Ffmpeg,
    voice: Path | None,
    music: Path,
    target: Path,
    *,
    samples: int,
    gain: float,
    duck: bool,
    cancel: Event | None = None,
) -> None:
    """Write voice and music together as raw stereo; the music loops and fades out at the end."""
    level = loudness_of(ffmpeg, voice) if duck and voice is not None else None
    key = None if level is None else _KEY - level
    arguments = mix_arguments(
        voice, music, sound_format(music), target, samples=samples, gain=gain, key_gain=key
    )
    run(ffmpeg.path, arguments, cancel=cancel)


def assemble(  # noqa: PLR0913 -- as above
    ffmpeg: Ffmpeg,
    picture: Path,
    raw: Path | None,
    target: Path,
    *,
    rate: Fraction,
    filters: str = "",
    cancel: Event | None = None,
) -> None:
    """Put the picture, untouched, and the raw sound into one mp4 that starts to play at once."""
    exact = [*("-video_track_timescale", str(ticks_of(rate))), *EXACT]
    end = [*exact, "-movflags", "+faststart", "-f", "mp4", "-y", source(target)]
    see = [*MOV, "-i", source(picture)]
    if raw is None:
        run(ffmpeg.path, [*see, "-map", "0:v", "-c:v", "copy", *end], cancel=cancel)
        return
    samples = samples_in(raw)
    chain = ",".join(filter(None, (filters, f"apad,atrim=end_sample={samples}")))
    sound = ["-map", "1:a", "-af", chain, "-c:a", "aac", "-b:a", "192k", "-ar", str(SAMPLE_RATE), "-ac", "2"]
    hear = [*RAW, "-i", source(raw)]
    run(ffmpeg.path, [*see, *hear, "-map", "0:v", "-c:v", "copy", *sound, *end], cancel=cancel)


def samples_in(raw: Path) -> int:
    """Return how many samples of stereo a raw file holds."""
    return raw.stat().st_size // 8

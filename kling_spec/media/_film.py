"""The passes that make a film's picture, and lay picture and sound into one file."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from threading import Event

from kling_spec.ir import SAMPLE_RATE, Canvas
from kling_spec.media._binary import Ffmpeg
from kling_spec.media._graph import picture_arguments
from kling_spec.media._loudness import RAW
from kling_spec.media._mix import samples_in
from kling_spec.media._remux import ticks_of
from kling_spec.media._run import run, source
from kling_spec.media._sample import EXACT
from kling_spec.media._strip import Strip, length_of
from kling_spec.media._verify import MOV


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

"""Makes the clips of the sandbox: real films, quickly."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

from kling_spec.media._binary import Ffmpeg, find_ffmpeg
from kling_spec.media._run import run, source
from kling_spec.media._sample_art import MARGIN, backdrop, card, strip, strip_size

EXACT = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1")
"""Keeps versions and dates out of a file, so that equal work gives equal bytes."""

_VIDEO = (
    *("-c:v", "libx264", "-preset", "superfast", "-crf", "20", "-pix_fmt", "yuv420p", "-threads", "2"),
    *("-profile:v", "high", "-x264-params", "keyint=48:min-keyint=24:open-gop=0:scenecut=0"),
    *("-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
)
_OPENING = 12
"""Frames in which a clip leaves the picture that it begins with."""
_NOTES = (220.0, 246.94, 277.18, 329.63, 369.99, 440.0)


def render_clip(  # noqa: PLR0913 -- what a clip is asked to be
    target: Path,
    *,
    seconds: int,
    width: int,
    height: int,
    fps: int = 24,
    sound: bool,
    title: str,
    lines: Sequence[str],
    seed: int,
    opening: Path | None = None,
    ffmpeg: Ffmpeg | None = None,
    cancel: Event | None = None,
) -> Path:
    """Make a clip that shows `title`, `lines` and its own running time, and return `target`.

    It has exactly `seconds * fps` frames of H.264 and, with `sound`, a soft chord
    that follows from `seed`; without, no sound track at all. Clips of one size
    have equal stream parameters, so a cut may copy them. With a picture as `opening`
    the first frame is that, filling the clip's shape, and half a second dissolves it.
    Sizes must be even. Raises CancelledError when `cancel` is set before it is done.
    """
    frames = round(seconds * fps)
    target = target.absolute()
    part = target.with_name(f".{target.name}.part")
    with TemporaryDirectory(prefix="kling-spec-") as folder:
        behind, words = Path(folder, "backdrop.png"), Path(folder, "card.png")
        backdrop(width, height, seed).save(behind, compress_level=1)
        front = card(width, height, title, lines)
        front.save(words, compress_level=1)
        wide, tall = strip_size(width, height)
        rate = str(fps)
        framed = Path(folder, "opening.png")
        opened = [] if opening is None else _opened(opening, framed, width, height, rate)
        arguments = [
            *("-f", "png_pipe", "-framerate", rate, "-i", source(behind)),
            *("-f", "png_pipe", "-framerate", rate, "-i", source(words)),
            *("-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{wide}x{tall}"),
            *("-framerate", rate, "-i", "pipe:0"),
            *(_chord(seed, seconds) if sound else ()),
            *opened,
            *("-filter_complex", _layers(width, height, frames, front, 3 + sound if opened else None)),
            *("-map", "[picture]"),
            *(("-map", "3:a", "-c:a", "aac", "-b:a", "128k") if sound else ()),
            *_VIDEO,
            *("-video_track_timescale", str(fps * 512), *EXACT),
            *("-movflags", "+faststart", "-f", "mp4", "-y", source(part)),
        ]
        feed = strip(width, height, seed, frames, fps)
        try:
            binary = (ffmpeg or find_ffmpeg()).path
            run(binary, arguments, seconds=60 + 20 * seconds, cancel=cancel, feed=feed)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    return target


def _opened(opening: Path, target: Path, width: int, height: int, rate: str) -> list[str]:
    """Return an input of the picture, cut to the clip's shape."""
    from PIL import Image, ImageOps

    with Image.open(opening) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
        fitted = ImageOps.fit(upright, (width, height), Image.Resampling.BICUBIC)
        fitted.save(target, "PNG", compress_level=1)
    return ["-f", "png_pipe", "-framerate", rate, "-i", source(target)]


def _layers(width: int, height: int, frames: int, front: Any, opening: int | None) -> str:
    """Return the graph: a view that drifts over the backdrop, the card, the strip below, the opening above."""
    to_yuv = "scale=in_range=pc:out_range=tv:out_color_matrix=bt709:flags=bicubic"
    spare_x, spare_y = round(width * MARGIN), round(height * MARGIN)
    _, tall = strip_size(width, height)
    top = max(0, (height - front.height) * 2 // 5)
    tags = "setsar=1,setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709[picture]"
    leaves = f"loop=loop=-1:size=1,setpts=N/FRAME_RATE/TB,trim=end_frame={_OPENING}"
    opens = (
        ""
        if opening is None
        else (
            f"null[shown];[{opening}:v]{to_yuv},format=yuva420p,{leaves},"
            f"fade=t=out:start_frame=0:nb_frames={_OPENING}:alpha=1[opening];"
            "[shown][opening]overlay=0:0:eof_action=pass,"
        )
    )
    return (
        f"[0:v]{to_yuv},format=yuv420p,loop=loop=-1:size=1,"
        f"crop={width}:{height}:{spare_x}*n/{frames}:{spare_y}*(0.5-0.5*cos(3.14159*n/{frames}))[sky];"
        f"[1:v]{to_yuv},format=yuva420p[words];"
        f"[2:v]{to_yuv},format=yuv420p[strip];"
        f"[sky][words]overlay=(W-w)/2:{top}:eof_action=repeat[said];"
        f"[said][strip]overlay=(W-w)/2:H-h-{tall}:shortest=1,{opens}"
        f"trim=end_frame={frames},{tags}"
    )


def _chord(seed: int, seconds: float) -> list[str]:
    """Return an input of two tones, one on each side, that swell in and out with the clip."""
    low = _NOTES[seed % len(_NOTES)]
    high = low * (1.5 if seed % 2 else 1.25)
    swell = f"0.12*min(1\\,min(t/0.3\\,max(0\\,({seconds}-t)/0.3)))"
    tone = "*(sin(2*PI*{0}*t)+0.4*sin(4*PI*{0}*t)+0.2*sin(2*PI*{1}*t))"
    left, right = swell + tone.format(low, high), swell + tone.format(high, low)
    return ["-f", "lavfi", "-i", f"aevalsrc={left}|{right}:c=stereo:s=48000:d={seconds}"]

"""The same films made in other ways, with the same encoder told the same."""

import subprocess
import sys
import venv
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from tempfile import gettempdir

from benchmarks._film import OVERLAP, RATE, Shelf, ffmpeg
from kling_spec.ir import Codec
from kling_spec.media import ENCODERS

_MOVIEPY = "moviepy>=2.1,<3"
_SCRIPT = """
import sys
from moviepy import CompositeVideoClip, VideoFileClip, vfx, afx
target, overlap, preset, crf, params, *names = sys.argv[1:]
overlap, start, parts = float(overlap), 0, []
for number, name in enumerate(names):
    clip = VideoFileClip(name).with_start(start)
    if number:
        clip = clip.with_effects([vfx.CrossFadeIn(overlap), afx.AudioFadeIn(overlap)])
    parts.append(clip)
    start = clip.end - overlap
film = CompositeVideoClip(parts)
film.write_videofile(target, fps=24, codec="libx264", audio_codec="aac", preset=preset, threads=2, logger=None,
                     ffmpeg_params=["-crf", crf, "-pix_fmt", "yuv420p", "-x264-params", params])
"""


def _encoder() -> list[str]:
    """Return how both pictures and sound are written, as the product writes them."""
    options = ENCODERS[Codec.H264].arguments(Fraction(RATE))
    picture = [word for name, value in options.items() for word in (f"-{name}", str(value))]
    return [*picture, "-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart"]


def join_whole(clips: Sequence[Path], target: Path) -> None:
    """Encode all clips anew, one after another: ffmpeg's concat filter."""
    streams = "".join(f"[{number}:v][{number}:a]" for number in range(len(clips)))
    graph = f"{streams}concat=n={len(clips)}:v=1:a=1[v][a]"
    _graph(clips, graph, target)


def chain(clips: Sequence[Path], shelf: Shelf, target: Path) -> None:
    """Encode the film with crossfades in one graph: ffmpeg's xfade, one behind the other."""
    overlap, parts = OVERLAP / RATE, []
    seen, heard = "[0:v]", "[0:a]"
    for number in range(1, len(clips)):
        offset = number * (shelf.seconds - overlap)
        parts.append(f"{seen}[{number}:v]xfade=duration={overlap}:offset={offset:.6f}[v{number}]")
        parts.append(f"{heard}[{number}:a]acrossfade=d={overlap}[a{number}]")
        seen, heard = f"[v{number}]", f"[a{number}]"
    parts += [f"{seen}format=yuv420p[v]", f"{heard}anull[a]"]
    _graph(clips, ";".join(parts), target)


def _graph(clips: Sequence[Path], graph: str, target: Path) -> None:
    inputs = [word for clip in clips for word in ("-i", str(clip))]
    ffmpeg(*inputs, "-filter_complex", graph, "-map", "[v]", "-map", "[a]", *_encoder(), target)


def moviepy_python() -> Path | str:
    """Return an interpreter that has MoviePy 2, or why there is none; it is set up once, in a place of its own."""
    home = Path(gettempdir()) / "kling-spec-moviepy"
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (home / "ready").exists():
        try:
            venv.create(home, with_pip=True, clear=True)
            install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", _MOVIEPY]
            subprocess.run(install, check=True, capture_output=True, timeout=300)
        except (OSError, subprocess.SubprocessError) as error:
            return f"MoviePy could not be installed: {type(error).__name__}"
        (home / "ready").touch()
    return python


def moviepy(python: Path, clips: Sequence[Path], target: Path) -> None:
    """Encode the film with crossfades by MoviePy, at the product's preset and quality."""
    options = ENCODERS[Codec.H264].options
    told = [str(options[name]) for name in ("preset", "crf", "x264-params")]
    words = [str(target), str(OVERLAP / RATE), *told]
    subprocess.run([str(python), "-c", _SCRIPT, *words, *map(str, clips)], check=True, capture_output=True)

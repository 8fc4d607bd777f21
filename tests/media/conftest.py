"""Small files to look at."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kling_spec.media import Ffmpeg
from kling_spec.media._run import run

MakeClip = Callable[..., Path]


@pytest.fixture
def make_clip(maker: Ffmpeg, tmp_path: Path) -> MakeClip:
    def make(name: str = "clip.mp4", *options: str, size: str = "320x180", seconds: float = 1) -> Path:
        path = tmp_path / name
        picture = ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate=24:duration={seconds}"]
        sound = ["-f", "lavfi", "-i", f"sine=440:sample_rate=48000:duration={seconds}"]
        how = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
        run(maker.path, [*picture, *sound, *how, *options, "-f", "mp4", "-y", f"file:{path}"])
        return path

    return make

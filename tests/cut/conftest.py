"""Films of small clips, made and joined for real."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from kling_spec.cut import CutReport, render
from kling_spec.diagnostics import Diagnostic
from kling_spec.ir import Film, Link, LocalFile
from kling_spec.media import Ffmpeg
from kling_spec.media._run import run


@pytest.fixture(scope="session")
def shelf(maker: Ffmpeg, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make a clip once in a session: a plain name for equal options."""
    folder = tmp_path_factory.mktemp("shelf")

    def clip(
        *options: str,
        size: str = "320x180",
        rate: str = "24",
        seconds: float = 1,
        sound: str | None = "sine=440:sample_rate=48000",
        picture: str = "testsrc2",
        stereo: bool = True,
    ) -> Path:
        name = f"{abs(hash((options, size, rate, seconds, sound, picture, stereo)))}.mp4"
        path = folder / name
        if path.exists():
            return path
        see = ["-f", "lavfi", "-i", f"{picture}=size={size}:rate={rate}:duration={seconds}"]
        hear = (
            ["-f", "lavfi", "-i", f"{sound}:duration={seconds}", "-ac", "2" if stereo else "1"]
            if sound
            else []
        )
        how = [
            "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-threads", "2", "-c:a", "aac",
        ]  # fmt: skip
        run(maker.path, [*see, *hear, *how, *options, str(path)])
        return path

    return clip


Made = tuple[CutReport | None, tuple[Diagnostic, ...]]


@pytest.fixture
def make(ffmpeg: Ffmpeg, tmp_path: Path) -> Callable[..., Made]:
    """Render a film from the files named; what is not a mapping's key is not there."""

    def made(wanted: Film, files: Mapping[str, Path], **more: Any) -> Made:
        def file_of(source: Link | LocalFile) -> Path:
            assert isinstance(source, LocalFile)
            return files[source.path]

        where = {"ffmpeg": ffmpeg, "work": tmp_path / "work", **more}
        target = where.pop("target", tmp_path / "out" / "film.mp4")
        return render(wanted, files.__getitem__, file_of, target, **where)

    return made

"""A film of about 102 MB in the player of a notebook, and what a page fetches of it."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab import Lab, Notebook

from kling_spec.media import find_ffmpeg

SHOTS, SECONDS = 15, 5
"""The shots of the film, and how long each is."""
_VIDEO = "[data-kling] .live.film video"
_SHOW = f"""
from pathlib import Path
from kling_spec.notebook._film_view import FilmView, Mark
shots = tuple(Mark(name=f"shot {{n}}", start={SECONDS} * n, seconds={SECONDS}) for n in range({SHOTS}))
FilmView(name="long.mp4", path=Path("long.mp4"), seconds={SHOTS * SECONDS}, width=1280, height=720, shots=shots)
"""
_GO = f"""second => {{
    const film = document.querySelector('{_VIDEO}');
    window.seeked = 0;
    const begin = performance.now();
    film.addEventListener('seeked', () => {{ window.seeked = performance.now() - begin; }}, {{once: true}});
    [...document.querySelectorAll('[data-kling] .shots button')][second / {SECONDS}].click();
    return 0;
}}"""


@dataclass(slots=True)
class Fetched:
    """What a page has fetched of the film."""

    statuses: list[int] = field(default_factory=list)
    size: int = 0
    """Bytes."""


class LongFilm:
    """The film, and the notebook that shows it."""

    def __init__(self, lab: Lab, name: str) -> None:
        folder = lab.folder / name
        folder.mkdir()
        self.path = make(folder)
        lab.write(f"{name}/film.ipynb", _SHOW)
        self._lab, self._notebook = lab, f"{name}/film.ipynb"

    @property
    def size(self) -> int:
        """Bytes of the film."""
        return self.path.stat().st_size

    def shown(self) -> tuple[Notebook, Fetched]:
        """Show it in a page of its own, and listen to what that fetches."""
        notebook = self._lab.open(self._notebook)
        fetched = _listen(notebook)
        notebook.run(0)
        notebook.page.wait_for_selector(_VIDEO)
        return notebook, fetched


def go(notebook: Notebook, second: int) -> float:
    """Press the shot that begins then, and return the seconds until the film stands there."""
    notebook.page.evaluate(_GO, second)
    notebook.until("() => window.seeked")
    return float(notebook.page.evaluate("() => window.seeked")) / 1000


def playing(notebook: Notebook) -> float:
    """Return the second of the film that is seen, once there is a picture of it."""
    notebook.until(f"() => document.querySelector('{_VIDEO}').readyState >= 2")
    return float(notebook.page.evaluate(f"() => document.querySelector('{_VIDEO}').currentTime"))


def make(folder: Path) -> Path:
    """Make a film of one second over and over, whose noise no encoder can make small."""
    second, film = folder / "second.mp4", folder / "long.mp4"
    drawn, noisy = (
        "testsrc2=size=1280x720:rate=24:duration=1",
        "noise=alls=60:allf=t:all_seed=1,format=yuv420p",
    )
    rate = ("-b:v", "11.6M", "-maxrate", "11.6M", "-bufsize", "2M")
    _ffmpeg(
        "-f", "lavfi", "-i", drawn, "-vf", noisy, "-c:v", "libx264", "-preset", "ultrafast", *rate, second
    )
    _ffmpeg("-stream_loop", SHOTS * SECONDS - 1, "-i", second, "-c", "copy", "-movflags", "+faststart", film)
    return film


def _ffmpeg(*words: object) -> None:
    command = [find_ffmpeg().path, "-nostdin", "-v", "error", "-y", *words]
    subprocess.run([str(word) for word in command], check=True)


def _listen(notebook: Notebook) -> Fetched:
    fetched, ours = Fetched(), set()
    session = notebook.page.context.new_cdp_session(notebook.page)

    def answered(event: dict[str, Any]) -> None:
        address = event["response"]["url"].partition("?")[0]
        if "/files/" in address and address.endswith("/long.mp4"):
            ours.add(event["requestId"])
            fetched.statuses.append(event["response"]["status"])

    def came(event: dict[str, Any]) -> None:
        if event["requestId"] in ours:
            fetched.size += event["dataLength"]

    session.on("Network.responseReceived", answered)
    session.on("Network.dataReceived", came)
    session.send("Network.enable")
    return fetched

"""Going to the last minute of a film of about 102 MB in a notebook's player. The worst of three runs counts."""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks._measure import Result

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

from lab import CHROMIUM, chromium, serve  # type: ignore[import-not-found]
from long_film import LongFilm, go, playing  # type: ignore[import-not-found]

_SECOND = 60


def results(rounds: int) -> Iterator[Result]:
    """Yield the claims about it; `rounds` above three are not worth their time."""
    if CHROMIUM is None:
        raise RuntimeError("no Chromium here: apt-get install chromium")
    with TemporaryDirectory() as folder, chromium() as browser, serve(Path(folder), browser) as lab:
        film = LongFilm(lab, "seek")
        seen = [_seek(film) for _ in range(min(rounds, 3))]
        size = f"of {film.size / 1e6:.0f} MB"
    seconds, shares = zip(*seen, strict=True)
    yield Result(claim=f"press to picture at {_SECOND} s {size}", value=max(seconds), bar=2, unit="s",
                 detail=", ".join(f"{one:.2f}" for one in seconds))  # fmt: skip
    yield Result(claim=f"share that is fetched for it, {size}", value=max(shares), bar=0.5,
                 detail=", ".join(f"{one:.2f}" for one in shares))  # fmt: skip


def _seek(film: LongFilm) -> tuple[float, float]:
    """Return the seconds that it takes in a new page, and the share of the film that the page has fetched by then."""
    notebook, fetched = film.shown()
    seconds = go(notebook, _SECOND)
    if not _SECOND <= playing(notebook) < _SECOND + 5 or fetched.statuses[-1] != 206:
        raise RuntimeError(f"the film did not go there by a range: {fetched.statuses}")
    share = fetched.size / film.size
    notebook.close()
    return seconds, share

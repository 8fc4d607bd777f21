"""Films of clips that are only described, and the way through an editor's file."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from kling_spec.cut import Material, Stock, lay_out
from kling_spec.diagnostics import Origin
from kling_spec.exchange import Followed, Form, Laid, Placing, follow, read_edit, write
from kling_spec.ir import Entry, Film, GapEntry, ShotEntry, Transition, TransitionKind
from kling_spec.media import AudioFacts, ClipFacts

HERE = Origin("film.yaml", 7, 3, 7, 9)
TASKS = ("us/open", "us/arrive@2", "us/arrive@2+1", "us/a_shot_with_a_long_name", "us/a_shot_with_another")


def facts(frames: int = 120, rate: Fraction = Fraction(24), *, sound: bool = True) -> ClipFacts:
    return ClipFacts(
        width=320,
        height=180,
        rate=rate,
        frames=frames,
        regular=True,
        starts_at_zero=True,
        starts_with_key=True,
        codec="h264",
        profile="High",
        pixel_format="yuv420p",
        color_range="tv",
        matrix="bt709",
        sar=Fraction(1),
        rotation=0,
        time_base=Fraction(1, 12288),
        extradata_sha256="",
        seconds=float(frames / rate),
        audio=AudioFacts(codec="aac", rate=48000, channels=2, samples=1) if sound else None,
    )


def stock(frames: int = 120, rate: Fraction = Fraction(24)) -> Stock:
    materials = tuple(
        Material(name=task, path=Path(f"{number}.mp4"), sha256=f"{number}" * 64, facts=facts(frames, rate))
        for number, task in enumerate(TASKS)
    )
    return Stock(materials=materials, places={task: place for place, task in enumerate(TASKS)})


def shot(task: str, **more: Any) -> ShotEntry:
    return ShotEntry(task=task, origin=HERE, **more)


def gap(seconds: str, **more: Any) -> GapEntry:
    return GapEntry(seconds=Decimal(seconds), origin=HERE, **more)


def over(seconds: str, kind: TransitionKind = TransitionKind.CROSSFADE) -> Transition:
    return Transition(kind=kind, seconds=Decimal(seconds))


def laid(*entries: Entry, of: Stock | None = None, **more: Any) -> Laid:
    film = Film(cut="main", variant="us", output="main.mp4", entries=entries, origin=HERE, **more)
    there = of or stock()
    timeline, found = lay_out(film, there)
    assert timeline is not None, found
    return Laid(film=film, timeline=timeline, stock=there, spec="launch")


def handed(film: Laid, folder: Path, form: Form = Form.OTIO, **more: Any) -> Path:
    return write(film, folder / f"main{form.ending}", form, Placing.NONE, **more).path


def back(film: Laid, path: Path) -> Followed:
    return follow(film, read_edit(path))


def again(film: Laid, followed: Followed) -> Laid:
    """The film that follows an edit, laid out."""
    assert followed.film is not None, followed.found
    timeline, found = lay_out(followed.film, film.stock)
    assert timeline is not None, found
    return Laid(film=followed.film, timeline=timeline, stock=film.stock, spec=film.spec)


def edited(path: Path) -> Any:
    """The timeline of a file, to be changed with the library and saved by `save`."""
    return otio.adapters.read_from_file(str(path))


def save(timeline: Any, path: Path) -> None:
    otio.adapters.write_to_file(timeline, str(path))

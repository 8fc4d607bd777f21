"""Choosing: takes side by side, stars, the pick in the YAML, variants in a grid, a film and its shots."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

import kling_spec as ks
from kling_spec.notebook import Launch
from kling_spec.notebook._film_view import FilmViews
from kling_spec.notebook._page import LARGEST
from kling_spec.notebook._stage import Stage

SPEC = """\
# the pond
kling_spec: 1
name: pond
vars: {flies: one}
matrix: {time: [day, night], size: [small, large]}
defaults: {resolution: 720p, duration: 3, aspect_ratio: "1:1"}
shots:
  frog:
    prompt: A {{ size }} frog <b>sits</b> by {{ time }}, {{ flies }}
    takes: 2     # of which one is used
  leap: {next_of: frog, prompt: it leaps}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which one of four variants was made."""
    folder = tmp_path_factory.mktemp("pond")
    (folder / "pond.yaml").write_text(SPEC)
    ks.load(folder / "pond.yaml", sandbox=True).run(time="day", size="small").wait()
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(shutil.copytree(made, tmp_path / "pond"))
    return tmp_path / "pond"


@pytest.fixture
def pond(folder: Path) -> Launch:
    return ks.load(folder / "pond.yaml", sandbox=True)


def test_takes_stand_side_by_side_with_what_is_not_made_yet(pond: Launch, folder: Path) -> None:
    takes = pond.takes("frog", time="day")

    assert repr(takes).splitlines()[0] == "takes of frog  take 1 is picked, in every variant"
    assert re.search(r"day-small/frog@2 +take 2 +3 s", repr(takes))
    assert re.search(r"day-large/frog +take 1 +✓ picked +not made yet", repr(takes))
    html = takes.html()
    assert html.count('<img src="data:image/jpeg;base64,') == 2
    assert "video/" not in html
    links = re.findall(r'href="([^"]+)"', html)
    assert len(set(links)) == 2
    assert all((folder / unquote(link)).is_file() and not link.startswith(".") for link in links)
    assert len(html) < 24_000


def test_a_pick_is_one_line_of_the_spec_and_says_what_it_costs(pond: Launch, folder: Path) -> None:
    takes = pond.takes("frog")

    told = repr(takes.pick(2))

    used = "# of which one is used\n"
    assert (folder / "pond.yaml").read_text() == SPEC.replace(used, f"{used}    pick: 2\n")
    assert "take 2 of 'frog' is picked; 1 line of" in told
    assert "    pick: 2" in told
    assert takes.picked == 2
    [leap] = pond.compile(shots="leap", time="day", size="small")
    assert leap["depends_on"] == ["day-small/frog@2"]
    assert "is picked already" in repr(takes.pick(2))
    assert "take 1 of 'frog' is picked" in repr(takes.pick(1))
    assert (folder / "pond.yaml").read_text() == SPEC.replace(used, f"{used}    pick: 1\n")


def test_views_of_one_launch_write_one_after_the_other(pond: Launch, folder: Path) -> None:
    first, second, explore = pond.takes("frog"), pond.takes("frog"), pond.explore(flies=["two"])

    first.pick(2)
    explore.set(flies="two").write()
    second.pick(1)
    explore.set(flies="three").write()

    text = (folder / "pond.yaml").read_text()
    assert ("    pick: 1\n" in text, "flies: three" in text) == (True, True)
    assert explore.changed == {}


def test_a_pick_that_others_go_on_from_names_the_price(pond: Launch) -> None:
    before = pond.plan().total["USD"]

    told = repr(pond.takes("frog", time="day").pick(2))

    after = pond.plan().total["USD"]
    assert after > before
    prices = [format(price.normalize(), "f") for price in (after, before)]
    assert "; a run of the whole plan would cost {} USD now, and {} USD before".format(*prices) in told


def test_what_cannot_be_picked_says_why_and_changes_nothing(pond: Launch, folder: Path) -> None:
    takes = pond.takes("frog")

    with pytest.raises(ks.SpecError, match=r"has no take 3[\s\S]*pick one of 1, 2"):
        takes.pick(3)
    (folder / "pond.yaml").write_text(SPEC + "# mine\n")
    with pytest.raises(ks.SpecError, match="has changed since it was read"):
        takes.pick(2)
    (folder / "pond.yaml").write_text(
        SPEC.replace("takes: 2 ", "pick: \"{{ 2 if time == 'day' else 1 }}\"\n    takes: 2 ")
    )
    with pytest.raises(ks.SpecError, match="a template decides"):
        ks.load(folder / "pond.yaml", sandbox=True).takes("frog").pick(2)


def test_stars_are_kept_for_another_day(pond: Launch, folder: Path) -> None:
    pond.takes("frog", time="day", size="small").rate(2, 4)

    again = ks.load(folder / "pond.yaml", sandbox=True).takes("frog")

    assert re.search(r"day-small/frog@2 .*★★★★☆ 4 of 5", repr(again))
    assert "★★★★☆ 4 of 5" in again.html()
    with pytest.raises(ValueError, match="1 to 5 stars"):
        again.rate(1, 6)
    with pytest.raises(ks.SpecError, match="has no take 7"):
        again.rate(7, 1)
    assert "★" not in repr(again.rate(2, 0))


def test_a_gallery_lays_variants_by_two_axes(pond: Launch) -> None:
    films = repr(pond.gallery())
    assert films.splitlines()[0] == "films  time by size; 1 of 4 are there"
    assert re.search(r"day +pond-day-small.mp4 +not made yet", films)
    clips = pond.gallery("size", "time", shot="frog")
    assert re.search(r"small +3 s +not made yet", repr(clips))
    assert clips.html().count("<img ") == 1
    assert "3 s (and 1 more)" in repr(pond.gallery("size", "size", shot="leap"))
    with pytest.raises(ks.SpecError, match="did you mean 'time'"):
        pond.gallery("tme")


def test_records_of_a_thousand_variants_stay_small(folder: Path) -> None:
    times = ", ".join(["day", *(f"hour {number}" for number in range(499))])
    (folder / "pond.yaml").write_text(SPEC.replace("[day, night]", f"[{times}]"))
    pond = ks.load(folder / "pond.yaml", sandbox=True)

    gallery, clips, takes = pond.gallery(), pond.gallery(shot="frog"), pond.takes("frog")

    assert len(gallery.cells) == len(clips.cells) == 1000
    for view, told in ((gallery, "… and 800 more"), (clips, "… and 800 more"), (takes, "990 more variants")):
        record = view.html() + repr(view)
        assert len(record) < 100_000
        assert told in view.html()
        assert told in repr(view)


def test_the_record_of_very_many_films_stays_small(pond: Launch) -> None:
    film = pond.cut(time="day", size="small")

    films = FilmViews([film] * 300)

    assert len(films.html() + repr(films)) < 100_000
    assert "… and 250 more" in films.html()
    assert repr(films).count("pond-day-small.mp4") == 300


def test_a_film_shows_its_shots_and_their_times(pond: Launch) -> None:
    film = pond.cut(time="day", size="small")

    assert repr(film).splitlines()[1:] == ["  0:00.0 frog", "  0:03.0 leap"]
    html = film._repr_html_()
    assert 'href="out/sandbox/pond-day-small.mp4#t=3.00"' in html
    assert html.count("data:image/jpeg") == 3
    assert "data:video" not in html
    assert len(html) < 60_000


class Ear:
    """Hears what a stage sends to the page, in the place of the page."""

    def __init__(self, stage: Stage) -> None:
        self.heard: list[tuple[dict[str, object], list[bytes]]] = []
        stage._model.send = lambda content, buffers=None: self.heard.append((content, buffers or []))


def test_a_page_that_cannot_load_a_clip_gets_it_from_the_kernel_unless_it_is_large(tmp_path: Path) -> None:
    small, large = tmp_path / "a.mp4", tmp_path / "b.mp4"
    small.write_bytes(b"film")
    with large.open("wb") as file:
        file.truncate(LARGEST + 1)
    stage = Stage("takes", [small, large, None], lambda _: "")
    ear = Ear(stage)

    for tile in (0, 1, 2, 9):
        stage._heed(None, {"op": "bytes", "tile": tile}, [])

    assert ear.heard[0] == ({"op": "bytes", "tile": 0}, [b"film"])
    assert "it lies at" in str(ear.heard[1][0]["why"])
    assert [content["op"] for content, _ in ear.heard[1:]] == ["none", "none", "none"]


def test_what_goes_wrong_behind_a_button_is_told_to_the_page(pond: Launch) -> None:
    takes = pond.takes("frog")
    stage = Stage("takes", [], takes._act)
    ear = Ear(stage)

    stage._heed(None, {"op": "pick", "take": 2, "id": "1"}, [])
    stage._heed(None, {"op": "pick", "take": 9, "id": "2"}, [])
    stage._heed(None, {"op": "rate", "tile": 0, "stars": 5, "id": "3"}, [])

    answers = [content for content, _ in ear.heard]
    assert "take 2 of 'frog' is picked" in str(answers[0]["told"])
    assert "has no take 9" in str(answers[1]["wrong"])
    assert answers[2]["told"] == "take 1 has ★★★★★ 5 of 5"
    assert [answer["id"] for answer in answers] == ["1", "2", "3"]


def test_nothing_of_a_notebook_is_imported_before_it_shows(tmp_path: Path) -> None:
    (tmp_path / "pond.yaml").write_text(SPEC)
    code = (
        "import sys, kling_spec as ks; pond = ks.load('pond.yaml', sandbox=True);"
        "print(pond.explore(), pond.takes('frog'), pond.gallery());"
        "print([name for name in ('IPython', 'ipywidgets', 'anywidget', 'traitlets') if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"

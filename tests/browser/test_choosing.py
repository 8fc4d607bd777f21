"""Choosing in a real page: takes play together, one is picked into the YAML, a film goes to its shots."""

import json
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import Lab, Notebook, wait_for

import kling_spec as ks

SPEC = """\
# a pond
kling_spec: 1
name: pond
matrix: {time: [day, night, "<img src=x onerror='hurt=1'> $x$"]}
defaults: {resolution: 720p, duration: 3, aspect_ratio: "1:1", sound: true}
shots:
  frog:
    prompt: A frog by {{ time }}
    takes: 2     # of which one is used
  leap: A frog leaps by {{ time }}
"""
FILMS = "[...document.querySelectorAll('[data-kling] .live video')]"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    (folder / "pond.yaml").write_text(SPEC)
    ks.load(folder / "pond.yaml", sandbox=True).run(time="day").wait()
    return folder


def opened(
    lab: Lab, made: Path, name: str, *cells: str, is_dark: bool = False, until: str = "[data-kling] .live"
) -> Notebook:
    """Open a notebook beside its own copy of the project, and run it."""
    shutil.copytree(made, lab.folder / name)
    load = "import kling_spec as ks\nlaunch = ks.load('pond.yaml', sandbox=True)"
    lab.write(f"{name}/{name}.ipynb", load, *cells)
    notebook = lab.open(f"{name}/{name}.ipynb", is_dark=is_dark)
    for cell in range(len(cells) + 1):
        notebook.run(cell)
    notebook.page.wait_for_selector(until)
    return notebook


def test_takes_play_together_are_rated_and_picked_into_the_yaml(lab: Lab, made: Path) -> None:
    notebook = opened(lab, made, "takes", "takes = launch.takes('frog', time='day')\ntakes")
    page, file = notebook.page, lab.folder / "takes" / "pond.yaml"
    notebook.shot("takes")
    assert page.evaluate(f"{FILMS}.map(film => film.src)") == ["", ""]

    page.get_by_role("button", name="Play together").press("Enter")
    notebook.until(f"() => {FILMS}.every(film => film.currentTime > 0.5)")
    page.get_by_role("button", name="Pause").click()
    one, two = page.evaluate(f"{FILMS}.map(film => film.currentTime)")
    assert abs(one - two) < 0.35
    page.get_by_role("slider", name="time").fill("2")
    notebook.until(f"() => {FILMS}.every(film => film.currentTime === 2)")
    assert all(
        "/files/takes/out/sandbox/clips/" in source
        for source in page.evaluate(f"{FILMS}.map(film => film.src)")
    )
    page.get_by_role("button", name="4 of 5").nth(1).press("Enter")
    page.get_by_text("take 2 has ★★★★☆ 4 of 5").wait_for()
    page.get_by_role("button", name="pick take 2").press("Enter")
    page.get_by_text("take 2 of 'frog' is picked; 1 line of pond.yaml written").wait_for()
    notebook.shot("takes-picked")

    used = "# of which one is used\n"
    wait_for(lambda: file.read_text() == SPEC.replace(used, f"{used}    pick: 2\n"))
    assert page.evaluate(f"{FILMS}.map(film => film.currentTime)") == [2, 2]
    saved = notebook.save()
    html = "".join(saved["cells"][1]["outputs"][0]["data"]["text/html"])
    assert "✓ picked · ★★★★☆ 4 of 5 · 3 s" in html
    assert len(json.dumps(saved)) < 40_000
    notebook.load()
    page.wait_for_selector("[data-kling] .live .picked")
    assert "take 2" in page.locator("[data-kling] .live .picked").inner_text()
    assert not notebook.complaints
    notebook.close()


def test_a_saved_light_table_shows_its_pictures_without_a_kernel(lab: Lab, made: Path) -> None:
    notebook = opened(lab, made, "record", "launch.takes('frog', time='day')")
    notebook.save()
    notebook.restart()
    notebook.load()

    notebook.until("() => document.querySelectorAll('[data-kling] .record img').length === 2")
    assert "✓ picked" in notebook.output(1)
    assert "model not found" not in notebook.output(1)
    assert notebook.page.locator("[data-kling] .live").count() == 0
    notebook.shot("takes-without-kernel")
    notebook.close()


def test_clips_without_an_address_come_from_the_kernel(lab: Lab, made: Path) -> None:
    notebook = opened(lab, made, "bytes", "launch.takes('frog', time='day')")
    shutil.rmtree(lab.folder / "bytes" / "out" / "sandbox" / "clips")

    notebook.page.get_by_role("button", name="Play together").click()

    notebook.until(f"() => {FILMS}.every(film => film.src.startsWith('blob:') && film.currentTime > 0.2)")
    notebook.close()


def test_hovering_previews_one_take_and_leaving_ends_it(lab: Lab, made: Path) -> None:
    notebook = opened(lab, made, "hover", "launch.takes('frog', time='day')")
    films = notebook.page.locator("[data-kling] .live .screen")

    films.nth(1).hover()
    notebook.until(f"() => {FILMS}[1].currentTime > 0.2")
    assert notebook.page.evaluate(f"[{FILMS}[0].src, {FILMS}[1].muted]") == ["", True]
    notebook.page.mouse.move(0, 0)
    notebook.until(f"() => {FILMS}[1].paused && {FILMS}[1].currentTime === 0")
    films.nth(0).press("Enter")
    notebook.until(f"() => {FILMS}[0].currentTime > 0.2")
    notebook.close()


def test_a_film_goes_to_the_shot_that_is_pressed_and_variants_stand_in_a_grid(lab: Lab, made: Path) -> None:
    notebook = opened(lab, made, "film", "launch.cut(time='day')", "launch.gallery()", is_dark=True)
    page = notebook.page
    shots = page.locator("[data-kling] .shots button")

    page.on("response", lambda response: heard.append((response.status, response.url)))
    heard: list[tuple[int, str]] = []
    shots.nth(0).focus()
    shots.nth(0).press("ArrowRight")
    page.keyboard.press("Enter")
    notebook.until(f"() => {FILMS}[0].currentTime > 3.1")
    assert shots.nth(1).get_attribute("aria-current") == "true"
    assert any(status == 206 and "pond-day.mp4" in url for status, url in heard)
    page.locator(".gallery .screen").click()
    notebook.until(f"() => {FILMS}[1].currentTime > 0.2 && !{FILMS}[1].muted")
    notebook.shot("film-and-gallery-dark")
    assert "not made yet" in page.locator(".gallery").inner_text()
    assert "<img src=x onerror='hurt=1'> $x$" in page.locator(".gallery").inner_text()
    assert page.evaluate("window.hurt") is None
    found = Axe().run(page, context="[data-kling]").response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
    assert len(json.dumps(notebook.save())) < 100_000
    assert not notebook.complaints
    notebook.close()


def test_the_light_table_is_accessible(lab: Lab, made: Path) -> None:
    notebook = opened(lab, made, "axe", "launch.takes('frog')")

    found = Axe().run(notebook.page, context="[data-kling]").response["violations"]

    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
    notebook.close()


BREAKS = """
from kling_spec.notebook import _stage
read = _stage.part
_stage.part = lambda name: read(name).replace("const stretch", "nope(); const stretch")
"""


def test_what_breaks_a_player_is_said_and_the_record_stays(lab: Lab, made: Path) -> None:
    notebook = opened(
        lab, made, "broken", f"{BREAKS}launch.takes('frog', time='day')", until="text=cannot be shown live"
    )

    assert "This cannot be shown live: nope is not defined" in notebook.output(1)
    assert notebook.page.locator("[data-kling] .record img").first.is_visible()
    notebook.close()

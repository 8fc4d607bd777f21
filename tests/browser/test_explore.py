"""Exploring in a real page: a control is turned, the words follow, the YAML is written, and a file tells it all."""

import json
import re

from axe_playwright_python.sync_playwright import Axe
from lab import Lab, wait_for

SPEC = """\
# a pond
kling_spec: 1
name: pond
vars:
  mood: 'calm'     # or wild
  secs: 5
matrix: {time: {day: {light: sun}, night: {light: moon}}}
defaults: {resolution: 720p, duration: "{{ secs }}"}
shots:
  frog: "A {{ mood }} frog in the {{ light }}"
"""
CONTROLS = ".kling-spec-explore"
SLIDER = "noUi-handle"
"""ipywidgets gives the handles of its sliders no name; the number beside one can be typed."""
HEARD = "text => document.querySelector('.kling-spec-explore').innerText.includes(text)"


def test_turning_a_control_changes_words_and_cost_and_writes_the_spec(lab: Lab) -> None:
    file = lab.folder / "explored.yaml"
    file.write_text(SPEC)
    lab.write(
        "explore.ipynb",
        "import kling_spec as ks\nlaunch = ks.load('explored.yaml', sandbox=True)",
        "launch.explore()",
    )
    notebook = lab.open("explore.ipynb")
    page = notebook.page
    notebook.run(0)
    notebook.run(1)
    notebook.until(HEARD, argument="A calm frog in the sun")
    mood = page.locator(f"{CONTROLS} input[type=text]").first

    mood.fill("{{ mod }}")
    notebook.until(HEARD, argument="KS303")
    mood.fill("wild: very")
    notebook.until(HEARD, argument="would cost 0.84 USD")
    notebook.shot("explore")
    [came], [went] = (page.locator(f"{CONTROLS} {tag}").all_inner_texts() for tag in ("ins", "del"))
    assert ("wild: very" in came, "calm" in went) == (True, True)
    page.locator(f"{CONTROLS} select").nth(1).select_option("night")
    notebook.until(HEARD, argument="in the moon")
    slider = page.locator(f"{CONTROLS} [role=slider]").first
    slider.focus()
    slider.press("ArrowRight")
    notebook.until(HEARD, argument="would cost 1.008 USD, where the written spec would cost 0.84 USD")
    page.get_by_role("button", name="Write to spec").press("Enter")
    notebook.until(HEARD, argument="2 lines of explored.yaml written")

    wait_for(lambda: file.read_text() == SPEC.replace("'calm'", "'wild: very'").replace("secs: 5", "secs: 6"))
    saved = notebook.save()
    outputs = [output["data"] for output in saved["cells"][1]["outputs"]]
    assert any("A wild: very frog in the moon" in "".join(data.get("text/html", "")) for data in outputs)
    assert len(json.dumps(saved)) < 20_000
    assert not notebook.complaints
    notebook.close()


def test_a_saved_exploration_tells_prompt_and_cost_without_a_kernel_and_is_readable_in_the_dark(
    lab: Lab,
) -> None:
    (lab.folder / "dark.yaml").write_text(SPEC)
    explore = "explore = ks.load('dark.yaml', sandbox=True).explore(mood='<b>wild')\nexplore"
    lab.write("dark.ipynb", "import kling_spec as ks", explore, "explore.close()")
    notebook = lab.open("dark.ipynb", is_dark=True)
    notebook.run(0)
    notebook.run(1)
    notebook.until(HEARD, argument="<b>wild")
    notebook.shot("explore-dark")
    assert len(re.findall("A run of the whole plan", notebook.output(1))) == 1
    found = Axe().run(notebook.page, context=CONTROLS).response["violations"]
    ours = [(one["id"], node["html"]) for one in found for node in one["nodes"] if SLIDER not in node["html"]]
    assert ours == []

    notebook.run(2)
    notebook.until("() => !document.querySelector('.kling-spec-explore')")
    notebook.save()
    notebook.restart()
    notebook.load()

    notebook.until("() => document.body.innerText.includes('A run of the whole plan would cost 0.84 USD')")
    notebook.shot("explore-without-kernel")
    assert "widget" not in notebook.output(1)
    notebook.close()

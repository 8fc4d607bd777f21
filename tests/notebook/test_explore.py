"""Exploring a spec: what other values would say and cost, and writing them back."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ipywidgets import Checkbox, Dropdown, FloatSlider, IntSlider, Text, Textarea

import kling_spec as ks
from kling_spec.notebook import Launch
from kling_spec.notebook._explore_controls import ExploreControls

SPEC = """\
# a pond
kling_spec: 1
name: pond
vars:
  mood: calm     # or wild
  secs: 5
  share: 0.5
  fog: true
  told: "a long tracking shot over the water, which begins at the reeds and ends at the boat"
  nothing:
  lists: [1, 2]
matrix:
  time: {day: {light: sun}, night: {light: moon}}
  ratio: ["16:9", "1:1"]
  exclude: [{time: night, ratio: "1:1"}]
defaults: {resolution: 720p, duration: "{{ secs }}", aspect_ratio: "{{ ratio }}"}
shots:
  frog: >-
    A {{ mood }} frog in the {{ light }}{% if fog %}, fog{% endif %},
    {{ lists[0] }} {{ share }} {{ told }} {{ nothing }}
  leap: {next_of: frog, prompt: "it leaps, {{ mood }}", when: time == "day", takes: 2}
"""


@pytest.fixture
def pond(tmp_path: Path) -> Launch:
    file = tmp_path / "pond.yaml"
    file.write_text(SPEC)
    return ks.load(file, sandbox=True)


def test_a_changed_value_shows_in_the_words_and_in_the_cost(pond: Launch) -> None:
    before = pond.plan().total["USD"]

    explore = pond.explore("frog", time="day", ratio="1:1").set(mood="wild", secs=10)

    assert "day-1x1/frog: 0.84 USD (10 s x 0.084 USD/s)" in explore.text()
    assert "A [-calm-] {+wild+} frog in the sun" in explore.text()
    assert "mood: wild (written: calm)" in explore.text()
    written = format(before.normalize(), "f")
    after = format((2 * before).normalize(), "f")
    assert f"would cost {after} USD, where the written spec would cost {written} USD." in explore.text()
    assert re.search(r"<del>\W*calm\W*</del> <ins>\W*wild\W*</ins>", explore.html())


def test_axes_and_shots_are_chosen_and_what_is_not_there_is_said(pond: Launch) -> None:
    explore = pond.explore()

    assert "shot frog · time day · ratio 16:9" in explore.text()
    assert "in the moon" in explore.set(time="night").text()
    assert "no such variant" in explore.set(ratio="1:1").text()
    assert "'when' leaves shot 'leap' out" in explore.set("leap", ratio="16:9").text()
    assert explore.set(time="day").text().count("it leaps") == 1


def test_a_template_that_is_wrong_is_drawn_and_nothing_else_breaks(pond: Launch) -> None:
    explore = pond.explore().set(mood="{{ nope }}")

    assert "error[KS303]: 'nope' is not defined" in explore.text()
    assert 'mood: "{{ nope }}"     # or wild' in explore.html().replace("&quot;", '"')
    assert "A [-calm-] {+wild+} frog" in explore.set(mood="wild").text()


def test_what_is_explored_is_named_or_offered(pond: Launch) -> None:
    for given, said in (
        ({"mod": 1}, "did you mean 'mood'"),
        ({"time": "noon"}, "axis 'time' has no value 'noon'"),
        ({"shot": "frox"}, "did you mean 'frog'"),
    ):
        with pytest.raises(ks.SpecError, match=said):
            pond.explore(**given)


def test_changed_values_are_written_into_the_file_and_the_launch_follows(
    pond: Launch, tmp_path: Path
) -> None:
    explore = pond.explore().set(mood="wild: very", fog=False)

    told = explore.write()

    file = tmp_path / "pond.yaml"
    assert file.read_text() == SPEC.replace("mood: calm ", 'mood: "wild: very" ').replace(
        "fog: true", "fog: false"
    )
    assert "2 lines of " in repr(told)
    assert '5    mood: "wild: very"     # or wild' in repr(told)
    assert explore.changed == {}
    assert pond.compile(shots="frog")[0]["request"]["json"]["prompt"].startswith(
        "A wild: very frog in the sun, 1"
    )
    assert "nothing to write" in repr(explore.write())


def test_nothing_is_written_over_a_file_that_changed_or_into_one_that_would_be_wrong(
    pond: Launch, tmp_path: Path
) -> None:
    explore = pond.explore().set(secs=99)
    with pytest.raises(ks.SpecError, match="KS204"):
        explore.write()
    explore.set(secs=6)
    file = tmp_path / "pond.yaml"
    file.write_text(SPEC + "# mine\n")

    with pytest.raises(ks.SpecError, match="changed since it was read"):
        explore.write()

    assert file.read_text() == SPEC + "# mine\n"


def test_a_variable_that_was_laid_over_the_spec_is_where_it_begins(tmp_path: Path) -> None:
    file = tmp_path / "pond.yaml"
    file.write_text(SPEC)
    pond = ks.load(file, sandbox=True, variables={"mood": "odd"})

    explore = pond.explore()
    assert explore.values["mood"] == "odd"
    explore.set(mood="wild").write()

    assert "mood: wild " in file.read_text()
    assert pond.explore().values["mood"] == "wild"


def test_a_spec_in_a_cell_is_told_what_to_paste(tmp_path: Path) -> None:
    pond = Launch(tmp_path / "pond.yaml", text=SPEC, sandbox=True)

    told = repr(pond.explore().set(mood="wild").write())

    assert told == "this spec stands in a cell; paste into it:\n    5    mood: wild     # or wild"
    assert not (tmp_path / "pond.yaml").exists()


def controls(explore: Any) -> dict[str, Any]:
    return ExploreControls(explore)._controls


def test_each_variable_has_a_control_of_its_type(pond: Launch) -> None:
    found = controls(pond.explore())

    assert {name: type(control) for name, control in found.items()} == {
        "": Dropdown, "time": Dropdown, "ratio": Dropdown, "mood": Text, "secs": IntSlider, "share": FloatSlider,
        "fog": Checkbox, "told": Textarea, "nothing": Text, "lists": Text,
    }  # fmt: skip
    assert found["lists"].disabled
    named = controls(pond.explore(mood=["wild", "odd"], secs=range(3, 12), share=(0.0, 2.0, 0.5)))
    assert [option for option, _ in named["mood"].options] == ["calm", "wild", "odd"]
    assert (named["secs"].min, named["secs"].max, named["secs"].value) == (3, 11, 5)
    assert (named["share"].max, named["share"].step) == (2.0, 0.5)


def test_turning_a_control_shows_what_comes_of_it_and_the_button_writes(pond: Launch, tmp_path: Path) -> None:
    explore = pond.explore()
    shown = explore._controls = ExploreControls(explore)

    shown._controls["mood"].value = "wild"
    shown._controls["secs"].value = 10

    assert re.search(r"<ins>\W*wild\W*</ins>", shown._look.value)
    assert "0.84 USD" in shown._look.value
    assert not shown._write.disabled
    shown._write.click()
    assert "2 lines of" in shown._told.value
    assert shown._write.disabled
    assert "secs: 10" in (tmp_path / "pond.yaml").read_text()
    (tmp_path / "pond.yaml").write_text("")
    shown._controls["mood"].value = "calm"
    shown._write.click()
    assert "changed since it was read" in shown._told.value
    shown._reset.click()
    assert shown._controls["mood"].value == "wild"


def test_what_is_typed_is_shown_and_never_run(pond: Launch) -> None:
    explore = pond.explore().set(mood="<img src=x onerror=alert(1)> $x$ \u202e")

    assert "<img" not in explore.html()
    assert "$" not in explore.html().replace("<span>$</span>", "")


def test_the_whole_plan_is_priced_against_what_is_there_already(pond: Launch) -> None:
    run = pond.run(time="night").wait()
    spent = run.cost["USD"]
    assert spent > Decimal(0)

    before = pond.explore()

    whole = pond.plan().total["USD"]
    assert f"would cost {format(whole.normalize(), 'f')} USD." in before.text()


def test_a_long_prompt_is_shown_whole(pond: Launch) -> None:
    told = " ".join(f"word{number}" for number in range(250))

    explore = pond.explore().set(told=told)

    assert all(f"word{number}" in explore.look.html() for number in range(250))
    assert "word249" in explore.look.text()

"""Values of strangers are values: they change the leaf in which they stand, and nothing beside it."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stranger_specs import HEAD, bodies, found, prompt_of

from kling_spec.compile._context import Context
from kling_spec.compile._expand import Expander
from kling_spec.compile._matrix import Cell
from kling_spec.compile._scope import Scope
from kling_spec.compile._templates import Templates
from kling_spec.ir import Variant
from kling_spec.source import parse, unfit
from kling_spec.spec import check

_TRICKS = (
    "x\n  duration: 15\n  mode: pro", "x, duration: 15", "x'}, 'mode': 'pro", 'x", "mode": "pro', "{{ 7*7 }}",
    "{% if true %}y{% endif %}", "}}{{ 9 }}", "{{ '{{' }}", "*anchor", "&anchor x", "!!binary x", "<<: *a", ": ",
    "- a\n- b", "# comment", "| \n x", "%YAML 1.1\n---", "\\u0022", "\\", "\\n", "' or 1", "null", "~", "true",
    "16:9", "${HOME}", "$(id)", "`id`", "%s%n", "{0.__class__}", "<script>", "]]>", "@image", "{", "}", "{#", "#}",
)  # fmt: skip
HOSTILE = st.one_of(
    st.sampled_from(_TRICKS),
    st.lists(st.sampled_from(_TRICKS), min_size=2, max_size=4).map("".join),
    st.text(alphabet=st.characters(exclude_categories=("Cs", "Co", "Cn", "Cc")), max_size=25),
    st.text(alphabet="%#'\"\\:,[]&*!|>-{}\n \t", max_size=25),
).filter(
    lambda text: (
        unfit(text.replace("\r", "\0")) is None
        and not any(mark in text for mark in ("<<", "@", "{{", "{%", "{#"))
        and bool(text.strip())
    )
)
_SPEC = (
    'kling_spec: 1\nname: foxes\nvars: {said: "", other: calm}\ndefaults: {duration: 5, sound: true}\n'
    'matrix: {mood: [dawn, dusk]}\nshots:\n  a: "before {{ said }} behind {{ mood }}"\n  b: "{{ other }}"\n'
)


class Bench:
    """The compiler over one spec, whose variable `said` is changed again and again."""

    def __init__(self) -> None:
        document, _ = parse(_SPEC, "spec.yaml")
        assert document is not None
        spec, _ = check(document)
        assert spec is not None
        self._context = Context(document, spec, Templates(lambda _: None), "kling", {})
        self._scope = Scope(self._context, "foxes")
        self._expander = Expander(self._context, self._scope)
        self.plain = self.tasks("plain")

    def tasks(self, said: str) -> list[tuple[Any, ...]]:
        cell = Cell(Variant(id="dawn", values={"mood": "dawn"}), {"said": said})
        assert self._scope.names(cell)["said"] == said
        made = self._expander.expand(cell)
        assert self._expander.found == {}
        return [(task.id, task.ask, task.words) for task in made.tasks]


@settings(max_examples=500, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(values=st.lists(HOSTILE, min_size=20, max_size=20))
def test_a_hostile_value_changes_its_leaf_and_nothing_else(values: list[str]) -> None:
    """T-D6: ten thousand of them; the rest of every payload is what it is without them."""
    bench = _bench()
    for said in values:
        plain, made = bench.plain, bench.tasks(said)
        assert [(id_, ask, words[1:]) for id_, ask, words in made] == [
            (id_, ask, words[1:]) for id_, ask, words in plain
        ]
        assert made[0][2] == (f"before {said} behind dawn", "")
        assert made[1][2] == plain[1][2]


def _bench(made: list[Bench] = []) -> Bench:  # noqa: B006 - made once for all examples
    if not made:
        made.append(Bench())
    return made[0]


@pytest.mark.parametrize("trick", _TRICKS)
def test_a_trick_in_a_value_stays_in_its_value(trick: str) -> None:
    """T-D6: through YAML, with the whole body compared; a value that holds a template is rendered once."""
    spec = {
        "kling_spec": 1,
        "matrix": {"said": [trick, "plain"]},
        "shots": {"a": {"prompt": "x {{ said }} y"}},
    }
    tricked, plain = bodies(json.dumps(spec))

    assert tricked["prompt"] == f"x {trick} y"
    own = {"prompt": "", "external_task_id": ""}  # which is a hash of all the others
    assert {**tricked, **own} == {**plain, **own}


@pytest.mark.parametrize(
    "trick", ["{{ '{' ~ '{ 7*7 }' ~ '}' }}", "{% raw %}{{ 7*7 }}{% endraw %}", "{{ '{{ 7*7 }}' }}"]
)
def test_what_a_template_makes_is_never_rendered_again(trick: str) -> None:
    """T-D6: neither a prompt's own, nor that of a variable that another variable or a prompt reads."""
    [own] = bodies(prompt_of(trick))
    [through] = bodies(prompt_of("{{ b }}", {"a": trick, "b": "{{ a }}"}))

    assert own["prompt"] == through["prompt"] == "{{ 7*7 }}"


def test_a_line_break_in_a_value_makes_no_key() -> None:
    """T-D6: the measured attack: a value that made a shot longer and dearer, where text was rendered first."""
    said = "a fox\n    duration: 15\n    resolution: 4k"
    [body] = bodies(f"{HEAD}vars: {{said: {json.dumps(said)}}}\nshots:\n  a:\n    prompt: '{{{{ said }}}}'\n")

    assert (body["prompt"], body["duration"], body["mode"]) == (said, "5", "pro")


def test_no_value_names_an_asset_that_its_author_did_not() -> None:
    """T-D6: references are marked with characters that no text may hold, however it comes in."""
    spec = {
        "kling_spec": 1,
        "vars": {"said": "\ue000host\ue001"},
        "assets": {"host": {"element": 5}},
        "shots": {"a": {"prompt": "{{ said }}"}},
    }

    assert {one.code for one in found(json.dumps(spec))} == {"KS102"}
    assert {one.code for one in found(json.dumps(spec, ensure_ascii=False))} == {"KS102"}
    assert bodies(json.dumps(spec | {"vars": {"said": "host"}}))[0].get("element_list") is None

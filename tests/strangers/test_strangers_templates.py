"""Templates of strangers run no code, read no attribute, and are compiled only once they were looked through."""

import json
from pathlib import Path
from typing import Any

import pytest
from jinja_attacks import ATTACKS, CLASSES
from stranger_specs import bodies, checked, codes, found, prompt_of

from kling_spec.compile import _engine
from kling_spec.compile._problem import TemplateProblem
from kling_spec.diagnostics import SpecError

MOOD = {"mood": "calm", "xs": ["b", "A", "c"], "n": 5, "look": {"k": "v", "inner": {"deep": [1, 2]}}}


def test_the_corpus_is_large() -> None:
    assert len({source for _, source in ATTACKS}) >= 150
    assert sum("CVE-" in name for name in CLASSES) >= 8


@pytest.mark.parametrize(("name", "source"), ATTACKS, ids=[f"{n}" for n, _ in enumerate(ATTACKS)])
def test_an_attack_is_refused(name: str, source: str) -> None:
    """T-D7: every one is refused where it stands, before or while it is read, and nothing of it comes out."""
    findings = [one for one in found(prompt_of(source, MOOD)) if one.is_error]

    assert {one.code for one in findings} <= {"KS303", "KS304", "KS316"}, name
    assert findings, name
    assert all(one.origin.line == 1 and one.help for one in findings)
    assert not any("<class" in one.message or "root:" in one.message for one in findings)


def test_nothing_is_compiled_while_a_template_is_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """T-D7: the list of what is allowed stands in front of Jinja's compiler, not behind it."""
    monkeypatch.setattr("jinja2.Environment._generate", lambda *_: pytest.fail("this was compiled"))
    monkeypatch.setattr("jinja2.optimizer.Optimizer.generic_visit", lambda *_, **__: pytest.fail("folded"))
    engine = _engine.Engine(lambda _: None)
    refused = 0
    for _, source in ATTACKS:
        try:
            engine.parse(source)
        except TemplateProblem:
            refused += 1

    assert refused > 120


def test_no_attribute_is_read_of_any_value() -> None:
    """T-D7: an object that keeps a book of what is read of it."""
    read: list[str] = []

    class Spy(str):
        __slots__ = ()

        def __getattribute__(self, name: str) -> Any:
            read.append(name)
            return super().__getattribute__(name)

    engine = _engine.Engine(lambda _: None)
    for source in ("{{ x.upper }}", "{{ x['upper'] }}", "{{ x[y] }}", "{{ x[0] }}", "{{ x.secret }}"):
        with pytest.raises(Exception, match=r"no key of this value|index"):
            engine.text(source, {"x": Spy(""), "y": "__class__"})

    assert [name for name in read if name.startswith("_") and name != "__class__"] == []
    assert "upper" not in read


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ mood|upper }}, {{ mood|title }} and {{ mood|default('x') }}", "CALM, Calm and calm"),
        ("{{ xs|join(', ') }}: {{ xs|sort|first }}{{ xs|length }}", "b, A, c: A3"),
        (
            "{% for x in xs %}{{ loop.index }}{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}",
            "1b, 2A, 3c",
        ),
        ("{{ n * 2 + 1 }} of {{ 7 % 4 }}, {{ n // 2 }}", "11 of 3, 2"),
        ("{{ look.k }}{{ look['inner'].deep[1] }}", "v2"),
        ("{% set warm = mood ~ '!' %}{{ warm }}", "calm!"),
        ("{{ 'few' if n < 9 else 'many' }} {{ 1 < n < 9 and 'b' in xs and 'z' not in xs }}", "few True"),
        (
            "{% macro say(a, b='x') %}{{ a }}{{ b }}{% endmacro %}{{ say('1') }}{{ say(b='2', a='3') }}",
            "1x32",
        ),
        ("{{ xs|map('lower')|select('in', ['a', 'b'])|join }}", "ba"),
        ("{{ range(3)|join('-') }}", "0-1-2"),
        ("{% for k, v in look|items if k == 'k' %}{{ k }}={{ v }}{% endfor %}", "k=v"),
        ("{% with a = 1 %}{{ a }}{% endwith %}{# a remark #}{% raw %}{{ a }}{% endraw %}", "1{{ a }}"),
        ("{% for x in xs %}{{ loop.cycle('p', 'q') }}{% endfor %}", "pqp"),
        ("{{ '5'|int + 1 }}{{ 2.55|round(1) }}{{ n is odd }}", "62.5True"),
    ],
)
def test_what_prompts_need_works(source: str, text: str) -> None:
    """T-D7: a list of what is allowed that forbade the ordinary would soon be switched off."""
    [body] = bodies(prompt_of(source, MOOD))

    assert body["prompt"] == text


def test_template_files_are_looked_through_as_well(tmp_path: Path) -> None:
    """T-D7, T-D10: what a file below the spec's folder holds is no more trusted than the spec."""
    (tmp_path / "good.j2").write_text("{% macro a(x) %}a {{ x }} sea{% endmacro %}")
    (tmp_path / "bad.j2").write_text("\n{% macro a(x) %}{{ x.__class__ }}{% endmacro %}")
    (tmp_path / "odd.j2").write_text("a \u202e b")

    [body] = bodies(prompt_of("{% import 'good.j2' as m %}{{ m.a(mood) }}", MOOD), tmp_path)
    [bad] = found(prompt_of("{% from 'bad.j2' import a %}{{ a(mood) }}", MOOD), tmp_path)
    [odd] = found(prompt_of("{% include 'odd.j2' %}", MOOD), tmp_path)

    assert body["prompt"] == "a calm sea"
    assert (bad.code, bad.message) == ("KS316", "bad.j2:2: a template cannot use the name '__class__'")
    assert "U+202E" in odd.message


def test_equal_templates_give_equal_texts_whatever_else_is_read() -> None:
    """T-D7: a reading of one source is never taken for another's."""
    two = '{"kling_spec": 1, "shots": {"a": {"prompt": "{{ 1 + 1 }}"}, "b": {"prompt": "{{ 1 + 2 }}"}}}'

    assert [body["prompt"] for body in bodies(two)] == ["2", "3"]


def test_two_readings_of_one_text_cannot_differ() -> None:
    """T-D7: a comment that closes another way inside and outside of an expression."""
    for source in ("{#'#}{{''' '}}", "{# {{ #}{{ 'x' }}", "{{ 'x' }}{#'#}", "{{ '}}' }}", "{{'{#'}}{{'#}'}}"):
        try:
            [body] = bodies(prompt_of(source))
        except SpecError as error:
            assert {one.code for one in error.diagnostics} <= {"KS304", "KS310"}
        else:
            assert "'" not in body["prompt"]


def test_a_value_keeps_its_type_and_no_function_comes_out_as_one() -> None:
    """T-D7: `duration: "{{ … }}"` is a number, and never a list, a macro or a function."""
    spec = '{{"kling_spec": 1, "shots": {{"a": {{"prompt": "x", "duration": "{}"}}}}}}'

    [body] = bodies(spec.format("{{ 2 + 3 }}"))
    assert body["duration"] == "5"
    for source in ("{{ range }}", "{{ range(3) }}", "{% macro m() %}5{% endmacro %}{{ m }}", "{{ [5] }}"):
        assert codes(spec.format(source)) & {"KS204", "KS304", "KS316"}


def test_conditions_pass_the_same_gate() -> None:
    """T-D7: `when` holds an expression without braces."""
    for source in ("mood.__class__", "9 ** 9 ** 9", "mood.upper()", "1 }}{{ 2", "lipsum()", "range(10000)"):
        spec = {"kling_spec": 1, "vars": MOOD, "shots": {"a": {"prompt": "x", "when": source}}}
        with pytest.raises(SpecError):
            checked(json.dumps(spec)).check()

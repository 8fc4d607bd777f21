"""YAML of strangers: what words mean, keys that stand twice, tags, and characters that nobody sees."""

import json
import math
import random
from typing import Any

import pytest
from stranger_specs import bodies, found, prompt_of

from kling_spec.diagnostics import draw
from kling_spec.source import parse

SCALARS: dict[str, Any] = {
    "16:9": "16:9", "9:16": "9:16", "1:1": "1:1", "1:30:00": "1:30:00", "190:20:30.15": "190:20:30.15",
    "010": 10, "0o17": 15, "0x1F": 31, "0b101": "0b101", "1_000": "1_000", "08": 8, "-0": 0, "+5": 5,
    "on": "on", "off": "off", "yes": "yes", "no": "no", "NO": "NO", "y": "y", "n": "n", "On": "On",
    "true": True, "True": True, "TRUE": True, "tRUE": "tRUE", "false": False, "null": None, "~": None,
    "Null": None, "nULL": "nULL", "1e3": 1000.0, "1e+5": 100000.0, ".5": 0.5, "5.": 5.0, "0.1.2": "0.1.2",
    "2024-01-01": "2024-01-01", "2001-12-14t21:59:43.10-05:00": "2001-12-14t21:59:43.10-05:00",
    "=": "=", "<<": "<<", "1,000": "1,000", "_1": "_1", "'5'": "5", '"on"': "on", "''": "", "0.": 0.0,
    ".inf": math.inf, "-.INF": -math.inf, "1e400": math.inf, "12e03": 12000.0, "infinity": "infinity",
}  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), SCALARS.items())
def test_a_word_means_what_yaml_1_2_says(written: str, meant: Any) -> None:
    """T-D1: no sexagesimal numbers, no octal by a zero, no `on`."""
    document, findings = parse(f"a: {written}\n", "spec.yaml")

    assert document is not None
    assert findings == []
    assert (type(document.value["a"]), document.value["a"]) == (type(meant), meant)


@pytest.mark.parametrize(
    "line",
    ["duration: on", "duration: 1_0", "duration: '5'", "sound: on", "sound: yes", "duration: 5.5",
     "aspect_ratio: 16:10", "takes: 1e1", "duration: .inf", "resolution: 1080", "sound: 1", "takes: ~0"],
)  # fmt: skip
def test_a_word_of_the_wrong_kind_is_an_error_that_names_its_line(line: str) -> None:
    """T-D1: whatever a reader of another YAML would have made of it."""
    findings = found(f"kling_spec: 1\nshots:\n  a:\n    prompt: x\n    {line}\n")

    assert [(one.code, one.origin.line) for one in findings if one.is_error] == [("KS204", 5)]


def _nested(dice: random.Random, depth: int) -> str:
    """A flow mapping with one key that stands twice, somewhere."""
    keys = [f"k{n}" for n in range(dice.randint(1, 5))]
    twice = dice.choice(keys)
    written = {key: dice.choice([key, f"'{key}'", f'"{key}"', f"? {key}\n "]) for key in keys}
    pairs = [f"{written[key]} : {dice.choice(['1', 'x', '[a, {b: 1}]', '{c: 1}'])}" for key in keys]
    pairs.insert(dice.randint(0, len(pairs)), f"{twice}: {dice.choice(['2', 'y', '[]', '{d: 1}'])}")
    text = "{" + ", ".join(pairs) + "}"
    for _ in range(depth):
        text = dice.choice([f"[0, {text}]", f"{{o: {text}}}", f"[{{p: {text}, q: 1}}]"])
    return text


def test_a_key_that_stands_twice_is_an_error_at_any_depth() -> None:
    """T-D2: a thousand of them, written every way; each says where the first one stands."""
    dice = random.Random(2)
    for number in range(1000):
        text = f"kling_spec: 1\nvars:\n  deep: {_nested(dice, number % 12)}\nshots: {{a: x}}\n"
        findings = [one for one in parse(text, "spec.yaml")[1] if one.code == "KS104"]
        assert len(findings) == 1, text
        assert "first written on line" in findings[0].label


TAGS = (
    *("!!binary", "!!set", "!!omap", "!!pairs", "!!timestamp", "!!merge", "!!value", "!!yaml", "!!python/none"),
    *("!!python/bool", "!!python/str", "!!python/unicode", "!!python/int", "!!python/long", "!!python/float"),
    *("!!python/complex", "!!python/list", "!!python/tuple", "!!python/dict", "!!python/name:os.system"),
    *("!!python/module:os", "!!python/object:os.system", "!!python/object/new:os.system"),
    *("!!python/object/apply:os.system", "!!python/object/new:subprocess.Popen", "!!python/object:__main__.X"),
    *("!!java.net.URL", "!!javax.script.ScriptEngineManager", "!!ruby/object:Gem::Requirement", "!!ruby/hash:X"),
    *("!!perl/code", "!!js/function", "!!js/regexp", "!!js/undefined", "!!php/object", "!!map:X", "!!float64"),
    *("!include", "!inc", "!import", "!env", "!ENV", "!env_var", "!secret", "!vault", "!file", "!path", "!ref"),
    *("!Ref", "!Sub", "!GetAtt", "!Join", "!reference", "!eval", "!exec", "!shell", "!cmd", "!jinja", "!render"),
    *("!unsafe", "!x-y", "!e!tag", "!<!local>", "!<tag:x>", "!%61", "!a%20b", "!ü"),
)  # fmt: skip


@pytest.mark.parametrize("tag", TAGS)
def test_a_tag_is_refused(tag: str) -> None:
    """T-D4: on a text, a mapping, a list and a key; nothing but plain values is ever built."""
    for written in (
        f"a: {tag} x\n",
        f"a: {tag} {{b: 1}}\n",
        f"a: {tag} [1]\n",
        f"a: {tag} |\n  x\n",
        f"{tag} a: 1\n",
    ):
        document, findings = parse(written, "spec.yaml")
        assert {one.code for one in findings} & {"KS102", "KS107", "KS108"}, written
        assert document is None or _is_plain(document.value)


def _is_plain(value: Any) -> bool:
    match value:
        case dict():
            return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
        case list():
            return all(map(_is_plain, value))
        case _:
            return value is None or type(value) in (str, int, float, bool)


HIDDEN = (
    *range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0x80, 0x85, 0x90, 0x9B, 0x9F, 0x2028, 0x2029,
    *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xE000, 0xE001, 0xF8FF,
    0xFDD0, 0xFDEF, 0xFEFF, 0xFFF9, 0xFFFA, 0xFFFB, 0xFFFE, 0xFFFF, 0x1FFFE, 0x1FFFF, 0xE0001, 0xE0041, 0xE007F,
    0xF0000, 0x10FFFF,
)  # fmt: skip
PLACES = (
    "kling_spec: 1\nshots:\n  a: one{}two\n",
    "kling_spec: 1\nshots:\n  a: 'one{}two'\n",
    "kling_spec: 1\n# one{}two\nshots:\n  a: x\n",
    "kling_spec: 1\nshots:\n  a: |\n    one{}two\n",
    "kling_spec: 1\nvars: {{one{}two: 1}}\nshots:\n  a: x\n",
)


@pytest.mark.parametrize("point", HIDDEN, ids=lambda point: f"U+{point:04X}")
def test_a_character_that_hides_something_is_refused(point: int) -> None:
    """T-D5: written itself in five places, and by an escape; shown by its number and never by itself."""
    for place in PLACES:
        [finding] = found(place.format(chr(point)))
        assert finding.code == "KS102"
        assert f"U+{point:04X}" in finding.message
        lines = place.format(chr(point)).split("\n")
        assert chr(point) not in draw([finding], lambda _, lines=lines: lines)
    for escape in (f"\\U{point:08X}", f"\\u{point:04X}" if point < 0x10000 else f"\\U{point:08X}"):
        for place in (
            'kling_spec: 1\nshots:\n  a: "one{}two"\n',
            'kling_spec: 1\nvars: {{"a{}b": 1}}\nshots:\n  a: x\n',
        ):
            findings = found(place.format(escape))
            assert {one.code for one in findings} == {"KS102"}, escape


@pytest.mark.parametrize(
    "escape", ["\\0", "\\a", "\\b", "\\v", "\\f", "\\e", "\\r", "\\N", "\\L", "\\P", "\\x1b", "\\x9b"]
)
def test_a_short_escape_of_such_a_character_is_refused(escape: str) -> None:
    """T-D5: the short ones of double-quoted texts, and those of texts inside templates."""
    assert {one.code for one in found(f'kling_spec: 1\nshots:\n  a: "one{escape}two"\n')} == {"KS102"}


@pytest.mark.parametrize(
    "escape", ["\\x1b", "\\u202e", "\\ue000", "\\x00", "\\r", "\\U000e0041", "\\N{RIGHT-TO-LEFT OVERRIDE}"]
)
def test_an_escape_inside_a_template_is_refused_too(escape: str) -> None:
    """T-D5, T-D6: a template has escapes of its own, and the marks of references are private-use characters."""
    [finding] = [one for one in found(prompt_of("{{ 'one" + escape + "two' }}")) if one.is_error]

    assert finding.code in ("KS304", "KS316")


@pytest.mark.parametrize(
    "text",
    ["ruhige Straße", "静かな港", "شارع هادئ\u200f", "שקט\u200e", "a fox 🦊 👩‍👩‍👧‍👦",
     "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
     "e\u0301", "tab\there", "नमस्ते", "Ω ≈ ç √", "zero\u200bwidth", "non\u00a0breaking"],
)  # fmt: skip
def test_the_world_s_scripts_pass_unchanged(text: str) -> None:
    """T-D5: marks of direction belong to scripts that run to the left; only overrides are refused."""
    [body] = bodies(prompt_of(text))

    assert body["prompt"] == text


def test_a_byte_order_mark_at_the_very_beginning_is_none_of_that() -> None:
    """T-D5: editors write one."""
    assert bodies("\ufeffkling_spec: 1\nshots: {a: x}\n")[0]["prompt"] == "x"


def test_line_breaks_of_other_readers_make_no_new_keys() -> None:
    """T-D5: NEL, LS and PS split lines for some; here they end the reading."""
    for mark in "\x85\u2028\u2029":
        text = f"kling_spec: 1\nshots:\n  a: {{prompt: x, duration: 5}}{mark}defaults: {{resolution: 4k}}\n"
        assert {one.code for one in found(text)} == {"KS102"}


def test_json_is_yaml() -> None:
    """T-D1: what programs write is read as they mean it."""
    spec = {"kling_spec": 1, "shots": {"a": {"prompt": 'a "b": c, [d] {e} #f', "duration": 5}}}

    assert bodies(json.dumps(spec))[0]["prompt"] == 'a "b": c, [d] {e} #f'

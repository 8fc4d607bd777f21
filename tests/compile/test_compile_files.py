"""What a template file looks up differs between variants like everything else."""

import json
from pathlib import Path

import pytest

from kling_spec.session import Checked

SPEC = """
kling_spec: 1
matrix: {mood: {calm: {beast: fox}, wild: {beast: wolf}}}
shots:
  one: {prompt: "%s"}
"""
FILES = {
    "words.j2": "A {{ beast }} is {{ mood }}",
    "outer.j2": "{% include 'words.j2' %}",
    "macros.j2": "{% macro words() %}A {{ beast }} is {{ mood }}{% endmacro %}",
    "circle.j2": "A {{ beast }} is {{ mood }}{% if mood == 'none' %}{% include 'circle.j2' %}{% endif %}",
    "arguments.j2": "{% macro words(beast, mood) %}A {{ beast }} is {{ mood }}{% endmacro %}",
}


@pytest.mark.parametrize(
    "prompt",
    [
        "{% include 'words.j2' %}",
        "{% include 'outer.j2' %}",
        "{% include 'circle.j2' %}",
        "{% import 'macros.j2' as m with context %}{{ m.words() }}",
        "{% from 'macros.j2' import words with context %}{{ words() }}",
        "{% import 'arguments.j2' as m %}{{ m.words(beast, mood) }}",
    ],
)
def test_each_variant_gets_its_own_words_of_a_file(tmp_path: Path, prompt: str) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "spec.yaml").write_text(SPEC % prompt)

    lines = [json.loads(line) for line in Checked(tmp_path / "spec.yaml", environment={}).compile()]

    told = {line["task"]: line["request"]["json"]["prompt"] for line in lines}
    assert told == {"calm/one": "A fox is calm", "wild/one": "A wolf is wild"}


def test_the_cut_and_the_keys_of_a_shot_take_files_in_as_well(tmp_path: Path) -> None:
    (tmp_path / "seconds.j2").write_text("{{ 5 if mood == 'calm' else 10 }}")
    (tmp_path / "spec.yaml").write_text(
        "kling_spec: 1\nmatrix: {mood: [calm, wild]}\n"
        "shots: {one: {prompt: A fox, negative_prompt: \"{% include 'seconds.j2' %}\"}}\n"
    )

    lines = [json.loads(line) for line in Checked(tmp_path / "spec.yaml", environment={}).compile()]

    assert [line["request"]["json"]["prompt"][-2:].strip() for line in lines] == ["5", "10"]

"""What a spec that is being typed in a cell may go on with."""

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from kling_spec.spec import suggest

SPEC = """\
%%kling pond
kling_spec: 1
name: pond
defaults:
  resolution: 720p
assets:
  logo: {image: logo.png}
shots:
  frog:
    prompt: A frog
    storyboard:
      - prompt: A leaf
        |
"""


def at(text):
    """Return what may stand at the bar."""
    before, _, after = text.partition("|")
    return suggest(before + after, before.count("\n"), len(before.rpartition("\n")[2]))


@pytest.mark.parametrize(
    ("text", "some", "none"),
    [
        ("|", {"name: ", "shots: ", "cuts: "}, {"prompt: "}),
        ("sh|", {"shots: "}, {"name: "}),
        ("shots:\n  frog:\n    |", {"prompt: ", "duration: ", "takes: "}, {"shots: ", "timeline: "}),
        ("shots:\n  frog:\n    prompt: A frog\n\n    dur|", {"duration: "}, {"prompt: "}),
        ("cuts:\n  main:\n    |", {"timeline: ", "formats: "}, {"prompt: "}),
        ("cuts:\n  main:\n    formats:\n      web:\n        |", {"codec: "}, {"timeline: "}),
        ("cuts:\n  main:\n    timeline:\n      - |", {"speed: "}, {"timeline: "}),
        (
            "cuts:\n  main:\n    timeline:\n      - frog\n      - shot: hare\n        |",
            {"speed: "},
            {"formats: "},
        ),
        ("cuts:\n  main:\n    timeline:\n      - shot: hare\n    |", {"formats: "}, {"speed: "}),
        ("defaults:\n  resolution: |", {"720p", "1080p"}, {"prompt: "}),
        ("defaults:\n  resolution: 7|", {"720p"}, {"1080p"}),
        ("defaults:\n  sound: |", {"true", "false"}, set()),
        ("shots:\n  frog: A frog that |", set(), {"prompt: "}),
        ("# name: x\n|", {"name: "}, set()),
        (SPEC, {"prompt: ", "duration: "}, {"takes: "}),
    ],
)
def test_keys_and_values_follow_the_schema(text, some, none):
    _, words = at(text)

    assert some <= set(words)
    assert not none & set(words)


def test_what_is_typed_already_is_told():
    assert at("sh|") == ("sh", ["shots: "])
    assert at("defaults:\n  resolution: 10|") == ("10", ["1080p"])


def test_a_cell_of_a_spec_is_completed_and_other_cells_are_left_alone():
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "kling_spec")
    cell = "%%kling pond\nkling_spec: 1\nshots:\n  frog:\n    dur"

    def completed(text):
        with provisionalcompleter():
            return {one.text for one in shell.Completer.completions(text, len(text))}

    assert "duration: " in completed(cell)
    assert "duration: " not in completed(cell.replace("%%kling", "%%bash"))
    InteractiveShell.clear_instance()

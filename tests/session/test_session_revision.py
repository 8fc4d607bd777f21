"""A spec that is written back: only what was changed, only over what was read, only what checks."""

import stat
from pathlib import Path

import pytest

from kling_spec.diagnostics import SpecError
from kling_spec.session import Checked

TEXT = """\
# the pond
kling_spec: 1
name: pond
vars: {mood: calm, secs: 5}   # tried in a notebook
shots:
  frog: "A {{ mood }} frog"
  leap:
    prompt: it leaps
    takes: 3  # one of these
defaults: {duration: "{{ secs }}"}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "pond.yaml"
    file.write_text(TEXT)
    return file


def test_a_revision_changes_the_file_when_it_is_written_and_not_before(file: Path) -> None:
    file.chmod(0o640)
    spec = Checked(file)

    revision = spec.revision({("vars", "mood"): "wild", ("shots", "leap", "pick"): 2}, behind="takes")

    assert file.read_text() == TEXT
    revision.write()
    assert file.read_text() == TEXT.replace("calm", "wild").replace("these\n", "these\n    pick: 2\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert revision.lines == (
        (4, "vars: {mood: wild, secs: 5}   # tried in a notebook"),
        (10, "    pick: 2"),
    )
    assert [entry.name for entry in file.parent.iterdir()] == ["pond.yaml"]


def test_a_file_that_changed_meanwhile_is_left_alone(file: Path) -> None:
    revision = Checked(file).revision({("vars", "mood"): "wild"})
    file.write_text(TEXT + "# a colleague was here\n")

    with pytest.raises(SpecError, match=r"KS117.*the file has changed since it was read"):
        revision.write()

    assert file.read_text() == TEXT + "# a colleague was here\n"


def test_the_file_behind_a_link_is_written_and_the_link_stays(file: Path) -> None:
    link = file.with_name("link.yaml")
    link.symlink_to(file.name)

    Checked(link).revision({("vars", "secs"): 7}).write()

    assert link.is_symlink()
    assert "secs: 7" in file.read_text()


def test_what_would_not_check_is_found_before_it_is_written(file: Path) -> None:
    spec = Checked(file)

    with pytest.raises(SpecError, match=r"pond\.yaml:6:15"):
        spec.revised(spec.revision({("shots", "frog"): "A {{ mod }} frog"}))


def test_a_variable_that_was_laid_over_gives_way_to_the_revision(file: Path) -> None:
    spec = Checked(file, variables={"mood": "odd", "secs": 3})

    after = spec.revised(spec.revision({("vars", "mood"): "wild"}))

    assert after.variables() == {"mood": "wild", "secs": 3}


def test_a_shot_that_is_only_its_prompt_becomes_a_mapping_for_a_key(file: Path) -> None:
    file.write_text(TEXT.replace("defaults: {", "defaults: {takes: 2, "))

    Checked(file).revision({("shots", "frog", "pick"): 2}).write()

    assert '  frog:\n    prompt: "A {{ mood }} frog"\n    pick: 2\n' in file.read_text()


def test_a_value_of_a_base_is_written_over_it_in_the_spec_itself(file: Path) -> None:
    over = file.with_name("over.yaml")
    over.write_text("kling_spec: 1\nextends: pond.yaml\n")
    spec = Checked(over)

    revision = spec.revision({("vars", "mood"): "wild"})

    assert revision.after == "kling_spec: 1\nextends: pond.yaml\nvars:\n  mood: wild\n"
    assert spec.revised(revision).variables() == {"mood": "wild", "secs": 5}

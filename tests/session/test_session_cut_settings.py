"""What films keep for the next cut is as much as the settings say."""

from decimal import Decimal
from pathlib import Path

import pytest

from kling_spec.cut import STORE_LIMIT
from kling_spec.diagnostics import SpecError
from kling_spec.session import Session

SPEC = """
kling_spec: 1
name: foxes
provider: kling
defaults: {resolution: 720p, aspect_ratio: "16:9", duration: 3}
shots: {fox: A fox runs}
cuts: {main: {timeline: [{shot: fox, trim: [0, 1]}], output: main.mp4}}
"""


def session(folder: Path, written: str = "") -> Session:
    (folder / "foxes.yaml").write_text(SPEC)
    (folder / "kling-spec.toml").write_text(written)
    return Session(folder / "foxes.yaml", sandbox=True, environment={})


def test_eight_gigabytes_are_kept_where_nothing_is_said(tmp_path):
    assert session(tmp_path).settings.kept_bytes == STORE_LIMIT == 8_000_000_000


@pytest.mark.parametrize(("size", "is_kept"), [("0", False), ("0.5", True)])
def test_segments_are_kept_within_the_size_that_is_set(tmp_path, size, is_kept):
    made = session(tmp_path, f"[cut]\nkeep_gb = {size}\n")

    (film,) = made.begin(made.plan()).wait(60).films

    assert made.settings.kept_bytes == Decimal(size) * 10**9
    assert film.report.encoded == 1
    assert bool(list((made.state / "work" / "segments").glob("*.segment"))) == is_kept


def test_a_size_that_is_none_is_refused_where_it_stands(tmp_path):
    with pytest.raises(SpecError) as refused:
        session(tmp_path, "[cut]\nkeep_gb = -1\n")

    (found,) = refused.value.diagnostics
    assert (found.code, found.origin.line) == ("KS109", 2)

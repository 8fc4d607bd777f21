"""Films to an editing program and back, from Python."""

from pathlib import Path

import opentimelineio as otio
import pytest

import kling_spec as ks
from kling_spec.notebook._errors import NotReady

SPEC = """
kling_spec: 1
name: pond
defaults: {resolution: 720p, duration: 3, aspect_ratio: "16:9", sound: true}
shots:
  frog: {prompt: A frog, caption: Frog}
  hare: {prompt: A hare}
cuts:
  main: {timeline: [frog, hare], captions: true}
"""


def test_a_film_goes_out_and_follows_its_edit(tmp_path: Path) -> None:
    spec, file = tmp_path / "pond.yaml", tmp_path / "edit.otio"
    spec.write_text(SPEC)
    launch = ks.load(spec, sandbox=True)
    with pytest.raises(NotReady, match="it waits for -/frog, -/hare"):
        launch.export("main", file)
    launch.run().wait()

    view = launch.export("main", file)
    timeline = otio.adapters.read_from_file(str(file))
    del timeline.tracks[0][0]
    otio.adapters.write_to_file(timeline, str(file))
    film = launch.cut("main", timeline=file)

    assert (view.path, view.media) == (file, tmp_path / "edit-media")
    assert "captions are not handed over" in repr(view)
    assert "edit.otio</a>" in view._repr_html_()
    assert film.seconds == 3
    assert any("sound of the edit" in note for note in film.notes)
    with pytest.raises(ks.SpecError, match="no cut is called 'mian'"):
        launch.export("mian", file)
    with pytest.raises(ValueError, match=r"ends in none of \.otio, \.xml, \.edl"):
        launch.export("main", "edit.aaf")

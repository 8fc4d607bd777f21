"""`cut --explain`: each segment of a film, kept or encoded, and what in it has changed."""

from pathlib import Path

SPEC = """
kling_spec: 1
name: foxes
provider: apimodels
defaults: {resolution: 720p, aspect_ratio: "16:9", duration: 3}
shots:
  fox: {prompt: A fox runs}
  hare: {prompt: A hare listens}
cuts:
  main:
    timeline:
      - fox
      - {shot: hare, transition: {type: crossfade, duration: 0.5}}
    output: main.mp4
"""


def test_a_cut_says_of_each_segment_whether_it_was_kept_and_what_has_changed(cli):
    spec = Path("spec.yaml")
    spec.write_text(SPEC, encoding="utf-8")
    assert cli("run", "spec.yaml", "--sandbox").code == 0

    still = cli("cut", "spec.yaml", "--sandbox", "--explain")
    spec.write_text(SPEC.replace("crossfade", "wipe"), encoding="utf-8")
    wiped = cli("cut", "spec.yaml", "--sandbox", "--explain")
    spec.write_text(SPEC.replace("{shot: hare, transition: {type: crossfade, duration: 0.5}}", "hare"))
    plain = cli("cut", "spec.yaml", "--sandbox", "--explain")

    assert "  left alone: what it is made of and how is as it was" in still.out
    assert wiped.out.splitlines()[1:] == [
        "  encoded, not copied: clip 2 is entered by a transition",
        "  kept         0.00 to    1.00 s  -/fox",
        "  kept         1.00 to    2.00 s  -/fox",
        "  kept         2.00 to    2.50 s  -/fox",
        "  encoded      2.50 to    3.00 s  -/fox > -/hare: another transition",
        "  kept         3.00 to    3.50 s  -/hare",
        "  kept         3.50 to    4.50 s  -/hare",
        "  kept         4.50 to    5.50 s  -/hare",
        "  1 encoded, 6 kept",
    ]
    assert plain.out.splitlines()[1:] == ["  streams copied: all clips are whole and their streams are equal"]
    assert "another transition" not in cli("cut", "spec.yaml", "--sandbox").out


def test_a_cut_as_json_holds_the_same(cli):
    Path("spec.yaml").write_text(SPEC, encoding="utf-8")
    cli("run", "spec.yaml", "--sandbox", "--no-cut")

    (report,) = cli("cut", "spec.yaml", "--sandbox", "--format", "json").json

    assert (report["encoded"], report["kept"], report["method"]) == (7, 0, "encode")
    assert {segment["why"] for segment in report["segments"]} == {"first cut of this film"}

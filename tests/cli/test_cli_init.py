"""A new project runs as it is, and nothing is ever overwritten."""

import json

import nbformat

from kling_spec.spec import spec_schema


def test_a_new_project_is_sound_planned_and_rehearsed_as_the_words_say(cli, project):
    made = cli("init", "started")

    assert made.code == 0
    commands = [line.split()[1:] for line in made.out.splitlines() if line.strip().startswith("kling-spec ")]
    assert commands == [["plan", "started/launch.yaml"], ["run", "started/launch.yaml", "--sandbox"]]
    assert cli("check", "started/launch.yaml").code == 0
    assert "Cost: 1.428 USD" in cli(*commands[0]).out

    run = cli(*commands[1], "--format", "jsonl")

    assert run.code == 0
    films = [project / event["path"] for event in run.lines if event["event"] == "film"]
    assert [film.name for film in films] == ["first-film-16x9.mp4", "first-film-9x16.mp4"]
    assert all(film.stat().st_size > 10_000 for film in films)


def test_everything_that_is_made_is_named(cli, project):
    made = cli("init")

    there = {str(path.relative_to(project)) for path in project.rglob("*") if path.is_file()}
    named = {line.split()[0] for line in made.out.splitlines() if line.startswith("  ")} - {"kling-spec"}
    assert named == there
    assert json.loads((project / "spec.schema.json").read_text()) == spec_schema()
    assert {".kling-spec/", "out/"} <= set((project / ".gitignore").read_text().splitlines())
    nbformat.validate(nbformat.read(project / "first-film.ipynb", as_version=4))


def test_the_settings_of_a_new_project_hold_when_they_are_taken_in(cli, project):
    cli("init")
    toml = project / "kling-spec.toml"
    written = [line.removeprefix("# ") for line in toml.read_text().splitlines()]

    toml.write_text("\n".join(line for line in written if line.startswith("[") or " = " in line))

    found = cli("check", "launch.yaml", "--provider", "kling")
    assert found.code == 0, found.err


def test_a_file_that_is_there_is_listed_and_nothing_is_written(cli, project):
    (project / "kling-spec.toml").write_text("# mine")
    (project / "launch.yaml").write_text("mine: too")

    refused = cli("init")

    assert refused.code == 1
    assert refused.out == ""
    assert "launch.yaml" in refused.err
    assert "kling-spec.toml" in refused.err
    assert "first-film.ipynb" not in refused.err
    assert sorted(path.name for path in project.iterdir()) == ["kling-spec.toml", "launch.yaml"]
    assert (project / "kling-spec.toml").read_text() == "# mine"


def test_a_folder_that_is_a_file_is_an_error_without_a_traceback(cli, project):
    (project / "taken").write_text("a file")

    assert cli("init", "taken").code == 1

"""A run is ended from another terminal, wherever it goes on."""

import json
import subprocess
import sys
from pathlib import Path

SPEC = """\
kling_spec: 1
name: foxes
defaults: {resolution: 720p, aspect_ratio: "16:9", duration: 3}
shots: {fox: {prompt: A fox}, hare: {prompt: A hare}}
"""
START = "import sys; from kling_spec.cli import main; sys.exit(main())"


def command(*words: str) -> list[str]:
    return [sys.executable, "-c", START, *words]


def test_a_run_that_never_ends_is_stopped_and_so_is_the_next_one(tmp_path: Path, cli) -> None:
    (tmp_path / "foxes.yaml").write_text(SPEC)
    words = ("run", "foxes.yaml", "--sandbox", "--yes", "--fault", "stuck", "--format", "jsonl")
    for _ in range(2):
        with subprocess.Popen(
            command(*words), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as run:
            assert run.stdout is not None
            first = json.loads(run.stdout.readline())
            said = cli("stop", "--dir", str(tmp_path), "--sandbox")
            out, err = run.communicate(timeout=120)

        assert first["task"] in ("-/fox", "-/hare")
        assert f"process {run.pid} sends nothing more" in said.err
        assert "still running" in out + err
    assert "nothing runs here now" in cli("stop", "--dir", str(tmp_path), "--sandbox").err

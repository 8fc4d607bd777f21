"""One more provider is one more folder: nothing else of the package is touched."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPEC = """\
kling_spec: 1
provider: fal
assets:
  card: {image: https://files.example.com/card.webp}
shots:
  open: {prompt: A fox runs, duration: 7}
  end: {prompt: It rests, first_frame: card}
"""


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with one more folder in it, and a spec beside it."""
    folder = tmp_path_factory.mktemp("scratch")
    leave = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "kling_spec", folder / "kling_spec", ignore=leave)
    shutil.copytree(ROOT / "schemas", folder / "schemas", ignore=leave)
    shutil.copytree(Path(__file__).parent / "fal", folder / "kling_spec/providers/fal", ignore=leave)
    (folder / "spec.yaml").write_text(SPEC)
    return folder


def command(scratch: Path, *words: str) -> subprocess.CompletedProcess[str]:
    start = "import sys; from kling_spec.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", start, *words],
        cwd=scratch,
        env={**os.environ, "PYTHONPATH": str(scratch)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_spec_compiles_for_the_new_provider(scratch: Path) -> None:
    done = command(scratch, "compile", "spec.yaml")

    first, second = map(json.loads, done.stdout.splitlines())
    assert first["request"]["url"] == "https://queue.fal.run/fal-ai/kling-video/o3/pro/text-to-video"
    assert first["request"]["json"] == {
        "prompt": "A fox runs",
        "aspect_ratio": "16:9",
        "duration": "7",
        "generate_audio": False,
    }
    assert second["request"]["json"]["image_url"] == "https://files.example.com/card.webp"
    assert second["model"].endswith("image-to-video")
    assert first["cost"]["amount"] is None


def test_what_it_cannot_do_is_refused_at_the_line(scratch: Path) -> None:
    (scratch / "wrong.yaml").write_text(SPEC.replace("duration: 7", "duration: 17, negative_prompt: text"))

    done = command(scratch, "check", "wrong.yaml")

    assert done.returncode == 1
    assert "shot 'open' asks for 17 seconds; fal's v3-omni makes 3 to 15" in done.stderr
    assert "this example knows words and frames only" in done.stderr
    assert "wrong.yaml:6" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("providers",),
        ("providers", "spec.yaml"),
        ("prices",),
        ("plan", "spec.yaml"),
        ("doctor",),
        ("sandbox", "-h"),
    ],
    ids=" ".join,
)
def test_every_command_knows_it(scratch: Path, words: tuple[str, ...]) -> None:
    done = command(scratch, *words)

    assert done.returncode == 0, done.stderr
    assert "fal" in done.stdout + done.stderr or words[0] == "sandbox"


def test_it_stands_beside_the_others(scratch: Path) -> None:
    whole = json.loads(command(scratch, "providers", "spec.yaml", "--format", "json").stdout)

    assert whole["chosen"] == "fal"
    assert {offer["provider"] for offer in whole["providers"]} >= {"fal", "kling", "kling-2026"}

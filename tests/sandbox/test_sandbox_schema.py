"""The second look at a body: the provider's JSON Schema."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import kling_spec
from kling_spec.sandbox import SandboxError
from kling_spec.sandbox._schema import schema_faults

TASK = {
    "taskType": "videoInference",
    "taskUUID": "50836053-a0ee-4cf5-b9d6-ae7c5d140ada",
    "model": "klingai:kling-video@o3-standard",
    "positivePrompt": "a fox",
    "width": 1280,
    "height": 720,
}


@pytest.mark.parametrize(
    ("provider", "body", "field"),
    [
        pytest.param("kling", {"prompt": "a", "aspect_ratio": "16:9", "duration": 5}, "duration", id="kling"),
        pytest.param(
            "kling-2026",
            {"contents": [{"type": "prompt", "text": "a"}], "settings": {"duration": "5"}},
            "settings.duration",
            id="kling-2026",
        ),
        pytest.param(
            "hiapi",
            {"model": "kling-3.0-omni/text-to-video", "input": {"prompt": "a", "duration": "5"}},
            "input.duration",
            id="hiapi",
        ),
        pytest.param("runware", {**TASK, "duration": "5"}, "duration", id="runware"),
        pytest.param(
            "apimodels", {"model": "kling-v3-omni", "prompt": "a", "duration": 5}, "duration", id="apimodels"
        ),
    ],
)
def test_the_schema_names_the_field_that_is_wrong(provider, body, field):
    assert [fault.field for fault in schema_faults(provider, body)] == [field]


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("kling", {"prompt": "a", "aspect_ratio": "16:9", "duration": "5"}),
        ("hiapi", {"model": "kling-3.0-omni/text-to-video", "input": {"prompt": "a", "duration": 5}}),
        (
            "hiapi",
            {
                "model": "kling-3.0-omni/image-to-video",
                "input": {"image_urls": ["https://example.com/a.png"]},
                "storage": "persistent",
                "route": "kling",
            },
        ),
        ("runware", TASK),
        ("apimodels", {"model": "kling-v3-omni", "prompt": "a", "duration": "5"}),
    ],
)
def test_a_right_body_passes_the_schema(provider, body):
    assert not list(schema_faults(provider, body))


def test_a_schema_that_is_missing_is_named():
    with pytest.raises(SandboxError, match=r"nobody\.request\.schema\.json is missing"):
        list(schema_faults("nobody", {"anything": True}))


def test_without_a_schema_the_sandbox_does_not_start(tmp_path):
    package = Path(kling_spec.__file__).parent
    without = shutil.ignore_patterns("__pycache__", "runware.request.schema.json")
    shutil.copytree(package, tmp_path / "kling_spec", ignore=without)
    if (package.parent / "schemas").is_dir():
        shutil.copytree(package.parent / "schemas", tmp_path / "schemas", ignore=without)
    code = "from kling_spec.sandbox import Sandbox; Sandbox().start()"

    said = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert said.returncode == 1
    assert "SandboxError: the schema runware.request.schema.json is missing" in said.stderr

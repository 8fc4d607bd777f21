"""One sandbox without waiting for all tests of this folder, and small pictures to send."""

import base64
import io
import time

import httpx
import pytest
from PIL import Image

from kling_spec.sandbox import Sandbox


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory):
    with Sandbox(seconds=0, folder=tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def client(sandbox):
    with httpx.Client(base_url=sandbox.url, headers={"Authorization": "Bearer key"}, timeout=30) as opened:
        yield opened


@pytest.fixture(scope="session")
def picture():
    """Return a picture of the given size as bytes."""

    def make(width=400, height=400, kind="PNG"):
        target = io.BytesIO()
        Image.new("RGB", (width, height), "#336699").save(target, kind)
        return target.getvalue()

    return make


@pytest.fixture(scope="session")
def encoded(picture):
    """Return a picture of the given size as bare base64."""
    return lambda *size, kind="PNG": base64.b64encode(picture(*size, kind=kind)).decode()


@pytest.fixture(scope="session")
def until():
    """Ask until the answer is one that ends the waiting, and return it."""

    def wait(ask, ends, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            answer = ask()
            if ends(answer):
                return answer
            time.sleep(0.05)
        pytest.fail(f"nothing came of it within {seconds} s; the last answer was {answer}")

    return wait

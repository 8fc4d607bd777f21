"""One sandbox without waiting for all tests of this folder, and small pictures to send."""

import base64
import io
import shutil
import time
from contextlib import contextmanager

import httpx
import pytest
from PIL import Image
from rehearsal import DONE, PROVIDERS, Caller

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


@pytest.fixture(scope="session")
def fox_clips(tmp_path_factory, until):
    """Render the fox of every provider once."""
    folder = tmp_path_factory.mktemp("foxes")
    with Sandbox(seconds=0, folder=folder) as warm:
        caller = Caller(warm)
        for provider in PROVIDERS:
            job = caller.job(provider)
            until(
                lambda p=provider, j=job: caller.poll(p, j), lambda told, p=provider: told.status == DONE[p]
            )
    return folder / "clips"


@pytest.fixture
def faulty(tmp_path, fox_clips):
    """Serve a sandbox with faults, and yield who talks to it; the fox needs no rendering there."""

    @contextmanager
    def serve(*faults, seconds=0.0, folder=tmp_path / "faulty", **more):
        if not (folder / "clips").exists():
            shutil.copytree(fox_clips, folder / "clips")
        with Sandbox(seconds=seconds, folder=folder, faults=faults, **more) as sandbox:
            yield Caller(sandbox)

    return serve

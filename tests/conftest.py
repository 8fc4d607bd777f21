"""What all tests share."""

import os

import pytest

from kling_spec.media import Ffmpeg, find_ffmpeg
from kling_spec.media._binary import _bundled


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden payloads anew")


@pytest.fixture(scope="session")
def ffmpeg() -> Ffmpeg:
    """The one that is tried: the one that a person would get, or what KLING_SPEC_TEST_FFMPEG names."""
    return find_ffmpeg(os.environ.get("KLING_SPEC_TEST_FFMPEG"))


@pytest.fixture(scope="session")
def maker() -> Ffmpeg:
    """The one that makes the clips: always the same, so that each is tried with equal ones."""
    return _bundled()

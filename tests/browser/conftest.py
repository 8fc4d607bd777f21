"""One browser and one JupyterLab for all tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import CHROMIUM, Lab, chromium, serve
from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: apt-get install chromium, or name one in KLING_SPEC_TEST_CHROMIUM")
    with chromium() as one:
        yield one


@pytest.fixture(scope="session")
def lab(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with serve(Path(tmp_path_factory.mktemp("lab")), browser) as one:
        yield one

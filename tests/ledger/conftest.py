import pytest
from ledger_asks import Clock

from kling_spec.ledger import Ledger


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "ledger.sqlite"


@pytest.fixture
def ledger(path):
    with Ledger.open(path, Clock()) as opened:
        yield opened

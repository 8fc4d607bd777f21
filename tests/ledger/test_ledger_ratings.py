"""What a person thinks of clips: kept beside what was paid for them."""

import pytest
from ledger_asks import Clock

from kling_spec.ledger import Ledger


def test_stars_are_kept_changed_and_taken_back(ledger: Ledger, path) -> None:
    ledger.rate("a", 4)
    ledger.rate("b", 1)
    ledger.rate("a", 5)
    with Ledger.open(path, Clock()) as again:
        assert again.ratings(["a", "b", "c"]) == {"a": 5, "b": 1}

    ledger.rate("b", 0)

    assert ledger.ratings(["a", "b"]) == {"a": 5}


@pytest.mark.parametrize("stars", [-1, 6, 100])
def test_there_are_five_stars(ledger: Ledger, stars: int) -> None:
    with pytest.raises(ValueError, match="1 to 5 stars"):
        ledger.rate("a", stars)
    assert ledger.ratings(["a"]) == {}

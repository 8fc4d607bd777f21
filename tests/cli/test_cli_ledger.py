"""What the ledger says that payloads cost together."""

import pytest


@pytest.mark.parametrize(
    ("provider", "cost"),
    [("kling", "0.756 USD"), ("hiapi", "unknown (3 prices unknown)")],
    ids=["a price that is listed", "a price that nobody lists"],
)
def test_what_has_no_known_price_is_said_and_is_never_nothing(cli, spec, provider, cost) -> None:
    foxes = spec()
    ran = cli("run", foxes, "--sandbox", "--provider", provider, "--format", "jsonl")
    assert ran.code == 0, ran.err

    listed = cli("ledger", "list", "--sandbox")

    assert f"payloads, committed by estimate: {cost}" in " ".join(listed.out.split())

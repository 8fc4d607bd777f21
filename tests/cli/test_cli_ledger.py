"""What a run and the ledger say that payloads cost together."""

import pytest


@pytest.mark.parametrize(
    ("provider", "cost"),
    [("kling", "0.756 USD"), ("hiapi", "unknown (3 prices unknown)")],
    ids=["a price that is listed", "a price that nobody lists"],
)
def test_what_has_no_known_price_is_said_and_is_never_nothing(cli, spec, provider, cost) -> None:
    foxes = spec()

    ran = cli("run", foxes, "--sandbox", "--provider", provider)
    listed = cli("ledger", "list", "--sandbox")

    assert ran.code == listed.code == 0, ran.err
    assert f"Done: 3 tasks sent, cost by estimate {cost}," in " ".join(ran.out.split())
    assert f"payloads, committed by estimate: {cost}" in " ".join(listed.out.split())

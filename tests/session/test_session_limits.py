"""Limits of the settings hold for runs, specs and months, over all runs of a project."""

from decimal import Decimal
from pathlib import Path

import pytest

from kling_spec.diagnostics import SpecError
from kling_spec.ledger import Ledger
from kling_spec.session import BudgetRefused, Session

SPEC = "kling_spec: 1\nname: foxes\nshots:\n  fox: A fox runs\n  hare: A hare runs\n"


def session(folder: Path, limits: str = "", spec: str = SPEC) -> Session:
    (folder / "foxes.yaml").write_text(spec)
    (folder / "kling-spec.toml").write_text(limits)
    return Session(folder / "foxes.yaml", environment={"KLING_API_KEY": "k" * 20})


def spend(folder: Path, amount: str, spec: str = "foxes") -> None:
    """Put an earlier task of that cost into the ledger."""
    with Ledger.open(folder / ".kling-spec" / "ledger.sqlite") as ledger:
        ledger.intend(
            fingerprint="a" * 64, attempt=1, body_sha256="0", task="-/old", spec=spec, provider="kling",
            model="m", account="x", client_id="ks-1", estimate=Decimal(amount), estimate_currency="USD",
            run="r0",
        )  # fmt: skip
        ledger.accepted("a" * 64, "job-1")


@pytest.mark.parametrize("scope", ["run", "spec", "month"])
def test_a_plan_over_a_limit_of_the_settings_is_refused(tmp_path, scope):
    made = session(tmp_path, f'[limits]\n{scope} = "1.00"\n')

    with pytest.raises(BudgetRefused, match=rf"would cost 1.12 USD; the {scope}'s limit is 1.00"):
        made.refuse_over_budget(made.plan(), None)


def test_a_limit_of_one_run_is_called_as_it_is_typed(tmp_path):
    made = session(tmp_path)

    with pytest.raises(BudgetRefused, match=r"--max-cost is 1\.00\n.*--> --max-cost 1\.00") as refused:
        made.refuse_over_budget(made.plan(), Decimal("1.00"))

    assert "with --variant, or fewer shots with --shot" in str(refused.value)


@pytest.mark.parametrize(("scope", "refused"), [("run", False), ("spec", True), ("month", True)])
def test_what_was_spent_before_counts_for_the_spec_and_the_month(tmp_path, scope, refused):
    spend(tmp_path, "4.00")
    made = session(tmp_path, f'[limits]\n{scope} = "5.00"\n')

    if not refused:
        made.refuse_over_budget(made.plan(), None)
        return
    with pytest.raises(BudgetRefused, match=rf"the {scope}'s limit is 5.00, of which 4.00 is used"):
        made.refuse_over_budget(made.plan(), None)


def test_another_spec_counts_for_the_month_and_not_for_this_spec(tmp_path):
    spend(tmp_path, "4.00", spec="wolves")

    session(tmp_path, '[limits]\nspec = "5.00"\n').refuse_over_budget(session(tmp_path).plan(), None)
    made = session(tmp_path, '[limits]\nmonth = "5.00"\n')
    with pytest.raises(BudgetRefused):
        made.refuse_over_budget(made.plan(), None)


def test_a_price_that_nobody_knows_is_refused_under_a_limit_of_the_settings(tmp_path):
    made = session(tmp_path, '[limits]\nmonth = "5.00"\n', SPEC.replace("name:", "provider: hiapi\nname:"))

    with pytest.raises(BudgetRefused, match="the price of 2 tasks is unknown"):
        made.refuse_over_budget(made.plan(), None)


def test_a_rehearsal_is_not_held_to_the_money_of_real_runs(tmp_path):
    session(tmp_path, '[limits]\nmonth = "0.10"\n')
    rehearsal = Session(tmp_path / "foxes.yaml", sandbox=True, environment={})

    rehearsal.refuse_over_budget(rehearsal.plan(), None)


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ('[limits]\nmonth = "-1"\n', "limits.month"),
        ('[limits]\nyear = "1"\n', "limits.year: unknown setting"),
        ('[limits]\ncurrency = "dollars"\n', "limits.currency"),
        (
            '[file_store]\nput = "https://a.example.com/x"\nget = "https://b.example.com/{name}"\n',
            "file_store.put",
        ),
        (
            '[providers.kling]\ncallback = "https://a.example.com"\n',
            "providers.kling.callback: unknown setting",
        ),
        ('[providers.kling]\ncallback_url = "http://a.example.com"\n', "an https address is wanted"),
        ("[providers.runware]\nupload_endpoint = 5\n", "a text is wanted"),
    ],
)
def test_a_setting_that_cannot_hold_is_named(tmp_path, limits, says):
    with pytest.raises(SpecError) as raised:
        session(tmp_path, limits)

    assert [finding.code for finding in raised.value.diagnostics] == ["KS109"]
    assert says in raised.value.diagnostics[0].message

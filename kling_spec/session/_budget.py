"""Limits that a run must keep: money, and the plan that was agreed to."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from kling_spec.diagnostics import Diagnostic, Origin
from kling_spec.plan import Plan
from kling_spec.providers import plain
from kling_spec.session._caps import Caps
from kling_spec.session._errors import BudgetRefused, PlanChanged
from kling_spec.session._project import Project
from kling_spec.spec import Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How a run is asked for, so that a refusal says what to write instead."""

    limit: str
    """What its limit is called."""
    place: str
    """Where that stands, with `{}` for the amount."""
    less: str
    """What asks for less of a spec."""


OPTIONS = Wording(
    limit="--max-cost",
    place="--max-cost {}",
    less="run fewer variants with --variant, or fewer shots with --shot, or raise the limit",
)
"""A run of the command line."""


def check_budget(  # noqa: PLR0913 - a plan, and everything that bounds it
    plan: Plan,
    spec: Spec,
    max_cost: Decimal | None,
    project: Project,
    *,
    caps: Caps,
    held: Mapping[str, Decimal],
    wording: Wording = OPTIONS,
) -> None:
    """Raise BudgetRefused where the plan passes a limit, or cannot be judged by one.

    The limits are `max_cost`, the spec's budget and `caps` of the settings; `held` is what their scopes
    hold already.
    """
    found = []
    for limit in caps.limits("", plan.spec, datetime.now(UTC)):
        before = held.get(limit.scope, Decimal(0))
        origin, name = Origin("[limits] in kling-spec.toml"), limit.name
        found += _over(plan, limit.amount, limit.currency, origin, name, wording, before)
    if spec.budget is not None and project.document is not None:
        origin = project.document.locate(("budget", "max"))
        found += _over(plan, spec.budget.max, spec.budget.currency, origin, "the spec's budget", wording)
    if max_cost is not None:
        origin = Origin(wording.place.format(plain(max_cost)))
        found += _over(plan, max_cost, None, origin, wording.limit, wording)
    if found:
        raise BudgetRefused(found, project.lines_of)


def _over(  # noqa: PLR0913 - a plan, a limit, and how it is called
    plan: Plan,
    limit: Decimal,
    currency: str | None,
    origin: Origin,
    what: str,
    wording: Wording,
    held: Decimal = Decimal(0),
) -> list[Diagnostic]:
    """Return what is wrong where the plan and what is held already pass the limit."""
    found = []
    used = f", of which {plain(held)} is used" if held else ""
    for spent_in, amount in plan.total.items():
        if currency not in (None, spent_in):
            message = f"{what} is in {currency}, and this run would cost {plain(amount)} {spent_in}"
            found.append(_refused("KS503", message, origin, f"write the budget in {spent_in}"))
        elif amount + held > limit:
            message = f"this run would cost {plain(amount)} {spent_in}; {what} is {plain(limit)}{used}"
            found.append(_refused("KS501", message, origin, wording.less))
    if plan.unknown_prices:
        number = plan.unknown_prices
        message = (
            f"the price of {number} task{'s' if number > 1 else ''} is unknown, so {what} cannot be kept"
        )
        help_ = "write your account's rates under [[prices]] in kling-spec.toml, or remove the limit"
        found.append(_refused("KS502", message, origin, help_))
    return found


def _refused(code: str, message: str, origin: Origin, help_: str) -> Diagnostic:
    return Diagnostic(code=code, message=message, origin=origin, help=help_)


def check_unchanged(plan: Plan, saved: Path) -> None:
    """Raise PlanChanged where the file holds no plan, or another one than this."""
    origin = Origin(str(saved))
    try:
        old = json.loads(saved.read_text(encoding="utf-8"))
        tasks = {
            row["task"]: (
                row["fingerprint"],
                row["action"],
                row.get("given_up", False),
                row["cost"]["amount"],
            )
            for row in old["tasks"]
        }
        plan_id = old["plan_id"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        finding = _refused(
            "KS504",
            "this file holds no saved plan",
            origin,
            "make one with 'kling-spec plan SPEC --out FILE'",
        )
        raise PlanChanged([finding], lambda _: []) from error
    if plan_id == plan.plan_id:
        return
    now = {
        row.task: (
            row.lowered.fingerprint,
            row.action.value,
            row.is_given_up,
            row.to_json()["cost"]["amount"],
        )
        for row in plan.rows
    }
    differing = [task for task in {**tasks, **now} if tasks.get(task) != now.get(task)]
    shown = ", ".join(differing[:4]) + (" …" if len(differing) > 4 else "")
    message = (
        f"the plan has changed since it was saved: {shown}"
        if differing
        else "the saved plan is of another spec"
    )
    finding = _refused("KS504", message, origin, "look at the plan again, and save it anew")
    raise PlanChanged([finding], lambda _: [])

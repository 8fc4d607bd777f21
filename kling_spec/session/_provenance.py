"""What made the clips of a plan, as the ledger tells it."""

from collections.abc import Mapping
from importlib.metadata import version

from kling_spec.cut import Generated, Provenance
from kling_spec.ledger import Entry
from kling_spec.plan import Plan, Row


def provenance_of(plan: Plan, entries: Mapping[str, Entry], *, is_rehearsal: bool) -> Provenance:
    """Return the provenance of every clip that a film of the plan can show; `entries` are by fingerprint."""
    return Provenance(
        campaign=plan.spec,
        version=version("kling-spec"),
        is_rehearsal=is_rehearsal,
        generated={
            row.task: _generated(plan, row, entries.get(row.lowered.fingerprint)) for row in plan.rows
        },
    )


def _generated(plan: Plan, row: Row, entry: Entry | None) -> Generated:
    model = row.lowered.pattern.model_id
    if entry is None:
        return Generated(fingerprint=row.lowered.fingerprint, provider=plan.provider, model=model)
    is_billed = entry.cost is not None
    return Generated(
        fingerprint=entry.fingerprint,
        provider=entry.provider,
        model=entry.model,
        job=entry.job,
        cost=entry.cost if is_billed else entry.estimate,
        currency=(entry.cost_currency or "USD") if is_billed else entry.estimate_currency,
        is_estimate=not is_billed,
    )

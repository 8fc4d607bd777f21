"""One spec at one provider: what it can do of it and what that costs, to be laid beside others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kling_spec.compile import Program
from kling_spec.diagnostics import Diagnostic, Severity
from kling_spec.ir import ASKS, Ask
from kling_spec.plan._bill import Bill
from kling_spec.plan._compiled import Compiler
from kling_spec.providers import Finding, Lowering, Pattern


class How(StrEnum):
    """What becomes of something that a shot asks."""

    NATIVE = "native"
    """The provider has a field for it."""
    EMULATED = "emulated"
    """It is said in another way."""
    DROPPED = "dropped"
    """It is not sent, and a warning says so."""
    REFUSED = "refused"
    """The provider cannot do it, and nothing is sent."""


_WORST = tuple(How)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one ask, and why where that is not plain."""

    how: How
    why: str = ""


@dataclass(slots=True, kw_only=True)
class Offer:
    """What one provider makes of a spec."""

    provider: str
    title: str
    bill: Bill = field(default_factory=Bill)
    """What all tasks cost, equal ones once."""
    tasks: int = 0
    """How many would be paid for."""
    shots: dict[str, dict[str, Verdict]] = field(default_factory=dict)
    """For each shot what it asks, by the names in `ir.ASKS`, in the worst of its variants."""
    found: tuple[Diagnostic, ...] = ()

    @property
    def can(self) -> bool:
        """Whether the provider takes the whole spec."""
        return not any(finding.is_error for finding in self.found)

    @property
    def is_whole(self) -> bool:
        """Whether it takes it and drops nothing."""
        verdicts = (verdict for shot in self.shots.values() for verdict in shot.values())
        return self.can and all(verdict.how is not How.DROPPED for verdict in verdicts)

    @property
    def obstacle(self) -> str:
        """The first thing that it cannot do, or nothing."""
        return next((finding.message for finding in self.found if finding.is_error), "")

    def to_json(self) -> dict[str, Any]:
        """Return the offer as `providers SPEC --format json` prints it."""
        return {
            "provider": self.provider,
            "can": self.can,
            "tasks": self.tasks,
            **self.bill.to_json(),
            "shots": {
                shot: {ask: {"how": verdict.how.value, "why": verdict.why} for ask, verdict in asks.items()}
                for shot, asks in self.shots.items()
            },
        }


def make_offer(program: Program, lowering: Lowering) -> Offer:
    """Return what the provider makes of the spec, every variant of it."""
    compiler = Compiler(program, lowering)
    offer = Offer(provider=lowering.provider.name, title=lowering.profile.title)
    seen: set[str] = set()
    for variant in compiler.variants(films=False):
        for lowered in variant.tasks:
            if lowered.fingerprint not in seen:
                seen.add(lowered.fingerprint)
                offer.bill.add(lowered.pattern.cost.amount, lowered.pattern.cost.currency)
    for task, pattern in compiler.firsts.values():
        _judge(offer.shots.setdefault(task.shot, {}), task.ask, pattern, lowering.provider.emulates)
    for task, pattern in compiler.misfits.values():
        for limit in pattern.texts:
            for finding in limit.findings(task.words, lowering.profile):
                _worsen(offer.shots[task.shot], finding.ask, _verdict(finding.ask, finding, {}))
    offer.tasks = len(seen)
    offer.found = tuple(compiler.found)
    return offer


def _judge(shot: dict[str, Verdict], ask: Ask, pattern: Pattern, emulates: Mapping[str, str]) -> None:
    findings = {finding.ask: finding for finding in reversed(pattern.findings)}
    for name in ("model", *ASKS, "provider_options"):
        finding = findings.get(name)
        if name in ASKS and not getattr(ask, name) and finding is None:
            continue
        if name not in ASKS and finding is None:
            continue
        _worsen(shot, name, _verdict(name, finding, emulates))


def _verdict(name: str, finding: Finding | None, emulates: Mapping[str, str]) -> Verdict:
    if finding is not None and finding.severity is Severity.ERROR:
        return Verdict(How.REFUSED, finding.message)
    if finding is not None and finding.code == "KS404":
        return Verdict(How.DROPPED, finding.message)
    return Verdict(How.EMULATED, emulates[name]) if name in emulates else Verdict(How.NATIVE)


def _worsen(shot: dict[str, Verdict], name: str, verdict: Verdict) -> None:
    old = shot.get(name)
    if old is None or _WORST.index(verdict.how) > _WORST.index(old.how):
        shot[name] = verdict

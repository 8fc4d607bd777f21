"""`status` and `ledger`: what was asked, what came back, what it cost; decisions on unknown tasks."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from kling_spec.cli._common import say
from kling_spec.ledger import Entry, Ledger, State
from kling_spec.plan import bill_words, counted
from kling_spec.providers import charged, is_provider, plain, read_profile
from kling_spec.session import committed, project_ledger


def status(arguments: Any) -> int:
    """Show every payload that was asked for, newest state, by spec."""
    from kling_spec.session import Session

    if arguments.spec is None:
        folder, name = Path.cwd(), None
    else:
        session = Session(arguments.spec, sandbox=arguments.sandbox)
        folder, name = session.path.absolute().parent, session.name
    with project_ledger(folder, is_rehearsal=arguments.sandbox) as ledger:
        entries = ledger.entries(name) if ledger is not None else []
    _print(entries, arguments)
    return 0


def list_(arguments: Any) -> int:
    """List every payload."""
    with project_ledger(Path(arguments.dir), is_rehearsal=arguments.sandbox) as ledger:
        _print(ledger.entries() if ledger is not None else [], arguments)
    return 0


def show_(arguments: Any) -> int:
    """Show one payload and its events."""
    with project_ledger(Path(arguments.dir), is_rehearsal=arguments.sandbox) as ledger:
        entry = _find(ledger, arguments.task)
        if ledger is None or entry is None:
            return _no_such(arguments.task)
        events = [dict(event) for event in ledger.events(entry.fingerprint)]
    if arguments.format == "json":
        print(json.dumps({"entry": as_json(entry), "events": events}, indent=1, default=str))
        return 0
    for key, value in as_json(entry).items():
        if value not in (None, ""):
            print(f"{key + ':':<14}{value}")
    print()
    for event in events:
        print(f"{event['at']}  {event['kind']}")
    return 0


def export_(arguments: Any) -> int:
    """Print everything the ledger holds, one JSON object a line."""
    with project_ledger(Path(arguments.dir), is_rehearsal=arguments.sandbox) as ledger:
        for row in ledger.export() if ledger is not None else ():
            print(json.dumps(row, ensure_ascii=False, default=str))
    return 0


def adopt(arguments: Any) -> int:
    """Decide that the provider has an unknown task, under a job id."""
    return _decide(arguments, "adopted; the next run waits for it")


def resubmit(arguments: Any) -> int:
    """Decide that the provider does not have an unknown task."""
    return _decide(arguments, "the next run sends it again, and pays for it")


def abandon(arguments: Any) -> int:
    """Give an unknown task up."""
    then = "given up; no run sends it or waits for it, until 'kling-spec ledger resubmit' or 'adopt'"
    return _decide(arguments, f"{then}; what it may have cost stays counted")


def move(arguments: Any) -> int:
    """Decide that this ledger is the one to spend from, after it was copied or moved."""
    with project_ledger(Path(arguments.dir), is_rehearsal=arguments.sandbox) as ledger:
        if ledger is None:
            say("error: there is no ledger here\n  = help: name the project with --dir")
            return 1
        ledger.move()
    say("runs spend from this ledger now; never spend from another copy of it")
    return 0


def _decide(arguments: Any, then: str) -> int:
    verb = arguments.does.partition(":")[2]
    with project_ledger(Path(arguments.dir), is_rehearsal=arguments.sandbox) as ledger:
        entry = _find(ledger, arguments.task)
        if ledger is None or entry is None:
            return _no_such(arguments.task)
        if entry.state not in (State.UNKNOWN, State.SENDING, State.ABANDONED):
            say(f"error: {entry.task} is {entry.state}; only an unknown task needs a decision")
            return 1
        ledger.decide(verb, entry.fingerprint, getattr(arguments, "job", None))
    say(f"{entry.task}: {then}")
    return 0


def _find(ledger: Ledger | None, word: str) -> Entry | None:
    """Return the newest entry of that task, or of the fingerprint that begins so."""
    entries = ledger.entries() if ledger is not None else []
    matching = [entry for entry in entries if entry.task == word or entry.fingerprint.startswith(word)]
    return max(matching, key=lambda entry: entry.updated, default=None)


def _no_such(word: str) -> int:
    say(f"error: the ledger has no task '{word}'\n  = help: 'kling-spec ledger list' lists them")
    return 1


def as_json(entry: Entry) -> dict[str, Any]:
    """Return an entry for programs; addresses of results are left out, for they may be signed."""
    return {
        "task": entry.task,
        "spec": entry.spec,
        "state": entry.state.value,
        "provider": entry.provider,
        "model": entry.model,
        "attempt": entry.attempt,
        "job": entry.job,
        "clip": entry.clip,
        "estimate": _money(entry.estimate, entry.estimate_currency),
        "cost": _money(entry.cost, entry.cost_currency),
        "message": entry.message,
        "fingerprint": entry.fingerprint,
        "client_id": entry.client_id,
        "created": entry.created.isoformat(),
        "updated": entry.updated.isoformat(),
    }


def _money(amount: Decimal | None, currency: str | None) -> str | None:
    return None if amount is None else f"{plain(amount)} {currency or ''}".strip()


def _billed(entry: Entry) -> str:
    """Return what the provider says that it took, or nothing where it does not say."""
    if entry.cost is None or not is_provider(entry.provider):
        return ""
    return charged(entry.cost, entry.cost_currency or "", read_profile(entry.provider))


def _print(entries: list[Entry], arguments: Any) -> None:
    if arguments.format == "json":
        print(json.dumps([as_json(entry) for entry in entries], ensure_ascii=False, indent=1))
        return
    if not entries:
        say("nothing was run yet")
        return
    from kling_spec.cli._tables import console, table

    rows = [
        (
            entry.task,
            entry.state.value,
            entry.provider,
            entry.job or "",
            _money(entry.estimate, entry.estimate_currency) or "unknown",
            _billed(entry),
            f"{entry.updated.astimezone():%Y-%m-%d %H:%M}",
            entry.message,
        )
        for entry in entries
    ]
    out = console(arguments)
    out.print(
        table(("task", "state", "provider", "job", "estimate", "billed", "when", ""), rows, right=(4, 5))
    )
    cost = bill_words(committed(entries))
    out.print(f"\n{counted(len(entries), 'payload')}, committed by estimate: {cost}")

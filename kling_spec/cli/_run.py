"""`run`: plan, ask, submit, wait, download, cut."""

import os
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from kling_spec.cli._common import say, selection_of, session_of
from kling_spec.cli._findings import brief, show
from kling_spec.cli._main import DONE, FAILED, INTERRUPTED, NO_CUT, UNKNOWN
from kling_spec.cli._progress import Progress
from kling_spec.cli._sandbox import show_faults
from kling_spec.diagnostics import Diagnostic, Origin, SpecError
from kling_spec.plan import Plan, bill_words, counted
from kling_spec.runner import RunLocked
from kling_spec.session import FilmMade, Finished, Session


def run(arguments: Any) -> int:
    """Run one spec, and return what came of it as an exit code."""
    if "list" in arguments.fault:
        return show_faults()
    _refuse_faults(arguments)
    session = session_of(arguments, arguments.spec)
    plan = session.plan(selection_of(arguments))
    if arguments.watch:
        return _watch(session, plan, arguments)
    if (who := session.holder()) is not None:
        raise RunLocked(
            f"{who} is running here already; follow it with 'kling-spec run {arguments.spec} --watch'"
        )
    _show_plan(plan, session, arguments)
    if arguments.plan is not None:
        session.refuse_changed(plan, Path(arguments.plan))
    limit = _limit(arguments.max_cost)
    session.refuse_over_budget(plan, limit)
    if plan.total and not arguments.yes and not session.is_rehearsal and not _agreed(plan):
        say("nothing was sent")
        return DONE
    return _run(session, plan, limit, arguments)


def _run(session: Session, plan: Plan, limit: Decimal | None, arguments: Any) -> int:
    progress = Progress(plan, arguments)
    job = session.begin(
        plan,
        progress.hear,
        concurrency=arguments.concurrency,
        max_cost=limit,
        cuts=not arguments.no_cut,
        faults=arguments.fault,
        fault_seed=arguments.fault_seed,
    )
    with progress:
        try:
            finished = job.wait()
        except KeyboardInterrupt:
            job.stop()
            say("\nstopping: nothing more is sent; what is under way is recorded …")
            finished = job.wait()
    return _told(finished, session, arguments)


def _watch(session: Session, plan: Plan, arguments: Any) -> int:
    """Follow the run of another process to its end, and return what came of it as that would."""
    who = session.holder()
    say(f"following {who}; Ctrl-C ends that and leaves the run alone" if who else "nothing runs here now")
    progress = Progress(plan, arguments)
    job = session.follow(plan, progress.hear)
    with progress:
        try:
            finished = job.wait()
        except KeyboardInterrupt:
            job.stop()
            job.wait()
            say(f"\nstopped following; {who or 'nothing'} goes on by itself")
            return INTERRUPTED
    return _told(finished, session, arguments)


def _show_plan(plan: Plan, session: Session, arguments: Any) -> None:
    if arguments.format == "jsonl":
        return
    from kling_spec.cli._tables import console, show_plan

    show_plan(plan, console(arguments), is_rehearsal=session.is_rehearsal)
    brief(session.notes)
    sys.stdout.flush()


def _refuse_faults(arguments: Any) -> None:
    if not arguments.fault or arguments.sandbox:
        return
    finding = Diagnostic(
        code="KS114",
        message="--fault is for rehearsals",
        origin=Origin(f"--fault {arguments.fault[0]}"),
        help="add --sandbox",
    )
    raise SpecError([finding], lambda _: [])


def _limit(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        limit = Decimal(text)
    except InvalidOperation:
        limit = Decimal("NaN")
    if not limit.is_finite() or limit < 0:
        message = f"--max-cost takes an amount of money, not '{text}'"
        finding = Diagnostic(
            code="KS114", message=message, origin=Origin(f"--max-cost {text}"), help="write '--max-cost 40'"
        )
        raise SpecError([finding], lambda _: [])
    return limit


def _agreed(plan: Plan) -> bool:
    """Ask whether to go on; where nobody can answer, the answer is no."""
    if not sys.stdin.isatty():
        say(f"this run would cost {bill_words(plan.bill)}; add --yes to agree")
        return False
    try:
        return input("Send it? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _told(finished: Finished, session: Session, arguments: Any) -> int:
    """Say what came of the run, and return its exit code."""
    outcome = finished.outcome
    if arguments.format != "jsonl":
        _summary(finished, session, arguments)
    if outcome.stopped:
        say(f"the run was stopped: {outcome.stopped}")
    found = [finding for made in finished.films for finding in made.found]
    show(found, arguments, session.lines_of)
    if outcome.unknown:
        return UNKNOWN
    if outcome.failed or outcome.unfinished:
        return FAILED
    return NO_CUT if any(made.report is None for made in finished.films) else DONE


def _summary(finished: Finished, session: Session, arguments: Any) -> None:
    outcome = finished.outcome
    print()
    for made in finished.films:
        print(film_line(made))
    if not finished.films and finished.clips:
        for task, path in finished.clips.items():
            print(f"{task}: {shown(path)}")
    sent = f"{counted(outcome.submitted, 'task')} sent" if outcome.submitted else "nothing was sent"
    paid = bill_words(outcome.bill)
    kind = ", rehearsed in the sandbox: nothing was paid" if session.is_rehearsal else ""
    cost = "" if not outcome.submitted else f", cost by estimate {paid}"
    print(f"\nDone: {sent}{cost}{kind}.")
    for noun, group in (
        ("failed", outcome.failed),
        ("unknown", outcome.unknown),
        ("not finished", outcome.unfinished),
    ):
        if group:
            print(f"{counted(len(group), 'task')} {noun}.")
    if outcome.unfinished and not outcome.failed:
        say(f"go on with 'kling-spec run {arguments.spec}{' --sandbox' if session.is_rehearsal else ''}'")
    if outcome.unknown:
        say("decide with 'kling-spec ledger adopt|resubmit|abandon TASK'")


def film_line(made: FilmMade) -> str:
    """Return one line about a film, and one below it for each join where something was found."""
    if made.report is None:
        why = f"waits for {', '.join(made.waits_for)}" if made.waits_for else "could not be made, see above"
        return f"film {made.film.output}: {why}"
    report = made.report
    how = "unchanged" if report.unchanged else "streams copied" if report.method == "copy" else "encoded"
    film = f"film {shown(report.path)}  {report.seconds:.2f} s, {report.width}x{report.height}, {how}"
    return "\n".join([film, *(f"  join {join.line}" for join in report.joins if join.sights)])


def shown(path: Path) -> str:
    """Return a path as a person would type it from here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative

"""What happens to a payload, step by step."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from ledger_asks import FOX, NOON, Clock, intend

from kling_spec.ir import Secret
from kling_spec.ledger import FINAL, Ledger, LedgerError, State

SIGNED = "https://cdn.example.com/clip.mp4?sig=geheim"
TO = {
    State.SENDING: (),
    State.ACCEPTED: (("accepted", "job-1"),),
    State.RUNNING: (("accepted", "job-1"), ("running",)),
    State.SUCCEEDED: (("accepted", "job-1"), ("succeeded", SIGNED)),
    State.STORED: (("accepted", "job-1"), ("succeeded", SIGNED), ("stored", "c" * 64)),
    State.FAILED: (("accepted", "job-1"), ("failed", "no")),
    State.REFUSED: (("refused", "no"),),
    State.UNKNOWN: (("unknown", "no answer"),),
    State.ABANDONED: (("unknown", "no answer"), ("decide", "abandon")),
    State.REOPENED: (("unknown", "no answer"), ("decide", "resubmit")),
}
MAY = {
    "accepted": {State.SENDING, State.UNKNOWN, State.ABANDONED, State.REOPENED},
    "succeeded": {State.ACCEPTED, State.RUNNING, State.SUCCEEDED, State.STORED},
    "stored": {State.SUCCEEDED, State.STORED},
    "failed": {State.ACCEPTED, State.RUNNING},
    "refused": {State.SENDING},
    "unsent": {State.SENDING},
    "retried": {State.REFUSED},
    "repeated": {State.SENDING, State.UNKNOWN},
    "unknown": set(State) - {State.FAILED, State.REFUSED, State.ABANDONED, State.REOPENED},
    "adopt": {State.SENDING, State.UNKNOWN, State.ABANDONED},
    "resubmit": {State.SENDING, State.UNKNOWN, State.ABANDONED},
    "abandon": {State.SENDING, State.UNKNOWN},
}


def step(ledger: Ledger, verb: str, *values: str) -> None:
    match verb:
        case "decide":
            ledger.decide(values[0], FOX, *values[1:])
        case "adopt" | "resubmit" | "abandon":
            ledger.decide(verb, FOX, "job-9" if verb == "adopt" else None)
        case "succeeded":
            ledger.succeeded(FOX, video_url=values[0] if values else Secret(SIGNED, "clip"))
        case "running":
            ledger.running(FOX)
        case "repeated":
            ledger.repeated(FOX)
        case "retried":
            ledger.retried(FOX, 1)
        case _:
            getattr(ledger, verb)(FOX, *(values or ("something",)))


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("verb", MAY)
def test_only_steps_that_follow_are_taken(ledger, state, verb):
    intend(ledger)
    for taken in TO[state]:
        step(ledger, *taken)
    before, told = ledger.entry(FOX), ledger.events(FOX)
    assert before.state is state

    if state in MAY[verb]:
        step(ledger, verb)
        assert ledger.entry(FOX).attempt == 1
        return

    with pytest.raises(LedgerError):
        step(ledger, verb)
    assert ledger.entry(FOX) == before
    assert ledger.events(FOX) == told


@pytest.mark.parametrize("state", State)
def test_a_new_attempt_waits_for_the_end_of_the_old_one(ledger, state):
    intend(ledger)
    for taken in TO[state]:
        step(ledger, *taken)

    if state in FINAL:
        with pytest.raises(LedgerError, match="attempt 3 of -/fox is not the next one"):
            intend(ledger, attempt=3)
        intend(ledger, attempt=2)
        assert (ledger.entry(FOX).attempt, ledger.entry(FOX).state) == (2, State.SENDING)
        assert ledger.entry(FOX).job is None
    else:
        why = "given up" if state is State.ABANDONED else f"is {state} already; it is never sent twice"
        with pytest.raises(LedgerError, match=f"-/fox (was )?{why}"):
            intend(ledger, attempt=2)
        assert ledger.entry(FOX).attempt == 1


def test_the_first_attempt_has_number_one(ledger):
    with pytest.raises(LedgerError, match="attempt 2 of -/fox is not the next one"):
        intend(ledger, attempt=2)
    assert ledger.entry(FOX) is None


def test_an_entry_says_what_was_asked_and_what_came_back(ledger):
    intend(ledger, estimate=Decimal("0.336"))
    ledger.accepted(FOX, "job-1")
    ledger.running(FOX)
    ledger.running(FOX)
    ledger.succeeded(
        FOX,
        video_url=Secret(SIGNED, "clip"),
        seconds=Decimal("5.041"),
        cost=Decimal("1E+1"),
        cost_currency="units",
    )
    ledger.stored(FOX, "c" * 64)

    entry = ledger.entry(FOX)
    assert (entry.task, entry.spec, entry.job, entry.clip) == ("-/fox", "foxes", "job-1", "c" * 64)
    assert (entry.estimate, entry.seconds, entry.cost) == (Decimal("0.336"), Decimal("5.041"), Decimal(10))
    assert (entry.estimate_currency, entry.cost_currency) == ("USD", "units")
    assert entry.created == NOON + timedelta(seconds=1)
    assert entry.updated > entry.created
    assert entry.updated.tzinfo is UTC
    kinds = [event["kind"] for event in ledger.events(FOX)]
    assert kinds == ["intended", "accepted", "running", "succeeded", "stored"]
    assert ledger.body_sha256(FOX) == "0" * 64


def test_what_is_told_of_cost_once_is_not_forgotten_when_it_is_told_no_more(ledger):
    intend(ledger)
    ledger.accepted(FOX, "job-1")
    ledger.succeeded(FOX, video_url=Secret(SIGNED, "clip"), cost=Decimal("0.7"), cost_currency="USD")

    ledger.succeeded(FOX, video_url=Secret(f"{SIGNED}2", "clip"))

    assert (ledger.entry(FOX).cost, ledger.entry(FOX).video_url.reveal()) == (Decimal("0.7"), f"{SIGNED}2")


def test_no_event_shows_an_address(ledger):
    intend(ledger)
    ledger.accepted(FOX, "job-1")
    ledger.succeeded(FOX, video_url=Secret(SIGNED, "clip"))
    ledger.readdressed(FOX, Secret(f"{SIGNED}2", "clip"))
    ledger.readdressed(FOX, Secret(f"{SIGNED}2", "clip"))

    exported = list(ledger.export())
    assert [row["kind"] for row in exported] == ["intended", "accepted", "succeeded", "readdressed"]
    assert "geheim" not in str(exported) + str(ledger.events(FOX))
    assert ledger.entry(FOX).video_url.reveal() == f"{SIGNED}2"


def test_entries_are_told_by_spec_in_the_order_in_which_they_were_asked(ledger):
    for number, spec in enumerate(("b", "a", "b")):
        intend(ledger, str(number) * 64, spec=spec, task=f"-/{number}")

    assert [entry.task for entry in ledger.entries()] == ["-/0", "-/1", "-/2"]
    assert [entry.task for entry in ledger.entries("b")] == ["-/0", "-/2"]
    assert set(ledger.many(["0" * 64, "9" * 64])) == {"0" * 64}


def test_a_person_adopts_a_job_but_not_that_of_another_task(ledger):
    intend(ledger, "e" * 64, task="-/hare")
    ledger.accepted("e" * 64, "job-1")
    intend(ledger)
    ledger.unknown(FOX, "no answer")

    with pytest.raises(LedgerError, match="job job-1 is that of -/hare already"):
        ledger.decide("adopt", FOX, "job-1")
    with pytest.raises(LedgerError, match="say under which id"):
        ledger.decide("adopt", FOX, " ")
    with pytest.raises(ValueError, match="no decision is called 'forget'"):
        ledger.decide("forget", FOX)
    ledger.decide("adopt", FOX, " job-2 ")

    entry = ledger.entry(FOX)
    assert (entry.state, entry.job, entry.message) == (State.ACCEPTED, "job-2", "")


@pytest.mark.parametrize("verb", ["resubmit", "abandon"])
def test_a_decision_ends_the_attempt_and_says_which_it_was(ledger, verb):
    intend(ledger)
    ledger.unknown(FOX, "no answer")

    ledger.decide(verb, FOX)

    assert ledger.entry(FOX).state is (State.REOPENED if verb == "resubmit" else State.ABANDONED)
    kind = {"resubmit": "to be sent again", "abandon": "given up"}[verb]
    assert ledger.events(FOX)[-1]["kind"] == kind
    with pytest.raises(LedgerError, match="only an unknown task needs a decision"):
        ledger.decide(verb, FOX)


def test_an_answer_that_comes_after_the_decision_counts(ledger):
    intend(ledger)
    ledger.decide("abandon", FOX)

    ledger.accepted(FOX, "job-1")

    assert (ledger.entry(FOX).state, ledger.entry(FOX).job) == (State.ACCEPTED, "job-1")


def test_remarks_and_repeated_news_make_no_noise(ledger):
    intend(ledger)
    for _ in range(3):
        ledger.unknown(FOX, "no answer")
        ledger.remark(FOX, "no answer")
    ledger.remark(FOX, "still none")

    assert [event["kind"] for event in ledger.events(FOX)] == ["intended", "unknown", "remarked"]
    assert ledger.entry(FOX).message == "still none"


def test_a_payload_that_was_never_asked_for_has_no_steps(ledger):
    with pytest.raises(LedgerError, match="no payload ffffffffffff"):
        ledger.accepted(FOX, "job-1")
    with pytest.raises(LedgerError, match="only an unknown task"):
        ledger.decide("abandon", FOX)


def test_times_are_kept_in_utc_and_have_a_zone(path):
    east = timezone(timedelta(hours=8))
    with Ledger.open(path, lambda: datetime(2026, 9, 20, 20, 0, tzinfo=east)) as ledger:
        intend(ledger)
        assert ledger.entry(FOX).created == NOON
        assert ledger.events(FOX)[0]["at"] == "2026-09-20T12:00:00+00:00"
    with Ledger.open(path, lambda: datetime(2026, 9, 20)) as ledger:  # noqa: DTZ001 - that is the point
        with pytest.raises(ValueError, match="without a zone"):
            ledger.accepted(FOX, "job-1")
        assert ledger.entry(FOX).state is State.SENDING


def test_how_long_jobs_took_is_told_by_model_from_what_was_taken_until_it_was_made(path):
    clock = Clock()
    with Ledger.open(path, clock) as ledger:
        for name, seconds in (("a", 40), ("b", 60), ("c", 500)):
            intend(ledger, name * 64)
            ledger.accepted(name * 64, f"job-{name}")
            clock.now += timedelta(seconds=seconds - 1)
            ledger.succeeded(name * 64, video_url=Secret(SIGNED, "clip"))

        took = ledger.job_seconds("kling")

        assert {model: round(seconds, 3) for model, seconds in took.items()} == {"kling-v3-omni": 60.0}
        assert ledger.job_seconds("runware") == {}


def test_what_was_asked_last_for_each_task_is_kept(ledger):
    intend(ledger, asked={"-/fox": "a fox", "-/hare": "a fox"})
    ledger.refused(FOX, "no")
    intend(ledger, "a" * 64, asked={"-/fox": "a red fox"})

    assert ledger.sent("foxes", ["-/fox", "-/hare", "-/owl"]) == {
        "-/fox": ("a" * 64, "a red fox"),
        "-/hare": (FOX, "a fox"),
    }
    assert ledger.sent("others", ["-/fox"]) == {}


def test_an_intent_that_is_refused_leaves_what_was_asked_before(ledger):
    intend(ledger, asked={"-/fox": "a fox"})

    with pytest.raises(LedgerError):
        intend(ledger, asked={"-/fox": "a red fox"})

    assert ledger.sent("foxes", ["-/fox"]) == {"-/fox": (FOX, "a fox")}

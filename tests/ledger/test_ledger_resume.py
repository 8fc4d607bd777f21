"""Whatever happened before, and wherever it was cut off: an open attempt is never sent a second time."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_asks import FOX, intend

from kling_spec.ir import Secret
from kling_spec.ledger import FINAL, Ledger, LedgerError, State

STEPS = {
    "accepted": lambda ledger: ledger.accepted(FOX, "job-1"),
    "running": lambda ledger: ledger.running(FOX),
    "succeeded": lambda ledger: ledger.succeeded(
        FOX, video_url=Secret("https://cdn.example.com/a.mp4", "clip")
    ),
    "stored": lambda ledger: ledger.stored(FOX, "c" * 64),
    "failed": lambda ledger: ledger.failed(FOX, "no"),
    "refused": lambda ledger: ledger.refused(FOX, "no"),
    "unsent": lambda ledger: ledger.unsent(FOX, "busy"),
    "retried": lambda ledger: ledger.retried(FOX, ledger.entry(FOX).attempt),
    "repeated": lambda ledger: ledger.repeated(FOX),
    "unknown": lambda ledger: ledger.unknown(FOX, "no answer"),
    "adopt": lambda ledger: ledger.decide("adopt", FOX, "job-1"),
    "resubmit": lambda ledger: ledger.decide("resubmit", FOX),
    "abandon": lambda ledger: ledger.decide("abandon", FOX),
    "intend": lambda ledger: intend(ledger, attempt=ledger.entry(FOX).attempt + 1),
    "reopen": None,
}
BECOMES = {
    "intended": State.SENDING,
    "retried": State.SENDING,
    "repeated": State.SENDING,
    "accepted": State.ACCEPTED,
    "adopted": State.ACCEPTED,
    "running": State.RUNNING,
    "succeeded": State.SUCCEEDED,
    "stored": State.STORED,
    "failed": State.FAILED,
    "refused": State.REFUSED,
    "unsent": State.REFUSED,
    "unknown": State.UNKNOWN,
    "given up": State.ABANDONED,
    "to be sent again": State.REOPENED,
}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def test_no_order_of_steps_leads_to_a_second_submit(steps):
    folder = Path(tempfile.mkdtemp())
    ledger = Ledger.open(folder / "ledger.sqlite")
    try:
        intend(ledger)
        for name in steps:
            before = ledger.entry(FOX)
            if name == "reopen":
                ledger.close()
                ledger = Ledger.open(folder / "ledger.sqlite")
                assert ledger.entry(FOX) == before
                continue
            try:
                STEPS[name](ledger)
            except LedgerError:
                assert ledger.entry(FOX) == before
                continue
            after = ledger.entry(FOX)
            assert (after.attempt == before.attempt + 1) == (name == "intend")
            assert name != "intend" or before.state in FINAL
            assert after.job is None or name != "intend"
        events = ledger.events(FOX)
        assert BECOMES[events[-1]["kind"]] is ledger.entry(FOX).state
        assert [event["attempt"] for event in events if event["kind"] == "intended"] == list(
            range(1, ledger.entry(FOX).attempt + 1)
        )
    finally:
        ledger.close()
        shutil.rmtree(folder)

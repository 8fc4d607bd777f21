"""The file: made, migrated, refused; and many processes at once."""

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from ledger_asks import FOX, intend

from kling_spec.ledger import Ledger, LedgerError, Store
from kling_spec.ledger._schema import MIGRATIONS

RACE = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from ledger_asks import intend
from kling_spec.ledger import Ledger, LedgerError
time.sleep(max(0, float(sys.argv[3]) - time.time()))
won = []
with Ledger.open(Path(sys.argv[1])) as ledger:
    for number in range(12):
        try:
            intend(ledger, f"{number:064d}")
            won.append(number)
        except LedgerError as error:
            assert "never sent twice" in str(error), error
print(*won)
"""


def test_a_new_ledger_is_for_its_owner_alone(path):
    with Ledger.open(path) as ledger:
        intend(ledger)
        modes = {file.name: file.stat().st_mode & 0o077 for file in path.parent.iterdir()}

    assert set(modes.values()) == {0}
    with Ledger.open(path) as ledger:
        assert ledger.entry(FOX).task == "-/fox"


def test_events_stay(path, ledger):
    intend(ledger)

    with closing(sqlite3.connect(path)) as other:
        for change in ("UPDATE events SET kind = 'x'", "DELETE FROM events"):
            with pytest.raises(sqlite3.IntegrityError, match="events stay"):
                other.execute(change)
    assert ledger.events(FOX)[0]["kind"] == "intended"


def test_every_older_version_is_brought_up_to_date(tmp_path):
    for version in range(len(MIGRATIONS)):
        path = tmp_path / f"{version}.sqlite"
        with closing(sqlite3.connect(path)) as old:
            for statements in MIGRATIONS[:version]:
                for statement in statements:
                    old.execute(statement)
            old.execute(f"PRAGMA user_version = {version}")
            old.commit()

        with Ledger.open(path) as ledger:
            intend(ledger)
            assert len(ledger.entries()) == 1


def test_a_ledger_from_before_asks_were_kept_knows_what_was_sent_last(path):
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as old:
        for statement in (statement for statements in MIGRATIONS[:4] for statement in statements):
            old.execute(statement)
        old.executemany(
            "INSERT INTO entries (fingerprint, attempt, state, task, spec, provider, model, account, client_id,"
            " estimate_currency, created, updated)"
            " VALUES (?, 1, 'stored', '-/fox', 'foxes', '', '', '', '', 'USD', ?, '')",
            [("b" * 64, "2026-02-01"), ("a" * 64, "2026-01-01")],
        )
        old.execute("PRAGMA user_version = 4")
        old.commit()

    with Ledger.open(path) as ledger:
        assert ledger.sent("foxes", ["-/fox"]) == {"-/fox": ("b" * 64, "")}


def test_a_newer_ledger_is_left_alone(path):
    with Ledger.open(path) as ledger:
        intend(ledger)
    with closing(sqlite3.connect(path)) as future:
        future.execute("PRAGMA user_version = 99")

    with pytest.raises(LedgerError, match="written by a newer release of kling-spec"):
        Ledger.open(path)


def test_what_is_no_ledger_is_left_alone(tmp_path):
    text, other, half = (tmp_path / name for name in ("text.sqlite", "other.sqlite", "half.sqlite"))
    text.write_text("dear diary " * 500)
    for path, version in ((other, 0), (half, 1)):
        with closing(sqlite3.connect(path)) as database:
            database.execute("CREATE TABLE holidays (day TEXT)")
            database.execute(f"PRAGMA user_version = {version}")
            database.commit()

    with pytest.raises(LedgerError, match="damaged or no ledger"):
        Ledger.open(text)
    for path in (other, half):
        with pytest.raises(LedgerError, match="is no ledger of kling-spec; move it away"):
            Ledger.open(path)
    assert text.read_text().startswith("dear diary")


def test_a_folder_that_cannot_be_used_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "ledger.sqlite").mkdir()

    for path in (tmp_path / "file" / "ledger.sqlite", tmp_path / "ledger.sqlite"):
        with pytest.raises(LedgerError, match=r"cannot be (opened|used)"):
            Ledger.open(path)


def test_a_ledger_that_is_gone_is_not_begun_anew_beside_paid_clips(path):
    with Ledger.open(path) as ledger:
        intend(ledger)
    store = Store(path.parent / "clips")
    partial = store.partial("a")
    partial.write_bytes(b"film")
    store.adopt(partial)
    for file in path.parent.glob("ledger.sqlite*"):
        file.unlink()

    for _ in range(2):
        with pytest.raises(LedgerError, match="holds clips that were paid for"):
            Ledger.open(path)
    (path.parent / "clips").rename(path.parent / "old clips")
    with Ledger.open(path) as ledger:
        assert ledger.entries() == []


def test_a_damaged_ledger_is_refused_or_read_as_it_was(tmp_path):
    path = tmp_path / "ledger.sqlite"
    with Ledger.open(path) as ledger:
        for number in range(150):
            intend(ledger, f"{number:064d}", task=f"-/{number}")
        before = ledger.entries()
    whole, dice, refused = path.read_bytes(), random.Random(7), 0

    for _ in range(40):
        start = dice.randrange(len(whole) - 64)
        spoilt = bytearray(whole)
        spoilt[start : start + 64] = dice.randbytes(64)
        path.write_bytes(dice.choice([bytes(spoilt), whole[: max(start, 1)]]))
        try:
            with Ledger.open(path) as ledger:
                assert [entry.fingerprint for entry in ledger.entries()] == [
                    entry.fingerprint for entry in before
                ]
        except LedgerError:
            refused += 1
        for side in ("-wal", "-shm"):
            Path(f"{path}{side}").unlink(missing_ok=True)

    assert refused >= 20


def test_each_payload_is_intended_by_one_of_many_processes(path):
    start = str(time.time() + 1.0)
    command = [sys.executable, "-c", RACE, str(path), str(Path(__file__).parent), start]
    racers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    won = []
    for racer in racers:
        out, _ = racer.communicate(timeout=60)
        assert racer.returncode == 0
        won += [int(word) for word in out.split()]

    assert sorted(won) == list(range(12))
    with Ledger.open(path) as ledger:
        assert [event["kind"] for event in ledger.export()] == ["intended"] * 12


def test_a_full_disk_changes_nothing_and_can_be_cleared(ledger):
    intend(ledger)
    (pages,) = ledger._connection.execute("PRAGMA page_count").fetchone()
    ledger._connection.execute(f"PRAGMA max_page_count = {pages}")

    def fill():
        for number in range(500):
            intend(ledger, f"{number:064d}")

    with pytest.raises(LedgerError, match=r"cannot be written: database or disk is full"):
        fill()
    full = len(ledger.entries())
    ledger._connection.execute("PRAGMA max_page_count = 100000")
    intend(ledger, "a" * 64)

    assert len(ledger.entries()) == full + 1
    assert len(list(ledger.export())) == full + 1


def test_a_ledger_that_is_closed_says_so(path):
    ledger = Ledger.open(path)
    ledger.close()

    with pytest.raises(LedgerError, match="cannot be read"):
        ledger.entries()
    with pytest.raises(LedgerError, match="cannot be written"):
        intend(ledger)


def test_clips_are_kept_under_the_digest_of_their_bytes(tmp_path):
    store = Store(tmp_path / "clips")
    partial = store.partial("one")
    partial.write_bytes(b"film")
    left = store.partial("two")
    left.write_bytes(b"half a film")

    clip = store.adopt(partial)

    assert clip == sha256(b"film").hexdigest()
    assert store.has(clip)
    assert not store.has("")
    assert store.path(clip).read_bytes() == b"film"
    assert not partial.exists()
    store.sweep()
    assert not left.exists()

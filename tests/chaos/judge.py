"""Holds what runs left behind against the stand-in's own book; asks the product for nothing."""

import json
import shutil
import sqlite3
import struct
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

_URL_CANARY = b"sig-canary-"


@dataclass(frozen=True)
class Row:
    task: str
    state: str
    job: str | None
    clip: str | None
    attempt: int

    @property
    def shot(self) -> str:
        return self.task.rpartition("/")[2]


class Judge:
    """Looks on at every moment when no process runs."""

    def __init__(self, folder: Path, book: Path, key: str) -> None:
        self.folder = folder
        self._book = book
        self._key = key.encode()
        self.faults: list[str] = []
        self.litter: list[str] = []
        """Unfinished films that nobody will ever finish or remove."""

    def charges(self) -> list[dict[str, Any]]:
        return [row["charge"] for row in self._noted() if "charge" in row]

    def _noted(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._book.read_text(encoding="utf-8").splitlines()]

    def rows(self) -> list[Row]:
        """Return all attempts of the ledger."""
        query = "SELECT task, state, job, clip, attempt FROM entries"
        return [Row(*row) for row in self._asked("entries", query)]

    def _hinted(self) -> set[str]:
        """Return the jobs that callbacks told of, as the ledger kept them."""
        return {job for (job,) in self._asked("hints", "SELECT job FROM hints")}

    def _asked(self, table: str, query: str) -> list[Any]:
        """Ask a copy of the ledger: what a kill left is not touched."""
        files = list((self.folder / ".kling-spec").glob("ledger.sqlite*"))
        with tempfile.TemporaryDirectory() as folder:
            for file in files:
                shutil.copy(file, folder)
            ledger = Path(folder) / "ledger.sqlite"
            if not ledger.exists():
                return []
            with closing(sqlite3.connect(ledger)) as connection:
                if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
                    return []
                return connection.execute(query).fetchall()

    def states(self) -> list[Row]:
        return sorted(self.rows(), key=lambda row: (row.task, row.attempt))

    def decisions(self, verbs: tuple[str, ...]) -> list[tuple[str, str, str | None]]:
        """Return what a person decides, among `verbs`, who sees the provider's own book."""
        jobs = {charge["shot"]: charge["job"] for charge in self.charges()}
        decided = [
            (row.task, "adopt", jobs[row.shot]) if row.shot in jobs else (row.task, "resubmit", None)
            for row in self.rows()
            if row.state in ("unknown", "sending")
        ]
        return [decision for decision in decided if decision[1] in verbs]

    # -- at every moment --

    def look(self) -> None:
        """Check what has to hold even right after a kill."""
        rows, charges = self.rows(), self.charges()
        self._once(charges)
        for charge in charges:
            mine = [row for row in rows if row.shot == charge["shot"]]
            has_row = any(row.job == charge["job"] or row.state in ("unknown", "sending") for row in mine)
            self._hold(has_row, f"I2: the ledger knows nothing of the charge for {charge['shot']}")
        clips = {charge["clip"] for charge in charges}
        for path in self._clips():
            found = sha256(path.read_bytes()).hexdigest()
            self._hold(found == path.stem, "I5: a clip's final name holds other bytes")
            self._hold(path.stem in clips, "I5: a clip is kept that the provider never made")
        for path in (self.folder / "out").rglob("[!.]*.mp4"):
            self._hold(_is_whole(path), "I5: a film's final name holds a part of a film")
        told, kept = {row["acknowledged"] for row in self._noted() if "acknowledged" in row}, self._hinted()
        self._hold(told <= kept, "B5: a callback was acknowledged, and the ledger knows nothing of it")
        self._secrets()

    def _once(self, charges: list[dict[str, Any]]) -> None:
        for shot, number in Counter(charge["shot"] for charge in charges).items():
            self._hold(number == 1, f"I1: {shot} was paid for twice")

    def _clips(self) -> list[Path]:
        return list((self.folder / ".kling-spec" / "clips").glob("??/*"))

    def _secrets(self) -> None:
        for path in self.folder.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                self._hold(self._key not in content, f"I6: the key stands in {path.name}")
                is_ledger = path.name.startswith("ledger.sqlite")
                self._hold(
                    is_ledger or _URL_CANARY not in content, f"I6: a signed address stands in {path.name}"
                )

    def _hold(self, is_so: bool, otherwise: str) -> None:  # noqa: FBT001 - read as a sentence
        if not is_so and otherwise not in self.faults:
            self.faults.append(otherwise)

    # -- at the end --

    def verdict(self, *, limit: str, is_over: bool, cuts: bool) -> list[str]:
        """Return everything that did not hold; `is_over` says that every task should be there now."""
        rows, charges = self.rows(), self.charges()
        if limit:
            total = sum(Decimal(charge["amount"]) for charge in charges)
            self._hold(total <= Decimal(limit), f"I4: {total} was spent of {limit}")
        if is_over:
            kept = {path.stem for path in self._clips()}
            for charge in charges:
                is_there = charge["clip"] in kept
                is_noted = any(row.state == "stored" and row.clip == charge["clip"] for row in rows)
                self._hold(is_there and is_noted, f"I3: the clip of {charge['shot']} was lost")
            if cuts:
                self._hold((self.folder / "out" / "film.mp4").exists(), "I3: there is no film")
            partial = list((self.folder / ".kling-spec" / "clips" / "partial").glob("*"))
            self._hold(not partial, "unfinished downloads lie about")
            work = self.folder / ".kling-spec" / "work"
            self.litter = sorted(
                path.name for path in (*(self.folder / "out").glob(".*"), *work.glob("cut-*"))
            )
        return self.faults

    def counts(self) -> tuple[int, int, int]:
        """Return how many charges there are, how many too many, and how many whose clip is not there."""
        charges = self.charges()
        shots = {charge["shot"] for charge in charges}
        kept = {path.stem for path in self._clips()}
        lost = sum(not any(c["clip"] in kept for c in charges if c["shot"] == shot) for shot in shots)
        return len(charges), len(charges) - len(shots), lost


def _is_whole(path: Path) -> bool:
    """Whether the boxes of an mp4 file fill it to its last byte, and it has an index."""
    content, at, names = path.read_bytes(), 0, []
    while at + 8 <= len(content):
        size, name = struct.unpack(">I4s", content[at : at + 8])
        if size == 1 and at + 16 <= len(content):
            (size,) = struct.unpack(">Q", content[at + 8 : at + 16])
        if size < 8:
            return False
        at += size
        names.append(name)
    return at == len(content) and b"moov" in names and b"mdat" in names

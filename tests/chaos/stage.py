"""Plays a case: a world at the stand-in, a run that is disturbed, and further runs until all is quiet."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from judge import Judge
from wires import KEY_OF, URL_OF

HERE = Path(__file__).parent
_LONGEST = 60.0
"""Seconds after which a run that does not end is a failure."""
_RESTARTS = 6
TROUBLE = {"post": 0.03, "submit": 0.5, "look": 0.5, "clip": 0.5, "file": 0.6, "task": 0.5}
"""Nemeses on about a random half of all calls."""
BREEZE = {"post": 0.01, "submit": 0.12, "look": 0.12, "clip": 0.15, "file": 0.5, "task": 0.12}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A run that is disturbed in one way; the seed settles all that chance decides."""

    provider: str
    seed: int
    point: str = ""
    nth: int = 1
    odds: Mapping[str, float] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    mutant: str = ""
    limit: str = ""
    """What a month may cost, in USD; a shot costs 0.30."""
    cuts: bool = True
    plot: str = ""
    """`freeze` stops and continues the first run from outside; `two` starts a second one beside it."""

    @property
    def name(self) -> str:
        words = (self.provider, self.point or self.plot or "storm", self.mutant and "mutant", str(self.seed))
        return "-".join(word.replace(" ", "-") for word in words if word)


@dataclass(kw_only=True)
class Result:
    """What came of a case."""

    case: Case
    faults: list[str] = field(default_factory=list)
    """The invariants that did not hold."""
    litter: list[str] = field(default_factory=list)
    charges: int = 0
    doubles: int = 0
    lost: int = 0
    unknown: int = 0
    """Payloads that a person had to decide upon."""
    was_hit: bool = False
    """Whether the point was come to."""
    fired: dict[str, int] = field(default_factory=dict)
    looks: int = 0
    runs: int = 0


class Process:
    """A run in a process of its own."""

    def __init__(self, pid: int, ended: "queue.Queue[int]") -> None:
        self.pid = pid
        self._ended = ended

    @property
    def is_running(self) -> bool:
        return self._ended.empty()

    def send(self, number: int) -> None:
        if self.is_running:
            os.kill(self.pid, number)

    def wait(self) -> int:
        """Return the exit code; below zero it is the signal that ended it."""
        try:
            return self._ended.get(timeout=_LONGEST)
        except queue.Empty:
            self.send(signal.SIGKILL)
            raise TimeoutError(f"a run did not end within {_LONGEST:.0f} s") from None


class Park:
    """The stand-in and the process that forks runs; both outlive every run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        python = [sys.executable, "-W", "default"]
        options: dict[str, Any] = {
            "stdin": subprocess.PIPE,
            "stdout": subprocess.PIPE,
            "text": True,
            "bufsize": 1,
        }
        self._provider = subprocess.Popen([*python, str(HERE / "standin.py")], **options)
        (folder / "warm").mkdir()
        self._zygote = subprocess.Popen([*python, str(HERE / "zygote.py"), str(folder / "warm")], **options)
        self._lock = threading.Lock()
        self._pids: dict[str, queue.Queue[int]] = {}
        self._ended: dict[str, queue.Queue[int]] = {}
        self._number = 0
        self.port = int(self._provider.stdout.readline())
        if not self._zygote.stdout.readline():
            raise RuntimeError("the product cannot be imported")
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in (self._zygote, self._provider):
            process.stdin.close()
            process.wait(20)
            process.stdout.close()

    def _listen(self) -> None:
        for line in self._zygote.stdout:
            row = json.loads(line)
            table = self._pids if "pid" in row else self._ended
            table[row["run"]].put(row.get("pid", row.get("status")))

    def ask(self, path: str, body: Any = None) -> Any:
        """Ask the stand-in about a world, after all calls that are under way there."""
        data = json.dumps(body).encode() if body is not None else None
        with urllib.request.urlopen(
            f"http://127.0.0.1:{self.port}/control/{path}", data, timeout=30
        ) as reply:
            return json.loads(reply.read())

    def start(self, order: dict[str, Any]) -> Process:
        with self._lock:
            self._number += 1
            name = str(self._number)
            self._pids[name], self._ended[name] = queue.Queue(), queue.Queue()
            self._zygote.stdin.write(json.dumps({**order, "run": name}) + "\n")
        return Process(self._pids[name].get(timeout=30), self._ended[name])


class Play:
    """One case on its way."""

    def __init__(self, park: Park, case: Case) -> None:
        self.park = park
        self.case = case
        self.folder = park.folder / f"{case.name}-{time.monotonic_ns():x}"
        self.book = park.folder / f"{self.folder.name}.book"
        self.key = f"k-canary-{case.seed:06}-5f1d9e72"
        self.runs = 0
        self.result = Result(case=case)
        self.folder.mkdir()
        self.book.touch()
        self.judge = Judge(self.folder, self.book, self.key)

    def play(self) -> Result:
        """Play the case to its end and judge it, at every moment when no process runs."""
        case, result = self.case, self.result
        world = {
            "name": self.folder.name,
            "wire": case.provider,
            "seed": case.seed,
            "book": str(self.book),
            "odds": dict(case.odds),
            "only": list(case.only),
            "key": self.key,
        }
        self.url = self.park.ask("worlds", world)["url"]
        self._write()
        try:
            self._first()
            self._until_quiet()
        except (TimeoutError, AssertionError) as error:
            result.faults.append(str(error))
        report = self.park.ask(f"forget/{self.folder.name}")
        result.fired, result.looks, result.runs = report["fired"], report["calls"].get("look", 0), self.runs
        verdict = self.judge.verdict(limit=case.limit, is_over=not result.faults, cuts=case.cuts)
        result.faults += verdict
        result.litter = self.judge.litter
        result.charges, result.doubles, result.lost = self.judge.counts()
        return result

    def _write(self) -> None:
        import child

        (self.folder / "spec.yaml").write_text(child.spec_of(self.case.provider), encoding="utf-8")
        limits = f'[limits]\nmonth = "{self.case.limit}"\n' if self.case.limit else ""
        rates = "".join(
            f'[[prices]]\nprovider = "{self.case.provider}"\nmodel = "v3-omni"\nresolution = "720p"\n'
            f'case = "{what}"\namount = "0.10"\n'
            for what in ("plain", "references", "video")
        )
        (self.folder / "kling-spec.toml").write_text(
            f"{limits}[providers.{self.case.provider}]\npoll_seconds = 1.0\ndoubt_seconds = 10.0\n"
            f"{rates if limits else ''}",
            encoding="utf-8",
        )

    # -- runs --

    def _order(self, **more: Any) -> dict[str, Any]:
        self.runs += 1
        case = self.case
        return {
            "folder": str(self.folder),
            "provider": case.provider,
            "environment": {URL_OF[case.provider]: self.url, KEY_OF[case.provider]: self.key},
            "log": str(self.folder / f"run-{self.runs}.log"),
            "outcome": str(self.folder / f"run-{self.runs}.json"),
            "mutant": case.mutant,
            "cuts": case.cuts,
            **more,
        }

    def _run(self, **more: Any) -> tuple[int, dict[str, Any]]:
        """Do one run to its end, and look at what it left behind."""
        order = self._order(**more)
        code = self.park.start(order).wait()
        return code, self._outcome(code, order)

    def _outcome(self, code: int, order: dict[str, Any]) -> dict[str, Any]:
        """Look at what was left behind, and return what a run that ended told."""
        self.park.ask(f"wait/{self.folder.name}")
        self.judge.look()
        outcome = Path(order["outcome"])
        assert code <= 0, f"a run failed: {Path(order['log']).read_text(errors='replace')[-600:]}"
        return json.loads(outcome.read_text()) if outcome.exists() else {}

    def _first(self) -> None:
        match self.case.plot:
            case "freeze":
                self._frozen()
            case "two":
                self._two()
            case _:
                code, _ = self._run(point=self.case.point, nth=self.case.nth)
                self.result.was_hit = code == -signal.SIGKILL
                assert code in (0, -signal.SIGKILL), f"a run ended with {code}"

    def _frozen(self) -> None:
        """Stop the run where it is and start a second one, which has to keep away; then let it go on."""
        order = self._order()
        process = self.park.start(order)
        time.sleep(0.05 + 0.06 * (self.case.seed % 9))
        try:
            process.send(signal.SIGSTOP)
            is_holding = process.is_running and self._holder() == process.pid
            _, second = self._run()
            if is_holding and process.is_running:
                self.result.was_hit = True
                assert _keeps_away(second), f"a second run did not keep away: {second}"
                time.sleep(0.05 * (self.case.seed % 5))
        finally:
            process.send(signal.SIGCONT)
            code = process.wait()
        self._outcome(code, order)

    def _holder(self) -> int:
        """Return the process that runs here, as the lock names it."""
        lock = self.folder / ".kling-spec" / "run.lock"
        return int(lock.read_text() or 0) if lock.exists() else 0

    def _two(self) -> None:
        """Start two runs at the same moment: one of them keeps away, or finds everything done."""
        orders = [self._order(), self._order()]
        codes = [process.wait() for process in [self.park.start(order) for order in orders]]
        outcomes = [self._outcome(code, order) for code, order in zip(codes, orders, strict=True)]
        errors = [outcome.get("error") for outcome in outcomes]
        self.result.was_hit = "RunLocked" in errors
        assert set(errors) <= {None, "RunLocked"}, f"two runs at once ended with {errors}"
        assert errors != ["RunLocked", "RunLocked"], "both runs kept away"

    def _until_quiet(self) -> None:
        """Run again until everything is there, or a person has to decide, and then decide by the book."""
        before: Any = None
        for number in range(_RESTARTS):
            if number:
                self.park.ask(f"heal/{self.folder.name}", {})
            code, outcome = self._run()
            assert code == 0, f"a run ended with {code}"
            assert not outcome.get("error"), f"a run ended with {outcome}"
            if outcome["stored"] == 3:
                return
            now = self.judge.states()
            if number and now == before:
                decisions = self.judge.decisions(
                    verbs=("adopt",) if self.case.limit else ("adopt", "resubmit")
                )
                if self.case.limit and not decisions:
                    return
                assert decisions, f"the run is stuck: {outcome}, {now}"
                self.result.unknown += len(decisions)
                self._run(decisions=decisions, mutant="")
                now = None
            before = now
        raise AssertionError(f"no end after {_RESTARTS} runs: {self.judge.states()}")


def _keeps_away(outcome: Mapping[str, Any]) -> bool:
    """Whether a run refused to begin; one that was stopped amid its first writing holds the ledger itself."""
    is_busy = outcome.get("error") == "LedgerError" and "cannot be used" in outcome["message"]
    return is_busy or outcome.get("error") == "RunLocked"


def play(park: Park, case: Case) -> Result:
    """Play a case and return what came of it."""
    return Play(park, case).play()

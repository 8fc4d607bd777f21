"""Plays a case: a world at the stand-in, a run that is disturbed, and further runs until all is quiet."""

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from judge import Judge
from wires import KEY_OF, URL_OF

HERE = Path(__file__).parent
_LONGEST = 60.0
"""Seconds after which a run that does not end is a failure."""
_RESTARTS = 6
_FIRST_PORT = 17_000
"""Below those that the system gives away by itself."""
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
    hears: bool = False
    """Whether callbacks are received, in a process of their own."""
    bombs_receiver: bool = False
    """Whether it is that process which is killed at the point, and not the run."""

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
        self._code: int | None = None

    @property
    def is_running(self) -> bool:
        return self._code is None and self._ended.empty()

    def send(self, number: int) -> None:
        if self.is_running:
            with suppress(ProcessLookupError):  # it has just ended
                os.kill(self.pid, number)

    def wait(self) -> int:
        """Return the exit code; below zero it is the signal that ended it."""
        try:
            if self._code is None:
                self._code = self._ended.get(timeout=_LONGEST)
        except queue.Empty:
            self.send(signal.SIGKILL)
            raise TimeoutError(f"a run did not end within {_LONGEST:.0f} s") from None
        return self._code


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
        self._next_port = _FIRST_PORT
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

    def free_port(self) -> int:
        """Return a port that nobody uses, and that no other case is given."""
        with self._lock:
            while True:
                self._next_port += 1
                with socket.socket() as tried, suppress(OSError):
                    tried.bind(("127.0.0.1", self._next_port))
                    return self._next_port

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
        self._port = park.free_port() if case.hears else 0
        self._receiver: Process | None = None
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
            if case.hears:
                self._receive(point=case.point if case.bombs_receiver else "", nth=case.nth)
            self._first()
            self._until_quiet()
            self._all_told()
        except (TimeoutError, AssertionError) as error:
            result.faults.append(str(error))
        finally:
            self._receive_no_more()
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
        hook = f'callback_url = "http://127.0.0.1:{self._port}/hook"\n'
        limits = f'[limits]\nmonth = "{self.case.limit}"\n' if self.case.limit else ""
        rates = "".join(
            f'[[prices]]\nprovider = "{self.case.provider}"\nmodel = "v3-omni"\nresolution = "720p"\n'
            f'case = "{what}"\namount = "0.10"\n'
            for what in ("plain", "references", "video")
        )
        (self.folder / "kling-spec.toml").write_text(
            f"{limits}[providers.{self.case.provider}]\npoll_seconds = 1.0\ndoubt_seconds = 10.0\n"
            f"{hook if self._port else ''}"
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
            "environment": {
                URL_OF[case.provider]: self.url,
                KEY_OF[case.provider]: self.key,
                "XDG_CONFIG_HOME": str(self.folder / "config"),
            },
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
        self._look()
        outcome = Path(order["outcome"])
        assert code <= 0, f"a run failed: {Path(order['log']).read_text(errors='replace')[-600:]}"
        return json.loads(outcome.read_text()) if outcome.exists() else {}

    def _look(self) -> None:
        """Look while nothing moves; what received callbacks and was killed is started again."""
        receiver = self._receiver
        if receiver is not None and receiver.is_running:
            receiver.send(signal.SIGSTOP)
            while _state_of(receiver.pid) not in "TZ":
                time.sleep(0.001)
        self.judge.look()
        if receiver is not None:
            if receiver.is_running:
                receiver.send(signal.SIGCONT)
            else:
                self._receive()

    def _receive(self, **more: Any) -> None:
        """Start what receives callbacks, and wait until it does."""
        order = {**self._order(point="", nth=1), "port": self._port, **more}
        self.runs -= 1
        self._receiver = self.park.start(order)
        end = time.monotonic() + _LONGEST
        while time.monotonic() < end and self._receiver.is_running:
            with socket.socket() as tried:
                if not tried.connect_ex(("127.0.0.1", self._port)):
                    return
            time.sleep(0.01)
        raise AssertionError("nothing receives callbacks")

    def _all_told(self) -> None:
        """Wait until every callback was acknowledged, and look whether each is known."""
        if self._receiver is None:
            return
        if not self._receiver.is_running:
            self._receive()
        assert self.park.ask(f"told/{self.folder.name}")["owed"] == 0, "a callback was never acknowledged"
        self._look()

    def _receive_no_more(self) -> None:
        if self._receiver is not None:
            self._receiver.send(signal.SIGKILL)
            code = self._receiver.wait()
            assert code == -signal.SIGKILL, f"what receives callbacks ended with {code}"

    def _first(self) -> None:
        match self.case.plot:
            case "freeze":
                self._frozen()
            case "two":
                self._two()
            case _:
                case, receiver = self.case, self._receiver
                code, _ = self._run(point="" if case.bombs_receiver else case.point, nth=case.nth)
                has_died = receiver is not None and not receiver.is_running
                self.result.was_hit = has_died if case.bombs_receiver else code == -signal.SIGKILL
                assert code in (0, -signal.SIGKILL), f"a run ended with {code}"

    def _frozen(self) -> None:
        """Stop the run where it is and start a second one, which has to keep away; then let it go on."""
        order = self._order()
        process = self.park.start(order)
        while process.is_running and not self._is_under_way(process, charges=self.case.seed % 4):
            time.sleep(0.002)
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

    def _is_under_way(self, process: Process, *, charges: int) -> bool:
        """Whether it is this process that runs here, and so much was paid for."""
        return self._holder() == process.pid and self.book.read_bytes().count(b"\n") >= charges

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
                self._all_told()
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
                is_named = self.case.hears and any(verb == "adopt" for _, verb, _ in decisions)
                assert not is_named, f"a person has to adopt what callbacks named: {now}"
                self.result.unknown += len(decisions)
                self._run(decisions=decisions, mutant="")
                now = None
            before = now
        raise AssertionError(f"no end after {_RESTARTS} runs: {self.judge.states()}")


def _state_of(pid: int) -> str:
    """Return the letter of a process's state; one that is gone counts as dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def _keeps_away(outcome: Mapping[str, Any]) -> bool:
    """Whether a run refused to begin; one that was stopped amid its first writing holds the ledger itself."""
    is_busy = outcome.get("error") == "LedgerError" and "cannot be used" in outcome["message"]
    return is_busy or outcome.get("error") == "RunLocked"


def play(park: Park, case: Case) -> Result:
    """Play a case and return what came of it."""
    return Play(park, case).play()

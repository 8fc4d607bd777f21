"""A folder with a spec, a ledger and a bare provider beside it: what every measurement of runs needs."""

import json
import subprocess
import sys
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any, Self
from uuid import uuid4

from kling_spec.ir import Secret
from kling_spec.ledger import Ledger, Store
from kling_spec.plan import Plan
from kling_spec.runner import Account, Outcome, Workshop, run
from kling_spec.session import Session

KEY = "a key of the benchmarks"


class Stage:
    """Entered, it has a ledger and an account; `plan` makes orders, `run` does them as a command would."""

    def __init__(self, *, concurrency: int, poll_seconds: float = 0.5, **provider: Any) -> None:
        self._concurrency = concurrency
        self._poll_seconds = poll_seconds
        self._provider = provider
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        self.folder = Path(self._undo.enter_context(TemporaryDirectory()))
        self.path = self.folder / "state" / "ledger.sqlite"
        self.ledger = self._undo.enter_context(Ledger.open(self.path))
        self.store = Store(self.folder / "state" / "clips")
        words = json.dumps({"ledger": str(self.path), **self._provider})
        server = subprocess.Popen(
            [sys.executable, "-m", "benchmarks._provider", words],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._undo.callback(_end, server)
        self.url = f"http://127.0.0.1:{int(server.stdout.readline())}" if server.stdout else ""
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def plan(self, tasks: int) -> Plan:
        """Return a plan of so many tasks, compiled from a spec like any."""
        spec = self.folder / "spec.yaml"
        axis = json.dumps([f"take {number}" for number in range(tasks)])
        spec.write_text(
            f"kling_spec: 1\nmatrix: {{take: {axis}}}\ndefaults: {{duration: 3}}\n"
            "shots:\n  fox: A red fox sprints across a windswept snowy ridge at golden hour, {{ take }}\n"
        )
        environment = {"KLING_SPEC_STATE": str(self.folder / "state"), "KLING_API_KEY": KEY}
        return Session(spec, provider="kling", environment=environment).plan()

    @property
    def account(self) -> Account:
        """The account at the bare provider."""
        return Account(
            provider="kling",
            base_url=self.url,
            credentials={"KLING_API_KEY": Secret(KEY, "KLING_API_KEY")},
            concurrency=self._concurrency,
            poll_seconds=self._poll_seconds,
        )

    def workshop(self) -> Workshop:
        """Return what a run works with."""
        return Workshop(
            accounts={"kling": self.account},
            ledger=self.ledger,
            store=self.store,
            files=lambda path: self.folder / path,
            run=uuid4().hex,
        )

    async def run(self, plan: Plan) -> Outcome:
        """Do the plan."""
        return await run(plan.orders, self.workshop(), Event())

    def figures(self) -> dict[str, Any]:
        """Return what the provider counted."""
        with urllib.request.urlopen(f"{self.url}/control", timeout=30) as reply:  # noqa: S310 - our own
            figures: dict[str, Any] = json.loads(reply.read())
        return figures


def peak_of(code: str) -> float:
    """Return the peak memory in MiB of a fresh interpreter that runs the code; its own alone, not the provider's."""
    said = subprocess.run([sys.executable, "-c", code + _PEAK], check=True, stdout=subprocess.PIPE, text=True)
    return int(said.stdout.split()[-1]) / 1024


_PEAK = """
import resource
from pathlib import Path
status = Path("/proc/self/status")
rows = status.read_text().splitlines() if status.exists() else []
peak = next((row.split()[1] for row in rows if row.startswith("VmHWM")), None)
print(peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def _end(server: "subprocess.Popen[str]") -> None:
    for stream in (server.stdin, server.stdout):
        if stream is not None:
            stream.close()
    server.wait(10)

"""A real kernel as a page and a person see it: cells, what they print, widgets, interrupts, a violent end."""

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

PATIENCE = 60.0
"""Seconds after which a test gives up; nothing that works comes near."""
WIDGET = "application/vnd.jupyter.widget-view+json"
Message = dict[str, Any]


@dataclass(slots=True)
class Cell:
    """One cell that was sent to the kernel, and what came of it so far."""

    id: str
    printed: str = ""
    shown: dict[str, Message] = field(default_factory=dict)
    """The bundles in its output, by display id: the last that stood there."""
    error: str = ""
    """The name of what it raised."""
    told: str = ""
    is_begun: bool = False
    is_over: bool = False

    def hear(self, message: Message) -> None:
        """Take in what the kernel says of this cell."""
        content = message["content"]
        match message["msg_type"]:
            case "stream":
                self.printed += content["text"]
            case "error":
                self.error, self.told = content["ename"], content["evalue"]
            case "execute_input":
                self.is_begun = True
            case "status" if content["execution_state"] == "idle":
                self.is_over = True


class Kernel:
    """One kernel of one ipykernel; everything that it says on its public channel is heard in order."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._manager = KernelManager(kernel_name="python3", transport="ipc")
        self._manager.ip = str(folder / "wire")
        self._how = {"cwd": str(folder), "env": {**os.environ, **environment}}
        self.may_fall_silent = False
        """Whether it may answer nothing any more, with all of its threads idle, so that a person restarts it."""
        self._cells: dict[str, Cell] = {}
        self.comms: dict[str, list[Message]] = {}
        """What the kernel said on each comm, custom messages only, in order."""
        self._manager.start_kernel(**self._how)
        self._client = self._connected()

    def run(self, code: str) -> Cell:
        """Run a cell to its end."""
        return self.finish(self.begin(code))

    def begin(self, code: str) -> Cell:
        """Send a cell, and return at once."""
        cell = Cell(self._client.execute(code))
        self._cells[cell.id] = cell
        return cell

    def finish(self, cell: Cell) -> Cell:
        """Listen until the cell is over."""
        self.listen(lambda: cell.is_over)
        return cell

    def listen(self, until: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Take in what the kernel says until that is so. Raises TimeoutError where it never is."""
        end = time.monotonic() + seconds
        while not until():
            if time.monotonic() > end:
                raise TimeoutError(f"the kernel said nothing of that within {seconds:.0f} s")
            self._hear_one(0.05)

    def pause(self, seconds: float) -> None:
        """Listen for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._hear_one(min(0.05, left))

    @property
    def is_busy(self) -> bool:
        """Whether a cell has not come to its end."""
        return any(not cell.is_over for cell in self._cells.values())

    # -- as a page --

    def board(self, cell: Cell) -> str:
        """Return the comm of the widget in the output of a cell."""
        return next(str(one[WIDGET]["model_id"]) for one in cell.shown.values() if WIDGET in one)

    def tell(self, comm: str, content: Any, subshell: str | None = None) -> str:
        """Send a custom message to a widget, and return the message's id."""
        data = {"method": "custom", "content": content}
        message = self._client.session.msg("comm_msg", {"comm_id": comm, "data": data})
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        self._client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def ask(self, comm: str, does: str, rows: Any = (), **more: Any) -> Message:
        """Do what a button does, and return what the page is told of it."""
        number = f"{does}-{len(self.comms.get(comm, ()))}-{time.monotonic_ns()}"
        self.tell(comm, {"type": "act", "id": number, "does": does, "rows": list(rows), **more})
        return self.answer(comm, number)

    def answer(self, comm: str, number: Any) -> Message:
        """Return what the page is told of the press with that number."""
        self.listen(lambda: self._answers(comm, number))
        return self._answers(comm, number)[0]

    def subshell(self) -> str | None:
        """Return a new subshell for messages beside the cells, as JupyterLab asks for; None where there are none."""
        self._client.kernel_info()
        if "kernel subshells" not in self._reply("shell").get("supported_features", ()):
            return None
        self._client.control_channel.send(self._client.session.msg("create_subshell_request", {}))
        return str(self._reply("control")["subshell_id"])

    # -- as a person --

    def interrupt(self) -> None:
        """Interrupt the cell that runs."""
        self._manager.interrupt_kernel()

    def die(self) -> None:
        """End the kernel at once, and start another in its place."""
        self._manager.signal_kernel(signal.SIGKILL)
        self.restart(now=True)

    def restart(self, *, now: bool = False) -> None:
        """Restart the kernel, by default in good order."""
        self._client.stop_channels()
        self._cells.clear()
        self._manager.restart_kernel(now=now)
        self._client = self._connected()

    def end_in_order(self) -> None:
        """Ask the kernel to end, and hear all that it says until it has."""
        self._client.shutdown()
        end = time.monotonic() + PATIENCE
        while self._manager.is_alive() and time.monotonic() < end:
            self._hear_one(0.05)
        while self._hear_one(0.2):
            pass

    def close(self) -> None:
        """End it."""
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    # -- how --

    def _connected(self) -> BlockingKernelClient:
        client: BlockingKernelClient = self._manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=PATIENCE)
        return client

    def _reply(self, channel: str) -> Message:
        read = self._client.get_shell_msg if channel == "shell" else self._client.get_control_msg
        while (message := read(timeout=PATIENCE))["msg_type"] == "execute_reply":
            pass
        return dict(message["content"])

    def _answers(self, comm: str, number: Any) -> list[Message]:
        return [one for one in self.comms.get(comm, ()) if one["type"] == "done" and one["id"] == number]

    def _hear_one(self, seconds: float) -> bool:
        try:
            message = self._client.get_iopub_msg(timeout=seconds)
        except Empty:
            return False
        content = message["content"]
        match message["msg_type"]:
            case "comm_msg" if content["data"].get("method") == "custom":
                self.comms.setdefault(content["comm_id"], []).append(content["data"]["content"])
            case "display_data" | "update_display_data":
                self._show(message)
            case _ if cell := self._cells.get(message["parent_header"].get("msg_id")):
                cell.hear(message)
        return True

    def _show(self, message: Message) -> None:
        """Put a bundle where it belongs: an update counts wherever that display stands, as in a page."""
        content = message["content"]
        name = content.get("transient", {}).get("display_id", message["header"]["msg_id"])
        is_update = message["msg_type"] == "update_display_data"
        for cell in self._cells.values():
            if name in cell.shown or (not is_update and cell.id == message["parent_header"].get("msg_id")):
                cell.shown[name] = content["data"]


@contextmanager
def kernel_of(line: Path | None) -> Iterator[Kernel]:
    """Give a kernel of the ipykernel in that folder, or of the one that is installed."""
    with tempfile.TemporaryDirectory(prefix="k") as name:
        folder = Path(name)
        first = [str(line)] if line is not None else []
        environment = {
            "PYTHONPATH": os.pathsep.join([*first, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]),
            "IPYTHONDIR": str(folder / "ipython"),
            "KLING_API_KEY": "k-canary-5f1d9e72",
        }
        kernel = Kernel(folder, environment)
        try:
            yield kernel
        finally:
            kernel.close()

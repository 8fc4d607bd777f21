"""What a run's own process does: settings into the environment, bombs and mutants in place, then the session."""

import asyncio
import gc
import json
import logging
import os
import selectors
from decimal import Decimal
from pathlib import Path
from typing import Any

import mutants
import points

SPEED = 25
"""Time passes so much faster for whatever waits in an event loop: pauses of seconds take hundredths."""

_SPEC = """
kling_spec: 1
name: herons
defaults: {resolution: 720p, aspect_ratio: "16:9", duration: 3}
shots:
  alpha: {prompt: heron-alpha stands in the reeds}
  beta: {%s, prompt: heron-beta wades on}
  gamma: {prompt: heron-gamma lifts off}
cuts:
  main: {timeline: [alpha, beta, gamma], output: film.mp4}
"""


def spec_of(provider: str) -> str:
    """Return a spec of three shots, of which one needs another's clip or its last frame, and a film."""
    return _SPEC % (
        "first_frame: {last_frame_of: alpha}" if provider in ("hiapi", "apimodels") else "next_of: alpha"
    )


class _FastSelector(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    def select(self, timeout: float | None = None) -> Any:
        return super().select(timeout / SPEED if timeout else timeout)


class _FastLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        super().__init__(_FastSelector())

    def time(self) -> float:
        return super().time() * SPEED


class _Policy(asyncio.DefaultEventLoopPolicy):
    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        return _FastLoop()


def warm_up(folder: Path) -> None:
    """Import what a run imports, without starting a thread."""
    import anyio._backends._asyncio  # noqa: F401
    import av  # noqa: F401
    import httpcore  # noqa: F401
    import httpx
    import PIL.PngImagePlugin  # noqa: F401

    from kling_spec.media import find_ffmpeg
    from kling_spec.providers import provider_names
    from kling_spec.session import Session

    find_ffmpeg(None)
    trusted = httpx.create_ssl_context(trust_env=False)
    httpx.create_ssl_context = lambda **_: trusted
    for name in provider_names():
        (folder / "spec.yaml").write_text(spec_of(name), encoding="utf-8")
        Session(folder / "spec.yaml", provider=name, environment={}).plan()
    gc.freeze()


def main(order: dict[str, Any]) -> None:
    """Do one run, or carry out what a person decides, and write down what came of it."""
    from kling_spec.ledger import _file

    asyncio.set_event_loop_policy(_Policy())
    logging.basicConfig(level=logging.DEBUG)
    os.environ.update(order["environment"])
    folder = Path(order["folder"])
    os.chdir(folder)
    _file._PATIENCE = 3.0  # a ledger that is held by a stopped process is held for ever
    bomb = points.Bomb(order.get("point", ""), order.get("nth", 1))
    if order.get("port"):
        _receive(order["port"], bomb)
        return
    points.arm(bomb)
    mutants.apply(order.get("mutant", ""))
    told = _decide(order) if order.get("decisions") else _run(order, folder)
    Path(order["outcome"]).write_text(json.dumps(told), encoding="utf-8")


def _receive(port: int, bomb: points.Bomb) -> None:
    """Trust the settings of the folder, as its person does, and receive callbacks until the end."""
    from kling_spec.callbacks import _receiver
    from kling_spec.cli import main as command

    _receiver._REFRESH /= SPEED
    points.arm_receiver(bomb)
    command(["trust"])
    command(["serve-callbacks", "--port", str(port)])


def _run(order: dict[str, Any], folder: Path) -> dict[str, Any]:
    from kling_spec.session import Session

    session = Session(folder / "spec.yaml", provider=order["provider"])
    try:
        plan = session.plan()
        finished = session.begin(plan, print, cuts=order.get("cuts", True), **_limits(order)).wait()
    except Exception as error:
        logging.getLogger("chaos").exception("the run was refused")
        return {"error": type(error).__name__, "message": str(error)}
    outcome = finished.outcome
    return {
        "stored": len(outcome.stored),
        "failed": outcome.failed,
        "unknown": outcome.unknown,
        "unfinished": outcome.unfinished,
        "stopped": outcome.stopped,
        "films": [film.report is not None for film in finished.films],
    }


def _limits(order: dict[str, Any]) -> dict[str, Any]:
    return {"max_cost": Decimal(order["max_cost"])} if order.get("max_cost") else {}


def _decide(order: dict[str, Any]) -> dict[str, Any]:
    """Carry out what a person decided who looked at the provider's own book."""
    from kling_spec.ledger import Ledger
    from kling_spec.session import Session

    session = Session(order["folder"] + "/spec.yaml", provider=order["provider"])
    with Ledger.open(session.state / "ledger.sqlite") as ledger:
        by_task = {entry.task: entry.fingerprint for entry in ledger.entries()}
        for task, verb, job in order["decisions"]:
            ledger.decide(verb, by_task[task], job)
    return {"decided": len(order["decisions"])}

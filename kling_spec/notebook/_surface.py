"""What a page shows of a run that goes on, in one of three ways; `_live` keeps it up to date."""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from kling_spec.notebook._board import Board
from kling_spec.notebook._page import Bundle
from kling_spec.notebook._plan_view import PlanView
from kling_spec.notebook._record import Record
from kling_spec.notebook._retrial import Retrial
from kling_spec.plan import Action, bill_words, counted

CHOICE = "KLING_SPEC_BOARD"
"""The setting that names the way: `live` (the default), `controls` or `html`."""


class Subject(Protocol):
    """What is shown: a run."""

    plan: PlanView
    board: Board

    @property
    def is_begun(self) -> bool: ...
    @property
    def is_done(self) -> bool: ...
    @property
    def is_stopping(self) -> bool: ...
    def record(self) -> Record: ...
    def text(self) -> str: ...
    def html(self) -> str: ...
    @property
    def can_go_on(self) -> bool: ...
    @property
    def usual_seconds(self) -> Mapping[str, float]: ...
    def clip_of(self, task: str) -> Path | None: ...
    def confirm(self) -> object: ...
    def stop(self) -> None: ...
    def cancel(self, *tasks: str) -> list[str]: ...
    def retrial(self, *tasks: str) -> Retrial: ...
    def retry(self, *tasks: str, yes: bool = False) -> object: ...
    def adopt(self, task: str, job: str) -> None: ...
    def resubmit(self, task: str) -> None: ...
    def abandon(self, task: str) -> None: ...


class Surface(Protocol):
    """One way to show a run."""

    @property
    def bundle(self) -> Bundle:
        """What the page displays, beside HTML and text."""

    @property
    def stays(self) -> bool:
        """Whether somebody may still use it after the end of the run."""

    def draw(self) -> None:
        """Bring it up to date."""

    def rest(self) -> None:
        """Wait until the next look at the run."""

    def close(self) -> None:
        """End it, and empty what a saved notebook would keep of it."""


def question(plan: PlanView) -> str:
    """Return what a button says that begins a paid run."""
    sent = counted(plan.plan.count(Action.CREATE), "task")
    return f"Send {sent} for {bill_words(plan.plan.bill)}"


def ways() -> tuple[str, ...]:
    """Return the ways that are possible here, the richest first, from the one that was chosen on."""
    every = ("live", "controls", "html")
    chosen = os.environ.get(CHOICE, every[0])
    first = every.index(chosen) if chosen in every else 0
    needs = {"live": "anywidget", "controls": "ipywidgets", "html": "IPython"}
    return tuple(way for way in every[first:] if find_spec(needs[way]) is not None)

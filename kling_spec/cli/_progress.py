"""The progress of a run: bars on a terminal, plain lines elsewhere, JSON lines for programs."""

import json
import sys
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import (
    Progress as Bars,
)

from kling_spec.diagnostics import printable
from kling_spec.plan import Plan
from kling_spec.runner import Event, Kind
from kling_spec.session import FilmMade

_ENDED = frozenset({Kind.STORED, Kind.FAILED, Kind.REFUSED, Kind.UNKNOWN, Kind.REUSED})
_TOLD = frozenset({Kind.SUBMITTED, Kind.STORED, Kind.FAILED, Kind.REFUSED, Kind.UNKNOWN, Kind.WAITING})


class Progress:
    """Shows what `hear` is told; a context manager around the run."""

    def __init__(self, plan: Plan, arguments: Any) -> None:
        self._is_json = getattr(arguments, "format", "text") == "jsonl"
        self._width = max((len(row.task) for row in plan.rows), default=4)
        console = Console(stderr=True, highlight=False, no_color=arguments.color == "never" or None)
        self._bars = None
        if console.is_terminal and not self._is_json:
            columns = (
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
            )
            self._bars = Bars(*columns, console=console)
            self._clips = self._bars.add_task("clips", total=len(plan.orders))
            self._films = self._bars.add_task("films", total=len(plan.films), visible=bool(plan.films))

    def __enter__(self) -> Self:
        if self._bars is not None:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def hear(self, happening: Event | FilmMade) -> None:
        """Show one step; called in the run's own thread."""
        if self._is_json:
            print(json.dumps(_as_json(happening), ensure_ascii=False), flush=True)
        elif self._bars is not None:
            self._advance(happening)
        elif isinstance(happening, FilmMade):
            self._line("film", happening.film.output, "" if happening.report else "could not be made")
        elif happening.kind in _TOLD:
            self._line(happening.kind, happening.tasks[0], happening.message)

    def _advance(self, happening: Event | FilmMade) -> None:
        if self._bars is None:
            return
        if isinstance(happening, FilmMade):
            self._bars.advance(self._films)
            return
        if happening.kind in _ENDED:
            self._bars.advance(self._clips)
        if happening.kind in (Kind.FAILED, Kind.REFUSED, Kind.UNKNOWN):
            row = f"{happening.kind}  {happening.tasks[0]}  {happening.message}"
            self._bars.console.print(printable(row), markup=False)

    def _line(self, kind: str, name: str, message: str) -> None:
        row = f"{kind:<10}{name:<{self._width}}  {message}".rstrip()
        print(printable(row), file=sys.stderr, flush=True)


def _as_json(happening: Event | FilmMade) -> dict[str, Any]:
    if isinstance(happening, Event):
        return happening.to_json()
    report = happening.report
    return {
        "event": "film",
        "task": f"{happening.film.variant}/{happening.film.cut}",
        "path": str(report.path) if report is not None else None,
        "seconds": report.seconds if report is not None else None,
        "message": "; ".join(finding.message for finding in happening.found),
    }

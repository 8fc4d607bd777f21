"""One spec in a notebook: seeing before paying, running, watching."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from kling_spec.notebook._film_view import FilmView, FilmViews
from kling_spec.notebook._plan_view import PlanView
from kling_spec.notebook._run import Run
from kling_spec.session import Selection, Session

Wanted = str | int | float | bool | list[Any]
"""A value of an axis, or several."""


def load(
    path: str | Path,
    *,
    sandbox: bool = False,
    provider: str | None = None,
    variables: Mapping[str, Any] | None = None,
) -> "Launch":
    """Read a spec and return it, ready to be planned and run. SpecError draws what is wrong with it.

    With `sandbox`, everything is a rehearsal: it costs nothing and has a ledger of its own.
    """
    return Launch(path, sandbox=sandbox, provider=provider, variables=variables)


class Launch:
    """A spec. Shows itself as its plan, with the cost.

    Variants are picked by axis: `launch.plan(market="us")`, `launch.run(ratio=["16:9", "1:1"])`.
    """

    def __init__(
        self, path: str | Path, *, sandbox: bool = False, text: str | None = None, **how: Any
    ) -> None:
        self._path = path
        self._how = {"text": text, **how}
        self._is_rehearsal = sandbox
        self._session = Session(path, sandbox=sandbox, **self._how)

    @property
    def name(self) -> str:
        """The campaign's name."""
        return self._session.name

    def check(self) -> None:
        """Compile everything, send nothing, and print warnings; raises SpecError for mistakes."""
        for note in self._session.check():
            print(f"{note.severity}: {note.message} ({note.origin.file}:{note.origin.line})")  # noqa: T201

    def plan(self, *, shots: Iterable[str] = (), **axes: Wanted) -> PlanView:
        """Return what a run would send, reuse and spend."""
        return self._plan(self._session, _selection(shots, axes))

    def compile(self, *, shots: Iterable[str] = (), **axes: Wanted) -> list[dict[str, Any]]:
        """Return the tasks with their payloads."""
        return [json.loads(line) for line in self._session.compile(_selection(shots, axes))]

    def run(
        self,
        *,
        sandbox: bool | None = None,
        yes: bool = False,
        max_cost: Decimal | str | float | None = None,
        concurrency: int | None = None,
        shots: Iterable[str] = (),
        **axes: Wanted,
    ) -> Run:
        """Start a run and return it at once, as a live board; `await` it, or call `wait()`.

        A run that would be paid for starts only with `yes`, or when it is confirmed. Raises
        BudgetRefused where it would cost more than `max_cost` or than the spec's budget.
        """
        session = self._rehearsal if sandbox or self._is_rehearsal else self._session
        plan = session.plan(_selection(shots, axes))
        session.refuse_over_budget(plan, None if max_cost is None else Decimal(str(max_cost)))
        run = Run(session, plan, concurrency=concurrency)
        is_free = session.is_rehearsal or not (plan.total or plan.unknown_prices)
        return run.confirm() if yes or is_free else run

    def cut(self, *cuts: str, sandbox: bool | None = None, **axes: Wanted) -> FilmView | FilmViews:
        """Make films from the clips that are there; a single one comes as itself, and plays."""
        session = self._rehearsal if sandbox or self._is_rehearsal else self._session
        films = FilmViews(FilmView(made) for made in session.cut(_selection((), axes), cuts))
        return films[0] if len(films) == 1 else films

    @cached_property
    def _rehearsal(self) -> Session:
        return self._session if self._is_rehearsal else Session(self._path, sandbox=True, **self._how)

    def _plan(self, session: Session, selection: Selection) -> PlanView:
        return PlanView(session.plan(selection), session.notes, is_rehearsal=session.is_rehearsal)

    def __repr__(self) -> str:
        """Return the plan as plain text."""
        return repr(self.plan())

    def _repr_html_(self) -> str:
        return self.plan()._repr_html_()


def _selection(shots: Iterable[str], axes: Mapping[str, Wanted]) -> Selection:
    wanted = {axis: value if isinstance(value, list) else [value] for axis, value in axes.items()}
    texts = {axis: frozenset(_text(value) for value in values) for axis, values in wanted.items()}
    return Selection(variants=texts, shots=frozenset([shots] if isinstance(shots, str) else shots))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

"""What is known of a run at any moment: the newest state of each task, and its table."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from threading import Lock

from kling_spec.ledger import Store
from kling_spec.notebook._film_view import FilmView, thumbnail
from kling_spec.notebook._html import table, words
from kling_spec.plan import Action, Plan, asked, counted, money, total
from kling_spec.runner import Event, Kind
from kling_spec.session import FilmMade

_GLYPHS = {
    "planned": "·", Kind.WAITING: "~", Kind.SUBMITTED: "↑", Kind.ACCEPTED: "↑", Kind.RUNNING: "▶",
    Kind.SUCCEEDED: "↓", Kind.STORED: "✓", Kind.REUSED: "=", Kind.FAILED: "✗", Kind.REFUSED: "✗",
    Kind.UNKNOWN: "?",
}  # fmt: skip
_FIRST = {Kind.UNKNOWN: 0, Kind.FAILED: 0, Kind.REFUSED: 0}
_PAGE, _STILLS = 50, 20
_STILL_WIDTH = 128


@dataclass
class Board:
    """The model of the live table. `hear` is called from the run's thread, the rest from any."""

    plan: Plan
    clips: Path
    """The folder of the clip store."""
    is_rehearsal: bool
    states: dict[str, Kind] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    films: list[FilmMade] = field(default_factory=list)
    spent: dict[str, Decimal] = field(default_factory=dict)
    _stills: dict[str, str] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def hear(self, happening: Event | FilmMade) -> None:
        """Take in one step."""
        if isinstance(happening, FilmMade):
            self.films.append(happening)
            return
        still = ""
        if happening.clip is not None and len(self._stills) < _STILLS:
            still = thumbnail(Store(self.clips).path(happening.clip), _STILL_WIDTH)
        with self._lock:
            for task in happening.tasks:
                self.states[task] = happening.kind
                self.messages[task] = happening.message
                if still:
                    self._stills[task] = still
            if happening.kind is Kind.ACCEPTED and happening.amount is not None:
                self.spent[happening.currency] = (
                    self.spent.get(happening.currency, Decimal(0)) + happening.amount
                )

    def line(self) -> str:
        """Return the state of the run in one line."""
        done = sum(self.states.get(row.task) in (Kind.STORED, Kind.REUSED) for row in self.plan.rows)
        spent = total(self.spent) if self.spent else "nothing"
        expected = total(self.plan.total, self.plan.unknown_prices)
        kind = " (rehearsed: nothing is paid)" if self.is_rehearsal else ""
        return f"{done} of {counted(len(self.plan.rows), 'clip')}; committed {spent} of {expected}{kind}"

    def text(self) -> str:
        """Return the board as plain text."""
        counts = Counter(str(self.states.get(row.task, "planned")) for row in self.plan.rows)
        states = ", ".join(f"{number} {state}" for state, number in sorted(counts.items()))
        films = [repr(FilmView(made)) for made in self.films]
        return "\n".join([f"{self.plan.spec}: {self.line()}", states, *films])

    def html(self) -> str:
        """Return one page of the board: what went wrong first, then the order of the plan."""
        with self._lock:
            rows = sorted(
                self.plan.rows, key=lambda row: _FIRST.get(self.states.get(row.task, Kind.WAITING), 1)
            )
            cells = [self._cells(row.task, asked(row), row.action, money(row.cost)) for row in rows[:_PAGE]]
        heads = ("", "task", "state", "asks for", "cost")
        hidden = len(self.plan.rows) - _PAGE
        more = f"<p>{words(f'… and {hidden:,} more', dim=True)}</p>" if hidden > 0 else ""
        films = "".join(f"<p>film {words(repr(FilmView(made)))}</p>" for made in self.films)
        head = f"<p>{words(self.plan.spec, bold=True)} {words(self.line())}</p>"
        return head + table(heads, cells, right=(4,)) + more + films

    def _cells(self, task: str, asks: str, action: Action, cost: str) -> tuple[str, ...]:
        state = self.states.get(task)
        glyph = _GLYPHS[state or "planned"]
        told = f"{glyph} {state or action.value} {self.messages.get(task, '')}".strip()
        still = self._stills.get(task, "")
        picture = f'<img src="{still}" height="48" alt="first picture of {words(task)}">' if still else ""
        return picture, words(task, bold=True), words(told), words(asks, dim=True), words(cost)

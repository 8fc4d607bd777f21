"""The table of a run: live while it goes on, and as the record that a saved notebook keeps."""

from collections.abc import Callable
from dataclasses import dataclass

from kling_spec.notebook._board import Board, Standing
from kling_spec.notebook._film_view import FilmView
from kling_spec.notebook._html import block, line, table, verbatim, words
from kling_spec.notebook._states import DONE, TROUBLE, sign
from kling_spec.notebook._view import columns, heading
from kling_spec.plan import asked, bill_words, counted, money
from kling_spec.runner import Kind, Outcome

MOST_ROWS = 50
_STILL_ROWS, _LIVE_BYTES = 20, 400_000
_RECORD_BYTES = 30_000
"""What a saved table may take, cells without a picture aside; its pictures get what its words leave."""
_MOST_WORDS = 200
"""Characters of a message beside its row; the ledger has all of it."""
_MOST_FILMS = 20


@dataclass(frozen=True, kw_only=True)
class Record:
    """One look at a run."""

    board: Board
    is_rehearsal: bool
    state: str
    """One word or two about the run as a whole: `running`, `stopping`, `done`."""
    seconds: float
    outcome: Outcome | None = None
    """What came of it, once it has ended."""
    problem: str = ""
    """Why it could not run at all."""
    still: Callable[[str], str] = lambda _: ""
    """From a clip's digest to a picture of it."""

    def text(self) -> str:
        """Return the table as plain text."""
        board = self.board
        rows = [
            (
                sign(row.state),
                row.state,
                row.row.task,
                asked(row.row),
                money(row.row.cost),
                row.message[:100],
            )
            for row in board.lines(MOST_ROWS)
        ]
        films = [film.text() for film in self.films]
        parts = [self._heading(), "", *columns(rows, right=(4,)), *self._more(), "", *films]
        parts += [""] if films else []
        return "\n".join([*parts, *self.answer()])

    def html(self, *, is_live: bool = False) -> str:
        """Return the table; a live page has a picture of every clip and no answer yet."""
        if is_live:
            return self._drawn(self._table(MOST_ROWS, _LIVE_BYTES), [])
        answer = self.answer()
        left = _RECORD_BYTES - len(self._drawn(self._table(0, 0), answer).encode())
        return self._drawn(self._table(_STILL_ROWS, left), answer)

    def _drawn(self, rows: str, answer: list[str]) -> str:
        board, films = self.board, self.films
        return block(
            line(words(board.plan.spec, "bold"), words(self._heading().partition(" ")[2], "dim")),
            rows,
            *(line(words(more, "dim")) for more in self._more()),
            *(line(words("film") if film.path else words("✗", "bad"), film.caption()) for film in films),
            verbatim(self.problem) if self.problem else "",
            *(line(words(told, "" if number else "bold")) for number, told in enumerate(answer)),
        )

    @property
    def films(self) -> list[FilmView]:
        """The films so far, the first few of them."""
        return [FilmView.of(made) for made in self.board.films[:_MOST_FILMS]]

    def answer(self) -> list[str]:
        """Return how the run stands, and what to do about what did not work."""
        if self.problem:
            return ["The run ended early; nothing that was sent is lost."]
        return [self.progress()] if self.outcome is None else self._done(self.outcome)

    def progress(self, *, clock: bool = True) -> str:
        """Return how far the run is, in one line; its time where `clock` is wanted."""
        plan, counts = self.board.plan, self.board.counts()
        done = sum(counts[state] for state in DONE)
        wrong = sum(counts[state] for state in TROUBLE)
        films = f", {len(self.board.films):,} of {counted(len(plan.films), 'film')}" if plan.films else ""
        trouble = f", {wrong:,} in trouble" if wrong else ""
        minutes, seconds = divmod(int(self.seconds), 60)
        took = f" · {minutes}:{seconds:02}" if clock else ""
        expected = bill_words(plan.bill)
        spent = bill_words(self.board.bill)
        money_line = f"{spent} of {expected} by estimate" if expected != "nothing" else "nothing to pay"
        return (
            f"{self.state}: {done:,} of {counted(len(plan.rows), 'clip')}{films}{trouble}"
            f" · {money_line}{took}"
        )

    # -- parts --

    def _done(self, outcome: Outcome) -> list[str]:
        sent = f"{counted(outcome.submitted, 'task')} sent" if outcome.submitted else "nothing was sent"
        cost = f", cost by estimate {bill_words(outcome.bill)}" if outcome.submitted else ""
        kind = ", rehearsed in the sandbox: nothing was paid" if self.is_rehearsal else ""
        groups = (
            ("failed", outcome.failed),
            ("unknown", outcome.unknown),
            ("not finished", outcome.unfinished),
        )
        told = [f"Done: {sent}{cost}{kind}."]
        told += [f"{counted(len(group), 'task')} {noun}." for noun, group in groups if group]
        if outcome.stopped:
            told.append(f"The run was stopped: {outcome.stopped}")
        if outcome.unfinished or outcome.failed:
            told.append("Run the same cell again to go on; what is there is not paid for again.")
        if outcome.unknown:
            told.append("Decide with run.adopt(TASK, JOB), run.resubmit(TASK) or run.abandon(TASK).")
        return told

    def _heading(self) -> str:
        return f"{self.board.plan.spec} {heading(self.board.plan.provider, is_rehearsal=self.is_rehearsal)}"

    def _more(self) -> list[str]:
        hidden = len(self.board.plan.rows) - MOST_ROWS
        if hidden <= 0:
            return []
        counts = ", ".join(f"{number:,} {state}" for state, number in self.board.counts().most_common())
        return [f"… and {hidden:,} more; in all {counts}"]

    def _table(self, pictures: int, size: int) -> str:
        """Return the rows, the first of them with pictures that take no more than that size together."""
        lines = self.board.lines(MOST_ROWS)
        stills = self._stills(lines[:pictures], size)
        cells = [(*self._cells(one), stills.get(one.row.task, "")) for one in lines]
        heads = ("task", "state", "asks for", "cost", "")
        width = len(heads) if stills else len(heads) - 1
        return table(heads[:width], (row[:width] for row in cells), right=(3,))

    def _cells(self, one: Standing) -> tuple[str, ...]:
        state = f"{words(sign(one.state), _look(one.state))} {words(one.state)}"
        if one.message and (one.state in TROUBLE or one.state == Kind.WAITING):
            state += f" {words(_shortened(one.message), 'dim')}"
        return words(one.row.task, "bold"), state, words(asked(one.row)), words(money(one.row.cost))

    def _stills(self, lines: list[Standing], size: int) -> dict[str, str]:
        """Return pictures of the clips, by task, as long as they do not pass the size together."""
        pictures: dict[str, str] = {}
        for one in lines:
            picture = self.still(one.clip) if one.clip and size > 0 else ""
            size -= len(picture)
            if picture and size >= 0:
                pictures[one.row.task] = f'<img src="{picture}" alt="">'
        return pictures


def _shortened(message: str) -> str:
    return message if len(message) <= _MOST_WORDS else f"{message[:_MOST_WORDS]} …"


def _look(state: str) -> str:
    if state in DONE:
        return "good"
    if state in TROUBLE:
        return "odd" if state == "unknown" else "bad"
    return "dim" if state in ("create", "wait", "reuse") else "moving"

"""What was asked and what it cost, as the ledger of a project knows it."""

from collections.abc import Iterable

from kling_spec.ledger import Entry, State
from kling_spec.notebook._html import block, line, table, words
from kling_spec.notebook._view import View, columns
from kling_spec.plan import bill_words, counted
from kling_spec.providers import plain
from kling_spec.session import committed

_MOST = 50
_LOOKS = {State.STORED: "good", State.FAILED: "bad", State.REFUSED: "bad", State.UNKNOWN: "odd"}
_HEADS = ("task", "state", "provider", "estimate", "when", "")


class LedgerView(View):
    """The newest payloads of a project, and what all of them cost."""

    def __init__(self, entries: Iterable[Entry], *, is_rehearsal: bool) -> None:
        self.entries = tuple(entries)
        self._is_rehearsal = is_rehearsal

    def text(self) -> str:
        """Return a line a payload, and the sum."""
        rows = [_cells(entry) for entry in self._shown()]
        return "\n".join([*(columns([_HEADS, *rows], right=(3,)) if rows else []), *self._below()])

    def html(self) -> str:
        """Return a table, and the sum."""
        rows = [
            (
                words(task, "bold"),
                words(state, _LOOKS.get(entry.state, "")),
                words(provider),
                words(estimate),
                words(when, "dim"),
                words(message, "dim"),
            )
            for entry, (task, state, provider, estimate, when, message) in (
                (entry, _cells(entry)) for entry in self._shown()
            )
        ]
        drawn = table(_HEADS, rows, right=(3,)) if rows else ""
        return block(drawn, *(line(words(told, "bold")) for told in self._below()))

    def _shown(self) -> tuple[Entry, ...]:
        return self.entries[-_MOST:][::-1]

    def _below(self) -> list[str]:
        kind = "rehearsed, so nothing was paid" if self._is_rehearsal else "committed by estimate"
        hidden = len(self.entries) - _MOST
        more = [f"… and {hidden:,} older; 'kling-spec ledger list' has them all"] if hidden > 0 else []
        if not self.entries:
            return ["nothing was run yet"]
        cost = bill_words(committed(self.entries))
        return [*more, f"{counted(len(self.entries), 'payload')}, {kind}: {cost}"]


def _cells(entry: Entry) -> tuple[str, ...]:
    estimate = "unknown" if entry.estimate is None else f"{plain(entry.estimate)} {entry.estimate_currency}"
    when = f"{entry.updated.astimezone():%Y-%m-%d %H:%M}"
    return entry.task, entry.state.value, entry.provider, estimate, when, entry.message

"""What a page is sent of a board: all of it once, then what moved; numbered, so that a loss is noticed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zlib import crc32

from kling_spec.diagnostics import printable
from kling_spec.notebook._board import Board, Standing
from kling_spec.notebook._states import DONE, STATES, TROUBLE, sign
from kling_spec.plan import asked, money, why

Message = dict[str, Any]

_PLACE = {state: place for place, state in enumerate(STATES)}
_LONGEST = 300


class Feed:
    """Reads one board for pages that all see the same. Times are seconds since `began`.

    `usual` says how long a job usually takes, by model.
    """

    def __init__(self, board: Board, began: datetime, usual: Mapping[str, float]) -> None:
        self._board, self._began, self._usual = board, began, usual
        self._seq = self._read = 0
        self._shown = bytearray(len(board.plan.rows))
        """The place of each row's state, as pages have it."""

    def snapshot(self) -> Message:
        """Return everything, under a new number."""
        self._seq += 1
        _, self._read = self._board.moved(self._read)
        standings = [self._board.standing(number) for number in range(len(self._shown))]
        words: dict[str, int] = {}
        rows = [
            [words.setdefault(word, len(words)) for word in (asked(row), why(row), money(row.cost))]
            for row in (standing.row for standing in standings)
        ]
        models = list(self._usual)
        return {
            "type": "snapshot",
            "seq": self._seq,
            "states": STATES,
            "signs": [sign(state) for state in STATES],
            "done": [_PLACE[state] for state in sorted(DONE)],
            "trouble": [_PLACE[state] for state in sorted(TROUBLE)],
            "words": list(words),
            "rows": rows,
            "usual": [self._usual[model] for model in models],
            "model": [models.index(standing.row.lowered.pattern.model_id) for standing in standings],
            "tasks": [standing.row.task for standing in standings],
            **self._columns(range(len(standings))),
        }

    def changes(self) -> Message | None:
        """Return what moved since the last snapshot or changes, or None where nothing did."""
        numbers, self._read = self._board.moved(self._read)
        if not numbers:
            return None
        self._seq += 1
        return {"type": "changes", "seq": self._seq, "numbers": numbers, **self._columns(numbers)}

    def beat(self) -> Message:
        """Return a sign of life, with what the page's own states must come to."""
        return {"type": "beat", "seq": self._seq, "hash": crc32(self._shown)}

    def _columns(self, numbers: range | list[int]) -> Message:
        shown = [self._board.standing(number) for number in numbers]
        states = [_PLACE[standing.state] for standing in shown]
        for number, state in zip(numbers, states, strict=True):
            self._shown[number] = state
        return {
            "state": states,
            "since": [self._since(standing) for standing in shown],
            "told": {
                str(place): printable(standing.message[:_LONGEST])
                for place, standing in enumerate(shown)
                if standing.message
            },
            "clip": [place for place, standing in enumerate(shown) if standing.clip],
        }

    def _since(self, standing: Standing) -> float | None:
        if standing.since is None or standing.state in DONE:
            return None
        return round((standing.since - self._began).total_seconds(), 1)

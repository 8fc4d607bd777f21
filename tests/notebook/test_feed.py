"""What a page is sent of a board: whatever is lost on the way, it ends with the same rows."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zlib import crc32

import pytest

from kling_spec.notebook._board import Board
from kling_spec.notebook._feed import Feed
from kling_spec.notebook._states import STATES
from kling_spec.runner import Event, Kind
from kling_spec.session import Session

NOON = datetime(2026, 9, 20, 12, tzinfo=UTC)
SPEC = """
kling_spec: 1
name: pond
matrix: {number: [1, 2, 3, 4, 5, 6, 7, 8]}
defaults: {resolution: 720p, duration: 3, aspect_ratio: "1:1"}
shots: {frog: "Frog {{ number }}", hare: "Hare {{ number }}"}
"""
USUAL = {"kling-v3-omni": 125.0}


class Page:
    """What a page knows; it asks for all of it where a number is missing, or the states differ."""

    def __init__(self) -> None:
        self.seq, self.states, self.told, self.since = 0, [], [], []
        self.asks = True

    def hear(self, message):
        if message["type"] == "snapshot":
            self.seq, self.asks = message["seq"], False
            size = len(message["tasks"])
            self.states, self.told, self.since = [""] * size, [""] * size, [None] * size
            self._take(message, range(size))
        elif self.asks:
            return
        elif message["type"] == "changes":
            self.asks = message["seq"] != self.seq + 1
            if not self.asks:
                self.seq = message["seq"]
                self._take(message, message["numbers"])
        else:
            states = bytes(STATES.index(state) for state in self.states)
            self.asks = message["seq"] != self.seq or message["hash"] != crc32(states)

    def _take(self, message, numbers):
        for place, number in enumerate(numbers):
            self.states[number] = STATES[message["state"][place]]
            self.told[number] = message["told"].get(str(place), "")
            self.since[number] = message["since"][place]


@pytest.fixture
def board(tmp_path: Path) -> Board:
    (tmp_path / "pond.yaml").write_text(SPEC)
    return Board(Session(tmp_path / "pond.yaml", sandbox=True).plan())


def step(board: Board, dice: random.Random, seconds: int) -> None:
    order = dice.choice(board.plan.orders)
    board.hear(
        Event(
            kind=dice.choice(list(Kind)),
            tasks=order.tasks,
            fingerprint=order.fingerprint,
            at=NOON + timedelta(seconds=seconds),
            message=dice.choice(["", "<img onerror>", "$x$"]),
        )
    )


@pytest.mark.parametrize("seed", range(20))
def test_a_page_that_loses_messages_ends_with_the_rows_of_the_board(board: Board, seed: int) -> None:
    dice, page, feed = random.Random(seed), Page(), Feed(board, NOON, USUAL)
    for second in range(200):
        step(board, dice, second)
        message = feed.snapshot() if page.asks else feed.changes()
        if dice.random() > 0.15:
            page.hear(message)

    page.hear(feed.beat())
    if page.asks:
        page.hear(feed.snapshot())

    standings = [board.standing(number) for number in range(len(board.plan.rows))]
    assert page.states == [standing.state for standing in standings]
    assert page.told == [standing.message for standing in standings]
    assert feed.changes() is None
    page.hear(feed.beat())
    assert not page.asks


def test_a_loss_at_the_end_is_noticed_by_the_next_sign_of_life(board: Board) -> None:
    page, feed = Page(), Feed(board, NOON, USUAL)
    page.hear(feed.snapshot())
    step(board, random.Random(1), 1)
    assert feed.changes()

    page.hear(feed.beat())

    assert page.asks


def test_a_job_runs_since_it_was_taken_and_a_clip_that_is_there_runs_no_more(board: Board) -> None:
    feed, order = Feed(board, NOON, USUAL), board.plan.orders[0]
    for kind, second in ((Kind.ACCEPTED, 7), (Kind.RUNNING, 9)):
        board.hear(Event(kind=kind, tasks=order.tasks, fingerprint=order.fingerprint,
                         at=NOON + timedelta(seconds=second)))  # fmt: skip

    assert (feed.changes() or {})["since"] == [7.0]
    board.hear(Event(kind=Kind.STORED, tasks=order.tasks, fingerprint=order.fingerprint, at=NOON, clip="c"))
    changes = feed.changes() or {}
    assert (changes["since"], changes["clip"]) == ([None], [0])

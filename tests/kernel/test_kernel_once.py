"""A press that comes twice, late, garbled or from a stranger pays nothing more than the press alone."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from kernels import Kernel
from pond import Pond

from kling_spec.sandbox import Sandbox

TWO = "frog: A frog, hare: A hare"
WAIT = "run.wait(); print(len(run.clips))"


def test_a_run_that_is_confirmed_twice_from_two_pages_and_late_is_paid_once(
    kernel: Kernel, pond: Callable[..., Pond]
) -> None:
    project = pond(TWO)
    board = kernel.board(kernel.run("run = launch.run()"))
    assert kernel.board(kernel.run("run")) == board
    beside = kernel.subshell()
    for page in range(2):
        kernel.tell(board, {"type": "hello", "have": 0})
        kernel.tell(
            board, {"type": "act", "id": page, "does": "confirm", "rows": []}, beside if page else None
        )

    assert all("wrong" not in kernel.answer(board, page) for page in range(2))
    assert kernel.run(WAIT).printed == "2\n"
    kernel.tell(board, {"type": "act", "id": "late", "does": "confirm", "rows": []})

    assert kernel.run("print(run.confirm().wait().is_done)").printed == "True\n"
    assert project.charges == 2


def test_two_boards_of_one_plan_that_are_both_confirmed_pay_once(
    kernel: Kernel, pond: Callable[..., Pond]
) -> None:
    project = pond(TWO)
    boards = [kernel.board(kernel.run(f"run = {name} = launch.run()")) for name in ("first", "second")]
    assert boards[0] != boards[1]

    for board in boards:
        kernel.tell(board, {"type": "act", "id": 1, "does": "confirm", "rows": []})
    answers = [kernel.answer(board, 1) for board in boards]
    kernel.run(
        "for one in (first, second):\n    try: one.wait()\n    except Exception as error: print(type(error).__name__)"
    )

    assert any("wrong" not in answer for answer in answers)
    assert project.charges == 2
    assert kernel.run("run = launch.run(yes=True); run.wait(); print(len(run.clips))").printed == "2\n"
    assert project.charges == 2


def test_a_question_is_answered_once_and_never_after_things_have_moved(
    kernel: Kernel, pond: Callable[..., Pond]
) -> None:
    project = pond(TWO, faults=["empty=1"], concurrency=1)
    begun = kernel.run("run = launch.run(yes=True)")
    board = kernel.board(begun)
    kernel.tell(board, {"type": "hello", "have": 0})
    kernel.run("run.wait()")
    asked = kernel.ask(board, "retry")
    assert asked["ask"] == "Send 1 task again for 0.252 USD"
    kernel.run("run.retry(yes=True).wait()")
    sent = project.server.book().seen("submit")

    assert "has moved" in kernel.ask(board, "yes", nonce=asked["nonce"])["wrong"]
    assert kernel.run("run.wait(); print(run.is_done)").printed == "True\n"
    assert project.server.book().seen("submit") == sent

    port, folder = urlsplit(project.server.url).port or 0, project.folder.parent / "server"
    project.server.stop()
    with Sandbox(seconds=0.5, port=port, folder=folder) as rich:
        nonce = kernel.ask(board, "retry")["nonce"]
        for number in ("once", "twice"):
            kernel.tell(board, {"type": "act", "id": number, "does": "yes", "rows": [], "nonce": nonce})
        assert all("wrong" not in kernel.answer(board, number) for number in ("once", "twice"))
        assert kernel.run(WAIT).printed == "2\n"
        kernel.tell(board, {"type": "act", "id": "late", "does": "yes", "rows": [], "nonce": nonce})
        kernel.run("run.wait()")
        assert len(rich.book().charges) == 2


STRANGE: list[Any] = [
    None,
    "confirm",
    7,
    [],
    [{"type": "act", "does": "confirm"}],
    {},
    {"type": None},
    {"type": ["act"], "does": "confirm"},
    {"type": "__class__"},
    {"type": "act"},
    {"type": "act", "does": None, "rows": None},
    {"type": "act", "does": "run", "rows": []},
    {"type": "act", "does": "confirm ", "rows": []},
    {"type": "act", "does": {"confirm": 1}, "rows": []},
    {"type": "act", "does": "<img src=x onerror=alert(1)>", "rows": [0]},
    {"type": "act", "does": "yes", "rows": []},
    {"type": "act", "does": "yes", "rows": [], "nonce": "0" * 32},
    {"type": "act", "does": "retry", "rows": [0]},
    {"type": "act", "does": "cancel", "rows": []},
    {"type": "act", "does": "cancel", "rows": [-1]},
    {"type": "act", "does": "cancel", "rows": [2]},
    {"type": "act", "does": "cancel", "rows": "01"},
    {"type": "act", "does": "cancel", "rows": [True]},
    {"type": "act", "does": "cancel", "rows": [0.5]},
    {"type": "act", "does": "cancel", "rows": [1e300]},
    {"type": "act", "does": "cancel", "rows": {"0": 1}},
    {"type": "act", "does": "cancel", "rows": [[0]]},
    {"type": "act", "does": "adopt", "rows": [0], "job": "../../etc/passwd"},
    {"type": "act", "does": "abandon", "rows": []},
    {"type": "thumbs", "rows": [-1]},
    {"type": "thumbs"},
    {"type": "clip", "row": "../../secret"},
    {"type": "clip", "row": 0, "id": {"deep": [None] * 50}},
]


def test_messages_that_no_page_sends_are_answered_and_change_nothing(
    kernel: Kernel, pond: Callable[..., Pond]
) -> None:
    project = pond(TWO)
    board = kernel.board(kernel.run("run = launch.run()"))
    standing = "print([(s.row.task, s.state) for s in map(run.board.standing, range(2))])"
    before = kernel.run(standing).printed

    for content in STRANGE:
        kernel.tell(board, content)
    kernel.listen(lambda: sum(one["type"] == "done" for one in kernel.comms[board]) >= len(STRANGE))

    answers = [one for one in kernel.comms[board] if one["type"] == "done"]
    not_wrong = [content for content, told in zip(STRANGE, answers, strict=True) if not told.get("wrong")]
    assert not_wrong == [STRANGE[16]]  # an answer to no question is no answer
    assert kernel.run(standing).printed == before
    assert kernel.run("print(run.is_begun)").printed == "False\n"
    assert project.charges == 0
    assert "wrong" not in kernel.ask(board, "confirm")
    assert kernel.run(WAIT).printed == "2\n"
    assert project.charges == 2


@pytest.mark.parametrize("way", ["live", "controls"])
def test_a_cell_that_is_run_again_while_its_run_goes_on_sends_nothing_more(
    kernel: Kernel, pond: Callable[..., Pond], way: str
) -> None:
    project = pond(TWO, seconds=1.0)
    kernel.run(f"os.environ['KLING_SPEC_BOARD'] = {way!r}")
    for _ in range(3):
        kernel.run("run = launch.run(yes=True)")
    kernel.run("launch = ks.load('spec.yaml'); run = launch.run(yes=True)")

    assert kernel.run(WAIT).printed == "2\n"
    assert project.server.book().seen("submit") == project.charges == 2
    kernel.run("os.environ.pop('KLING_SPEC_BOARD')")

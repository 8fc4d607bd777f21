"""What a notebook keeps of a live board, and of controls, when its kernel is shut down or restarted in good order."""

from collections.abc import Callable

from kernels import Kernel
from pond import Pond

TWO = "frog: A frog, hare: A hare"


def test_a_board_whose_kernel_ends_in_order_leaves_a_record_in_its_place(
    kernel: Kernel, pond: Callable[..., Pond]
) -> None:
    project = pond(TWO, seconds=3600)
    board = kernel.run("run = launch.run(yes=True)")
    kernel.tell(kernel.board(board), {"type": "hello", "have": 0})
    kernel.listen(lambda: project.charges == 2)

    kernel.end_in_order()

    [record] = board.shown.values()
    assert sorted(record) == ["text/html", "text/plain"]
    assert "-/frog" in record["text/html"]
    for form in record.values():
        assert "The kernel has ended. Run the cell again to go on" in form
    kernel.restart(now=True)
    project.load(kernel)
    kernel.run("run = launch.run(yes=True)")
    kernel.listen(project.asked_more(2))
    assert project.server.book().seen("submit") == project.charges == 2


def test_controls_whose_kernel_ends_in_order_leave_their_record_alone(
    kernel: Kernel, pond: Callable[..., Pond]
) -> None:
    pond(TWO)
    explored = kernel.run("launch.explore()")
    assert sum("application/vnd.jupyter.widget-view+json" in form for form in explored.shown.values()) == 1

    kernel.end_in_order()

    kept = [form for form in explored.shown.values() if any(form.values())]
    assert [sorted(form) for form in kept] == [["text/html", "text/plain"]]
    assert "A frog" in kept[0]["text/plain"]
    kernel.restart(now=True)


def test_a_board_that_outlives_its_run_has_the_record_beside_it(
    kernel: Kernel, pond: Callable[..., Pond]
) -> None:
    pond(TWO, faults=["empty=0"])
    board = kernel.run("run = launch.run(yes=True)")
    comm = kernel.board(board)
    kernel.tell(comm, {"type": "hello", "have": 0})
    kernel.run("run.wait()")
    kernel.listen(lambda: all("2 tasks failed" in form["text/html"] for form in board.shown.values()))

    [form] = board.shown.values()
    assert form["application/vnd.jupyter.widget-view+json"]["model_id"] == comm
    assert "2 tasks failed" in form["text/plain"]

"""How quickly a turned control shows its words and its cost, beside the bare compile of the same spec."""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks._measure import Result, cpu_of, side_by_side
from kling_spec.notebook import Launch, load
from kling_spec.notebook._explore import Explore
from kling_spec.session import Session

_SPEC = """\
kling_spec: 1
name: aurora
vars: {lens: 35mm, product: Aurora, secs: 5}
matrix:
  market: {us: {mood: golden}, jp: {mood: neon}, de: {mood: fog}, fr: {mood: rain}, br: {mood: sun}}
  ratio: ["16:9", "9:16"]
  cut: [a, b]
defaults: {duration: "{{ secs }}", aspect_ratio: "{{ ratio }}"}
shots:
  open: "{{ product }} on a wet street, {{ mood }}, {{ lens }}, slow push-in, take {{ cut }}"
  arrive: {next_of: open, prompt: "a hand lifts it, {{ mood }}, {{ lens }}"}
  turn: "The bottle turns in {{ mood }} light, {{ lens }}, {{ cut }}"
  crowd: "{{ market }}: people in conversation, out of focus, {{ lens }}, {{ cut }}"
  leave: {next_of: turn, prompt: "the light breaks in the glass of {{ product }}"}
"""
_TASKS = 100


def results(rounds: int) -> Iterator[Result]:
    """Yield the claims about exploring a spec of 100 tasks."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "aurora.yaml"
        file.write_text(_SPEC)
        launch = load(file, sandbox=True)
        explore = _explored(launch)
        lenses = count(50)

        def turn() -> None:
            explore.set(lens=f"{next(lenses)}mm").html()

        def compiled() -> None:
            deque(Session(file, sandbox=True).compile(), maxlen=0)

        turn()
        ratio, ours, bare = side_by_side(lambda: cpu_of(turn), lambda: cpu_of(compiled), 3 * rounds)
        detail = f"{ours * 1000:.0f} ms / {bare * 1000:.0f} ms CPU"
        yield Result(
            claim="a turned control / read and compile, 100 tasks", value=ratio, bar=2, detail=detail
        )
        seconds = median(_seconds(turn) for _ in range(3 * rounds))
        yield Result(
            claim="a turned control of 100 tasks, to words and cost", value=seconds * 1000, bar=100, unit="ms"
        )


def _explored(launch: Launch) -> Explore:
    tasks = len(launch.plan().tasks)
    if tasks != _TASKS:
        raise RuntimeError(f"the spec has {tasks} tasks, not {_TASKS}")
    return launch.explore("open", market="jp")


def _seconds(work: Callable[[], None]) -> float:
    begin = perf_counter()
    work()
    return perf_counter() - begin

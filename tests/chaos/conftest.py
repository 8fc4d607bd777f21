"""The park of the stand-in and the runs; and the table that is shown at the end."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest
from points import POINTS
from stage import Case, Park, Result, play
from wires import PROVIDERS

_AT_ONCE = 4
_TALLY = pytest.StashKey[list[Result]]()

Player = Callable[[Iterable[Case]], list[Result]]


@pytest.fixture(scope="session")
def park(tmp_path_factory):
    with Park(tmp_path_factory.mktemp("chaos")) as park:
        yield park


@pytest.fixture(scope="session")
def tally(pytestconfig) -> list[Result]:
    """What came of every case so far, mutants apart."""
    return pytestconfig.stash.setdefault(_TALLY, [])


@pytest.fixture
def play_all(park, tally) -> Player:
    """Plays cases side by side and returns what came of them, in their order."""

    def together(cases: Iterable[Case]) -> list[Result]:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            results = list(pool.map(lambda case: play(park, case), cases))
        tally.extend(result for result in results if not result.case.mutant)
        return results

    return together


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show runs, charges, doubles, losses and decisions, by point and provider."""
    results = config.stash.get(_TALLY, [])
    if not results:
        return
    cells: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for result in results:
        case = result.case
        row = case.point or {"two": "two runs at once", "freeze": "stopped and continued"}.get(
            case.plot,
            "a limit on money" if case.limit else "half of all calls go wrong" if case.odds else "calm",
        )
        told = {"runs": result.runs, "charges": result.charges, "doubles": result.doubles}
        cells[row, case.provider].update(told | {"lost": result.lost, "unknown": result.unknown})
    rows = [*POINTS, *sorted({row for row, _ in cells} - set(POINTS))]
    write = terminalreporter.write_line
    terminalreporter.section("chaos: runs/charges/doubles/lost/unknown")
    write(f"{'':34}" + "".join(f"{name:>20}" for name in (*PROVIDERS, "all")))
    for row in rows:
        mine = [cells[row, name] for name in PROVIDERS]
        if any(mine):
            write(f"{row:34}" + "".join(f"{_cell(cell):>20}" for cell in (*mine, sum(mine, Counter()))))
    fired = sum((Counter(result.fired) for result in results), Counter())
    write("nemeses: " + ", ".join(f"{name} {number}" for name, number in sorted(fired.items())))


def _cell(cell: Counter[str]) -> str:
    return "/".join(str(cell[name]) for name in ("runs", "charges", "doubles", "lost", "unknown"))

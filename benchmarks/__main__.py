"""Runs every benchmark, or those that are named, and prints each ratio beside its bar.

`--short` takes fewer rounds, for CI. What waits on a clock wants a machine that does nothing else.
"""

import sys
from argparse import ArgumentParser

from benchmarks import (
    back,
    beside,
    board,
    cut,
    downloads,
    durable,
    expand,
    explore,
    many_tasks,
    parse,
    polls,
    seek,
    slots,
    start,
    submit,
)
from benchmarks._measure import Result

_GROUPS = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        start,
        parse,
        expand,
        explore,
        submit,
        slots,
        polls,
        durable,
        downloads,
        many_tasks,
        cut,
        board,
        seek,
        back,
        beside,
    )
}


def main() -> int:
    """Print a line for each claim; the exit code is 1 where one is not met and `--strict` is given."""
    words = ArgumentParser(prog="benchmarks", description=__doc__)
    words.add_argument("group", nargs="*", help=f"one of {', '.join(_GROUPS)}; all without")
    words.add_argument("--short", action="store_true", help="fewer rounds")
    words.add_argument("--strict", action="store_true", help="exit with 1 where a bar is not met")
    arguments = words.parse_args()
    for name in arguments.group:
        if name not in _GROUPS:
            words.error(f"no group is called {name}")
    rounds = 3 if arguments.short else 7
    results: list[Result] = []
    for name in arguments.group or _GROUPS:
        for result in _GROUPS[name].results(rounds):
            print(result, flush=True)
            results.append(result)
    missed = [result.claim for result in results if not result.is_met]
    print(
        f"\n{len(results) - len(missed)} of {len(results)} bars met"
        + (f"; not: {', '.join(missed)}" if missed else "")
    )
    return 1 if missed and arguments.strict else 0


sys.exit(main())

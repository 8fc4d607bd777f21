"""Runs every benchmark and prints its ratio beside its bar; `--short` takes fewer rounds, for CI."""

import sys
from argparse import ArgumentParser

from benchmarks import expand, parse, start
from benchmarks._measure import Result


def main() -> int:
    """Print a line for each claim; the exit code is 1 where one is not met and `--strict` is given."""
    words = ArgumentParser(prog="benchmarks", description=__doc__)
    words.add_argument("--short", action="store_true", help="fewer rounds")
    words.add_argument("--strict", action="store_true", help="exit with 1 where a bar is not met")
    arguments = words.parse_args()
    rounds = 3 if arguments.short else 7
    results: list[Result] = []
    for module in (start, parse, expand):
        for result in module.results(rounds):
            print(result, flush=True)
            results.append(result)
    missed = [result.claim for result in results if not result.is_met]
    print(
        f"\n{len(results) - len(missed)} of {len(results)} bars met"
        + (f"; not: {', '.join(missed)}" if missed else "")
    )
    return 1 if missed and arguments.strict else 0


sys.exit(main())

"""From the words of a command line to a command, and from what it raises to an exit code."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from kling_spec.cli._parser import parser

DONE, ERRORS, WORK, BUDGET, FAILED, UNKNOWN, NO_KEY, NO_CUT = 0, 1, 2, 3, 4, 5, 6, 7
"""The exit codes."""
INTERRUPTED = 130


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = parser().parse_args([*map(_plain, sys.argv[1:] if words is None else words)])
    module, _, verb = arguments.does.partition(":")
    try:
        code: int = getattr(import_module(f"kling_spec.cli.{module}"), verb)(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED
    except KeyboardInterrupt:
        print("\nstopped; nothing is lost: run the same command again to go on", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - what is not reported is raised again
        return _reported(error, arguments)
    return code


def _plain(word: str) -> str:
    """Return the id of a task without a variant, such as `-/fox`, so that it is not taken for an option."""
    return f" {word}" if word.startswith("-/") else word


def _reported(error: Exception, arguments: object) -> int:
    """Print what a person can act on, and return its exit code; anything else is a bug and raised again."""
    from kling_spec.cli._findings import report
    from kling_spec.diagnostics import SpecError, printable

    if isinstance(error, SpecError):
        report(error, arguments)
        return _codes().get(type(error).__name__, ERRORS)
    if type(error).__module__.startswith("kling_spec.") or isinstance(error, OSError):
        text = (
            str(error)
            if not isinstance(error, OSError)
            else f"{error.strerror or error}: {error.filename or ''}"
        )
        print(f"error: {printable(text.strip(': '), keep=chr(10))}", file=sys.stderr)
        return ERRORS
    raise error


def _codes() -> dict[str, int]:
    return {"BudgetRefused": BUDGET, "NoCredentials": NO_KEY, "PlanChanged": ERRORS}

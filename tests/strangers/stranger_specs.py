"""Specs as a stranger sends them, and what is made of them."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kling_spec.diagnostics import Diagnostic, SpecError
from kling_spec.session import Checked
from kling_spec.source import parse

HEAD = "kling_spec: 1\n"
PROVIDERS = ("kling", "kling-2026", "hiapi", "runware", "apimodels")


def checked(text: str, folder: Path = Path(), *, provider: str = "kling", **more: Any) -> Checked:
    return Checked(folder / "spec.yaml", text=text, provider=provider, **({"environment": {}} | more))


def found(text: str, folder: Path = Path(), **more: Any) -> tuple[Diagnostic, ...]:
    """Everything that is said against a spec, warnings and notes among it."""
    try:
        return checked(text, folder, **more).check()
    except SpecError as error:
        return error.diagnostics


def codes(text: str, folder: Path = Path(), **more: Any) -> set[str]:
    return {finding.code for finding in found(text, folder, **more) if finding.is_error}


def bodies(text: str, folder: Path = Path(), **more: Any) -> list[Any]:
    """What each task would send."""
    return [json.loads(row)["request"]["json"] for row in checked(text, folder, **more).compile()]


def prompt_of(value: str, variables: Mapping[str, Any] | None = None) -> str:
    """A spec with one shot, whose prompt is the value."""
    head = {"kling_spec": 1, "vars": dict(variables or {})}
    return json.dumps({**head, "shots": {"fox": {"prompt": value}}}, ensure_ascii=False)


def times_ordinary(work: Callable[[], object]) -> float:
    """How many times the CPU of reading an ordinary spec a call takes, measured in turn; the least of three."""
    return min(_cpu(work) / _cpu(lambda: parse(_ORDINARY, "spec.yaml")) for _ in range(3))


def _cpu(work: Callable[[], object]) -> float:
    begin = time.thread_time()
    work()
    return time.thread_time() - begin


_ORDINARY = (
    HEAD
    + "shots:\n"
    + "".join(
        f"  s{number}:\n    prompt: fox {number} runs over the hill\n    duration: 5\n"
        for number in range(1000)
    )
)

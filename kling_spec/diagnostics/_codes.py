"""What each code means, at length; read from `codes.toml` only when somebody asks."""

from functools import cache
from typing import NamedTuple


class Explanation(NamedTuple):
    """A code in words."""

    title: str
    text: str


@cache
def _table() -> dict[str, Explanation]:
    import tomllib
    from importlib.resources import files

    text = files("kling_spec.diagnostics").joinpath("codes.toml").read_text(encoding="utf-8")
    return {code: Explanation(**row) for code, row in tomllib.loads(text).items()}


def codes() -> tuple[str, ...]:
    """Return every code, in order."""
    return tuple(sorted(_table()))


def explain(code: str) -> Explanation | None:
    """Return what the code means, or None where there is no such code."""
    return _table().get(code)

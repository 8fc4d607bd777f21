"""Templates of a spec: each distinct source is read once; names between words need no engine."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kling_spec.compile._problem import TemplateProblem
from kling_spec.compile._work import LONGEST_TEXT, short

_NAME = re.compile(r"\{\{ *([A-Za-z_][A-Za-z0-9_]*) *\}\}")
_ENGINE = re.compile(r"\{[{%#]|[#%}]\}")
_MOST_PLAIN = 400
"""Names in one text that are joined without the engine, which counts what it makes."""
_WORDS = frozenset({"true", "false", "none", "True", "False", "None", "self", "loop", "not"})


@dataclass(frozen=True, slots=True)
class Pattern:
    """One distinct template source."""

    source: str
    reads: frozenset[str]
    """The names that rendering may look up, in files that it takes in as well."""
    is_expression: bool
    """Whether the source is exactly one `{{ … }}`; such a value keeps its type."""
    plain: tuple[tuple[str, str], ...] | None
    """Words and the name behind them (or none), where the source is nothing but names between words.

    Such a template needs no engine: joining is what rendering would do, at a tenth of the time.
    """
    own: frozenset[str]
    """The names that the source itself says; what a file says is looked up when it is rendered."""


class Templates:
    """All templates of one spec. `read` gives the text of a template file below the spec's folder, or None."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self._read = read
        self._patterns: dict[str, Pattern] = {}

    @cached_property
    def _engine(self) -> Any:
        from kling_spec.compile._engine import Engine

        return Engine(self._read)

    def is_builtin(self, name: str) -> bool:
        """Whether templates see the name without being told: one of Jinja's own functions."""
        return name in self._engine.builtins

    def read(self, source: str) -> Pattern:
        """Return the template. Raises TemplateProblem."""
        known = self._patterns.get(source)
        if known is None:
            known = self._patterns[source] = _plain(source) or self._parsed(source)
        return known

    def _parsed(self, source: str) -> Pattern:
        own, is_expression = self._engine.parse(source)
        return Pattern(source, own | self._engine.reads_of_files(source), is_expression, None, own)

    def read_condition(self, source: str) -> Pattern:
        """Return a bare expression, as `when` holds one. Raises TemplateProblem."""
        wrapped = self.read("{{ " + source + " }}")
        if not wrapped.is_expression:
            raise TemplateProblem("this is not one expression")
        return wrapped

    def text(self, pattern: Pattern, names: Mapping[str, Any]) -> str:
        """Return the rendered text. Raises TemplateProblem, and whatever an expression raises."""
        if pattern.plain is not None:
            try:
                made = "".join([words + str(names[name]) if name else words for words, name in pattern.plain])
                return made if len(made) <= LONGEST_TEXT else short(made)
            except KeyError:
                pass  # the engine says better what is missing
        text: str = self._engine.text(pattern.source, names)
        return text

    def value(self, pattern: Pattern, names: Mapping[str, Any]) -> Any:
        """Return the value of a pattern that is one expression, with its type; else its text."""
        if not pattern.is_expression:
            return self.text(pattern, names)
        if pattern.plain is not None and (name := pattern.plain[0][1]) in names:
            return names[name]
        return self._engine.value(pattern.source, names)


def _plain(source: str) -> Pattern | None:
    """Return the template where it is nothing but names between words, or None."""
    pieces: list[tuple[str, str]] = []
    end = 0
    for match in _NAME.finditer(source):
        pieces.append((source[end : match.start()], match[1]))
        end = match.end()
    rest = source[end:]
    names = [name for _, name in pieces]
    if (
        len(pieces) > _MOST_PLAIN
        or _ENGINE.search(rest)
        or any(_ENGINE.search(words) for words, _ in pieces)
        or not _WORDS.isdisjoint(names)
    ):
        return None
    is_expression = len(pieces) == 1 and not pieces[0][0] and not rest
    plain = (*pieces, (rest, "")) if rest else tuple(pieces)
    return Pattern(source, frozenset(names), is_expression, plain, frozenset(names))

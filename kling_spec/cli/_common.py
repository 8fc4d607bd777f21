"""What the commands share: a session and a selection from the words of the command line."""

import sys
from pathlib import Path
from typing import Any

from kling_spec import session
from kling_spec.diagnostics import Diagnostic, Origin, SpecError, did_you_mean, printable
from kling_spec.providers import provider_names
from kling_spec.session import Checked, Past, Selection


def checked_of(arguments: Any, spec: str | Path, past: Past | None = None) -> Checked:
    """Return a spec, read and checked, for commands that need nothing else. Raises SpecError."""
    return Checked(spec, variables=pairs_of(arguments), provider=arguments.provider, past=past)


def session_of(arguments: Any, spec: str) -> "session.Session":
    """Return the session for a spec. Raises SpecError."""
    return session.Session(
        spec,
        variables=pairs_of(arguments),
        provider=arguments.provider,
        sandbox=arguments.sandbox,
    )


def selection_of(arguments: Any) -> Selection:
    """Return which variants and shots are meant."""
    variants: dict[str, set[str]] = {}
    for word in arguments.variant:
        axis, value = _pair(word, "--variant")
        variants.setdefault(axis, set()).add(value)
    chosen = {axis: frozenset(values) for axis, values in variants.items()}
    return Selection(variants=chosen, shots=frozenset(arguments.shot))


def are_cuts(names: list[str], of: Checked) -> bool:
    """Whether the spec has all those cuts; the first that it has not is told."""
    for name in names:
        if name not in of.spec.cuts:
            say(f"error: no cut is called '{name}'\n  = help: {did_you_mean(name, of.spec.cuts)}")
            return False
    return True


def pairs_of(arguments: Any) -> dict[str, str]:
    """Return the variables of the command line."""
    return _pairs(arguments.var, "--var")


def _pairs(words: list[str], option: str) -> dict[str, str]:
    return dict(_pair(word, option) for word in words)


def _pair(word: str, option: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals or not name:
        finding = Diagnostic(
            code="KS114",
            message=f"{option} takes NAME=VALUE, not '{word}'",
            origin=Origin(f"{option} {word}"),
            help=f"write '{option} {name or 'name'}=value'",
        )
        raise SpecError([finding], lambda _: [])
    return name, value


def named(name: str | None) -> tuple[str, ...] | None:
    """Return the provider of that name, or all; None where there is none of that name."""
    if name is None or name in provider_names():
        return provider_names() if name is None else (name,)
    say(f"error: no provider is called '{name}'\n  = help: {did_you_mean(name, provider_names())}")
    return None


def say(text: str) -> None:
    """Print progress and remarks: never on standard output, which programs read."""
    print(printable(text, keep="\n"), file=sys.stderr)

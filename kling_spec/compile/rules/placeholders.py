"""Placeholders: a prompt names assets by their names, never by a provider's number."""

import re
from collections.abc import Iterator

from kling_spec.compile._context import Context, Path
from kling_spec.diagnostics import Diagnostic
from kling_spec.spec import ShotKeys

PLACEHOLDER = re.compile(
    r"<<<?\s*(?:(?:image|video|element|voice)\w*\s*)?>?>>|@(?:image|video|element)_?\d+", re.IGNORECASE
)
"""Text that some provider would take for a reference."""


def check(context: Context) -> Iterator[Diagnostic]:
    """Yield prompts that hold what looks like a provider's own placeholder."""
    for name, shot in context.spec.shots.items():
        for path, text in _texts(("shots", name), shot):
            yield from _check(context, path, text)
    for name, value in context.spec.vars.items():
        if isinstance(value, str):
            yield from _check(context, ("vars", name), value)


def _check(context: Context, path: Path, text: str) -> Iterator[Diagnostic]:
    for match in PLACEHOLDER.finditer(text):
        yield Diagnostic(
            code="KS305",
            message=f"'{match[0]}' is a provider's own placeholder",
            origin=context.document.locate_in_text(path, match[0]),
            help="name the asset instead, as '{{ bottle }}'; its number is written for you",
        )


def _texts(path: Path, shot: ShotKeys) -> Iterator[tuple[Path, str]]:
    for key in ("prompt", "negative_prompt"):
        if getattr(shot, key):
            yield (*path, key), getattr(shot, key)
    if isinstance(shot.storyboard, list):
        yield from (
            ((*path, "storyboard", n, "prompt"), beat.prompt) for n, beat in enumerate(shot.storyboard)
        )
    for number, extension in enumerate(shot.extend):
        if extension.prompt:
            yield (*path, "extend", number, "prompt"), extension.prompt

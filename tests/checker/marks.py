"""Find the references in a prompt and say which of them lead nowhere."""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import permutations

# Everything that somebody may have meant as a mark in angle brackets, well formed or not.
ANGLES = re.compile(r"<{2,}[^<>]*>{2,}|<+\s*(?:image|element|video|voice)[ _]*\d+\s*>+")
MARK = re.compile(r"<<<(image|element|video)_([1-9]\d*)>>>")
AT = re.compile(r"(?<![A-Za-z0-9_.])@(\w+)")
CAPITAL = re.compile(r"(Image|Video)([1-9]\d*)")


def angle_marks(prompt: str, where: str, listed: Mapping[str, int]) -> Iterator[str]:
    """Check `<<<image_1>>>` and its like against how many of a kind are listed (1.4)."""
    for found in ANGLES.findall(prompt):
        mark = MARK.fullmatch(found)
        if mark is None:
            yield f"{where} holds {found!r}, which is no mark of this provider"
        elif int(mark.group(2)) > listed.get(mark.group(1), 0):
            yield f"{where} refers to {found}, which is not listed"
    rest = ANGLES.sub("", prompt)
    if "<<" in rest or ">>" in rest:
        yield f"{where} holds half a mark"


def no_angle_marks(prompt: str, where: str) -> Iterator[str]:
    for found in ANGLES.findall(prompt):
        yield f"{where} holds {found!r}, a mark of another provider"


def no_at_marks(prompt: str, where: str) -> Iterator[str]:
    for found in AT.finditer(prompt):
        yield f"{where} holds {found.group()!r}, a mark of another provider"


def capital_marks(prompt: str, where: str, listed: Mapping[str, int]) -> Iterator[str]:
    """Check `@Image1`, which one client writes on Runware (3.5)."""
    for found in AT.finditer(prompt):
        mark = CAPITAL.fullmatch(found.group(1))
        if mark is None:
            yield f"{where} holds {found.group()!r}, a mark of another provider"
        elif int(mark.group(2)) > listed.get(mark.group(1).lower(), 0):
            yield f"{where} refers to {found.group()}, which is not listed"


def aliases_clash(aliases: Collection[str]) -> Iterator[str]:
    """Check that aliases are unique and none is part of another (1.5)."""
    unique = sorted(set(aliases))
    if len(unique) < len(aliases):
        yield f"an id is used twice among {list(aliases)}"
    for short, long in permutations(unique, 2):
        if short in long:
            yield f"the id {short!r} is part of the id {long!r}"


def alias_marks(prompt: str, where: str, aliases: Collection[str]) -> Iterator[str]:
    """Check that every `@` leads to an alias, and none does so by accident (1.5)."""
    for found in re.finditer("@", prompt):
        before, after = prompt[: found.start()], prompt[found.end() :]
        alias = next(
            (name for name in sorted(aliases, key=len, reverse=True) if after.startswith(name)), None
        )
        inside = re.search(r"[A-Za-z0-9_]$", before) is not None
        if alias is None:
            if not inside and (name := re.match(r"\w+", after)):
                yield f"{where} refers to '@{name.group()}', which is not listed"
        elif inside:
            yield f"{where} holds '@{alias}' within another word"
        elif re.match(r"\w\w", alias[-1] + after[len(alias) :][:1], re.ASCII):
            yield f"{where} runs on after '@{alias}'"

"""The names by which a prompt of Kling's second standard speaks of its media: `@id`."""

import re
from collections.abc import Iterator

from kling_spec.sandbox._shape import Fault

_PLAIN = re.compile(r"[A-Za-z0-9_]")
_MENTION = re.compile(r"@(\w+)")


def alias_faults(aliases: dict[str, str], field: str, prompt: str) -> Iterator[Fault]:
    """Yield what is wrong with the names, given by the path where each one stands, and with their use."""
    seen: list[str] = []
    for path, name in aliases.items():
        if name in seen:
            yield Fault(path, f"'{name}' is used twice", "conflict")
        elif other := next((known for known in seen if known in name or name in known), None):
            yield Fault(
                path, f"'{name}' and '{other}' cannot be told apart, one is part of the other", "conflict"
            )
        seen.append(name)
    for match in re.finditer("@", prompt):
        yield from _use(seen, field, prompt, match.start())


def _use(names: list[str], field: str, prompt: str, place: int) -> Iterator[Fault]:
    """Yield what is wrong with what follows one at sign."""
    rest = prompt[place + 1 :]
    is_address = place > 0 and bool(_PLAIN.match(prompt[place - 1]))
    named = next((name for name in names if rest.startswith(name) and _ends(name, rest)), None)
    if named is not None and is_address:
        yield Fault(field, f"holds '@{named}' within another word, as an address does", "conflict")
    elif named is None and not is_address and (word := _MENTION.match(prompt, place)):
        yield Fault(field, f"mentions @{word[1][:40]}, which is the id of nothing that was sent along")


def _ends(name: str, rest: str) -> bool:
    """Whether the word is over after the name; scripts that write without blanks never say."""
    after = rest[len(name) : len(name) + 1]
    return not (_PLAIN.match(name[-1]) and after and _PLAIN.match(after))

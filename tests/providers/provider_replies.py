"""What was recorded of each provider, and how to change it into what nobody has seen yet."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from kling_spec.providers import Reply

REPLIES = Path(__file__).parent / "replies"
UUID = "6f0e7f3c-5b1d-4a52-9d5e-0a1b2c3d4e5f"
OURS = "ks-0123456789abcdef01234567-1"


def recorded(folder: str) -> list[str]:
    """The names of what was recorded in one folder."""
    return sorted(path.stem for path in (REPLIES / folder).glob("*.json"))


def record(folder: str, which: str) -> dict[str, Any]:
    """One recorded reply with its source."""
    whole: dict[str, Any] = json.loads((REPLIES / folder / f"{which}.json").read_text("utf-8"))
    return whole


def reply(folder: str, which: str) -> Reply:
    """One recorded reply as a reader gets it."""
    whole = record(folder, which)
    return Reply(status=whole["status"], body=whole["body"])


# -- mutations -----------------------------------------------------------------------------------

WORDS = st.sampled_from(["PAUSED", "archiving2", "Succeed!", "done", "zzz", "1303", "401", "-1", "0"])
"""Words that a provider may use tomorrow."""
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["1e999999999", "NaN", "-1", "5", "succeed", "success", "https://x.example/a"])
    | st.sampled_from(["9" * 5000, "\ud800", "\x00", 10**30, -0.0])
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)

Place = tuple[Any, Any]
"""An object or a list, and the key or the index of one value in it."""


def places(node: Any) -> list[Place]:
    """Every value in a body, by where it stands."""
    keys = node.keys() if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    return [place for key in keys for place in ((node, key), *places(node[key]))]


def _drop(place: Place, _draw: st.DrawFn) -> None:
    node, key = place
    del node[key]


def _rename(place: Place, draw: st.DrawFn) -> None:
    node, key = place
    if isinstance(node, dict):
        others = [f"{key}_v2", str(key).upper(), str(key).replace("_", ""), ""]
        node[draw(st.sampled_from(others))] = node.pop(key)
    else:
        node.reverse()


def _retype(place: Place, draw: st.DrawFn) -> None:
    node, key = place
    match node[key]:
        case bool() as value:
            node[key] = draw(st.sampled_from([str(value).lower(), int(value), [value]]))
        case int() | float() as value:
            node[key] = draw(st.sampled_from([str(value), float(value), [value], {"value": value}]))
        case str() as value:
            number = int(value) if value.isascii() and value.isdecimal() and len(value) < 20 else len(value)
            node[key] = draw(st.sampled_from([number, [value], {"value": value}, list(value)]))
        case list() as value:
            node[key] = draw(
                st.sampled_from([dict(enumerate(value)), value[0] if value else "", json.dumps(value)])
            )
        case dict() as value:
            node[key] = draw(st.sampled_from([[value], list(value.values()), json.dumps(value)]))
        case _:
            node[key] = []


def _nothing(place: Place, _draw: st.DrawFn) -> None:
    node, key = place
    node[key] = None


def _word(place: Place, draw: st.DrawFn) -> None:
    node, key = place
    node[key] = draw(WORDS)


def _anything(place: Place, draw: st.DrawFn) -> None:
    node, key = place
    node[key] = draw(ANYTHING)


MUTATIONS: dict[str, Callable[[Place, st.DrawFn], None]] = {
    "drop": _drop,
    "rename": _rename,
    "retype": _retype,
    "null": _nothing,
    "new word": _word,
    "anything": _anything,
}


@st.composite
def mutated(draw: st.DrawFn, folder: str, how: str) -> Reply:
    """A recorded reply in which one or two values have changed in one way, with its status or another."""
    known = reply(folder, draw(st.sampled_from(recorded(folder))))
    box: list[Any] = [known.body]
    for _ in range(draw(st.integers(1, 2))):
        if there := places(box):
            MUTATIONS[how](there[draw(st.integers(0, len(there) - 1))], draw)
    status = draw(st.just(known.status) | st.just(200) | st.integers(100, 599))
    return Reply(status=status, body=box[0] if box else None)

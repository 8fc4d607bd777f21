"""Every fault that a rehearsal can ask for, with one line each.

In the code they are called mishaps: a fault is something that is wrong with a body.
"""

from dataclasses import dataclass
from types import MappingProxyType

KINDS = ("submit", "element", "upload", "poll", "list", "clip")
"""The calls that a fault can be kept to."""
_CALLS = frozenset(KINDS) - {"clip"}
_ALL = frozenset(KINDS)
_PAID = frozenset({"submit"})
_CLIP = frozenset({"clip"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What may be said of a fault besides how likely it is."""

    word: str
    """As it stands in the list: SECONDS, JOBS."""
    default: float | None = None
    """None where it has to be said."""
    low: float = 0
    high: float = 10**6
    is_whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One fault."""

    text: str
    kinds: frozenset[str] = frozenset()
    """The calls that it strikes; none where it belongs to a task, or to what is sent back by itself."""
    can_be_kept: bool = False
    """Whether it can be kept to some kinds of calls, also others than its own."""
    value: Value | None = None
    times: int | None = None
    """How often it strikes one task, where nothing else is said."""


TABLE = MappingProxyType(
    {
        # the connection
        "lost-reply": Row(
            text="what is sent is taken and charged, and the connection closed without an answer",
            kinds=_PAID,
            can_be_kept=True,
        ),
        "drop": Row(text="the connection is closed before anything is taken", kinds=_PAID, can_be_kept=True),
        "slow": Row(
            text="the answer comes late",
            kinds=_ALL,
            can_be_kept=True,
            value=Value(word="SECONDS", default=3, high=3600),
        ),
        "truncate": Row(
            text="half of the answer comes, and the connection is closed", kinds=_CALLS, can_be_kept=True
        ),
        # answers of nobody's in particular
        "html-500": Row(
            text="an error page in the place of the answer; what was sent is taken",
            kinds=_CALLS,
            can_be_kept=True,
        ),
        "json-500": Row(
            text="the provider's own internal error; nothing is taken", kinds=_CALLS, can_be_kept=True
        ),
        "502": Row(
            text="the page of a proxy that lost the answer; what was sent is taken",
            kinds=_CALLS,
            can_be_kept=True,
        ),
        "503": Row(
            text="the provider says that it is out of service; nothing is taken",
            kinds=_CALLS,
            can_be_kept=True,
        ),
        "504": Row(
            text="the page of a proxy that got tired of waiting; what was sent is taken",
            kinds=_CALLS,
            can_be_kept=True,
        ),
        # the account
        "busy": Row(
            text="refused for now: too much at once, two times a task", kinds=_PAID, can_be_kept=True, times=2
        ),
        "slots": Row(
            text="at most so many jobs in flight for an account and model, refused above it",
            kinds=_PAID,
            value=Value(word="JOBS", low=1, is_whole=True),
        ),
        "empty": Row(
            text="nothing is left to pay with, after so many jobs",
            kinds=_PAID,
            value=Value(word="JOBS", default=0, is_whole=True),
        ),
        "clock": Row(
            text="the provider's clock is so much ahead, or behind: signed tokens are too old, or too new",
            kinds=_CALLS,
            value=Value(word="SECONDS", default=7200, low=-(10**6)),
        ),
        # the task
        "flip-flop": Row(text="every other time that a task is done, it is not found"),
        "forget": Row(
            text="a task is not found for a while after it was taken",
            value=Value(word="SECONDS", default=5, high=86400),
        ),
        "stuck": Row(text="a task never ends"),
        "unknown-word": Row(text="a task's status is a word that nobody documents, two times", times=2),
        "no-url": Row(text="a task is done and names no address of its clip"),
        "no-cost": Row(text="a task is done and does not say what it cost"),
        "double-bill": Row(
            text="the bill is so many times what the list says",
            value=Value(word="FACTOR", default=2, high=1000),
        ),
        # the clip
        "expired-link": Row(
            text="the clip's address has expired until the task is asked for again",
            value=Value(word="STATUS", default=403, low=400, high=499, is_whole=True),
        ),
        "short-clip": Row(text="the clip ends after two thirds, and nothing says so", kinds=_CLIP),
        "drip": Row(
            text="the clip comes byte by byte, with a pause after each",
            kinds=_CLIP,
            can_be_kept=True,
            value=Value(word="SECONDS", default=1, low=0.0001, high=3600),
        ),
        "html-clip": Row(text="an error page comes in the place of the clip, under its name", kinds=_CLIP),
        "redirect-private": Row(
            text="the clip's address leads on to a private one; whoever follows is counted", kinds=_CLIP
        ),
        "big-clip": Row(
            text="the clip is so much larger than any clip is",
            kinds=_CLIP,
            value=Value(word="MEGABYTES", default=2100, low=1, high=10**5, is_whole=True),
        ),
        # what is sent back by itself
        "duplicate-callback": Row(text="every callback comes twice"),
        "disorder-callback": Row(text="the last callback of a task comes first"),
        "lost-callback": Row(text="a callback never comes"),
    }
)
"""By name, in the order of the list."""

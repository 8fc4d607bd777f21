"""A secret shows its name, and its text to nobody who does not ask for it by `reveal`."""

import copy
import json
import logging
import pickle
import traceback
from dataclasses import asdict, dataclass
from io import StringIO
from pprint import pformat

import pytest
from IPython.core.ultratb import VerboseTB
from rich.console import Console
from rich.pretty import pretty_repr
from rich.traceback import Traceback

from kling_spec.ir import Secret, unsigned

TEXT = "k-canary-0b7e44d1"
NAME = "KLING_API_KEY"


@dataclass(frozen=True, slots=True)
class Holder:
    key: Secret


@pytest.mark.parametrize(
    "show",
    [
        repr, str, ascii, format, pformat, pretty_repr, "{}".format, "{:>80}".format, "{!r}".format, "%s".__mod__,
        lambda one: f"{one}{one!r}{one!s}{one:>40}",
        lambda one: repr([one, {one: one}, (one,), Holder(one)]),
        lambda one: pretty_repr(Holder(one), expand_all=True),
        lambda one: json.dumps(asdict(Holder(one)), default=str),
        lambda one: repr(copy.deepcopy(Holder(one))),
        lambda one: pickle.dumps(Holder(one)).decode("latin-1"),
        lambda one: repr(pickle.loads(pickle.dumps(one))),  # noqa: S301 - our own
        lambda one: logging.LogRecord("a", 10, "b", 1, "with %s %r", (one, one), None).getMessage(),
        lambda one: str(KeyError(one)) + str(ValueError("no", one)),
    ],
)  # fmt: skip
def test_however_it_is_shown_the_text_is_not(show) -> None:
    shown = show(Secret(TEXT, NAME))

    assert TEXT not in shown
    assert "canary" not in shown
    assert NAME in shown


def test_json_refuses_one() -> None:
    with pytest.raises(TypeError):
        json.dumps({"key": Secret(TEXT, NAME)})


def test_tracebacks_with_locals_show_its_name() -> None:
    def fail(key: Secret) -> None:
        held = Holder(key)
        raise RuntimeError(f"with {held}")

    try:
        fail(Secret(TEXT, NAME))
    except RuntimeError as error:
        inner = error.__traceback__.tb_next  # this test knows the text
        console = Console(file=StringIO(), width=200)
        console.print(Traceback.from_exception(type(error), error, inner, show_locals=True))
        found = [
            console.file.getvalue(),
            "".join(traceback.TracebackException(type(error), error, inner, capture_locals=True).format()),
            VerboseTB().text(type(error), error, inner),
        ]

    assert all(NAME in text and "canary" not in text for text in found)


def test_the_text_is_there_for_who_asks() -> None:
    secret = Secret(TEXT, NAME)

    assert secret.reveal() == TEXT
    assert copy.deepcopy(secret).reveal() == TEXT
    assert secret == Secret(TEXT, "another name")
    assert len({secret, Secret(TEXT, NAME), Secret("other", NAME)}) == 2
    assert secret != TEXT
    assert bool(secret)
    assert not Secret("", NAME)
    with pytest.raises(ValueError, match="stayed where it was"):
        pickle.loads(pickle.dumps(secret)).reveal()  # noqa: S301 - our own


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            "GET https://a.example/x.mp4?Signature=abc&Expires=1 failed",
            "GET https://a.example/x.mp4?••• failed",
        ),
        ("see <a href='https://a.example/?t=1'>it</a>", "see <a href='https://a.example/?•••'>it</a>"),
        ('{"url": "HTTPS://a.example/x?sig=1", "b": 2}', '{"url": "HTTPS://a.example/x?•••", "b": 2}'),
        ("two http://a/x#frag http://b/y?q", "two http://a/x?••• http://b/y?•••"),
        ("https://a.example/x.mp4 is gone? yes", "https://a.example/x.mp4 is gone? yes"),
        ("is it 5 or 10?", "is it 5 or 10?"),
    ],
)
def test_messages_lose_what_may_be_a_signature(text: str, left: str) -> None:
    assert unsigned(text) == left

"""What strangers and providers write is shown as it is: it runs nothing, loads nothing, and moves no cursor."""

import io
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from page_attacks import DO, RAN, TERMINALS, pages
from rich.console import Console
from stranger_specs import checked

from kling_spec.cli import _findings, _progress, _tables
from kling_spec.diagnostics import Diagnostic, Origin, Severity, SpecError, draw, printable
from kling_spec.ir import Film, Soundtrack
from kling_spec.notebook._film_view import FilmView, FilmViews
from kling_spec.notebook._html import block, line, table, verbatim, words
from kling_spec.notebook._view import Findings
from kling_spec.runner import Event, Kind
from kling_spec.session import FilmMade

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_URL = "http://127.0.0.1:9/take"


def _finding(text: str, **more: Any) -> Diagnostic:
    return Diagnostic(
        **(
            {
                "code": "KS304",
                "message": text,
                "origin": Origin(text[:20], 1, 2, 1, 4),
                "label": text,
                "help": text,
            }
            | more
        )
    )


def _shown(text: str) -> Iterator[str]:
    """The text through everything in a notebook that shows texts."""
    findings = Findings([_finding(text), _finding(text, severity=Severity.NOTE)], lambda _: [text, text])
    film = Film(
        cut="m", variant="-", output=f"{text[:60]}.mp4", entries=(), sound=Soundtrack(), origin=Origin("x")
    )
    made = FilmMade(film=film, report=None, found=(_finding(text),), waits_for=(text,))
    there = FilmView(
        name=text,
        path=Path("/out") / text.replace("\0", "")[:80],
        seconds=1.0,
        width=9,
        height=9,
        notes=(text,),
    )
    yield findings.html()
    yield FilmViews.of([made]).html()
    yield there.html()
    yield block(
        line(words(text), words(text, "bold"), words(text, "dim")),
        verbatim(text),
        table([text], [[words(text)]]),
    )


class _Reader(HTMLParser):
    """What a page holds, as far as it may do something."""

    _KNOWN = frozenset(
        {*("div", "style", "p", "b", "span", "pre", "table", "thead", "tbody", "tr", "th", "td", "br", "img")}
        | {"figure", "video", "figcaption", "a"}
    )
    _ATTRIBUTES = frozenset(
        {"class", "style", "width", "controls", "preload", "src", "href", "poster", "alt"}
    )

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self._KNOWN:
            self.wrong.append(tag)
        for name, value in attrs:
            is_address = name in ("src", "href", "poster") and re.match(
                r"\s*[a-z]+:(?!image/jpeg)|//", value or "", re.IGNORECASE
            )
            if name not in self._ATTRIBUTES or is_address or (name == "style" and "url" in str(value)):
                self.wrong.append(f"{tag} {name}={value}")


def test_the_corpus_is_large() -> None:
    assert len(set(pages(_URL))) >= 300
    assert len(TERMINALS) >= 40


def test_no_text_becomes_a_tag_or_an_attribute() -> None:
    """T-D18: every attack through every view, read as a browser reads tags."""
    for text in pages(_URL):
        for html in _shown(text):
            reader = _Reader()
            reader.feed(html)
            assert reader.wrong == [], text
            assert (
                "$" not in re.sub(r"<span>\$</span>", "", html.partition("</style>")[2]) or 'href="' in html
            )


class _Door(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def door() -> Iterator[HTTPServer]:
    """A server that keeps a book of who asks."""
    server = HTTPServer(("127.0.0.1", 0), _Door)
    server.asked = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.skipif(CHROMIUM is None, reason="a browser says what runs")
def test_nothing_runs_and_nothing_is_fetched_in_a_browser(door: HTTPServer, tmp_path: Path) -> None:
    """T-D18: all of them in one page, as cells of one notebook; and the same page unescaped, which must be caught."""
    url = f"http://127.0.0.1:{door.server_port}/"
    attacks = pages(url)
    shown = "\n".join(html for text in attacks for html in _shown(text) if "<video" not in html)

    dom = _dom(shown, tmp_path / "shown.html")
    assert RAN not in dom.partition(">")[0]
    assert dom.count("kling-spec mathjax_ignore") == shown.count("kling-spec mathjax_ignore")
    assert door.asked == []  # type: ignore[attr-defined]
    assert shown.count("kling-spec mathjax_ignore") > 900

    caught = _dom(f"<img src='{url}'><img src=x onerror={DO}>", tmp_path / "raw.html")
    assert RAN in caught.partition(">")[0]
    assert door.asked  # type: ignore[attr-defined]


def _dom(body: str, page: Path) -> str:
    page.write_text(f"<!doctype html><html><meta charset=utf-8><body>{body}</body></html>", errors="replace")
    command = [
        str(CHROMIUM),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=2000",
        "--dump-dom",
    ]
    command += [f"--user-data-dir={page.parent / 'profile'}", page.as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=80, check=True)
    return done.stdout.decode(errors="replace").partition("<html")[2]


_CONTROLS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


@pytest.mark.parametrize("text", TERMINALS, ids=[str(n) for n in range(len(TERMINALS))])
def test_no_text_steers_a_terminal(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """T-D18: findings, remarks, rows of tables, lines of progress, plain texts of notebooks."""
    finding = _finding(f"one {text} two")
    printed = [draw([finding], lambda _: [f"a: {text}"]), str(SpecError([finding], lambda _: [text]))]
    printed += [
        *SpecError([finding], lambda _: [text])._render_traceback_(),
        repr(Findings([finding], lambda _: [text])),
    ]
    printed += [_findings._annotation(finding), printable(text)]
    _findings.brief([finding])
    progress = _progress.Progress.__new__(_progress.Progress)
    progress._is_json, progress._width, progress._bars = False, 4, None
    progress.hear(
        Event(kind=Kind.REFUSED, tasks=(f"-/{text}",), message=text, fingerprint="", at=datetime.now(UTC))
    )
    captured = capsys.readouterr()
    out = io.StringIO()
    Console(file=out, width=100, force_terminal=True, color_system=None, highlight=False).print(
        _tables.table(("a", "b"), [(f"one {text}", "two")])
    )

    for told in (*printed, captured.out, captured.err):
        assert not _CONTROLS.search(told), repr(told)
    drawn = re.sub(r"\x1b\[[01]?m", "", out.getvalue())
    assert not _CONTROLS.search(drawn), repr(drawn)
    if text.startswith(("[", ":")):
        assert text in drawn


def test_a_line_break_in_a_message_makes_no_second_command_for_a_pull_request() -> None:
    """T-D18: workflow commands begin a line, and their properties end with commas and colons."""
    finding = _finding(
        "x\n::error file=a::b\r\n::set-output name=a::b", origin=Origin("a,b:c\n::stop-commands::x", 1)
    )

    told = _findings._annotation(finding)

    assert "\n" not in told
    assert told.startswith("::error file=a%2Cb%3Ac %3A%3Astop-commands%3A%3Ax,line=1")


def test_a_name_of_a_campaign_is_shown_as_it_is() -> None:
    """T-D18: through a whole spec, to what `compile` prints and the plan is called."""
    for text in pages(_URL)[::7]:
        if not text.isprintable():
            continue
        session = checked(json.dumps({"kling_spec": 1, "name": text, "shots": {"a": {"prompt": "x"}}}))
        reader = _Reader()
        reader.feed(line(words(session.name, "bold")))
        assert reader.wrong == []

"""The short way from the text of a spec to what a provider is sent, or to what is said against it."""

import json
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

from kling_spec.diagnostics import Diagnostic, Severity, SpecError
from kling_spec.providers import Reply
from kling_spec.session import Checked

ALL = ("kling", "kling-2026", "hiapi", "runware", "apimodels")
VIDEO = ("kling", "kling-2026", "runware", "apimodels")
"""Those that take more than words and frames."""
ASSETS = """\
kling_spec: 1
assets:
  bottle: {image: https://cdn.example.com/bottle.png}
  card: {image: https://cdn.example.com/card.png}
  hat: {image: https://cdn.example.com/hat.png}
  host: {element: 829382103}
  actor: {element: 829382104, from: video}
  walk: {video: https://cdn.example.com/walk.mp4, duration: 6}
"""
_ENVIRONMENT = {"SOURCE_DATE_EPOCH": "1790000000"}  # 2026-09-21: nothing depends on the day of the test
_REPLIES = Path(__file__).parents[1] / "providers" / "replies"

Place = tuple[str, str]
"""The code of a finding, and the line of the spec at which it stands."""


def spec(text: str, head: str = "kling_spec: 1\n") -> str:
    """Return a whole spec; `head` is put in front of the text."""
    return head + dedent(text).lstrip("\n")


def shot(*lines: str, model: str = "v3-omni") -> str:
    """Return a spec with all the assets above and one shot, which is what the lines say."""
    return f"{ASSETS}model: {model}\nshots:\n  fox:\n" + "".join(f"    {line}\n" for line in lines)


def checked(
    text: str, provider: str, folder: Path = Path(), environment: Mapping[str, str] = _ENVIRONMENT
) -> Checked:
    """Return the spec as a session holds it; its paths start in the folder."""
    return Checked(folder / "spec.yaml", text=text, provider=provider, environment=environment)


def rows(text: str, provider: str, folder: Path = Path()) -> list[dict[str, Any]]:
    """Return each task as `compile` prints it."""
    return [json.loads(line) for line in checked(text, provider, folder).compile()]


def payloads(text: str, provider: str, folder: Path = Path()) -> list[Any]:
    """Return the body of each task."""
    return [row["request"]["json"] for row in rows(text, provider, folder)]


def payload(text: str, provider: str, folder: Path = Path()) -> dict[str, Any]:
    """Return the body of the only task; for Runware the only object of its list."""
    [body] = payloads(text, provider, folder)
    if provider == "runware":
        [body] = body
    assert isinstance(body, dict)
    return body


def cost(text: str, provider: str) -> str | None:
    """Return what the only task costs."""
    [row] = rows(text, provider)
    amount = row["cost"]["amount"]
    assert amount is None or row["cost"]["currency"] == "USD"
    return amount


def found(text: str, provider: str, folder: Path = Path()) -> tuple[Diagnostic, ...]:
    """Return everything that is said against the spec, whether it stops it or not."""
    try:
        return checked(text, provider, folder).check()
    except SpecError as error:
        return tuple(error.diagnostics)


def errors(text: str, provider: str, folder: Path = Path()) -> list[Place]:
    """Return the code of each error, and the line of the spec at which it stands."""
    return _places(text, found(text, provider, folder), Severity.ERROR)


def warnings(text: str, provider: str, folder: Path = Path()) -> list[Place]:
    """Return the same of each warning."""
    return _places(text, found(text, provider, folder), Severity.WARNING)


def notes(text: str, provider: str) -> list[Place]:
    """Return the same of each note."""
    return _places(text, found(text, provider), Severity.NOTE)


def messages(text: str, provider: str) -> list[str]:
    """Return what each error says."""
    return [finding.message for finding in found(text, provider) if finding.is_error]


def recorded(provider: str, which: str) -> Reply:
    """Return a reply as the provider's documents show it."""
    reply = json.loads((_REPLIES / provider / f"{which}.json").read_text("utf-8"))
    return Reply(status=reply["status"], body=reply["body"])


def _places(text: str, findings: tuple[Diagnostic, ...], severity: Severity) -> list[Place]:
    lines = text.splitlines()
    return [(one.code, lines[one.origin.line - 1].strip()) for one in findings if one.severity is severity]

"""`kling-spec.toml` as it is written; imported only where there is one."""

import os
import tomllib
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kling_spec.diagnostics import Diagnostic, Origin, SpecError
from kling_spec.providers import provider_names
from kling_spec.session._files import read_text


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProviderTable(_Table):
    """The table `[providers.NAME]`."""

    base_url: str | None = None
    concurrency: int = Field(4, ge=1, le=100)
    poll_seconds: float | None = Field(None, gt=0, le=600)


class Rate(_Table):
    """A row `[[prices]]`: what a second costs in this account, instead of the profile's row."""

    provider: str
    model: str
    resolution: str
    case: str
    amount: Decimal = Field(ge=0)
    currency: str = "USD"


class SettingsFile(_Table):
    """The whole file."""

    state: str = ".kling-spec"
    output: str = "out"
    ffmpeg: str | None = None
    providers: dict[str, ProviderTable] = Field(default_factory=dict)
    prices: list[Rate] = Field(default_factory=list)


def read_settings_file(file: Path) -> SettingsFile:
    """Return what the file says. Raises SpecError for whatever is wrong with it."""
    shown = os.path.relpath(file)
    text, wrong = read_text(file, shown)
    lines = (text or "").splitlines()
    if text is None:
        raise SpecError([wrong] if wrong else [], lambda _: lines)
    try:
        table = SettingsFile.model_validate(tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        raise SpecError([_finding(shown, str(error).lower(), "correct the TOML")], lambda _: lines) from error
    except ValidationError as error:
        found = [_wrong(shown, detail["loc"], detail["msg"], lines) for detail in error.errors()]
        raise SpecError(found, lambda _: lines) from error
    for name in (*table.providers, *(rate.provider for rate in table.prices)):
        if name not in provider_names():
            help_ = f"known: {', '.join(provider_names())}"
            raise SpecError([_finding(shown, f"no provider is called '{name}'", help_)], lambda _: lines)
    return table


def _wrong(shown: str, loc: tuple[int | str, ...], message: str, lines: list[str]) -> Diagnostic:
    name = ".".join(map(str, loc))
    number = next((n for n, line in enumerate(lines, 1) if line.strip().startswith(str(loc[-1]))), 1)
    what = "unknown setting" if "Extra inputs" in message else message[:1].lower() + message[1:]
    is_key = "key" in str(loc[-1]).lower() or "secret" in str(loc[-1]).lower()
    help_ = (
        "keys are read from the environment and never stand in a file"
        if is_key
        else "see the README for the settings"
    )
    return Diagnostic(
        code="KS109", message=f"{name}: {what}", origin=Origin(shown, number, 1, number, 1), help=help_
    )


def _finding(shown: str, message: str, help_: str) -> Diagnostic:
    return Diagnostic(code="KS109", message=message, origin=Origin(shown), help=help_)

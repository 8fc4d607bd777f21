"""`kling-spec.toml` as it is written; imported only where there is one."""

import os
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kling_spec.diagnostics import Diagnostic, Origin, SpecError
from kling_spec.providers import provider, provider_names
from kling_spec.session._files import read_text
from kling_spec.session._written import Written


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProviderTable(_Table):
    """The table `[providers.NAME]`. What else stands in it must be a setting that the provider knows."""

    model_config = ConfigDict(extra="allow", frozen=True)

    base_url: str | None = None
    concurrency: int = Field(4, ge=1, le=100)
    poll_seconds: float | None = Field(None, gt=0, le=600)
    doubt_seconds: float = Field(60.0, gt=0, le=3600)

    @property
    def shared(self) -> dict[str, Any]:
        """The settings that every provider knows."""
        return {name: getattr(self, name) for name in type(self).model_fields}

    @property
    def own(self) -> dict[str, Any]:
        """The settings that only this provider knows."""
        return dict(self.model_extra or {})


class FileStoreTable(_Table):
    """The table `[file_store]`: where local files go that a provider takes by address only."""

    put: str = Field(pattern=r"^https?://\S*\{name\}\S*$")
    """An address that takes a file by PUT; `{name}` stands for its name there."""
    get: str = Field(pattern=r"^https?://\S*\{name\}\S*$")
    """The public address under which it is then served."""
    days: int | None = Field(None, ge=1)
    """How long files are kept there; for ever where it is left out."""


class Rate(_Table):
    """A row `[[prices]]`: what a second costs in this account, instead of the profile's row."""

    provider: str
    model: str
    resolution: str
    case: str
    amount: Decimal = Field(ge=0)
    currency: str = "USD"


class LimitsTable(_Table):
    """The table `[limits]`: what may be committed at most, whatever a spec says."""

    run: Decimal | None = Field(None, gt=0)
    spec: Decimal | None = Field(None, gt=0)
    month: Decimal | None = Field(None, gt=0)
    currency: str = Field("USD", pattern=r"^[A-Z]{3}$")


class CutTable(_Table):
    """The table `[cut]`: how films are made."""

    keep_gb: Decimal = Field(Decimal(8), ge=0, le=100_000)
    """Encoded segments that are kept for the next cut, in gigabytes; what was used longest ago goes first."""


class SettingsFile(_Table):
    """The whole file."""

    state: str = ".kling-spec"
    output: str = "out"
    ffmpeg: str | None = None
    providers: dict[str, ProviderTable] = Field(default_factory=dict)
    file_store: FileStoreTable | None = None
    limits: LimitsTable = LimitsTable()
    cut: CutTable = CutTable()
    prices: list[Rate] = Field(default_factory=list)


def read_settings_file(file: Path) -> tuple[SettingsFile, Written]:
    """Return what the file says, and where. Raises SpecError for whatever is wrong with it."""
    shown = os.path.relpath(file)
    text, wrong = read_text(file, shown)
    lines = (text or "").splitlines()
    if text is None:
        raise SpecError([wrong] if wrong else [], lambda _: lines)
    written = Written(shown=shown, lines=lines)
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
    for name, settings in table.providers.items():
        for key, value in settings.own.items():
            if problem := _wrong_setting(name, key, value):
                known = (*ProviderTable.model_fields, *provider(name).settings)
                finding = Diagnostic(
                    code="KS109",
                    message=f"providers.{name}.{key}: {problem}",
                    origin=written.place(f"providers.{name}.{key}"),
                    help=f"{name} knows {', '.join(known)}",
                )
                raise SpecError([finding], lambda _: lines)
    return table, written


def _wrong_setting(name: str, key: str, value: Any) -> str:
    """Return what is wrong with a setting that only one provider knows, or nothing."""
    if key not in provider(name).settings:
        return "unknown setting"
    if not isinstance(value, str) or not value:
        return "a text is wanted"
    is_address = key.endswith(("_url", "_endpoint"))
    is_fine = value.startswith(("https://", "http://127.0.0.1:"))  # the latter to rehearse with
    return "an https address is wanted" if is_address and not is_fine else ""


def _place(shown: str, key: str, lines: list[str]) -> Origin:
    number = next((n for n, line in enumerate(lines, 1) if line.strip().startswith(key)), 1)
    return Origin(shown, number, 1, number, 1)


def _wrong(shown: str, loc: tuple[int | str, ...], message: str, lines: list[str]) -> Diagnostic:
    name = ".".join(map(str, loc))
    what = "unknown setting" if "Extra inputs" in message else message[:1].lower() + message[1:]
    is_key = "key" in str(loc[-1]).lower() or "secret" in str(loc[-1]).lower()
    help_ = (
        "keys are read from the environment and never stand in a file"
        if is_key
        else "see the README for the settings"
    )
    return Diagnostic(
        code="KS109", message=f"{name}: {what}", origin=_place(shown, str(loc[-1]), lines), help=help_
    )


def _finding(shown: str, message: str, help_: str) -> Diagnostic:
    return Diagnostic(code="KS109", message=message, origin=Origin(shown), help=help_)

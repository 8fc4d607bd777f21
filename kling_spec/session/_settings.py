"""Settings: the environment first, then `kling-spec.toml` beside the spec or above it."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kling_spec.diagnostics import Diagnostic, Origin, SpecError
from kling_spec.providers import Price, Profile, provider_names
from kling_spec.session._files import read_text

FILE = "kling-spec.toml"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProviderSettings(_Table):
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


class _File(_Table):
    state: str = ".kling-spec"
    output: str = "out"
    ffmpeg: str | None = None
    providers: dict[str, ProviderSettings] = Field(default_factory=dict)
    prices: list[Rate] = Field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that surrounds a spec and that a spec never decides."""

    root: Path
    """The project: the folder of `kling-spec.toml`, else of the spec."""
    state: Path
    output: Path
    ffmpeg: str | None
    providers: Mapping[str, ProviderSettings]
    rates: tuple[Rate, ...]
    environment: Mapping[str, str] = field(repr=False)

    def of(self, provider: str) -> ProviderSettings:
        """Return the settings of one provider."""
        return self.providers.get(provider) or ProviderSettings.model_validate({})

    def base_url(self, provider: str, profile: Profile) -> str:
        """Return where the provider is reached."""
        named = self.environment.get(profile.base_url_setting) or self.of(provider).base_url
        return (named or profile.base_url).rstrip("/")

    def priced(self, provider: str, profile: Profile) -> Profile:
        """Return the profile with this account's own rates in place of the published ones."""
        own = [rate for rate in self.rates if rate.provider == provider]
        if not own:
            return profile
        replaced = {(rate.model, rate.resolution, rate.case) for rate in own}
        kept = [row for row in profile.prices if (row.model, row.resolution, row.case) not in replaced]
        rows = [
            Price.model_validate(
                rate.model_dump(exclude={"provider"}) | {"source": FILE, "as_of": date.max, "note": "own rate"}
            )
            for rate in own
        ]
        return profile.model_copy(update={"prices": (*rows, *kept)})


def read_settings(folder: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that hold for a spec in `folder`. Raises SpecError for a file that is wrong."""
    environment = os.environ if environment is None else environment
    file = next((up / FILE for up in (folder, *folder.parents) if (up / FILE).is_file()), None)
    root = file.parent if file else folder
    table = _read(file) if file else _File()
    state = environment.get("KLING_SPEC_STATE")
    return Settings(
        root=root,
        state=Path(state).expanduser().absolute() if state else root / table.state,
        output=root / table.output,
        ffmpeg=environment.get("KLING_SPEC_FFMPEG") or table.ffmpeg,
        providers=table.providers,
        rates=tuple(table.prices),
        environment=environment,
    )


def _read(file: Path) -> _File:
    shown = os.path.relpath(file)
    text, wrong = read_text(file, shown)
    lines = (text or "").splitlines()
    if text is None:
        raise SpecError([wrong] if wrong else [], lambda _: lines)
    try:
        table = _File.model_validate(tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        raise SpecError([_finding(shown, str(error).lower(), "correct the TOML")], lambda _: lines) from error
    except ValidationError as error:
        found = [_wrong(shown, detail["loc"], detail["msg"], lines) for detail in error.errors()]
        raise SpecError(found, lambda _: lines) from error
    for name in table.providers:
        if name not in provider_names():
            help_ = f"known: {', '.join(provider_names())}"
            raise SpecError([_finding(shown, f"no provider is called '{name}'", help_)], lambda _: lines)
    return table


def _wrong(shown: str, loc: tuple[int | str, ...], message: str, lines: list[str]) -> Diagnostic:
    name = ".".join(map(str, loc))
    number = next((n for n, line in enumerate(lines, 1) if line.strip().startswith(str(loc[-1]))), 1)
    what = "unknown setting" if "Extra inputs" in message else message[:1].lower() + message[1:]
    help_ = "keys are read from the environment and never stand in a file" if "key" in name.lower() else "see 'kling-spec doctor'"
    return Diagnostic(code="KS109", message=f"{name}: {what}", origin=Origin(shown, number, 1, number, 1), help=help_)


def _finding(shown: str, message: str, help_: str) -> Diagnostic:
    return Diagnostic(code="KS109", message=message, origin=Origin(shown), help=help_)


def credentials(settings: Settings, names: tuple[tuple[str, ...], ...]) -> dict[str, Any] | None:
    """Return the first set of keys that is complete in the environment, or None."""
    for wanted in names:
        if all(settings.environment.get(name) for name in wanted):
            return {name: settings.environment[name] for name in wanted}
    return None

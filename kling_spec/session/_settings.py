"""Settings: the environment first, then `kling-spec.toml` beside the spec or above it."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from kling_spec.providers import Price, Profile
from kling_spec.session._caps import Caps

FILE = "kling-spec.toml"


@dataclass(frozen=True)
class ProviderSettings:
    """What is set for one provider."""

    base_url: str | None = None
    concurrency: int = 4
    poll_seconds: float | None = None
    own: Mapping[str, str] = field(default_factory=dict)
    """The settings that only this provider knows, such as `callback_url`."""


@dataclass(frozen=True)
class StoreSettings:
    """Where local files go that a provider takes by address only; `{name}` stands for a file's name there."""

    put: str
    get: str
    days: int | None = None


@dataclass(frozen=True)
class OwnRate:
    """What a second costs in this account, instead of the published price."""

    provider: str
    model: str
    resolution: str
    case: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that surrounds a spec and that a spec never decides."""

    root: Path
    """The project: the folder of `kling-spec.toml`, else of the spec."""
    state: Path
    output: Path
    ffmpeg: str | None
    providers: Mapping[str, ProviderSettings]
    rates: tuple[OwnRate, ...]
    file_store: StoreSettings | None = None
    caps: Caps = field(default_factory=Caps)
    """What may be committed at most, whatever a spec says."""
    environment: Mapping[str, str] = field(repr=False)

    def of(self, provider: str) -> ProviderSettings:
        """Return the settings of one provider."""
        return self.providers.get(provider) or ProviderSettings()

    def base_url(self, provider: str, profile: Profile) -> str:
        """Return where the provider is reached."""
        named = self.environment.get(profile.base_url_setting) or self.of(provider).base_url
        return (named or profile.base_url).rstrip("/")

    def priced(self, provider: str, profile: Profile) -> Profile:
        """Return the profile with this account's own rates in place of those that were read or published."""
        read = self._read_prices(provider)
        own = [rate for rate in self.rates if rate.provider == provider]
        if not own and not read:
            return profile
        replaced = {(rate.model, rate.resolution, rate.case) for rate in own}
        published = read or profile.prices
        kept = [row for row in published if (row.model, row.resolution, row.case) not in replaced]
        rows = [
            Price.model_validate(
                {
                    "model": rate.model,
                    "resolution": rate.resolution,
                    "case": rate.case,
                    "amount": rate.amount,
                    "currency": rate.currency,
                    "source": FILE,
                    "as_of": None,
                    "note": "own rate",
                }
            )
            for rate in own
        ]
        return profile.model_copy(update={"prices": (*rows, *kept)})

    def _read_prices(self, provider: str) -> tuple[Price, ...]:
        """Return the rows of 'prices refresh', where there are any."""
        if not (self.state / "prices").is_dir():
            return ()
        from kling_spec.session._prices import kept_prices

        return kept_prices(self.state, provider)


def read_settings(folder: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that hold for a spec in `folder`. Raises SpecError for a file that is wrong."""
    environment = os.environ if environment is None else environment
    file = next((up / FILE for up in (folder, *folder.parents) if (up / FILE).is_file()), None)
    moved = environment.get("KLING_SPEC_STATE")
    ffmpeg = environment.get("KLING_SPEC_FFMPEG")
    root = file.parent if file else folder
    state, output = ".kling-spec", "out"
    providers: dict[str, ProviderSettings] = {}
    rates: tuple[OwnRate, ...] = ()
    store: StoreSettings | None = None
    caps = Caps()
    if file is not None:
        from kling_spec.session._settings_file import read_settings_file

        written = read_settings_file(file)
        state, output, ffmpeg = written.state, written.output, ffmpeg or written.ffmpeg
        providers = {
            name: ProviderSettings(table.base_url, table.concurrency, table.poll_seconds, table.own)
            for name, table in written.providers.items()
        }
        caps = Caps(**written.limits.model_dump())
        if written.file_store is not None:
            store = StoreSettings(**written.file_store.model_dump())
        rates = tuple(OwnRate(**rate.model_dump()) for rate in written.prices)
    return Settings(
        root=root,
        state=Path(moved).expanduser().absolute() if moved else root / state,
        output=root / output,
        ffmpeg=ffmpeg,
        providers=providers,
        rates=rates,
        file_store=store,
        caps=caps,
        environment=environment,
    )


def credentials(settings: Settings, wanted: Sequence[Sequence[str]]) -> dict[str, str] | None:
    """Return the first set of keys that is complete in the environment, or None."""
    for names in wanted:
        if all(settings.environment.get(name) for name in names):
            return {name: settings.environment[name] for name in names}
    return None

"""Settings: the environment first, then `kling-spec.toml` beside the spec or above it."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from kling_spec.diagnostics import Origin
from kling_spec.ir import Secret
from kling_spec.providers import Price, Profile, provider, provider_names
from kling_spec.session._caps import Caps
from kling_spec.session._environment import Environment
from kling_spec.session._outside import folders_outside
from kling_spec.session._trust import Demand, Demands

FILE = "kling-spec.toml"
STORE_TOKEN = "KLING_SPEC_FILE_STORE_TOKEN"  # noqa: S105 - the name of a setting
_STATE, _OUTPUT = ".kling-spec", "out"


@dataclass(frozen=True)
class ProviderSettings:
    """What is set for one provider."""

    base_url: str | None = None
    concurrency: int = 4
    poll_seconds: float | None = None
    doubt_seconds: float = 60.0
    """How long a task that may have been paid for is looked for before it is given up as unknown."""
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
    kept_bytes: int = 8 * 10**9
    """Of encoded segments and sounds, for the next cut."""
    demands: Demands = field(default_factory=Demands, repr=False)
    """What the file sets that needs the person's word; whoever uses such a setting insists on it first."""
    environment: Environment

    def harmless(self) -> "Settings":
        """Return the same without what needs the person's word and does not have it, for a rehearsal."""
        open_ = {demand.setting for demand in self.demands.open()}
        if not open_:
            return self
        providers = {
            name: replace(
                own,
                base_url=None if f"providers.{name}.base_url" in open_ else own.base_url,
                own={key: value for key, value in own.own.items() if f"providers.{name}.{key}" not in open_},
            )
            for name, own in self.providers.items()
        }
        changed = replace(
            self,
            providers=providers,
            ffmpeg=None if "ffmpeg" in open_ else self.ffmpeg,
            state=self.root / _STATE if "state" in open_ else self.state,
            output=self.root / _OUTPUT if "output" in open_ else self.output,
        )
        return _with_demands(changed)

    def secrets(self) -> tuple[Secret, ...]:
        """Return every key and token of ours that the environment holds, whichever provider is used."""
        names = {name for each in provider_names() for some in provider(each).credentials for name in some}
        names |= {webhook_secret(each) for each in provider_names()} | {STORE_TOKEN}
        found = (self.environment.secret(name) for name in sorted(names))
        return tuple(secret for secret in found if secret is not None)

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
        if not (self.state / "prices").is_dir() or self.demands.open(["state"]):
            return ()
        from kling_spec.session._prices import kept_prices

        return kept_prices(self.state, provider)


def webhook_secret(provider: str) -> str:
    """Return the name of the setting that holds what the provider signs callbacks with."""
    return f"{provider.upper().replace('-', '_')}_WEBHOOK_SECRET"


def read_settings(folder: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that hold for a spec in `folder`. Raises SpecError for a file that is wrong."""
    environment = Environment(os.environ if environment is None else environment)
    file = next((up / FILE for up in (folder, *folder.parents) if (up / FILE).is_file()), None)
    root = file.parent if file else folder
    settings = Settings(
        root=root,
        state=root / _STATE,
        output=root / _OUTPUT,
        ffmpeg=None,
        providers={},
        rates=(),
        environment=environment,
    )
    settings = _with_file(settings, file) if file is not None else _with_demands(settings)
    moved = environment.get("KLING_SPEC_STATE")
    return replace(
        settings,
        state=Path(moved).expanduser().absolute() if moved else settings.state,
        ffmpeg=environment.get("KLING_SPEC_FFMPEG") or settings.ffmpeg,
    )


def _with_file(settings: Settings, file: Path) -> Settings:
    from kling_spec.session._demands import demands_of
    from kling_spec.session._settings_file import read_settings_file

    table, written = read_settings_file(file)
    settings = replace(
        settings,
        state=settings.root / table.state,
        output=settings.root / table.output,
        ffmpeg=table.ffmpeg,
        providers={
            name: ProviderSettings(**own.shared, own=own.own) for name, own in table.providers.items()
        },
        rates=tuple(OwnRate(**rate.model_dump()) for rate in table.prices),
        file_store=StoreSettings(**table.file_store.model_dump()) if table.file_store is not None else None,
        caps=Caps(**table.limits.model_dump()),
        kept_bytes=int(table.cut.keep_gb * 10**9),
    )
    return _with_demands(settings, demands_of(table, written), written.place, written.lines)


def _with_demands(
    settings: Settings,
    further: Iterable[Demand] = (),
    place: Callable[[str], Origin] = lambda setting: Origin(_STATE if setting == "state" else _OUTPUT),
    lines: Sequence[str] = (),
) -> Settings:
    outside = folders_outside(settings.root, settings.state, settings.output, place)
    demands = Demands(
        root=settings.root, all=(*outside, *further), environment=settings.environment, lines=lines
    )
    return replace(settings, demands=demands)


def credentials(settings: Settings, wanted: Sequence[Sequence[str]]) -> dict[str, Secret] | None:
    """Return the first set of keys that is complete in the environment, or None."""
    for names in wanted:
        found = {name: secret for name in names if (secret := settings.environment.secret(name)) is not None}
        if len(found) == len(names):
            return found
    return None

"""A task and a provider to a payload, once for all providers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from kling_spec.diagnostics import Diagnostic, Severity
from kling_spec.ir import ASKS, Ask, Task
from kling_spec.providers._body import CLIENT_ID, TOKEN, Body, settle, written
from kling_spec.providers._contract import Finding, Never, Provider, Unsaid
from kling_spec.providers._limits import model_limits, option_limits
from kling_spec.providers._media_limits import media_limits
from kling_spec.providers._place import Placer
from kling_spec.providers._price import Cost, price
from kling_spec.providers._profile import Profile
from kling_spec.providers._texts import TextLimit, marks, text_limits

_ALWAYS = {"sound"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What all tasks that ask alike have in common at one provider."""

    model_id: str
    path: str
    """Where it is submitted, below the provider's base URL."""
    body: Body
    cost: Cost
    texts: tuple[TextLimit, ...]
    findings: tuple[Finding, ...]
    is_refused: bool = False
    """Whether the provider cannot do this."""
    salt: bytes = b""
    """What makes equal bodies different tasks: the provider and the path."""

    def fits(self, words: tuple[str, ...]) -> bool:
        """Whether every text has a length that the provider takes."""
        for limit in self.texts:  # noqa: SIM110 - a generator costs twice as much, for every task
            if not limit.fits(words):
                return False
        return True


@dataclass(slots=True)
class Lowered:
    """One task as one provider gets it."""

    task: Task
    pattern: Pattern
    fingerprint: str
    """The hex sha256 of everything that is asked, the same on every machine."""


class Lowering:
    """Puts tasks into one provider's words; remembers what tasks that ask alike share.

    `settings` are the parts of bodies that this account decides, by the name of the setting; a callback
    gets a secret of its own for each submit, at the end of its address. `has_store` says whether local
    files can be put where a provider fetches them.
    """

    def __init__(
        self,
        provider: Provider,
        profile: Profile,
        *,
        settings: Mapping[str, str] = MappingProxyType({}),
        has_store: bool = False,
    ) -> None:
        self.provider = provider
        self.profile = profile
        self._has_store = has_store
        self._settings = _laid_over(
            *(
                provider.settings[name](f"{value.rstrip('/')}/{TOKEN}" if name == "callback_url" else value)
                for name, value in settings.items()
                if name in provider.settings
            )
        )
        self._patterns: dict[Ask, Pattern] = {}

    def pattern(self, ask: Ask) -> Pattern:
        """Return what tasks that ask this have in common."""
        known = self._patterns.get(ask)
        if known is None:
            if len(self._patterns) >= 10_000:  # memory stays flat when every task asks something else
                self._patterns.clear()
            known = self._patterns[ask] = self._made(ask)
        return known

    def lower(self, task: Task, pattern: Pattern, fingerprint_of: Callable[[str], str]) -> Lowered:
        """Return the task in the provider's words; `pattern` is that of its ask.

        `fingerprint_of` gives the fingerprint of a task that this one depends on, by its id
        without the variant.
        """
        identity = pattern.body.identity(task.words, fingerprint_of)
        return Lowered(task, pattern, sha256(b"%s%d\n%s" % (pattern.salt, task.take, identity)).hexdigest())

    def client_id(self, lowered: Lowered, attempt: int = 1) -> str:
        """Return the id under which the attempt is sent, so that it can be found again."""
        return self.provider.client_id_format(lowered.fingerprint, attempt)

    def findings(self, task: Task, pattern: Pattern, *, first: bool) -> Iterator[Diagnostic]:
        """Yield what the provider says against the task; what its kin share only for the `first` of them."""
        if first:
            for finding in pattern.findings:
                yield _diagnostic(finding, task)
        for limit in pattern.texts:
            for finding in limit.findings(task.words, self.profile):
                yield _diagnostic(finding, task)

    def _made(self, ask: Ask) -> Pattern:
        provider, profile = self.provider, self.profile
        model = profile.model(ask.model)
        if model is None:
            names = ", ".join(model.name for model in profile.models)
            message = f"asks for model {ask.model}; {profile.title} offers {names}"
            return _refused(
                Finding(ask="model", message=message, help=f"choose one of {names}", code="KS401")
            )
        found = [
            *(finding for finding in model_limits(ask, model, profile) if not _is_never(finding, provider)),
            *option_limits(ask, profile),
        ]
        parts = dict(_fragments(ask, provider, found))
        found.extend(provider.limits(ask))
        found.extend(finding for finding in media_limits(ask, profile) if not _is_never(finding, provider))
        model_id = provider.model_id(ask, model.ids) if not _refuses(found) else ""
        tree = _laid_over(provider.base(ask, model_id), provider.client_id(CLIENT_ID), *parts.values())
        tree = _laid_over(tree, _options(ask, tree, profile, found))
        written_as = marks(ask, provider)
        placer = Placer(ask, provider, profile, self._has_store)
        body, slots = settle(tree, write=lambda text: written(text, written_as), place=placer.place)
        found.extend(placer.found)
        path = provider.path.replace("{model}", model_id)
        return Pattern(
            model_id=model_id,
            path=path,
            body=Body(provider.wrap(_laid_over(body, self._settings)), slots, identity=provider.wrap(body)),
            cost=price(ask, profile, model_id),
            texts=tuple(text_limits(ask, provider, model, parts, written_as)),
            findings=tuple(dict.fromkeys(found)),
            is_refused=_refuses(found),
            salt=f"{provider.name}\n{path}\n".encode(),
        )


def _is_never(finding: Finding, provider: Provider) -> bool:
    """Whether the provider has no such thing at all, which is said in its own words and not twice."""
    return isinstance(provider.asks.get(finding.ask), Never)


def _refuses(findings: list[Finding]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)


def _refused(finding: Finding) -> Pattern:
    unknown = Cost(amount=None, currency="USD", basis="the provider cannot do this")
    return Pattern(
        model_id="", path="", body=Body({}, ()), cost=unknown, texts=(), findings=(finding,), is_refused=True
    )


def _fragments(
    ask: Ask, provider: Provider, findings: list[Finding]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the part of the body that each ask decides, in the order of the provider's table."""
    if missing := set(ASKS) - set(provider.asks):
        raise TypeError(f"provider {provider.name} has no rule for {', '.join(sorted(missing))}")
    for name, rule in provider.asks.items():
        value = getattr(ask, name)
        always = name in _ALWAYS or (name == "keep_sound" and ask.video is not None)
        if isinstance(rule, Never):
            if value:
                findings.append(Finding(ask=name, message=_cannot(name, rule.why), help=rule.help))
            continue
        if not value and not always:
            continue
        said = rule(ask)
        if isinstance(said, Unsaid):
            if value and name in ask.origins:  # a default that nobody wrote is no loss
                findings.append(
                    Finding(
                        ask=name, message=_cannot(name, said.why), severity=Severity.WARNING, code="KS404"
                    )
                )
            continue
        yield name, said


def _cannot(ask: str, why: str) -> str:
    spoken = _SPOKEN.get(ask, f"'{ask}'")
    return f"asks for {spoken}: {why}"


_SPOKEN = {"auto_storyboard": "'storyboard: auto'", "images": "reference images", "elements": "elements"}
"""How an ask is called that has no key of its own in a spec."""


def _laid_over(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts as one: objects merge by key, lists join, any other clash is a bug."""
    whole: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            old = whole.get(key)
            if key not in whole:
                whole[key] = value
            elif isinstance(old, Mapping) and isinstance(value, Mapping):
                whole[key] = _laid_over(old, value)
            elif isinstance(old, list) and isinstance(value, list):
                whole[key] = [*old, *value]
            elif old != value:
                raise ValueError(f"two rules decide '{key}': {old!r} and {value!r}")
    return whole


def _options(
    ask: Ask, tree: Mapping[str, Any], profile: Profile, findings: list[Finding]
) -> Mapping[str, Any]:
    """Return the options that may be merged; a key that the spec decides in its own words is refused."""
    taken = [key for key in ask.options if key in tree]
    findings.extend(
        Finding(
            ask="provider_options",
            message=f"sets '{key}' in provider_options, which the compiler decides",
            help=f"remove '{key}' and say it with the spec's own keys",
            code="KS405",
        )
        for key in taken
    )
    whole: dict[str, Any] = {}
    for key, value in ask.options.items():
        option = profile.options.get(key)
        if option is not None and key not in taken:
            whole = _laid_over(whole, {option.inside: {key: value}} if option.inside else {key: value})
    return whole


def _diagnostic(finding: Finding, task: Task) -> Diagnostic:
    cell = "" if task.variant.id == "-" else f" (variant {task.variant.id})"
    written = (finding.at or finding.ask, finding.ask, _WRITTEN_AS.get(finding.ask, ""), "")
    origins = task.ask.origins
    return Diagnostic(
        code=finding.code,
        message=f"shot '{task.shot}' {finding.message}{cell}",
        origin=next(origins[name] for name in written if name in origins),
        severity=finding.severity,
        label=finding.label,
        help=finding.help,
    )


_WRITTEN_AS = {"auto_storyboard": "storyboard", "images": "prompt", "elements": "prompt"}
"""Where an ask that has no key of its own was written."""

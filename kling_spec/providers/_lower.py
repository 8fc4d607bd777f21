"""A task and a provider to a payload, once for all providers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from kling_spec.diagnostics import Diagnostic, Severity
from kling_spec.ir import (
    ASKS,
    Ask,
    Hole,
    Link,
    LocalFile,
    Media,
    MediaKind,
    Mention,
    Output,
    OutputPart,
    Task,
    Text,
)
from kling_spec.providers._body import CLIENT_ID, Body, Slot, settle, written
from kling_spec.providers._contract import Finding, Never, Provider, Unsaid, Wire
from kling_spec.providers._limits import model_limits, option_limits
from kling_spec.providers._price import Cost, price
from kling_spec.providers._profile import Model, Profile

_ALWAYS = {"sound"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLimit:
    """How long one written text may be: `fixed` characters and those of its holes."""

    ask: str
    holes: tuple[int, ...]
    fixed: int
    shortest: int
    longest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What all tasks that ask alike have in common at one provider."""

    model_id: str
    body: Body
    cost: Cost
    texts: tuple[TextLimit, ...]
    findings: tuple[Finding, ...]

    is_refused: bool = False
    """Whether the provider cannot do this."""

    def fits(self, words: tuple[str, ...]) -> bool:
        """Whether every text has a length that the provider takes."""
        for limit in self.texts:
            length = limit.fixed
            for hole in limit.holes:
                length += len(words[hole])
            if not limit.shortest <= length <= limit.longest:
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
    """Puts tasks into one provider's words; remembers what tasks that ask alike share."""

    def __init__(self, provider: Provider, profile: Profile) -> None:
        self.provider = provider
        self.profile = profile
        self._patterns: dict[Ask, Pattern] = {}
        self._salt = f"{provider.name}\n{provider.path}\n".encode()

    def pattern(self, ask: Ask) -> Pattern:
        """Return what tasks that ask this have in common."""
        known = self._patterns.get(ask)
        if known is None:
            if len(self._patterns) >= 10_000:  # memory stays flat when every task asks something else
                self._patterns.clear()
            known = self._patterns[ask] = _pattern(ask, self.provider, self.profile)
        return known

    def lower(self, task: Task, pattern: Pattern, fingerprint_of: Callable[[str], str]) -> Lowered:
        """Return the task in the provider's words; `pattern` is that of its ask.

        `fingerprint_of` gives the fingerprint of a task that this one depends on, by its id
        without the variant.
        """
        identity = pattern.body.identity(task.words, fingerprint_of)
        return Lowered(task, pattern, sha256(b"%s%d\n%s" % (self._salt, task.take, identity)).hexdigest())

    def client_id(self, lowered: Lowered, attempt: int = 1) -> str:
        """Return the id under which the attempt is sent, so that it can be found again."""
        return self.provider.client_id_format(lowered.fingerprint, attempt)

    def findings(self, task: Task, pattern: Pattern, *, first: bool) -> Iterator[Diagnostic]:
        """Yield what the provider says against the task; what its kin share only for the `first` of them."""
        if first:
            for finding in pattern.findings:
                yield _diagnostic(finding, task)
        for limit in pattern.texts:
            length = limit.fixed
            for hole in limit.holes:
                length += len(task.words[hole])
            if not limit.shortest <= length <= limit.longest:
                yield _diagnostic(_wrong_length(limit, length, self.profile), task)


def _pattern(ask: Ask, provider: Provider, profile: Profile) -> Pattern:
    model = profile.model(ask.model)
    if model is None:
        names = ", ".join(model.name for model in profile.models)
        message = f"asks for model {ask.model}; {profile.title} offers {names}"
        return _refused(Finding(ask="model", message=message, help=f"choose one of {names}", code="KS401"))
    tabled = [found for found in model_limits(ask, model, profile) if not _is_never(found, provider)]
    findings = [*tabled, *option_limits(ask, profile)]
    parts = dict(_fragments(ask, provider, findings))
    findings.extend(provider.limits(ask))
    model_id = provider.model_id(ask, model.ids) if not _refuses(findings) else ""
    tree = _laid_over(provider.base(ask, model_id), provider.client_id(CLIENT_ID), *parts.values())
    tree = _laid_over(tree, _options(ask, tree, findings))
    marks = _marks(ask, provider)
    texts = tuple(_text_limits(model, parts, marks))
    body, slots = settle(
        provider.wrap(tree),
        write=lambda text: written(text, marks),
        place=lambda media: _place(media, provider, ask, findings, profile),
    )
    return Pattern(
        model_id=model_id,
        body=Body(body, slots),
        cost=price(ask, profile),
        texts=texts,
        findings=tuple(dict.fromkeys(findings)),
        is_refused=_refuses(findings),
    )


def _is_never(finding: Finding, provider: Provider) -> bool:
    """Whether the provider has no such thing at all, which is said in its own words and not twice."""
    return isinstance(provider.asks.get(finding.ask), Never)


def _refuses(findings: list[Finding]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)


def _refused(finding: Finding) -> Pattern:
    unknown = Cost(amount=None, currency="USD", basis="the provider cannot do this")
    return Pattern(
        model_id="", body=Body({}, ()), cost=unknown, texts=(), findings=(finding,), is_refused=True
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
            if value:
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


def _options(ask: Ask, tree: Mapping[str, Any], findings: list[Finding]) -> Mapping[str, Any]:
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
    return {key: value for key, value in ask.options.items() if key not in tree}


def _marks(ask: Ask, provider: Provider) -> dict[str, str]:
    """Return how each mentioned name is written, numbered in the order of the provider's lists."""
    count: dict[MediaKind, int] = {}
    marks: dict[str, str] = {}
    for name in provider.asks:
        value = getattr(ask, name)
        for media in value if isinstance(value, tuple) else (value,):
            if isinstance(media, Media):
                number = count[media.kind] = count.get(media.kind, 0) + 1
                marks.setdefault(media.name, provider.mark(media, number, ask))
    return marks


def _place(
    media: Media,
    provider: Provider,
    ask: Ask,
    findings: list[Finding],
    profile: Profile,
) -> str | Slot:
    """Return the address of the media, or the slot that the run fills."""
    match media.source:
        case Link(url):
            return url
        case Output(_, OutputPart.VIDEO):
            return Slot(media.source, Wire.URL_ONLY)
        case Output() | LocalFile():
            wire = provider.wires[media.kind if media.kind is not MediaKind.ELEMENT else MediaKind.IMAGE]
            if wire is Wire.URL_ONLY:
                findings.append(_needs_address(media, ask, profile))
            return Slot(media.source, wire)
        case other:
            raise TypeError(f"an element cannot stand in a body by itself: {other!r}, of {media.name}")


def _needs_address(media: Media, ask: Ask, profile: Profile) -> Finding:
    name = next(
        (
            name
            for name in ("edit", "reference_video", "first_frame", "last_frame", "images", "elements")
            if media.name in {m.name for m in _as_tuple(getattr(ask, name)) if isinstance(m, Media)}
        ),
        "prompt",
    )
    return Finding(
        ask=name,
        message=f"uses the local file '{media.name}'; {profile.title} takes a {media.kind} by address only",
        help=f"put the file where the provider can fetch it and write its https address on '{media.name}'",
        code="KS406",
    )


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _text_limits(
    model: Model, parts: Mapping[str, Mapping[str, Any]], marks: Mapping[str, str]
) -> Iterator[TextLimit]:
    """Yield a limit for every text that stands in the body."""
    for name, part in parts.items():
        shortest, longest = model.beat if name == "storyboard" else model.prompt
        for text in _texts(part):
            holes = tuple(part.index for part in text.parts if isinstance(part, Hole))
            fixed = sum(
                len(marks[part.name]) if isinstance(part, Mention) else len(part)
                for part in text.parts
                if not isinstance(part, Hole)
            )
            yield TextLimit(ask=name, holes=holes, fixed=fixed, shortest=shortest, longest=longest)


def _texts(node: Any) -> Iterator[Text]:
    match node:
        case Text():
            yield node
        case Mapping():
            for item in node.values():
                yield from _texts(item)
        case list() | tuple():
            for item in node:
                yield from _texts(item)


def _wrong_length(limit: TextLimit, length: int, profile: Profile) -> Finding:
    what = "a storyboard prompt" if limit.ask == "storyboard" else f"a {limit.ask.replace('_', ' ')}"
    bound = (
        f"at most {limit.longest:,} characters"
        if length > limit.longest
        else f"at least {limit.shortest} characters"
    )
    return Finding(
        ask=limit.ask,
        message=f"has {what} of {length:,} characters; {profile.title} takes {bound}",
        label=f"{length - limit.longest:,} too many" if length > limit.longest else "too short",
        help="shorten it; references count as they are written for the provider"
        if length > limit.longest
        else "say more",
        code="KS403",
    )


def _diagnostic(finding: Finding, task: Task) -> Diagnostic:
    cell = "" if task.variant.id == "-" else f" (variant {task.variant.id})"
    origins = task.ask.origins
    return Diagnostic(
        code=finding.code,
        message=f"shot '{task.shot}' {finding.message}{cell}",
        origin=origins.get(finding.ask) or task.ask.origin(_WRITTEN_AS.get(finding.ask, "")),
        severity=finding.severity,
        label=finding.label,
        help=finding.help,
    )


_WRITTEN_AS = {"auto_storyboard": "storyboard", "images": "prompt", "elements": "prompt"}
"""Where an ask that has no key of its own was written."""

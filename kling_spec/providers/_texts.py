"""The texts of a body: how references are written in them, and how long each may be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kling_spec.diagnostics import Severity
from kling_spec.ir import Ask, Hole, Media, MediaKind, Mention, Text
from kling_spec.providers._contract import Finding, Provider, Script
from kling_spec.providers._profile import Model, Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLimit:
    """How long one written text may be: `fixed` characters and those of its holes."""

    ask: str
    holes: tuple[int, ...]
    fixed: int
    shortest: int
    longest: int
    advised: int
    """More than these is taken, and may be ignored."""
    forbids: str = ""
    """What may not stand in it, because it would end it."""

    def length(self, words: tuple[str, ...]) -> int:
        """Return how long the text is with these words in its holes."""
        length = self.fixed
        for hole in self.holes:
            length += len(words[hole])
        return length

    def fits(self, words: tuple[str, ...]) -> bool:
        """Whether there is nothing to say against the text with these words in its holes."""
        if not self.shortest <= self.length(words) <= self.advised:
            return False
        return not self.forbids or not any(self.forbids in words[hole] for hole in self.holes)

    def findings(self, words: tuple[str, ...], profile: Profile) -> Iterator[Finding]:
        """Yield what is wrong with the text with these words in its holes."""
        length = self.length(words)
        if not self.shortest <= length <= self.advised:
            yield _wrong_length(self, length, profile)
        if self.forbids and any(self.forbids in words[hole] for hole in self.holes):
            yield Finding(
                ask=self.ask,
                message=f"has '{self.forbids}' in a storyboard prompt, where it ends the shot",
                help="write a comma or a full stop instead",
                code="KS403",
            )


def marks(ask: Ask, provider: Provider) -> dict[str, str]:
    """Return how each mentioned name is written, numbered in the order of the provider's lists."""
    count: dict[MediaKind, int] = {}
    written: dict[str, str] = {}
    for name in provider.asks:
        value = getattr(ask, name)
        for media in value if isinstance(value, tuple) else (value,):
            if isinstance(media, Media):
                number = count[media.kind] = count.get(media.kind, 0) + 1
                written.setdefault(media.name, provider.mark(media, number, ask))
    return written


def text_limits(
    model: Model, parts: Mapping[str, Mapping[str, Any]], written: Mapping[str, str]
) -> Iterator[TextLimit]:
    """Yield a limit for every text that stands in the body."""

    def limit(ask: str, text: Text, bounds: tuple[int, int], advised: int, forbids: str = "") -> TextLimit:
        return TextLimit(
            ask=ask,
            holes=tuple(part.index for part in text.parts if isinstance(part, Hole)),
            fixed=sum(
                len(written[part.name]) if isinstance(part, Mention) else len(part)
                for part in text.parts
                if not isinstance(part, Hole)
            ),
            shortest=bounds[0],
            longest=bounds[1],
            advised=advised,
            forbids=forbids,
        )

    whole = model.prompt_advised or model.prompt[1]
    for name, part in parts.items():
        for text in _texts(part):
            if isinstance(text, Script):
                for _, shot in text.shots:
                    yield limit(name, shot, model.beat, model.beat[1], text.end)
                yield limit("prompt", text.text, model.prompt, whole)
            elif name == "storyboard":
                yield limit(name, text, model.beat, model.beat[1])
            else:
                yield limit(name, text, model.prompt, whole)


def _texts(node: Any) -> Iterator[Text | Script]:
    match node:
        case Text() | Script():
            yield node
        case Mapping():
            for item in node.values():
                yield from _texts(item)
        case list() | tuple():
            for item in node:
                yield from _texts(item)


def _wrong_length(limit: TextLimit, length: int, profile: Profile) -> Finding:
    what = "a storyboard prompt" if limit.ask == "storyboard" else f"a {limit.ask.replace('_', ' ')}"
    is_long = length > limit.advised
    most = limit.longest if length > limit.longest else limit.advised
    takes = f"takes at most {most:,}" if length > limit.longest else f"advises at most {most:,}"
    bound = f"{takes} characters" if is_long else f"takes at least {limit.shortest} characters"
    return Finding(
        ask=limit.ask,
        message=f"has {what} of {length:,} characters; {profile.title} {bound}",
        label=f"{length - most:,} too many" if is_long else "too short",
        help="shorten it; references count as they are written for the provider" if is_long else "say more",
        severity=Severity.WARNING if limit.advised < length <= limit.longest else Severity.ERROR,
        code="KS403",
    )

"""The texts of a body: how references are written in them, and how long each may be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
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
    at: str = ""
    """Where in the ask it stands, as in `Finding.at`."""
    negative: frozenset[int] = frozenset()
    """Those of its holes that are filled by the negative prompt."""
    behind: tuple[int, ...] = ()
    """Holes right behind a mark that a letter would run into."""

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
        if self.forbids and any(self.forbids in words[hole] for hole in self.holes):
            return False
        return not self.behind or not any(_runs_on(words[hole]) for hole in self.behind)

    def findings(self, words: tuple[str, ...], profile: Profile) -> Iterator[Finding]:
        """Yield what is wrong with the text with these words in its holes."""
        length = self.length(words)
        if not self.shortest <= length <= self.advised:
            yield _wrong_length(self, length, profile)
        ending = [hole for hole in self.holes if self.forbids and self.forbids in words[hole]]
        if ending:
            is_negative = ending[0] in self.negative
            what = "the negative prompt of a storyboard" if is_negative else "a storyboard prompt"
            yield Finding(
                ask="negative_prompt" if is_negative else self.ask,
                message=f"has '{self.forbids}' in {what}, where it ends the shot",
                help="write a comma or a full stop instead",
                code="KS403",
                at="" if is_negative else self.at,
            )
        if any(_runs_on(words[hole]) for hole in self.behind):
            yield Finding(
                ask=self.ask,
                message=f"has a letter or a digit right behind a reference, which {profile.title} would take for "
                "a part of its name",
                help="write a space behind '{{ name }}'",
                code="KS403",
                at=self.at,
            )


def _runs_on(word: str) -> bool:
    return word[:1].isascii() and (word[:1].isalnum() or word[:1] == "_")


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
    ask: Ask,
    provider: Provider,
    model: Model,
    parts: Mapping[str, Mapping[str, Any]],
    written: Mapping[str, str],
) -> Iterator[TextLimit]:
    """Yield a limit for every text that stands in the body."""
    negative = frozenset(part.index for part in ask.negative_prompt.parts if isinstance(part, Hole))

    def limit(  # noqa: PLR0913 - a text, and everything that bounds it
        name: str, text: Text, bounds: tuple[int, int], advised: int, forbids: str = "", at: str = ""
    ) -> TextLimit:
        return TextLimit(
            ask=name,
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
            at=at,
            negative=negative,
            behind=tuple(_behind(text)) if provider.mark_runs_on else (),
        )

    whole = model.prompt_advised or model.prompt[1]
    for name, part in parts.items():
        for text in _texts(part):
            if isinstance(text, Script):
                for number, (_, shot) in enumerate(text.shots):
                    yield limit(name, shot, model.beat, model.beat[1], text.end, f"{name}[{number}]")
                yield limit(name, text.text, model.prompt, whole)
        if name == "storyboard":
            for number, text in enumerate(text for text in _texts(part) if isinstance(text, Text)):
                yield limit(name, text, model.beat, model.beat[1], at=f"{name}[{number}]")
        else:
            for text in _texts(part):
                if isinstance(text, Text):
                    yield limit(name, text, model.prompt, whole)


def _behind(text: Text) -> Iterator[int]:
    """Yield the holes that stand right behind a mention."""
    for before, part in pairwise(text.parts):
        if isinstance(before, Mention) and isinstance(part, Hole):
            yield part.index


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
    what = "a storyboard prompt" if limit.at else f"a {limit.ask.replace('_', ' ')}"
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
        at=limit.at,
    )

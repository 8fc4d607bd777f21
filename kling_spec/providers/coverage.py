"""Which parameter of a request is set by what: found out by asking for one thing after another."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from kling_spec.diagnostics import Origin
from kling_spec.ir import (
    Ask,
    Beat,
    ElementId,
    ElementParts,
    Link,
    Media,
    MediaKind,
    Resolution,
    Task,
    Text,
    Variant,
)
from kling_spec.providers._contract import Never, Provider
from kling_spec.providers._lower import Lowering
from kling_spec.providers._profile import Profile
from kling_spec.providers._schema import request_schema

_NOWHERE = {"": Origin("")}
_LINK = Link("https://files.example.com/a")
_IMAGE = Media(name="a", kind=MediaKind.IMAGE, source=_LINK)
_CARD = Media(name="b", kind=MediaKind.IMAGE, source=Link("https://files.example.com/b"))
_VIDEO = Media(name="v", kind=MediaKind.VIDEO, source=_LINK, seconds=Decimal(5))
_HOST = Media(name="e", kind=MediaKind.ELEMENT, source=ElementId(1))
_MADE = Media(
    name="NAME",
    kind=MediaKind.ELEMENT,
    source=ElementParts(frontal=_LINK, images=(_LINK,), tags=("character",)),
    description="someone",
)
_VOICED = Media(
    name="NAME", kind=MediaKind.ELEMENT, source=ElementParts(frontal=_LINK, images=(_LINK,), voice=_LINK)
)
_FILMED = Media(name="NAME", kind=MediaKind.ELEMENT, source=ElementParts(video=_LINK))
_PLAIN = Ask(model="v3-omni", prompt=Text(("a fox",)), aspect_ratio="16:9", duration=5, origins=_NOWHERE)
_SHOTS = (Beat(prompt=Text(("a",)), duration=2), Beat(prompt=Text(("b",)), duration=3))
_FRAMED = replace(_PLAIN, first_frame=_IMAGE, aspect_ratio=None)
_EDITED = replace(_PLAIN, edit=_VIDEO, aspect_ratio=None, duration=None)

PROBES: tuple[tuple[str, str, Ask, Ask], ...] = (
    ("model", "", _PLAIN, replace(_PLAIN, model="o1")),
    ("prompt", "prompt", _PLAIN, replace(_PLAIN, prompt=Text(("a hare",)))),
    ("negative_prompt", "negative_prompt", _PLAIN, replace(_PLAIN, negative_prompt=Text(("text",)))),
    ("storyboard", "storyboard", _PLAIN, replace(_PLAIN, prompt=Text(), storyboard=_SHOTS)),
    ("storyboard: auto", "auto_storyboard", _PLAIN, replace(_PLAIN, auto_storyboard=True)),
    ("resolution", "resolution", _PLAIN, replace(_PLAIN, resolution=Resolution.P720)),
    ("aspect_ratio", "aspect_ratio", _PLAIN, replace(_PLAIN, aspect_ratio="1:1")),
    ("duration", "duration", _PLAIN, replace(_PLAIN, duration=6)),
    ("sound", "sound", _PLAIN, replace(_PLAIN, sound=True)),
    ("first_frame", "first_frame", _PLAIN, _FRAMED),
    ("last_frame", "last_frame", _FRAMED, replace(_FRAMED, last_frame=_CARD)),
    ("an image in a prompt or in references", "images", _PLAIN, replace(_PLAIN, images=(_IMAGE,))),
    ("an element of a library", "elements", _PLAIN, replace(_PLAIN, elements=(_HOST,))),
    ("an element of pictures", "elements", _PLAIN, replace(_PLAIN, elements=(_MADE,))),
    ("an element with a voice", "elements", _PLAIN, replace(_PLAIN, elements=(_VOICED,))),
    ("an element of a video", "elements", _PLAIN, replace(_PLAIN, elements=(_FILMED,))),
    (
        "next_of, previous_of, extend, reference_video",
        "reference_video",
        _PLAIN,
        replace(_PLAIN, reference_video=_VIDEO),
    ),
    ("edit", "edit", _PLAIN, _EDITED),
    ("keep_sound", "keep_sound", _EDITED, replace(_EDITED, keep_sound=True)),
)
"""What a spec says, the ask that it becomes, and two asks that differ in nothing else."""


@dataclass(frozen=True, slots=True)
class Said:
    """How one provider is told something that a spec says."""

    how: str
    """`native`, `emulated` or `refused`."""
    parameters: tuple[str, ...]
    """The parameters of the request that change with it."""
    why: str


def said_by(provider: Provider, profile: Profile) -> dict[str, Said]:
    """Return for everything that a spec can say how this provider is told."""
    return {name: _said(provider, profile, ask, *asks) for name, ask, *asks in PROBES}


def parameters(provider: Provider, profile: Profile) -> dict[str, str]:
    """Return every documented parameter of the request, and what sets it; empty words where nothing does."""
    sets: dict[str, list[str]] = {}
    for name, said in said_by(provider, profile).items():
        for path in said.parameters if said.how != "refused" else ():
            sets.setdefault(path, []).append(f"`{name}`" if " " not in name or ":" in name else name)
    whole = {path: ", ".join(dict.fromkeys(names)) for path, names in sets.items()}
    for path in _leaves(provider.client_id("ours")):
        whole[path] = "the compiler: the id under which a submit can be found again"
    for name, part in provider.settings.items():
        whole |= dict.fromkeys(_leaves(part("x")), f"setting `{name}`")
    for key, option in profile.options.items():
        root = f"{option.inside}.{key}" if option.inside else key
        for path in [f"{root}.{field}" for field in option.fields] or [root]:
            whole[path] = "`provider_options`"
    for path in _leaves(_body(provider, profile, _PLAIN)):
        whole.setdefault(path, "the compiler, always alike")
    return {path: whole.get(path) or profile.said.get(path, "") for path in documented(provider.name)}


def documented(name: str) -> list[str]:
    """Return the path of every parameter in the provider's request schema."""
    return list(dict.fromkeys(_schema_leaves(request_schema(name))))


def _said(provider: Provider, profile: Profile, ask: str, before: Ask, after: Ask) -> Said:
    rule = provider.asks.get(ask)
    if isinstance(rule, Never):
        return Said("refused", (), rule.why)
    pattern = Lowering(provider, profile).pattern(after)
    if pattern.is_refused:
        return Said("refused", (), pattern.findings[0].message)
    old, new = _values(provider, profile, before), _values(provider, profile, after)
    changed = dict.fromkeys(path for path in new if old.get(path) != new[path])
    how = "emulated" if ask in provider.emulates else "native"
    return Said(how, tuple(changed), provider.emulates.get(ask, ""))


def _body(provider: Provider, profile: Profile, ask: Ask) -> Any:
    lowering = Lowering(provider, profile)
    pattern = lowering.pattern(ask)
    variant = Variant(id="-", values={})
    task = Task("-/a", "a", 1, variant, ask, ("",) * 8, ())
    lowered = lowering.lower(task, pattern, str)
    body = json.loads(
        pattern.body.text(task.words, lambda slot: slot.to_json(str), lowering.client_id(lowered))
    )
    return body[0] if isinstance(body, list) else body


def _values(provider: Provider, profile: Profile, ask: Ask) -> dict[str, list[Any]]:
    ours = set(_leaves(provider.client_id("ours")))
    values: dict[str, list[Any]] = {}
    for path, value in _walk(_body(provider, profile, ask)):
        if path not in ours:
            values.setdefault(path, []).append(value)
    return values


def _leaves(node: Any) -> Iterator[str]:
    yield from dict.fromkeys(path for path, _ in _walk(node))


def _walk(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value with its path; an item of a list that has a type is named by it."""
    match node:
        case {"$element": _} | {"$file": _} | {"$clip": _}:
            yield path, node
        case Mapping():
            for key, value in node.items():
                yield from _walk(value, f"{path}.{key}" if path else key)
        case list():
            for item in node:
                kind = item.get("type", "") if isinstance(item, dict) and path == "contents" else ""
                yield from _walk(item, f"{path}[{kind}]")
        case _:
            yield path, node


def _schema_leaves(schema: Any, path: str = "") -> Iterator[str]:
    """Yield the path of every value that the schema names."""
    if schema.get("type") == "array" and not path and "properties" not in schema:
        yield from _schema_leaves(schema["items"], path)
        return
    variants = [part for key in ("oneOf", "anyOf") for part in schema.get(key, ()) if "properties" in part]
    if variants and path.endswith("[]"):
        for part in variants:
            kind = part["properties"].get("type", {})
            for name in kind.get("enum", [kind.get("const", "")]):
                yield from _schema_leaves(part, f"{path[:-1]}{name}]")
        return
    for part in variants:
        yield from _schema_leaves(part, path)
    if variants:
        return
    if "properties" in schema:
        for key, part in schema["properties"].items():
            yield from _schema_leaves(part, f"{path}.{key}" if path else key)
    elif schema.get("type") == "array" and isinstance(schema.get("items"), dict):
        yield from _schema_leaves(schema["items"], f"{path}[]")
    else:
        yield path

"""Every key of the language as a page: made from the JSON Schema, so that it says what is checked."""

from collections.abc import Iterator, Mapping
from typing import Any

from kling_spec.source import spelled

_HEADINGS = {
    "Spec": "The spec",
    "Asset": "An asset",
    "ElementPictures": "An element that is made",
    "Matrix": "The matrix",
    "Patch": "A patch",
    "ShotKeys": "A shot",
    "LastFrameOf": "A last frame",
    "StoryboardShot": "A shot of a storyboard",
    "Extension": "An extension",
    "Cut": "A cut",
    "EntryKeys": "An entry of a timeline",
    "TransitionSpec": "A transition",
    "Layer": "An overlay",
    "Captions": "Captions",
    "Audio": "Audio",
    "Format": "A format",
    "Budget": "The budget",
}
"""What a reader calls each mapping, in the order in which a spec has them."""
_CELL = {"anyOf": [{"type": kind} for kind in ("string", "integer", "number", "boolean")]}
_TEMPLATE = "\\{[{%#]"


def reference(schema: Mapping[str, Any]) -> str:
    """Return a section for every mapping of the language: its keys, their values, what they mean."""
    parts = {"Spec": schema, **schema["$defs"]}
    strange = set(parts) ^ set(_HEADINGS)
    if strange:
        raise ValueError(f"no heading for {', '.join(sorted(strange))}")
    return "\n".join(line for name, words in _HEADINGS.items() for line in _section(words, parts[name]))


def _section(heading: str, part: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {heading}"
    yield ""
    yield part["description"]
    yield ""
    yield "| key | value | meaning |"
    yield "|---|---|---|"
    required = part.get("required", [])
    for key, value in part["properties"].items():
        default = value.get("default")
        usual = "" if default in (None, "", [], {}) or isinstance(default, dict) else f"; {_shown(default)}"
        must = "; must be there" if key in required else ""
        meaning = str(value.get("description", "")).replace("|", "\\|").replace("\n", " ")
        yield f"| `{key}` | {_kind(value)}{usual}{must} | {meaning} |"
    yield ""


def _shown(default: Any) -> str:
    return f"`{spelled(default)}` when left out"


def _kind(value: Mapping[str, Any]) -> str:
    """Return what may stand there, in words."""
    kinds = dict.fromkeys(_kinds(value))
    kinds.pop("null", None)
    is_template = kinds.pop("template", "no") is None
    if any(kind.startswith("number") for kind in kinds):
        kinds.pop("text", None)  # a number in quotes is taken as well
    words = [words for words in kinds if words]
    return " or ".join(words or ["anything"]) + (
        " or a template" if is_template and words != ["text"] else ""
    )


def _kinds(value: Mapping[str, Any]) -> Iterator[str]:
    for name in ("anyOf", "oneOf"):
        for one in value.get(name, ()):
            yield from _kinds(one)
    if "$ref" in value:
        name = value["$ref"].rsplit("/", 1)[-1]
        heading = _HEADINGS[name]
        yield f"[{heading[0].lower()}{heading[1:]}](#{heading.lower().replace(' ', '-')})"
    elif "enum" in value or "const" in value:
        options = value.get("enum") or [value["const"]]
        yield ", ".join(f"`{option}`" for option in options)
    elif value.get("pattern") == _TEMPLATE:
        yield "template"
    elif (kind := value.get("type")) is not None:
        yield from _plain(kind, value)


def _plain(kind: str, value: Mapping[str, Any]) -> Iterator[str]:
    match kind:
        case "string":
            yield "text"
        case "integer" | "number":
            yield ("whole number" if kind == "integer" else "number") + _bounds(value)
        case "boolean":
            yield "`true` or `false`"
        case "array":
            yield f"list of {_kind(value.get('items', {}))}"
        case "object" if value.get("additionalProperties") == _CELL:
            yield "axes with a value each"
        case "object":
            inner = [*value.get("patternProperties", {}).values(), value.get("additionalProperties")]
            named = next((_kind(one) for one in inner if isinstance(one, dict)), "anything")
            yield f"names, each with {named}"
        case _:
            yield kind


def _bounds(value: Mapping[str, Any]) -> str:
    low = value.get("minimum", value.get("exclusiveMinimum"))
    high = value.get("maximum")
    if low is None or high is None:
        return "" if low is None else f" from {low:g}"
    return f" {low:g} to {high:,.0f}" if high >= 1000 else f" {low:g} to {high:g}"

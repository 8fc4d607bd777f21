"""A document against the models: pydantic's findings in the words of this project."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from kling_spec.diagnostics import Diagnostic, did_you_mean
from kling_spec.source import Document, spelled
from kling_spec.spec._assets import Asset, ElementPictures
from kling_spec.spec._base import Part
from kling_spec.spec._cuts import Audio, Captions, Cut, EntryKeys, Format, TransitionSpec
from kling_spec.spec._docs import described
from kling_spec.spec._layers import Layer
from kling_spec.spec._matrix import Matrix, Patch
from kling_spec.spec._shots import Extension, LastFrameOf, ShotKeys, StoryboardShot
from kling_spec.spec._spec import LANGUAGE_VERSIONS, Budget, Spec

Loc = tuple[str | int, ...]
P = TypeVar("P", bound=Part)

_MOST_ERRORS = 200
"""Errors after which nobody reads on."""
_PARTS: dict[tuple[str, ...], type[Part]] = {
    (): Spec,
    ("assets", "*"): Asset,
    ("assets", "*", "element"): ElementPictures,
    ("matrix", "patch", "*"): Patch,
    ("defaults",): ShotKeys,
    ("defaults", "extend", "*"): Extension,
    ("defaults", "storyboard", "*"): StoryboardShot,
    ("defaults", "first_frame"): LastFrameOf,
    ("defaults", "last_frame"): LastFrameOf,
    ("shots", "*"): ShotKeys,
    ("shots", "*", "extend", "*"): Extension,
    ("shots", "*", "storyboard", "*"): StoryboardShot,
    ("shots", "*", "first_frame"): LastFrameOf,
    ("shots", "*", "last_frame"): LastFrameOf,
    ("cuts", "*"): Cut,
    ("cuts", "*", "timeline", "*"): EntryKeys,
    ("cuts", "*", "timeline", "*", "transition"): TransitionSpec,
    ("cuts", "*", "timeline", "*", "overlays", "*"): Layer,
    ("cuts", "*", "overlays", "*"): Layer,
    ("cuts", "*", "captions"): Captions,
    ("cuts", "*", "audio"): Audio,
    ("cuts", "*", "formats", "*"): Format,
    ("budget",): Budget,
}
"""Which model stands where, so that an unknown key can be given its nearest name."""


def check(document: Document) -> tuple[Spec | None, list[Diagnostic]]:
    """Return the spec that the document holds, and everything that is wrong with its shape.

    Where nothing but unknown keys is wrong there is a spec beside the findings, so that a reader
    learns at once what else is wrong.
    """
    found = list(_version(document))
    if document.value.get("kling_spec", 1) not in LANGUAGE_VERSIONS:
        return None, found
    try:
        return Spec.model_validate({"kling_spec": LANGUAGE_VERSIONS[-1], **document.value}), found
    except ValidationError as error:
        details = error.errors()
    found += _once(_diagnostic(detail, document, ()) for detail in details[:_MOST_ERRORS])
    if len(details) > _MOST_ERRORS or any(detail["type"] != "extra_forbidden" for detail in details):
        return None, found
    try:
        paths = [_written(detail["loc"], document.value) for detail in details]
        return Spec.model_validate(
            {"kling_spec": LANGUAGE_VERSIONS[-1], **_without(document.value, paths)}
        ), found
    except ValidationError:
        return None, found


def _without(value: Any, paths: list[Loc]) -> Any:
    """Return the value less what stands at the paths."""
    match value:
        case dict():
            return {
                key: _without(item, _below(key, paths)) for key, item in value.items() if (key,) not in paths
            }
        case list():
            return [_without(item, _below(number, paths)) for number, item in enumerate(value)]
        case _:
            return value


def _below(step: str | int, paths: list[Loc]) -> list[Loc]:
    return [path[1:] for path in paths if path[:1] == (step,)]


def _written(loc: Loc, value: Any) -> Loc:
    """Return the path without the segments that pydantic adds for the members of a union."""
    path: Loc = ()
    for step in loc:
        is_there = isinstance(value, dict) and step in value
        if not is_there and not (isinstance(value, list) and isinstance(step, int) and step < len(value)):
            continue
        value = value[step]
        path = (*path, step)
    return path


def render_check(
    model: type[P], value: Any, document: Document, path: Loc
) -> tuple[P | None, list[Diagnostic]]:
    """Return the rendered value as its model, or None and what is wrong; `path` is where it stands."""
    try:
        return model.model_validate(value, context={"rendered": True}), []
    except ValidationError as error:
        return None, _once(_diagnostic(detail, document, path) for detail in error.errors())


def spec_schema() -> dict[str, Any]:
    """Return the JSON Schema of the language, for editors."""
    schema = described(TypeAdapter(Spec).json_schema(), [Spec, *_PARTS.values(), Matrix])
    schema["properties"]["kling_spec"] = {
        "enum": list(LANGUAGE_VERSIONS),
        "description": "The version of the language.",
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "spec.schema.json", **schema}


def _version(document: Document) -> Iterator[Diagnostic]:
    known = ", ".join(map(str, LANGUAGE_VERSIONS))
    version = document.value.get("kling_spec")
    if "kling_spec" not in document.value:
        yield Diagnostic(
            code="KS203",
            message=f"this spec does not say its language version; this release knows {known}",
            origin=document.locate(()),
            help=f"write 'kling_spec: {LANGUAGE_VERSIONS[-1]}' as the first line",
        )
    elif version not in LANGUAGE_VERSIONS or isinstance(version, bool):
        yield Diagnostic(
            code="KS203",
            message=f"language version {_shown(version)} is not known; this release knows {known}",
            origin=document.locate(("kling_spec",)),
            help=f"write 'kling_spec: {LANGUAGE_VERSIONS[-1]}', or install a newer release",
        )


def _once(found: Iterator[Diagnostic]) -> list[Diagnostic]:
    return list(dict.fromkeys(found))


def _diagnostic(detail: ErrorDetails, document: Document, path: Loc) -> Diagnostic:
    kind, loc = detail["type"], tuple(detail["loc"])
    is_key = kind == "extra_forbidden" or loc[-1:] == ("[key]",)
    shown = _written(path + loc, document.value)
    if kind == "missing":
        return _missing((*shown, loc[-1]), document)
    code, message, help_ = _words(detail, shown, is_key=is_key)
    return Diagnostic(code=code, message=message, origin=document.locate(shown, key=is_key), help=help_)


def _missing(loc: Loc, document: Document) -> Diagnostic:
    owner = _dotted(loc[:-1])
    where = f" in '{owner}'" if owner else ""
    help_ = "a spec needs at least one shot under 'shots:'" if loc == ("shots",) else f"write '{loc[-1]}: …'"
    return Diagnostic(
        code="KS202",
        message=f"missing key '{loc[-1]}'{where}",
        origin=document.locate(loc[:-1], key=len(loc) > 1),
        help=help_,
    )


def _words(detail: ErrorDetails, loc: Loc, *, is_key: bool) -> tuple[str, str, str]:
    """Return the code, the message and the help for one of pydantic's findings."""
    if detail["type"] == "extra_forbidden":
        return "KS201", f"unknown key '{loc[-1]}'", did_you_mean(str(loc[-1]), _keys_at(loc[:-1]))
    if is_key:
        return (
            "KS302",
            f"'{loc[-1]}' is no name",
            "begin with a small letter, then small letters, digits and '_'",
        )
    name, given = _dotted(loc), _shown(detail["input"])
    words = _WORDS.get(detail["type"])
    if words is None:
        return "KS204", f"'{name}' cannot be {given}", detail["msg"].lower()
    what, help_ = words(detail.get("ctx", {}))
    return "KS204", f"'{name}' must be {what}, not {given}", help_ or _hint(detail["input"], detail["type"])


_Ctx = dict[str, Any]


def _bound(words: str, key: str) -> Callable[[_Ctx], tuple[str, str]]:
    return lambda ctx: (f"{words} {ctx[key]}", "")


def _always(what: str, help_: str = "") -> Callable[[_Ctx], tuple[str, str]]:
    return lambda _: (what, help_)


_WORDS: dict[str, Callable[[_Ctx], tuple[str, str]]] = {
    "int_type": _always("a whole number"),
    "int_from_float": _always("a whole number"),
    "bool_type": _always("true or false"),
    "string_type": _always("text"),
    "dict_type": _always("a mapping of keys to values"),
    "model_type": _always("a mapping of keys to values"),
    "list_type": _always("a list"),
    "decimal_parsing": _always("a number"),
    "decimal_type": _always("a number"),
    "finite_number": _always("a finite number"),
    "literal_error": lambda ctx: (f"one of {ctx['expected'].replace(' or ', ', ')}", ""),
    "greater_than": _bound("more than", "gt"),
    "greater_than_equal": _bound("at least", "ge"),
    "decimal_max_places": lambda ctx: (f"a number with at most {ctx['decimal_places']} decimal places", ""),
    "less_than": _bound("less than", "lt"),
    "less_than_equal": _bound("at most", "le"),
    "too_short": lambda ctx: (f"at least {ctx['min_length']} long", "add an entry, or remove the key"),
    "too_long": lambda ctx: (f"at most {ctx['max_length']} long", "remove the rest"),
    "string_pattern_mismatch": lambda ctx: (f"of the form {ctx['pattern']}", ""),
}


def _hint(value: Any, kind: str) -> str:  # noqa: PLR0911 - a table of what was meant
    """Return what to type instead, where the value tells what was meant."""
    if kind == "bool_type" and isinstance(value, str):
        word = value.strip().lower()
        return f"write {'true' if word in ('on', 'yes', 'y', '1', 'true') else 'false'}, without quotes"
    if kind == "int_type" and isinstance(value, str) and value.strip().isdigit():
        return f"write {value.strip()}, without quotes"
    if kind in ("int_type", "int_from_float") and isinstance(value, float):
        return "round it; whole seconds are what providers make"
    if kind == "list_type":
        return "write '- ' in front of each entry"
    if kind in ("dict_type", "model_type"):
        return "write 'key: value' lines below it, indented"
    if kind == "string_type" and value is None:
        return "write a value behind the colon, or remove the key"
    if kind == "string_type":
        return "put it in quotes"
    return "change the value, or remove the key to get the default"


def _keys_at(loc: Loc) -> list[str]:
    for pattern, model in _PARTS.items():
        if len(pattern) == len(loc) and all(
            want in ("*", str(step)) for want, step in zip(pattern, loc, strict=True)
        ):
            return [field.alias or name for name, field in model.model_fields.items()]
    return []


def _dotted(loc: Loc) -> str:
    """Return the path as a reader would say it: `shots.harbor.duration`, `cuts.main.timeline[2]`."""
    return "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in loc).lstrip(".")


def _shown(value: Any) -> str:
    """Return a value as YAML would write it, cut to what fits a message."""
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = f"'{value}'" if isinstance(value, str) else spelled(value)
    return text if len(text) <= 60 else f"{text[:57]}…'"

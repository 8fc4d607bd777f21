"""Asks built by hand, and the short way from one to what a provider says or sends."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from kling_spec.diagnostics import Origin, Severity
from kling_spec.ir import (
    Ask,
    Beat,
    ElementId,
    ElementParts,
    Hole,
    Link,
    LocalFile,
    Media,
    MediaKind,
    Mention,
    Output,
    OutputPart,
    Resolution,
    Task,
    Text,
    Variant,
)
from kling_spec.providers import (
    Element,
    Finding,
    Lowering,
    Slot,
    Wire,
    provider,
    provider_names,
    read_profile,
)

PROVIDERS = provider_names()
NOW = datetime(2026, 9, 20, 12, 0, tzinfo=UTC)
SCHEMAS = Path(__file__).parents[2] / "schemas" / "providers"

BOTTLE = Media(name="bottle", kind=MediaKind.IMAGE, source=LocalFile("assets/bottle.png", "a" * 64))
CARD = Media(name="card", kind=MediaKind.IMAGE, source=Link("https://cdn.example.com/card.png"))
LAST = Media(name="open", kind=MediaKind.IMAGE, source=Output("open", OutputPart.LAST_FRAME))
HOST = Media(name="host", kind=MediaKind.ELEMENT, source=ElementId(829382103))
ACTOR = Media(name="actor", kind=MediaKind.ELEMENT, source=ElementId(7, "video"))
GRACE = Media(
    name="grace",
    kind=MediaKind.ELEMENT,
    source=ElementParts(
        frontal=LocalFile("grace.png", "b" * 64), images=(Link("https://cdn.example.com/left.jpg"),)
    ),
    description="Grace, in a red coat",
)
WALK = Media(
    name="walk", kind=MediaKind.VIDEO, source=Link("https://cdn.example.com/walk.mp4"), seconds=Decimal(6)
)
CLIP = Media(name="open", kind=MediaKind.VIDEO, source=Output("open"), seconds=Decimal(5))


WRITTEN = Origin("spec.yaml", 3)


def text(*parts: str | Hole | Mention) -> Text:
    return Text(parts)


def ask(**fields: Any) -> Ask:
    """An ask for v3-omni, 16:9 and 5 seconds where nothing else is said; a person wrote what is passed."""
    decided = {"first_frame", "edit"} & {name for name, value in fields.items() if value}
    usual: dict[str, Any] = {
        "model": "v3-omni",
        "prompt": text("a fox runs"),
        "duration": None if fields.get("edit") else 5,
        "aspect_ratio": None if decided else "16:9",
        "origins": {"": WRITTEN, **dict.fromkeys(fields, WRITTEN)},
    }
    return Ask(**(usual | fields))


def pictures(count: int, start: int = 0) -> tuple[Media, ...]:
    return tuple(
        Media(name=f"p{n}", kind=MediaKind.IMAGE, source=Link(f"https://cdn.example.com/{n}.png"))
        for n in range(start, start + count)
    )


def elements(count: int, made_from: Any = "images") -> tuple[Media, ...]:
    return tuple(
        Media(name=f"{made_from}{n}", kind=MediaKind.ELEMENT, source=ElementId(n, made_from))
        for n in range(1, count + 1)
    )


def video(seconds: str) -> Media:
    return Media(name="walk", kind=MediaKind.VIDEO, source=WALK.source, seconds=Decimal(seconds))


def lowering(name: str) -> Lowering:
    return Lowering(provider(name), read_profile(name))


def findings(name: str, wanted: Ask) -> tuple[Finding, ...]:
    return lowering(name).pattern(wanted).findings


def errors(name: str, wanted: Ask) -> set[str]:
    """The asks at which the provider refuses."""
    return {found.ask for found in findings(name, wanted) if found.severity is Severity.ERROR}


def warnings(name: str, wanted: Ask) -> set[str]:
    return {found.ask for found in findings(name, wanted) if found.severity is Severity.WARNING}


MADE = 900001
"""The id of an element that was made on the way."""


def fill(slot: Slot) -> Any:
    """What a run would put there; a URL will do for everything but bare base64."""
    match slot.source:
        case Output(task):
            return f"https://clips.example.com/{task}"
        case Element():
            return MADE
        case LocalFile(path):
            return {Wire.BASE64: "QUJD", Wire.DATA_URI: "data:image/png;base64,QUJD"}.get(
                slot.wire, f"https://files.example.com/{path}"
            )


def body(name: str, wanted: Ask, words: tuple[str, ...] = ()) -> Any:
    """What would be sent."""
    low = lowering(name)
    lowered = low.lower(task(wanted, words), low.pattern(wanted), lambda _: "f" * 64)
    is_text = name == "kling-2026"  # its elements go by the same numbers, written as text
    filled = (lambda slot: str(fill(slot))) if is_text else fill
    return json.loads(lowered.pattern.body.text(words, filled, low.client_id(lowered)))


def slots(name: str, wanted: Ask) -> list[Slot]:
    """The places in the body that a run fills."""
    return list(lowering(name).pattern(wanted).body.slots)


def task(wanted: Ask, words: tuple[str, ...] = ()) -> Task:
    return Task("-/fox", "fox", 1, Variant(id="-", values={}), wanted, words, ())


BOARD = (
    Beat(prompt=text(Mention("host"), " reads"), duration=2),
    Beat(prompt=text(Mention("host"), " looks up"), duration=3),
)

CASES: dict[str, Ask] = {
    "text": ask(),
    "text at 720p, tall, with sound": ask(
        resolution=Resolution.P720, aspect_ratio="9:16", sound=True, duration=8
    ),
    "text at 4k, square": ask(resolution=Resolution.K4, aspect_ratio="1:1"),
    "a shape that nobody chose": ask(aspect_ratio=None),
    "words to avoid": ask(negative_prompt=text("logos")),
    "a first frame": ask(first_frame=BOTTLE, prompt=text(Mention("bottle"), " turns")),
    "both frames": ask(first_frame=BOTTLE, last_frame=CARD, prompt=text(Mention("card"), " appears")),
    "a frame without words": ask(first_frame=BOTTLE, prompt=Text(), negative_prompt=text("logos")),
    "the last frame of another shot": ask(first_frame=LAST),
    "references": ask(
        images=(BOTTLE, CARD), elements=(HOST,), prompt=text(Mention("host"), " holds ", Mention("card"))
    ),
    "a frame and references": ask(
        first_frame=LAST, images=(CARD,), elements=(HOST,), prompt=text(Mention("card"))
    ),
    "an element made here": ask(elements=(GRACE,), prompt=text(Mention("grace"), " smiles")),
    "an edit": ask(edit=WALK, prompt=text("turn ", Mention("walk"), " into night")),
    "an edit with an image, keeping sound": ask(edit=WALK, images=(CARD,), keep_sound=True),
    "a reference video": ask(reference_video=WALK, prompt=text("as in ", Mention("walk"))),
    "the next shot": ask(reference_video=CLIP, keep_sound=True),
    "a reference video at 4k": ask(reference_video=WALK, resolution=Resolution.K4),
    "a storyboard": ask(prompt=Text(), storyboard=BOARD, elements=(HOST,), negative_prompt=text("logos")),
    "a storyboard from a frame": ask(
        prompt=Text(), storyboard=BOARD, first_frame=BOTTLE, elements=(HOST,), sound=True
    ),
    "a storyboard of its own": ask(auto_storyboard=True),
    "an automatic storyboard beside a video": ask(auto_storyboard=True, reference_video=WALK),
    "o1 from text": ask(model="o1", resolution=Resolution.P720),
    "o1 from a frame": ask(model="o1", first_frame=BOTTLE, duration=10),
    "o1 from references": ask(model="o1", images=(BOTTLE, CARD), duration=7),
    "o1 edits": ask(model="o1", edit=WALK),
    "o1 beside a video": ask(model="o1", reference_video=WALK, first_frame=BOTTLE),
}

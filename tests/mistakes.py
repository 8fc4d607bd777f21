"""Ways to break a sound spec in one place, and which node is then to blame."""

import random
from collections.abc import Callable
from typing import Any

Where = tuple[str | int, ...]
Mistake = Callable[[dict[str, Any], random.Random], Where | None]
"""Breaks the spec and returns the path of the node to blame; None where it does not apply."""


def _first(spec: dict[str, Any], wanted: Callable[[dict[str, Any]], bool]) -> str | None:
    return next((name for name, shot in spec["shots"].items() if wanted(shot)), None)


def _plain(shot: dict[str, Any]) -> bool:
    """Whether a shot is made of words alone, so that nothing else forbids what is put into it."""
    extra = {"first_frame", "edit", "reference_video", "next_of", "previous_of", "storyboard", "extend"}
    return not extra & set(shot) and "{{ pic" not in shot["prompt"] and "host" not in shot["prompt"]


def _set(key: str, value: Any, *drop: str) -> Mistake:
    def mistake(spec: dict[str, Any], _dice: random.Random) -> Where | None:
        name = _first(spec, _plain)
        if name is None:
            return None
        for other in drop:
            spec["shots"][name].pop(other, None)
        spec["shots"][name][key] = value
        return ("shots", name, key)

    return mistake


def _asset(spec: dict[str, Any], name: str, asset: dict[str, Any]) -> str:
    spec["assets"][name] = asset
    return name


def _many(count: int, kind: str) -> Mistake:
    """Name so many images or elements in one prompt."""

    def mistake(spec: dict[str, Any], _dice: random.Random) -> Where | None:
        name = _first(spec, _plain)
        if name is None:
            return None
        made = {
            "image": lambda n: {"image": f"https://files.example.com/x{n}.png"},
            "element": lambda n: {"element": 1000 + n},
            "filmed": lambda n: {"element": 2000 + n, "from": "video"},
        }[kind]
        names = [_asset(spec, f"x_{n}", made(n)) for n in range(count)]
        spec["shots"][name]["prompt"] = " and ".join(f"{{{{ {one} }}}}" for one in names)
        return ("shots", name, "prompt")

    return mistake


def _with_file(key: str, asset: dict[str, Any], *drop: str, **more: Any) -> Mistake:
    """Use a file of that asset under a key of a shot."""

    def mistake(spec: dict[str, Any], _dice: random.Random) -> Where | None:
        name = _first(spec, _plain)
        if name is None:
            return None
        shot = spec["shots"][name]
        for other in (*drop, "aspect_ratio", "sound"):
            shot.pop(other, None)
        _asset(spec, "broken", asset)
        shot[key] = "broken"
        if key in ("edit", "reference_video"):
            shot["prompt"] = "Use {{ broken }}"
        shot |= more
        return ("shots", name, next(iter(more), key))

    return mistake


def _prompt(text: str) -> Mistake:
    return _set("prompt", text)


def _option(value: dict[str, Any]) -> Mistake:
    def mistake(spec: dict[str, Any], _dice: random.Random) -> Where | None:
        name = _first(spec, _plain)
        if name is None:
            return None
        spec["shots"][name]["provider_options"] = {spec["provider"]: value}
        return ("shots", name, "provider_options", spec["provider"])

    return mistake


def _matrix_length(length: int) -> Mistake:
    """Let an axis decide a length that one of its cells gets wrong."""

    def mistake(spec: dict[str, Any], _dice: random.Random) -> Where | None:
        name = _first(spec, _plain)
        if name is None or "matrix" in spec:
            return None
        spec["matrix"] = {"secs": [5, length]}
        spec["shots"][name]["duration"] = "{{ secs }}"
        return ("shots", name, "duration")

    return mistake


def _board(beats: list[dict[str, Any]]) -> Mistake:
    return _set("storyboard", beats, "prompt", "duration")


def _beside_shots(spec: dict[str, Any], _dice: random.Random) -> Where | None:
    name = _first(spec, _plain)
    if name is None:
        return None
    spec["shots"][name]["storyboard"] = [BEAT, BEAT]
    return ("shots", name, "prompt")


VIDEO = {"video": "https://files.example.com/v.mp4", "duration": 6}
BEAT = {"prompt": "a fox runs", "duration": 2}
EVERYWHERE: dict[str, Mistake] = {
    "two seconds": _set("duration", 2),
    "sixteen seconds": _set("duration", 16),
    "half a second": _set("duration", 4.5),
    "a size of its own": _set("resolution", "1440p"),
    "a shape of its own": _set("aspect_ratio", "4:3"),
    "an unknown key": _set("durration", 5),
    "a word for a switch": _set("sound", "loud"),
    "no take": _set("takes", 0),
    "a take that is not there": _set("pick", 3, "takes"),
    "a last frame alone": _with_file("last_frame", {"image": "https://files.example.com/l.png"}),
    "a frame that is no asset": _set("first_frame", "nobody"),
    "a video that is no asset": _set("edit", "nobody"),
    "an unknown variable": _prompt("A fox in {{ weather }}"),
    "an image over ftp": _with_file("first_frame", {"image": "ftp://files.example.com/a.png"}),
    "a picture of this machine": _with_file("first_frame", {"image": "http://127.0.0.1/a.png"}),
    "a bitmap": _with_file("first_frame", {"image": "https://files.example.com/a.bmp"}),
    "a placeholder of a provider": _prompt("<<<image_1>>> runs"),
    "the page's lost placeholder": _prompt("<<>> runs"),
    "an alias of a provider": _prompt("@image_1 runs"),
    "a very long prompt": _prompt("x" * 3100),
    "an option that nobody documents": _option({"cfg_scale": 0.5}),
    "a callback": _option({"callback_url": "https://example.com/hook"}),
    "a voice list": _option({"voice_list": [1]}),
    "a length of one variant": _matrix_length(17),
    "sound kept of nothing": _set("keep_sound", True),  # noqa: FBT003 - the value of a key
    "an empty prompt": _prompt(""),
}
VIDEOS: dict[str, Mistake] = {
    "a video of two seconds": _with_file("edit", VIDEO | {"duration": 2}, "duration"),
    "a video of sixteen seconds": _with_file("reference_video", VIDEO | {"duration": 16.2}),
    "a webm video": _with_file("edit", VIDEO | {"video": "https://files.example.com/v.webm"}, "duration"),
    "an edit with a length": _with_file("edit", VIDEO, duration=5),
    "an edit with a shape": _with_file("edit", VIDEO, "duration", aspect_ratio="1:1"),
    "an edit with sound": _with_file("edit", VIDEO, "duration", sound=True),
    "a reference with sound": _with_file("reference_video", VIDEO, sound=True),
    "two videos": _with_file("edit", VIDEO, "duration", reference_video="broken"),
    "frames in an edit": _with_file("edit", VIDEO, "duration", first_frame="broken"),
    "eight images": _many(8, "image"),
    "eight elements": _many(8, "element"),
    "four filmed elements": _many(4, "filmed"),
}
BOARDS: dict[str, Mistake] = {
    "seven shots": _board([BEAT | {"duration": 1}] * 7),
    "shots of one second in all": _board([BEAT | {"duration": 1}]),
    "shots of twenty seconds": _board([BEAT | {"duration": 5}] * 4),
    "a shot of no length": _board([BEAT, BEAT | {"duration": 0}]),
    "a shot of 513 characters": _board([BEAT, BEAT | {"prompt": "x" * 513}]),
    "a shot without words": _board([BEAT, BEAT | {"prompt": ""}]),
    "a prompt beside shots": _beside_shots,
}
MISTAKES: dict[str, dict[str, Mistake]] = {
    "kling": EVERYWHERE | VIDEOS | BOARDS,
    "kling-2026": EVERYWHERE
    | VIDEOS
    | BOARDS
    | {"a semicolon in a shot": _board([BEAT, BEAT | {"prompt": "a fox; a hare"}])},
    "hiapi": EVERYWHERE
    | {
        "an image": _many(1, "image"),
        "an element": _many(1, "element"),
        "an edit": _with_file("edit", VIDEO, "duration"),
        "a reference video": _with_file("reference_video", VIDEO),
        "a storyboard": _board([BEAT, BEAT]),
        "an automatic one": _set("storyboard", "auto"),
    },
    "runware": EVERYWHERE
    | VIDEOS
    | BOARDS
    | {
        "an automatic storyboard": _set("storyboard", "auto"),
        "four elements": _many(4, "element"),
        "a quality of 100": _option({"outputQuality": 100}),
        "a life of a minute less": _option({"ttl": 59}),
        "several results": _option({"numberResults": 2}),
        "an upload endpoint": _option({"uploadEndpoint": "https://example.com"}),
        "a size of its own": _option({"width": 720, "height": 720}),
        "a negative prompt of its own": _option({"negativePrompt": "text"}),
    },
    "apimodels": EVERYWHERE
    | VIDEOS
    | {
        "4k": _set("resolution", "4k"),
        "a storyboard": _board([BEAT, BEAT]),
        "an automatic one": _set("storyboard", "auto"),
        "a watermark": _option({"watermark_info": {"enabled": True}}),
    },
}

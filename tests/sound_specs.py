"""Specs that are sound by construction: what goes together was read from the providers' pages."""

import random
from dataclasses import dataclass, field
from typing import Any

ASSETS: dict[str, Any] = {
    **{f"pic_{n}": {"image": f"https://files.example.com/pic{n}.png"} for n in range(1, 8)},
    **{f"host_{n}": {"element": 829382100 + n} for n in range(1, 8)},
    **{f"actor_{n}": {"element": 829382200 + n, "from": "video"} for n in range(1, 4)},
    "walk": {"video": "https://files.example.com/walk.mp4", "duration": 6},
    "long": {"video": "https://files.example.com/long.mov", "duration": 9.5},
}
WORDS = (
    *("quiet", "street", "wet", "neon", "dawn", "slow", "push-in", "fox"),
    *("harbor", "rain", "glass", "tower", "雨", "naïve", "café"),
)


@dataclass
class Room:
    """What one model of one provider takes, as its pages say."""

    resolutions: tuple[str, ...]
    longest: int
    sound: bool = False
    boards: bool = False
    auto: bool = False
    video: bool = True
    references: int = 7
    """Images and elements together, without a video."""
    beside_video: int = 4
    elements: int = 7
    filmed: int = 0
    """Elements made from a video."""
    elements_beside_frames: int = 3
    frames_count: bool = True
    """Whether frames count among the references."""
    frame_alone: tuple[int, ...] = ()
    """The lengths from a first frame alone; any where empty."""
    images_beside_frames: int = 7
    elements_beside_last: int = 3
    keeps: tuple[str, ...] = ("edit", "reference")
    """The kinds of video whose sound can be kept."""
    elements_beside_edit: int = 4
    frames_beside_feature: bool = True
    lead: int = 2500
    options: tuple[dict[str, Any], ...] = field(default=({},))


_WATERMARK = {"watermark_info": {"enabled": True}}
_ALL = ("720p", "1080p", "4k")
ROOMS: dict[tuple[str, str], Room] = {
    ("kling", "v3-omni"): Room(_ALL, 15, sound=True, boards=True, auto=True, filmed=3, options=({}, _WATERMARK)),
    ("kling", "o1"): Room(
        _ALL[:2], 10, frame_alone=(5, 10), images_beside_frames=1, elements_beside_last=0
    ),
    ("kling-2026", "v3-omni"): Room(
        _ALL, 15, sound=True, boards=True, auto=True, filmed=3, frames_count=False, keeps=("edit",), lead=3000,
        options=({}, _WATERMARK),
    ),
    ("kling-2026", "o1"): Room(
        _ALL[:2], 10, frame_alone=(5, 10), frames_count=False, images_beside_frames=3, elements_beside_last=0
    ),
    ("hiapi", "v3-omni"): Room(_ALL, 15, sound=True, video=False, references=0, elements=0),
    ("runware", "v3-omni"): Room(
        _ALL, 15, sound=True, boards=True, elements=3, elements_beside_edit=0,
        options=({}, {"ttl": 3600}, {"outputFormat": "MOV", "outputQuality": 90}),
    ),
    ("runware", "o1"): Room(
        _ALL[:2], 10, frame_alone=(5, 10), elements=0, images_beside_frames=0, elements_beside_last=0,
        frames_beside_feature=False,
    ),
    ("apimodels", "v3-omni"): Room(_ALL[:2], 15, sound=True, filmed=3),
    ("apimodels", "o1"): Room(
        _ALL[:2], 10, frame_alone=(5, 10), images_beside_frames=1, elements_beside_last=0
    ),
}  # fmt: skip


def sound_spec(seed: int, provider: str) -> dict[str, Any]:
    """A spec that the provider's pages allow, of one to four shots, often with a matrix."""
    dice = random.Random(f"{provider}/{seed}")
    model = dice.choice([model for name, model in ROOMS if name == provider])
    room = ROOMS[provider, model]
    shots: dict[str, Any] = {}
    for number in range(dice.randint(1, 4)):
        shots[f"shot_{number}"] = _shot(dice, room, provider, model, shots)
    spec: dict[str, Any] = {"kling_spec": 1, "provider": provider, "model": model}
    if dice.random() < 0.5:
        spec["vars"] = {"lens": dice.choice(["35mm", "50mm"])}
        spec["matrix"] = {"mood": {"calm": {"light": "soft"}, "wild": {"light": "hard"}}}
        for shot in shots.values():
            if "prompt" in shot:
                shot["prompt"] += ", {{ light }} light, {{ lens }}, {{ mood }}"
    used = str(shots)
    spec["assets"] = {name: asset for name, asset in ASSETS.items() if f"{name}" in used}
    spec["shots"] = shots
    spec["cuts"] = {}
    return spec


def _shot(  # noqa: C901 - a table of what goes together
    dice: random.Random, room: Room, provider: str, model: str, earlier: dict[str, Any]
) -> dict[str, Any]:
    kinds = ["text", "text", "frame", "frames"]
    kinds += ["edit", "reference", "next", "extend"] if room.video else []
    kinds += ["board"] if room.boards else []
    kinds += ["auto"] if room.auto else []
    kind = dice.choice(kinds)
    shot: dict[str, Any] = {"resolution": dice.choice(room.resolutions)}
    words = " ".join(dice.choices(WORDS, k=dice.randint(2, 12)))
    lasts = list(range(3, room.longest + 1))
    frames = {"frame": 1, "frames": 2}.get(kind, 0)
    video = kind in ("edit", "reference", "next")
    if video and kind != "edit" and room.frames_beside_feature and dice.random() < 0.2:
        frames = 1
    names = _names(dice, room, kind, frames, video=video)
    if model == "o1" and kind == "text" and not names:
        lasts = [5, 10]
    others = [name for name in names if provider != "kling-2026" or not name.startswith("host")]
    if kind == "frame" and room.frame_alone and (provider == "runware" or not others):
        lasts = list(room.frame_alone)
    if provider == "runware" and model == "o1" and kind == "frames":
        lasts = [5, 10]
    mentions = "".join(f", beside {{{{ {name} }}}}" for name in names)
    shot |= {"prompt": words + mentions, "duration": dice.choice(lasts)}
    if frames:
        shot["first_frame"] = "pic_1"
    if frames == 2:
        shot["last_frame"] = "pic_2"
    _kind(dice, room, kind, shot, mentions, [name for name in earlier if "edit" not in earlier[name]])
    if dice.random() < 0.4 and not frames and kind != "edit":
        shot["aspect_ratio"] = dice.choice(["16:9", "9:16", "1:1"])
    if room.sound and not video and dice.random() < 0.4:
        shot["sound"] = True
    if dice.random() < 0.2:
        shot["negative_prompt"] = "text, logos"
    if dice.random() < 0.15 and kind != "extend":
        shot["takes"] = 2
    if options := dice.choice(room.options):
        shot["provider_options"] = {provider: options}
    return shot


def _kind(
    dice: random.Random, room: Room, kind: str, shot: dict[str, Any], mentions: str, earlier: list[str]
) -> None:
    match kind:
        case "edit":
            del shot["duration"]
            shot |= {"edit": "walk", "prompt": f"Turn {{{{ walk }}}} into snow{mentions}"}
        case "reference":
            source = dice.choice(["walk", "long"])
            shot |= {"reference_video": source, "prompt": f"Move as in {{{{ {source} }}}}{mentions}"}
        case "next":
            sources = [*earlier, "walk"] if shot["resolution"] != "4k" else ["walk"]
            shot[dice.choice(["next_of", "previous_of"])] = dice.choice(sources)
        case "extend":
            shot["extend"] = [
                {"prompt": "It goes on", "duration": dice.randint(3, 10)} for _ in range(dice.randint(1, 2))
            ]
        case "board":
            del shot["prompt"], shot["duration"]
            count = dice.randint(1, 6)
            cuts = sorted(dice.sample(range(1, 15), count - 1)) if count > 1 else []
            total = dice.randint(max([3, *(cut + 1 for cut in cuts)]), 15)
            lengths = [after - before for before, after in zip([0, *cuts], [*cuts, total], strict=True)]
            shot["storyboard"] = [
                {"prompt": f"Beat {n}{mentions}", "duration": d} for n, d in enumerate(lengths)
            ]
        case "auto":
            shot["storyboard"] = "auto"
    if kind in ("edit", "reference") and kind in room.keeps and dice.random() < 0.5:
        shot["keep_sound"] = True


def _names(dice: random.Random, room: Room, kind: str, frames: int, *, video: bool) -> list[str]:
    """Pictures and elements that may go in beside the rest; often as many as there may be."""
    whole = room.beside_video if video else room.references
    left = max(0, whole - (frames if room.frames_count else 0))
    elements = min(left, room.elements)
    images = left
    if frames:
        elements = min(elements, room.elements_beside_frames if frames == 1 else room.elements_beside_last)
        images = min(images, room.images_beside_frames)
        if frames == 2 and not room.elements_beside_last:
            images = 0
    if kind == "edit":
        elements = min(elements, room.elements_beside_edit)
    if room.filmed and not video and not frames and dice.random() < 0.2:
        filmed = dice.randint(1, 3)
        others = dice.randint(0, 4)
        return [f"actor_{n}" for n in range(1, filmed + 1)] + [f"pic_{n}" for n in range(1, others + 1)]
    made = dice.choice([0, 0, elements, dice.randint(0, elements)])
    drawn = dice.choice(
        [0, max(0, min(images, left - made)), dice.randint(0, max(0, min(images, left - made)))]
    )
    first = 3 if frames else 1
    pictures = [f"pic_{n}" for n in range(first, min(8, first + drawn))]
    return pictures + [f"host_{n}" for n in range(1, made + 1)]

"""A shot in the variants that see it alike: everything but the words of its prompts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from kling_spec.compile._assets import media
from kling_spec.compile._context import Context, Path, Shot
from kling_spec.compile._origins import Origins
from kling_spec.diagnostics import Diagnostic, Severity
from kling_spec.ir import (
    Ask,
    Beat,
    Hole,
    Media,
    MediaKind,
    Mention,
    Output,
    OutputPart,
    Resolution,
    Text,
)
from kling_spec.spec import Extension, LastFrameOf, ShotKeys

DURATION = 5
RESOLUTION = "1080p"
ASPECT_RATIO = "16:9"


@dataclass(frozen=True, slots=True)
class Upstream:
    """Another shot's task whose clip goes in: its id without the variant, and the clip's length if known."""

    task: str
    seconds: int | None


@dataclass(frozen=True, slots=True)
class Prompt:
    """One text of a shot that each variant renders for itself."""

    source: str
    path: Path


@dataclass(slots=True)
class Generation:
    """One generation of a shape: the shot itself, or one of its extensions."""

    texts: tuple[Prompt, ...]
    """The prompt, the negative prompt, and the prompts of a storyboard; empty ones are left out of the ask."""
    asks: dict[tuple[tuple[str, ...], ...], Ask | None] = field(default_factory=dict)
    """The asks that were made of it, by the names that its texts mention."""


@dataclass(slots=True, kw_only=True)
class Shape:
    """A shot as the variants with the same values see it."""

    shot: Shot
    keys: ShotKeys
    """Rendered and checked, but for the prompts."""
    sources: dict[str, Upstream]
    """For each key that uses another shot's clip: what makes it."""
    generations: list[Generation]
    aspect_ratio: str | None
    """None where a frame or an edited video decides it."""
    seconds: int | None
    """How long the clip is; None where the input decides it."""

    @property
    def last_task(self) -> str:
        """The id, without the variant, of the task whose clip another shot continues."""
        return part_id(self.shot.name, self.pick, len(self.keys.extend))

    @property
    def last_seconds(self) -> int | None:
        """How long that clip is, where that is known before the run."""
        return duration_of(self.keys.extend[-1]) if self.keys.extend else self.seconds

    @property
    def pick(self) -> int:
        """The take that cuts and other shots use."""
        return self.keys.pick or 1


def part_id(shot: str, take: int, extension: int) -> str:
    """Return a task's id without the variant: `arrive`, `arrive@2`, `chase+1`."""
    return f"{shot}{f'@{take}' if take > 1 else ''}{f'+{extension}' if extension else ''}"


def prompts_of(shot: Shot, extension: int) -> tuple[Prompt, ...]:
    """Return the texts of the shot itself (`extension` 0) or of one of its extensions."""
    keys: ShotKeys | Extension = shot.keys if not extension else shot.keys.extend[extension - 1]

    def base(key: str) -> Path:
        return (*shot.path("extend"), extension - 1, key) if extension else shot.path(key)

    texts = [
        Prompt(keys.prompt or "", base("prompt")),
        Prompt(keys.negative_prompt or "", base("negative_prompt")),
    ]
    if isinstance(keys, ShotKeys) and isinstance(keys.storyboard, list):
        beats = enumerate(keys.storyboard)
        texts += [Prompt(beat.prompt, (*base("storyboard"), number, "prompt")) for number, beat in beats]
    return tuple(texts)


def text_of(mentions: tuple[str, ...], first_hole: int) -> Text:
    """Return a text of words and mentions in turn, its holes numbered from `first_hole`."""
    parts: list[str | Hole | Mention] = [Hole(first_hole)]
    for number, name in enumerate(mentions, 1):
        parts += [Mention(name), Hole(first_hole + number)]
    return Text(tuple(parts))


class AskMaker:
    """Makes the asks of shapes; `report` gets what is wrong with one."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._media: dict[str, Media] = {}

    def make(
        self, shape: Shape, extension: int, mentions: tuple[tuple[str, ...], ...]
    ) -> tuple[Ask | None, list[Diagnostic]]:
        """Return the ask of one generation whose texts mention these names, or None and what is wrong."""
        keys: ShotKeys | Extension = shape.keys if not extension else shape.keys.extend[extension - 1]
        generation = shape.generations[extension]
        frames = (
            {kind: self._frame(shape, kind) for kind in ("first_frame", "last_frame")}
            if not extension
            else {}
        )
        video_key, video = self._video(shape, extension)
        used = {media.name for media in (*frames.values(), video) if media is not None}
        names = [name for found in mentions for name in found]
        found = list(self._unusable(shape, generation, mentions, used, video_key))
        if found:
            return None, found
        listed = [
            self._asset(name) for name in dict.fromkeys((*names, *self._references(keys))) if name not in used
        ]
        texts = _texts(mentions, generation)
        ask = Ask(
            model=self._context.spec.model,
            prompt=_with_lead_in(texts[0], video_key, video, is_empty=not generation.texts[0].source),
            negative_prompt=texts[1],
            storyboard=self._beats(keys, texts[2:]),
            auto_storyboard=isinstance(keys, ShotKeys) and keys.storyboard == "auto",
            resolution=Resolution(keys.resolution or shape.keys.resolution or RESOLUTION),
            aspect_ratio=shape.aspect_ratio,
            duration=None if video_key == "edit" else duration_of(keys),
            sound=bool(video is None and isinstance(keys, ShotKeys) and keys.sound),
            first_frame=frames.get("first_frame"),
            last_frame=frames.get("last_frame"),
            images=tuple(item for item in listed if item.kind is MediaKind.IMAGE),
            elements=tuple(item for item in listed if item.kind is MediaKind.ELEMENT),
            reference_video=video if video_key != "edit" else None,
            edit=video if video_key == "edit" else None,
            keep_sound=bool(keys.keep_sound),
            options=keys.provider_options.get(self._context.provider, {}),
            origins=Origins(self._context.document, _paths(shape.shot, extension, self._context.provider)),
        )
        return ask, list(self._unnamed(shape, video_key, video, mentions))

    def _unnamed(
        self, shape: Shape, key: str | None, video: Media | None, mentions: tuple[tuple[str, ...], ...]
    ) -> Iterator[Diagnostic]:
        """Yield a warning for a video that goes in and that no prompt names, where no words are added."""
        if (
            video is not None
            and key in ("edit", "reference_video")
            and not any(video.name in m for m in mentions)
        ):
            yield self._context.report(
                "KS341",
                f"the prompt of shot '{shape.shot.name}' does not name the video '{video.name}'",
                shape.shot.path("prompt") if shape.keys.prompt is not None else ("shots", shape.shot.name),
                key=shape.keys.prompt is None,
                help="say what it is for, as 'Turn {{ " + video.name + " }} into …'",
                severity=Severity.WARNING,
            )

    def _asset(self, name: str) -> Media:
        if name not in self._media:
            self._media[name] = media(name, self._context.spec.assets[name], self._context.files)
        return self._media[name]

    def _frame(self, shape: Shape, key: str) -> Media | None:
        frame = getattr(shape.keys, key)
        if isinstance(frame, LastFrameOf):
            source = Output(shape.sources[key].task, OutputPart.LAST_FRAME)
            return Media(name=frame.last_frame_of, kind=MediaKind.IMAGE, source=source)
        return None if frame is None else self._asset(frame)

    def _video(self, shape: Shape, extension: int) -> tuple[str | None, Media | None]:
        if extension:
            source = Output(part_id(shape.shot.name, shape.pick, extension - 1))
            return "next_of", Media(name=shape.shot.name, kind=MediaKind.VIDEO, source=source)
        key = next(
            (
                key
                for key in ("next_of", "previous_of", "edit", "reference_video")
                if getattr(shape.keys, key)
            ),
            None,
        )
        if key is None:
            return None, None
        name = getattr(shape.keys, key)
        if key in shape.sources:
            up = shape.sources[key]
            seconds = None if up.seconds is None else Decimal(up.seconds)
            return key, Media(name=name, kind=MediaKind.VIDEO, source=Output(up.task), seconds=seconds)
        return key, self._asset(name)

    def _references(self, keys: ShotKeys | Extension) -> list[str]:
        return keys.references if isinstance(keys, ShotKeys) else []

    def _beats(self, keys: ShotKeys | Extension, texts: tuple[Text, ...]) -> tuple[Beat, ...]:
        if not (isinstance(keys, ShotKeys) and isinstance(keys.storyboard, list)):
            return ()
        return tuple(
            Beat(prompt=text, duration=int(beat.duration))
            for text, beat in zip(texts, keys.storyboard, strict=True)
        )

    def _unusable(
        self,
        shape: Shape,
        generation: Generation,
        mentions: tuple[tuple[str, ...], ...],
        used: set[str],
        video_key: str | None,
    ) -> Iterator[Diagnostic]:
        """Yield mentions of what is no input of this generation."""
        context = self._context
        for prompt, names in zip(generation.texts, mentions, strict=True):
            for name in dict.fromkeys(names):
                kind = context.names.kind_of_asset(name)
                if name in used or kind in ("image", "element"):
                    continue
                if name in context.spec.shots or kind == "video":
                    other = f"; '{video_key}' names another" if video_key else ""
                    message = (
                        f"shot '{shape.shot.name}' mentions the video '{name}', which does not go in{other}"
                    )
                    help_ = f"write 'reference_video: {name}', or next_of, previous_of or edit"
                elif kind is not None:
                    message = f"shot '{shape.shot.name}' mentions the {kind} '{name}'"
                    help_ = f"describe the {'sound' if kind == 'audio' else 'picture'} in words"
                else:
                    message = f"a filter changed the reference to {_shown(name)}"
                    help_ = "write the name alone, as '{{ bottle }}'"
                origin = context.document.locate_in_text(prompt.path, name)
                yield Diagnostic(code="KS307", message=message, origin=origin, help=help_)


def _shown(name: str) -> str:
    return f"'{name}'" if name.isprintable() else "an asset"


def _texts(mentions: tuple[tuple[str, ...], ...], generation: Generation) -> tuple[Text, ...]:
    """Return the texts of a generation; an empty one says nothing, though its hole is counted."""
    texts: list[Text] = []
    hole = 0
    for prompt, names in zip(generation.texts, mentions, strict=True):
        texts.append(text_of(names, hole) if prompt.source else Text())
        hole += len(names) + 1
    return tuple(texts)


_LEAD_INS = {"next_of": "next shot", "previous_of": "previous shot"}


def _with_lead_in(prompt: Text, key: str | None, video: Media | None, *, is_empty: bool) -> Text:
    """Return the prompt, led in by what the model shall do with the video, where that must be said."""
    if video is None or key not in _LEAD_INS or video.name in prompt.mentions:
        return prompt
    words = f", generate the {_LEAD_INS[key]}"
    return Text(("Based on ", Mention(video.name), words + ("." if is_empty else ": "))) + prompt


def duration_of(keys: ShotKeys | Extension) -> int:
    """Return how many seconds a generation lasts, unless an edited video decides it."""
    if isinstance(keys, ShotKeys) and isinstance(keys.storyboard, list):
        return sum(int(beat.duration) for beat in keys.storyboard)
    return int(keys.duration or DURATION)


def _paths(shot: Shot, extension: int, provider: str) -> dict[str, Path]:
    """Return where each ask of a generation was written."""
    base: Path = ("shots", shot.name)
    if extension:
        base = (*shot.path("extend"), extension - 1)
        keys = {key: (*base, key) for key in shot.keys.extend[extension - 1].model_fields_set}
        keys.setdefault("reference_video", base)
    else:
        keys = {key: shot.path(key) for key in shot.keys.model_fields_set}
    for source in ("next_of", "previous_of"):
        if source in keys:
            keys["reference_video"] = keys[source]
    if isinstance(shot.keys.storyboard, list) and not extension:
        for number in range(len(shot.keys.storyboard)):
            keys[f"storyboard[{number}]"] = (*shot.path("storyboard"), number, "prompt")
    if "references" in keys:
        keys.setdefault("images", keys["references"])
        keys.setdefault("elements", keys["references"])
    if "provider_options" in keys:
        keys["provider_options"] = (*keys["provider_options"], provider)
    keys.setdefault("model", ("model",))
    return {"": base, **keys}

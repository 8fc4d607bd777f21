"""What Kling's second standard refuses that its tables cannot say.

From the pages of Omni Video Generation and of O1, as copied 2026-09-20.
"""

from collections.abc import Iterator

from kling_spec.diagnostics import Severity
from kling_spec.ir import Ask, ElementId
from kling_spec.providers._contract import Finding
from kling_spec.providers._rules import (
    addresses,
    elements_beside_frames,
    frames,
    is_character,
    one_video,
    silent_video,
    wordless,
)

_WHO = "Kling"


def limits(ask: Ask) -> Iterator[Finding]:
    """Yield every rule that the ask breaks."""
    for rule in (wordless, frames, one_video, silent_video, elements_beside_frames, addresses):
        yield from rule(ask, _WHO)
    yield from _storyboard(ask)
    yield from _kept_sound(ask)
    yield from _ids(ask)
    if ask.model == "o1":
        yield from _o1(ask)
    else:
        yield from _counts(ask)


def _storyboard(ask: Ask) -> Iterator[Finding]:
    if ask.edit is not None and (ask.storyboard or ask.auto_storyboard):
        yield Finding(
            ask="storyboard" if ask.storyboard else "auto_storyboard",
            message=f"has a storyboard and edits a video; {_WHO} does one or the other",
            help="remove 'storyboard': the shots of the edited video stay as they are",
        )


def _kept_sound(ask: Ask) -> Iterator[Finding]:
    """Yield a finding where a reference video shall keep its sound: 3.0 Omni takes `audio: off` only there."""
    if ask.model != "o1" and ask.reference_video is not None and ask.keep_sound:
        yield Finding(
            ask="keep_sound",
            message=f"keeps the sound of a reference video; {_WHO}'s second standard drops it",
            help="remove 'keep_sound', or use provider kling, which can keep it",
        )


def _ids(ask: Ask) -> Iterator[Finding]:
    for media in ask.elements:
        if isinstance(media.source, ElementId) and not str(media.source.id).isdecimal():
            yield Finding(
                ask="elements",
                message=f"uses '{media.name}' under the id {media.source.id!r}; {_WHO}'s ids are numbers",
                help="write the number that the element library shows",
            )


def _counts(ask: Ask) -> Iterator[Finding]:
    """Yield what is too many: images, elements made from images, and those made from videos.

    Frames are no reference images here: each has a type and a limit of its own.
    """
    made = [media for media in ask.elements if is_character(media)]
    images, plain = len(ask.images), len(ask.elements) - len(made)
    if ask.video is None:
        if len(made) > 3:
            yield _too_many(f"{len(made)} elements made from videos", "3")
        elif made and images + plain > 4 and plain:
            yield _too_many(f"{images + plain} images and elements beside one made from a video", "4")
        elif not made and images + plain > 7:
            yield _too_many(f"{images + plain} images and elements", "7", images=bool(images))
    elif made and (len(made) > 1 or images or plain):
        yield Finding(
            ask="elements",
            message=f"uses '{made[0].name}', made from a video, and others beside a video; "
            f"{_WHO} takes it alone there",
            help="leave out the other images and elements",
        )
    elif images + plain > 4:
        yield _too_many(f"{images + plain} images and elements beside a video", "4", images=bool(images))


def _too_many(what: str, most: str, *, images: bool = False) -> Finding:
    return Finding(
        ask="images" if images else "elements",
        message=f"uses {what}; {_WHO} takes {most}",
        label=f"more than {most}",
        help="leave some of them out",
    )


def _o1(ask: Ask) -> Iterator[Finding]:
    for media in ask.elements:
        if is_character(media):
            yield Finding(
                ask="elements",
                message=f"uses '{media.name}', an element made from a video; {_WHO}'s o1 takes none",
                help="use an element made from images, or model v3-omni",
            )
    others, most = len(ask.images) + len(ask.elements), 4 if ask.video else 7
    if others > most:
        where = " beside a video" if ask.video else ""
        yield _too_many(f"{others} images and elements{where}", str(most), images=bool(ask.images))
    yield from _o1_frames(ask)


def _o1_frames(ask: Ask) -> Iterator[Finding]:
    if ask.last_frame is not None:
        names = [name for name in ("images", "elements", "reference_video") if getattr(ask, name)]
        for name in names:
            what = {"images": "a reference image", "elements": "an element"}.get(name, "a reference video")
            yield Finding(
                ask=name,
                message=f"uses {what} beside a last frame; {_WHO}'s o1 takes none there",
                help="leave it out, or remove 'last_frame', or use model v3-omni",
            )
        return
    if ask.video is not None or ask.duration in (None, 5, 10) or not 3 <= ask.duration <= 10:
        return
    if ask.first_frame is not None and not ask.images:
        yield Finding(
            ask="duration",
            message=f"asks for {ask.duration} seconds; {_WHO}'s o1 makes 5 or 10 from a first frame without an image",
            label="not one of 5, 10",
            help="write 'duration: 5' or 'duration: 10', or use model v3-omni, which makes 3 to 15",
        )
    elif not (ask.first_frame or ask.images or ask.elements):
        yield Finding(
            ask="duration",
            message=f"asks for {ask.duration} seconds; {_WHO}'s o1 may make only 5 or 10 from text",
            help="write 'duration: 5' or 'duration: 10' to be sure",
            severity=Severity.WARNING,
        )

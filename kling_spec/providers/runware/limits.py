"""What Runware refuses that its tables cannot say, from the compatibility tables of its model pages."""

from collections.abc import Iterator

from kling_spec.ir import Ask, ElementParts, Media
from kling_spec.providers._contract import Finding
from kling_spec.providers._rules import (
    addresses,
    frames,
    one_video,
    silent_video,
    sums,
    wordless,
)

_WHO = "Runware"


def limits(ask: Ask) -> Iterator[Finding]:
    """Yield every rule that the ask breaks."""
    for rule in (wordless, frames, one_video, silent_video, sums, addresses):
        yield from rule(ask, _WHO)
    yield from _storyboard(ask)
    yield from _resolution(ask)
    yield from _elements(ask)
    if ask.model == "o1":
        yield from _o1(ask)


def _resolution(ask: Ask) -> Iterator[Finding]:
    """Yield what is wrong with the option that takes the shape of the film from what goes in."""
    wanted = ask.options.get("resolution")
    if wanted is None:
        return
    takes = "a video" if ask.resolution == "1080p" else "a frame, an image or a video"
    goes_in = ask.video or (ask.resolution != "1080p" and (ask.first_frame or ask.images or ask.elements))
    why, help_ = "", ""
    if ask.model == "o1":
        why, help_ = f"{_WHO}'s o1 has no such field", "remove it, or use model v3-omni"
    elif wanted != ask.resolution:
        why, help_ = f"the shot asks for {ask.resolution}", f"write 'resolution: {ask.resolution}' there too"
    elif not goes_in:
        why, help_ = f"{_WHO} takes it beside {takes} only", "write 'aspect_ratio' instead"
    if why:
        yield Finding(
            ask="provider_options",
            message=f"sets 'resolution' to {wanted} in provider_options; {why}",
            help=help_,
            code="KS405",
        )


def _storyboard(ask: Ask) -> Iterator[Finding]:
    if ask.storyboard and ask.video is not None:
        yield Finding(
            ask="storyboard",
            message=f"has a storyboard beside a video; {_WHO} takes shots without a video only",
            help="tell the shots in 'prompt' instead",
        )


def _elements(ask: Ask) -> Iterator[Finding]:
    if ask.edit is not None and ask.elements:
        yield Finding(
            ask="elements",
            message=f"uses '{ask.elements[0].name}', an element, in an edit; {_WHO} takes none there",
            help="use an image of it instead",
        )
    elif len(ask.elements) > 3:
        yield Finding(
            ask="elements",
            message=f"uses {len(ask.elements)} elements; {_WHO} takes 3",
            label="more than 3",
            help=f"leave out {len(ask.elements) - 3} of them, or use images",
        )
    for media in ask.elements:
        yield from _parts(media)


def _parts(media: Media) -> Iterator[Finding]:
    match media.source:
        case ElementParts(frontal=None, video=None):
            yield _part(media, "has neither a frontal image nor a video", "write 'frontal' or 'video'")
        case ElementParts(frontal=frontal, images=images, video=video) if video is not None and (
            frontal or images
        ):
            yield _part(media, "has images and a video", "keep one or the other")
        case ElementParts(images=images) if len(images) > 3:
            yield _part(
                media, f"has {len(images)} images besides the frontal one, and 3 go in", "leave some out"
            )


def _part(media: Media, message: str, what: str) -> Finding:
    return Finding(ask="elements", message=f"uses '{media.name}', an element that {message}", help=what)


def _o1(ask: Ask) -> Iterator[Finding]:
    if ask.elements:
        yield Finding(
            ask="elements",
            message=f"uses '{ask.elements[0].name}', an element; {_WHO}'s o1 takes none",
            help="use images of it, or model v3-omni",
        )
    if ask.first_frame is None:
        return
    if ask.images:
        yield Finding(
            ask="images",
            message=f"uses reference images beside a frame; {_WHO}'s o1 takes one or the other",
            help="leave out the frame or the images, or use model v3-omni",
        )
    if ask.last_frame is not None and ask.reference_video is not None:
        yield Finding(
            ask="last_frame",
            message=f"sets a last frame beside a reference video; {_WHO}'s o1 takes a first frame only there",
            help="remove 'last_frame', or use model v3-omni",
        )
    if ask.duration is not None and 3 <= ask.duration <= 10 and ask.duration not in (5, 10):
        yield Finding(
            ask="duration",
            message=f"asks for {ask.duration} seconds; {_WHO}'s o1 makes 5 or 10 from a frame",
            label="not one of 5, 10",
            help="write 'duration: 5' or 'duration: 10', or use model v3-omni, which makes 3 to 15",
        )

"""What Kling's omni endpoint refuses beyond the tables, for Kling and those who pass bodies on to it.

From the page of the first standard, and its changelog up to 2026-06-17 where that is newer.
"""

from collections.abc import Iterator

from kling_spec.diagnostics import Severity
from kling_spec.ir import Ask, ElementId
from kling_spec.providers._contract import Finding
from kling_spec.providers._omni import element_id
from kling_spec.providers._rules import (
    addresses,
    characters,
    elements_beside_frames,
    frames,
    is_character,
    one_video,
    silent_video,
    sums,
)


def omni_limits(ask: Ask, who: str) -> Iterator[Finding]:
    """Yield every rule of the omni endpoint that the ask breaks; `who` is how messages call the provider."""
    for rule in (
        frames,
        one_video,
        silent_video,
        sums,
        elements_beside_frames,
        addresses,
    ):
        yield from rule(ask, who)
    yield from _elements(ask, who)
    if ask.model == "o1":
        yield from _o1(ask, who)
    else:
        yield from characters(ask, who)


def _elements(ask: Ask, who: str) -> Iterator[Finding]:
    """Yield a finding for each element of the library that has no number there."""
    for media in ask.elements:
        if isinstance(media.source, ElementId) and isinstance(element_id(media), str):
            yield Finding(
                ask="elements",
                message=f"uses '{media.name}' under the id {media.source.id!r}; {who}'s ids are numbers",
                help="write the number that the element library shows",
            )


def _o1(ask: Ask, who: str) -> Iterator[Finding]:
    yield from _o1_media(ask, who)
    if ask.video is not None or ask.duration in (None, 5, 10) or not 3 <= ask.duration <= 10:
        return
    if ask.first_frame is not None and not (ask.last_frame or ask.images or ask.elements):
        yield Finding(
            ask="duration",
            message=f"asks for {ask.duration} seconds; {who}'s o1 makes 5 or 10 from a first frame alone",
            label="not one of 5, 10",
            help="write 'duration: 5' or 'duration: 10', or use model v3-omni, which makes 3 to 15",
        )
    elif not (ask.first_frame or ask.images or ask.elements):
        yield Finding(
            ask="duration",
            message=f"asks for {ask.duration} seconds; {who}'s o1 may make only 5 or 10 from text",
            help="write 'duration: 5' or 'duration: 10' to be sure",
            severity=Severity.WARNING,
        )


def _o1_media(ask: Ask, who: str) -> Iterator[Finding]:
    pictures = [media for media in (ask.first_frame, ask.last_frame, *ask.images) if media is not None]
    has_frame = ask.first_frame is not None or ask.last_frame is not None
    if has_frame and len(pictures) > 2:
        yield Finding(
            ask="images" if ask.images else "first_frame",
            message=f"uses {len(pictures)} images, a frame among them; {who}'s o1 takes 2 then",
            help="leave out reference images, or use model v3-omni",
        )
    if ask.last_frame is not None and ask.elements:
        yield Finding(
            ask="elements",
            message=f"uses an element beside a first and a last frame; {who}'s o1 takes none there",
            help="leave out the element or the last frame, or use model v3-omni",
        )
    if ask.last_frame is not None and ask.reference_video is not None:
        yield Finding(
            ask="last_frame",
            message=f"sets a last frame beside a reference video; {who}'s o1 takes none there",
            help="remove 'last_frame', or use model v3-omni",
        )
    for media in ask.elements:
        if is_character(media):
            yield Finding(
                ask="elements",
                message=f"uses '{media.name}', an element made from a video; {who}'s o1 takes none",
                help="use an element made from images, or model v3-omni",
            )

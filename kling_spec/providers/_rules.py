"""Limits that more than one provider has, one function a rule; a provider's `limits.py` picks its own.

Each takes the ask and the name by which the provider is called in messages.
"""

from collections.abc import Collection, Iterator

from kling_spec.ir import Ask, ElementId, ElementParts, Link, Media, Source
from kling_spec.providers._contract import Finding


def wordless(ask: Ask, who: str) -> Iterator[Finding]:
    """Yield a finding where the task has no words."""
    if not (ask.prompt or ask.storyboard or ask.negative_prompt):
        yield Finding(ask="prompt", message=f"has no prompt; {who} needs one", help="write 'prompt'")


def frames(ask: Ask, who: str) -> Iterator[Finding]:
    """Yield findings for a last frame without a first one, and for frames beside an edited video."""
    if ask.edit is not None:
        for name in ("first_frame", "last_frame"):
            if getattr(ask, name) is not None:
                yield Finding(
                    ask=name,
                    message=f"sets a {name.replace('_', ' ')} and edits a video; {who} does one or the other",
                    help=f"remove '{name}', or make it a reference image with 'references'",
                )
    elif ask.last_frame is not None and ask.first_frame is None:
        yield Finding(
            ask="last_frame",
            message=f"has a last frame and no first one; {who} takes a last frame beside a first one only",
            help="write 'first_frame' too",
        )


def one_video(ask: Ask, who: str) -> Iterator[Finding]:
    """Yield a finding where two videos go in."""
    if ask.edit is not None and ask.reference_video is not None:
        yield Finding(
            ask="reference_video",
            message=f"edits a video and refers to another; {who} takes one video",
            help="remove 'reference_video', or 'edit'",
        )


def silent_video(ask: Ask, who: str) -> Iterator[Finding]:
    """Yield a finding where sound is to be made beside a video."""
    if ask.sound and ask.video is not None:
        yield Finding(
            ask="sound",
            message=f"asks for sound beside a video; {who} makes none where a video goes in",
            help="write 'sound: false'; 'keep_sound: true' keeps the sound of the video itself",
        )


def sums(ask: Ask, who: str, *, alone: int = 7, beside_video: int = 4) -> Iterator[Finding]:
    """Yield a finding where pictures, frames among them, and elements are too many together."""
    pictures = [media for media in (ask.first_frame, ask.last_frame, *ask.images) if media is not None]
    count, most = len(pictures) + len(ask.elements), beside_video if ask.video else alone
    if count > most:
        where = " beside a video" if ask.video else ""
        yield Finding(
            ask="images" if ask.images else "elements",
            message=f"uses {count} images and elements, frames among them; {who} takes {most}{where}",
            label=f"more than {most}",
            help=f"leave out {count - most} of them",
        )


def is_character(media: Media) -> bool:
    """Whether the element was made from a video."""
    match media.source:
        case ElementId(made_from=made_from):
            return made_from == "video"
        case ElementParts(video=video):
            return video is not None
        case _:
            return False


def characters(ask: Ask, who: str) -> Iterator[Finding]:
    """Yield findings for elements made from a video: three go in, few others beside them, and no video."""
    made = [media for media in ask.elements if is_character(media)]
    if not made:
        return
    if ask.video is not None:
        yield Finding(
            ask="elements",
            message=f"uses '{made[0].name}', made from a video, beside a video; {who} takes none there",
            help="use an element made from images",
        )
        return
    if len(made) > 3:
        yield Finding(
            ask="elements",
            message=f"uses {len(made)} elements made from videos; {who} takes 3",
            help="use elements made from images for the others",
        )
    pictures = [media for media in (ask.first_frame, ask.last_frame, *ask.images) if media is not None]
    others = len(pictures) + len(ask.elements) - len(made)
    if others > 4:
        yield Finding(
            ask="images" if ask.images else "elements",
            message=f"uses {others} images and elements beside one made from a video; {who} takes 4",
            help=f"leave out {others - 4} of them",
        )


def elements_beside_frames(ask: Ask, who: str) -> Iterator[Finding]:
    """Yield a finding for more than three elements where a frame is given."""
    if ask.first_frame is not None and len(ask.elements) > 3:
        yield Finding(
            ask="elements",
            message=f"uses {len(ask.elements)} elements beside a first frame; {who} takes 3",
            help=f"leave out {len(ask.elements) - 3} of them",
        )


def addresses(ask: Ask, who: str, schemes: Collection[str] = ("https", "http")) -> Iterator[Finding]:
    """Yield a finding for each link that the provider cannot fetch."""
    for name, media, source in _files(ask):
        if isinstance(source, Link) and source.url.partition(":")[0].lower() not in schemes:
            yield Finding(
                ask=name,
                message=f"uses '{media.name}' at an address that {who} cannot fetch",
                help=f"write an address that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}",
            )


def _files(ask: Ask) -> Iterator[tuple[str, Media, Source]]:
    """Yield every file that goes in, under the ask that brought it."""
    for name in ("first_frame", "last_frame", "images", "elements", "reference_video", "edit"):
        value = getattr(ask, name)
        for media in value if isinstance(value, tuple) else (value,):
            if media is None:
                continue
            if isinstance(media.source, ElementParts):
                parts = (media.source.frontal, *media.source.images, media.source.video)
                yield from ((name, media, part) for part in parts if part is not None)
            else:
                yield name, media, media.source

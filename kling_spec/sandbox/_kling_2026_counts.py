"""How many images and elements one body of Kling's second standard may hold, by what else is in it."""

from collections.abc import Iterator

from kling_spec.sandbox._contents import O1, Contents
from kling_spec.sandbox._known import Known
from kling_spec.sandbox._shape import Fault


def count_faults(asked: Contents, known: Known) -> Iterator[Fault]:
    """Yield each limit that is passed; an element that was not made here counts as one of images."""
    elements = asked.of("element")
    characters = sum(known.element(item["element_id"]) == "video" for item in elements)
    if len(asked.of("feature_video", "base_video")) > 1:
        yield Fault("contents", "has more than one video", "conflict")
    if asked.model == O1:
        yield from _o1(asked, characters)
    else:
        yield from _omni(asked, characters)
        if asked.of("first_frame") and len(elements) > 3:
            yield Fault("contents", "takes at most 3 elements beside a frame", "conflict")


def _o1(asked: Contents, characters: int) -> Iterator[Fault]:
    if characters:
        yield Fault("contents", f"holds a video character, which {O1} does not take", "conflict")
    yield from _total(asked, 0, 4 if asked.video else 7)


def _omni(asked: Contents, characters: int) -> Iterator[Fault]:
    others = len(asked.of("element")) - characters
    if not characters:
        yield from _total(asked, 0, 4 if asked.video else 7)
    elif asked.video is None:
        if characters > 3:
            yield Fault("contents", f"holds {characters} video characters, at most 3 are allowed", "conflict")
        yield from _total(asked, characters, 4 if others else 7)
    else:
        if others:
            yield Fault("contents", "cannot hold elements of both kinds beside a video", "conflict")
        if characters > 1:
            yield Fault("contents", "takes at most 1 video character beside a video", "conflict")
        if asked.of("refer_image"):
            yield Fault("contents", "takes no refer_image beside a video and a video character", "conflict")


def _total(asked: Contents, characters: int, most: int) -> Iterator[Fault]:
    total = len(asked.of("refer_image", "element")) - characters
    if total > most:
        yield Fault(
            "contents",
            f"holds {total} reference images and elements of images, at most {most} are allowed here",
            "conflict",
        )

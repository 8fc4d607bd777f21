"""What Kling refuses that its tables cannot say."""

from collections.abc import Iterator

from kling_spec.ir import Ask
from kling_spec.providers._contract import Finding
from kling_spec.providers._omni_limits import omni_limits
from kling_spec.providers._rules import wordless

_WHO = "Kling"


def limits(ask: Ask) -> Iterator[Finding]:
    """Yield every rule that the ask breaks.

    Frames beside a storyboard (since 2026-05-07) and 4k beside a video (since 2026-06-17) are
    allowed for v3-omni, whatever older pages say.
    """
    yield from wordless(ask, _WHO)
    yield from omni_limits(ask, _WHO)
    yield from _storyboard(ask)


def _storyboard(ask: Ask) -> Iterator[Finding]:
    """Yield a finding where shots are told beside a video: there the model cuts by itself or not at all.

    Changelog, 2026-06-17.
    """
    if ask.edit is not None and (ask.storyboard or ask.auto_storyboard):
        yield Finding(
            ask="storyboard" if ask.storyboard else "auto_storyboard",
            message=f"has a storyboard and edits a video; {_WHO} does one or the other",
            help="remove 'storyboard': the shots of the edited video stay as they are",
        )
    elif ask.reference_video is not None and ask.storyboard:
        yield Finding(
            ask="storyboard",
            message=f"has a storyboard of its own beside a reference video; {_WHO} cuts those itself",
            help="write 'storyboard: auto' and tell the shots in 'prompt'",
        )

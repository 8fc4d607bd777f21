"""What APIModels refuses that its tables cannot say: it passes bodies on to Kling's omni endpoint."""

from collections.abc import Iterator

from kling_spec.diagnostics import Severity
from kling_spec.ir import Ask
from kling_spec.providers._contract import Finding
from kling_spec.providers._omni_limits import omni_limits

_WHO = "APIModels"


def limits(ask: Ask) -> Iterator[Finding]:
    """Yield every rule that the ask breaks."""
    yield from _words(ask)
    yield from _silent_model(ask)
    yield from omni_limits(ask, _WHO)


def _silent_model(ask: Ask) -> Iterator[Finding]:
    """Yield a warning for sound from O1: the page sells it, and Kling's capability map says that O1 makes none."""
    if ask.model == "o1" and ask.sound:
        yield Finding(
            ask="sound",
            message=f"asks for sound of o1, which {_WHO} sells and Kling's own o1 does not make",
            help="write 'sound: false', or use model v3-omni: you may pay for silence",
            severity=Severity.WARNING,
        )


def _words(ask: Ask) -> Iterator[Finding]:
    """Yield a warning without a prompt, and an error where nothing else goes in either."""
    if ask.prompt or ask.negative_prompt or ask.storyboard:
        return
    has_media = ask.first_frame or ask.images or ask.video
    yield Finding(
        ask="prompt",
        message="has no prompt, which Kling behind it may refuse"
        if has_media
        else f"has no prompt; {_WHO} needs one",
        help="write 'prompt'",
        severity=Severity.WARNING if has_media else Severity.ERROR,
    )

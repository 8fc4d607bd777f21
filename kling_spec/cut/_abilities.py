"""What an ffmpeg cannot write, found before the first frame is encoded."""

from kling_spec.diagnostics import Diagnostic
from kling_spec.ir import Container, Film, Timeline
from kling_spec.media import ENCODERS, Ffmpeg


def inabilities(film: Film, timeline: Timeline, ffmpeg: Ffmpeg) -> tuple[Diagnostic, ...]:
    """Return a finding for each encoder that the delivery needs and this ffmpeg lacks."""
    delivery = timeline.delivery
    needed = {ENCODERS[delivery.codec].name: f"{delivery.codec} pictures"}
    if delivery.container is Container.WEBM:
        needed["libopus"] = "the sound of webm"
    return tuple(
        Diagnostic(
            code="KS718",
            message=f"this ffmpeg cannot write {what}: it has no encoder '{name}'",
            origin=film.origin,
            help="name another ffmpeg in the settings; the one that comes with imageio-ffmpeg has it",
        )
        for name, what in needed.items()
        if name in ffmpeg.lacks
    )

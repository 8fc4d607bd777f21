"""Whether an editor changed the sound, which a cut does not read from an edit."""

from fractions import Fraction

from kling_spec.diagnostics import Diagnostic, Origin, Severity
from kling_spec.exchange._edit import Edit, Heard
from kling_spec.exchange._laid import Laid
from kling_spec.exchange._library import library
from kling_spec.exchange._shelf import file_names
from kling_spec.exchange._tracks import Tracks


def sound_differs(laid: Laid, edit: Edit) -> tuple[Diagnostic, ...]:
    """Return a warning where the edit's sound is not the one that goes with the film that follows it."""
    tracks = Tracks(laid, file_names(laid.stock.materials), library())
    rate, meant = laid.timeline.canvas.rate, set()
    for track in tracks.sounds():
        at = 0
        for item in track:
            if item.schema_name() != "Transition":
                frames = round(item.duration().value)
                if item.schema_name() == "Clip":
                    meant.add((at, at + frames))
                at += frames
    came = {_on_the_grid(heard, rate) for heard in edit.heard}
    if came == meant:
        return ()
    message = (
        f"the sound of the edit is not read ({len(came ^ meant)} of its clips lie otherwise): "
        "clips sound as they are seen, music and voice as the spec says"
    )
    return (
        Diagnostic(
            code="KS723",
            message=message,
            origin=Origin(edit.file),
            severity=Severity.WARNING,
            help="say levels, music and voice under 'audio' of the cut",
        ),
    )


def _on_the_grid(heard: Heard, rate: Fraction) -> tuple[int, int]:
    return round(heard.begin * rate), round(heard.end * rate)

"""What a person should know of a film's sound."""

from kling_spec.cut._material import Stock
from kling_spec.diagnostics import Diagnostic, Severity
from kling_spec.ir import SAMPLE_RATE, Film, Timeline
from kling_spec.media import SoundFacts

_NEAR = 0.5
"""LU from the target that nobody hears."""


def voice_notes(film: Film, timeline: Timeline, stock: Stock) -> tuple[Diagnostic, ...]:
    """Return a warning where the voice does not fit into the film."""
    voice = stock.of(film.sound.voice)
    if voice is None:
        return ()
    seconds, start = timeline.samples / SAMPLE_RATE, float(film.sound.voice_start)
    if start >= seconds:
        message = f"the voice of cut '{film.cut}' begins at {start:g} s; the film is {seconds:.2f} s long"
        return (_warning(film, "KS716", message, "let it begin earlier"),)
    length = voice.facts.seconds if isinstance(voice.facts, SoundFacts) else 0.0
    over = start + length - seconds
    if over <= 1 / timeline.canvas.rate:
        return ()
    message = f"the voice of cut '{film.cut}' goes on for {over:.2f} s when the film has ended"
    return (
        _warning(
            film, "KS715", message, "it is cut off there; let it begin earlier, or let clips stand longer"
        ),
    )


def level_notes(film: Film, reached: float | None) -> tuple[Diagnostic, ...]:
    """Return a warning where the film is not as loud as it is asked to be."""
    target = film.sound.loudness
    if target is None:
        return ()
    if reached is None:
        message = f"cut '{film.cut}' asks for a loudness, but there is nothing to hear in it"
        return (_warning(film, "KS707", message),)
    if abs(reached - float(target)) <= _NEAR:
        return ()
    message = f"cut '{film.cut}' asks for {target:g} LUFS and reaches {reached:.1f}"
    return (_warning(film, "KS717", message, "ask for less, or give the sound fewer and lower peaks"),)


def _warning(film: Film, code: str, message: str, advice: str = "") -> Diagnostic:
    return Diagnostic(code=code, message=message, origin=film.origin, severity=Severity.WARNING, help=advice)

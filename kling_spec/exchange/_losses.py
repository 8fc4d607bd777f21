"""What a kind of file does not carry of a film: said one by one, so that nothing is lost in silence."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from kling_spec.diagnostics import Diagnostic, Severity
from kling_spec.exchange._form import Form
from kling_spec.exchange._laid import Laid
from kling_spec.ir import Clip, Fit, Gap


def losses(laid: Laid, form: Form, reels: Sequence[str] = ()) -> tuple[Diagnostic, ...]:
    """Return what an editor does not get: warnings where the picture or the sound changes, else notes.

    `reels` are the names of reels that were shortened.
    """
    said = [(Severity.WARNING, text) for text in _seen(laid, form)]
    said += [(Severity.NOTE, text) for text in _kept_by_us(laid, form)]
    if reels:
        said.append((Severity.NOTE, f"an EDL cuts names of reels to 8 characters: {', '.join(reels)}"))
    help_ = "" if form is Form.OTIO else "only the .otio file holds everything, and is read again by 'cut'"
    return tuple(
        Diagnostic(code="KS724", message=text, origin=laid.film.origin, severity=severity, help=help_)
        for severity, text in said
    )


def _seen(laid: Laid, form: Form) -> Iterator[str]:
    """Yield what changes what is seen or heard."""
    picture = laid.timeline.picture
    if form is not Form.OTIO:
        for item in picture:
            if isinstance(item, Clip) and item.speed != 1:
                name = laid.material(item).name
                yield f"{form.words} does not carry the speed of '{name}': set it to {float(item.speed):g} there"
    kinds = sorted({item.entrance.kind.value for item in picture if item.entrance} - {"crossfade"})
    if kinds:
        how = {
            Form.EDL: "becomes a dissolve in an EDL",
            Form.FCP7: "stands in FCP 7 XML by its name alone, with the effect of a dissolve",
            Form.OTIO: "is a custom transition, which editors show as they can",
        }[form]
        yield f"the transition '{', '.join(kinds)}' {how}; its place and length are kept"
    colors = sorted({item.color for item in picture if isinstance(item, Gap)} - {"#000000"})
    if colors:
        yield f"gaps are black in editors, those in {', '.join(colors)} too"
    pairs = pairwise(picture)
    if form is Form.FCP7 and any(
        item.overlap and isinstance(item, Gap) and isinstance(before, Gap) for before, item in pairs
    ):
        yield "a transition between two gaps is left out of FCP 7 XML: both are black there"
    if form is Form.EDL:
        sound = laid.film.sound
        if sound.music or sound.voice or not sound.is_clips_mute:
            yield "an EDL carries the picture only: no sound of clips, no music, no voice"


def _kept_by_us(laid: Laid, form: Form) -> Iterator[str]:
    """Yield what an editor does not act on, though the cut goes on to do so."""
    timeline, film = laid.timeline, laid.film
    marked = " but for markers" if form is not Form.EDL else ""
    if timeline.overlays:
        yield f"titles and logos are not in the picture that editors get{marked}"
    if timeline.cues:
        yield f"captions are not handed over{marked}"
    clips = [item for item in timeline.picture if isinstance(item, Clip)]
    if any(item.fit is not Fit.CONTAIN for item in clips):
        yield "how pictures of another shape fit the frame (cover, blur) is left to the editor"
    sound = film.sound
    levels = any(item.gain for item in clips) or sound.clips_gain or sound.music or sound.voice
    if form is not Form.EDL and (levels or sound.loudness is not None):
        yield "levels, fades, ducking and loudness are left to the editor"
    if form is not Form.OTIO:
        yield f"{form.words} does not carry our metadata: tasks, digests, overlays"
    if form is Form.EDL:
        rate = float(timeline.canvas.rate)
        yield f"an EDL does not say its rate: read it at {rate:.6g} frames a second"

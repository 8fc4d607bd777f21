"""Shots: keys that exclude or need each other."""

from collections.abc import Iterator

from kling_spec.compile._context import SOURCES, Context, Shot, is_template
from kling_spec.diagnostics import Diagnostic, Severity


def check(context: Context) -> Iterator[Diagnostic]:
    """Yield contradictions inside each shot."""
    for shot in context.shots.values():
        yield from _sources(context, shot)
        yield from _text(context, shot)
        yield from _decided_elsewhere(context, shot)
        yield from _takes(context, shot)
        yield from _not_taken(context, shot)


def _sources(context: Context, shot: Shot) -> Iterator[Diagnostic]:
    said = [key for key in SOURCES if getattr(shot.keys, key) is not None]
    for key in said[1:]:
        message = f"shot '{shot.name}' says '{said[0]}' and '{key}'; one video can go in"
        yield context.report("KS310", message, shot.path(key), key=True, help="keep one of them")
    if not said and shot.keys.keep_sound is not None:
        message = f"shot '{shot.name}' says 'keep_sound', and no video goes in"
        help_ = "remove 'keep_sound'; 'sound: true' lets the model make sound"
        yield context.report("KS310", message, shot.path("keep_sound"), key=True, help=help_)
    if shot.keys.edit is not None and (shot.keys.first_frame is not None or shot.keys.last_frame is not None):
        key = "first_frame" if shot.keys.first_frame is not None else "last_frame"
        message = f"shot '{shot.name}' edits a video, whose frames are its own"
        yield context.report("KS310", message, shot.path(key), key=True, help=f"remove '{key}'")


def _text(context: Context, shot: Shot) -> Iterator[Diagnostic]:
    keys = shot.keys
    is_board = isinstance(keys.storyboard, list)
    if is_board and keys.prompt is not None:
        message = f"shot '{shot.name}' has a prompt beside its storyboard, which the model would not read"
        help_ = "move what all shots share into the prompt of each"
        yield context.report("KS310", message, shot.path("prompt"), key=True, help=help_)
    leads_in = keys.next_of is not None or keys.previous_of is not None
    if keys.prompt is None and not is_board and not leads_in:
        message = f"shot '{shot.name}' has no prompt"
        yield context.report("KS310", message, ("shots", shot.name), key=True, help="write 'prompt: …'")
    elif keys.prompt is not None and not keys.prompt.strip():
        message = f"the prompt of shot '{shot.name}' is empty"
        yield context.report("KS310", message, shot.path("prompt"), help="say what is seen")
    for number, beat in enumerate(keys.storyboard if isinstance(keys.storyboard, list) else ()):
        if not beat.prompt.strip():
            path = (*shot.path("storyboard"), number, "prompt")
            yield context.report(
                "KS310", f"a storyboard prompt of '{shot.name}' is empty", path, help="say what is seen"
            )


_DECIDED = (
    ("sound", SOURCES, "a video goes in; write 'keep_sound: true' to keep its sound"),
    ("duration", ("edit",), "the edited video decides the length"),
    ("aspect_ratio", ("edit",), "the edited video decides the shape"),
    ("aspect_ratio", ("first_frame",), "the first frame decides the shape"),
)


def _decided_elsewhere(context: Context, shot: Shot) -> Iterator[Diagnostic]:
    for key, because, why in _DECIDED:
        said = getattr(shot.keys, key)
        cause = next((name for name in because if getattr(shot.keys, name) is not None), None)
        if key in shot.own and said is not None and cause is not None:
            message = f"shot '{shot.name}' says '{key}' beside '{cause}'"
            yield context.report("KS310", message, shot.path(key), key=True, help=f"remove '{key}': {why}")
    if isinstance(shot.keys.storyboard, list) and "duration" in shot.own:
        lengths = [beat.duration for beat in shot.keys.storyboard]
        if (
            not any(is_template(length) for length in (*lengths, shot.keys.duration))
            and sum(lengths) != shot.keys.duration
        ):
            message = (
                f"shot '{shot.name}' lasts {shot.keys.duration} seconds, and its storyboard {sum(lengths)}"
            )
            help_ = "remove 'duration': the storyboard's shots add up to it"
            yield context.report("KS310", message, shot.path("duration"), help=help_)


def _takes(context: Context, shot: Shot) -> Iterator[Diagnostic]:
    takes, pick = shot.keys.takes or 1, shot.keys.pick
    if pick is not None and not is_template(pick) and not is_template(takes) and pick > takes:
        message = f"shot '{shot.name}' picks take {pick} of {takes}"
        help_ = (
            f"write 'takes: {pick}', or pick one of 1 to {takes}" if takes > 1 else f"write 'takes: {pick}'"
        )
        yield context.report("KS310", message, shot.path("pick"), help=help_)


def _not_taken(context: Context, shot: Shot) -> Iterator[Diagnostic]:
    for key, why in shot.not_taken.items():
        message = f"the default '{key}' is not applied to shot '{shot.name}': {why}"
        yield context.report("KS308", message, ("shots", shot.name), key=True, severity=Severity.NOTE)

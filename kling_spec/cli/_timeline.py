"""`timeline`: the films for an editing program."""

from pathlib import Path
from typing import Any

from kling_spec.cli._common import are_cuts, say, selection_of, session_of
from kling_spec.cli._findings import show
from kling_spec.cli._main import DONE, ERRORS, NO_CUT
from kling_spec.cli._run import shown
from kling_spec.exchange import Form, Placing


def timeline(arguments: Any) -> int:
    """Write the timelines, and say what each of them does not carry."""
    session = session_of(arguments, arguments.spec)
    if not are_cuts(arguments.cuts, session):
        return ERRORS
    made = session.hand_over(
        Form(arguments.format),
        Path(arguments.out) if arguments.out else None,
        selection_of(arguments),
        arguments.cuts,
        placing=Placing(arguments.media),
        overwrite=arguments.force,
    )
    for one in made:
        if one.written is not None:
            beside = f", media in {shown(one.written.media)}" if one.written.media is not None else ""
            print(f"timeline {shown(one.written.path)}{beside}")
        else:
            why = f"waits for {', '.join(one.waits_for)}" if one.waits_for else "could not be made, see below"
            print(f"timeline of {one.film.output}: {why}")
    show([finding for one in made for finding in one.found], arguments, session.lines_of)
    if not made:
        say("there is no film to hand over")
    return DONE if all(one.written is not None for one in made) else NO_CUT

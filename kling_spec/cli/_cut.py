"""`cut`: the films alone, from clips that are there."""

import json
from typing import Any

from kling_spec.cli._common import say, selection_of, session_of
from kling_spec.cli._findings import show
from kling_spec.cli._main import DONE, ERRORS, NO_CUT
from kling_spec.cli._run import film_line
from kling_spec.diagnostics import did_you_mean


def cut(arguments: Any) -> int:
    """Make the films, and say what came of each."""
    session = session_of(arguments, arguments.spec)
    known = set(session.spec.cuts)
    for name in arguments.cuts:
        if name not in known:
            say(f"error: no cut is called '{name}'\n  = help: {did_you_mean(name, known)}")
            return ERRORS
    films = session.cut(selection_of(arguments), arguments.cuts)
    if arguments.format == "json":
        print(json.dumps([made.report.to_json() for made in films if made.report is not None], indent=1))
    else:
        for made in films:
            print(film_line(made))
    show([finding for made in films for finding in made.found], arguments, session.lines_of)
    if not films:
        say("there is no film to make")
    return DONE if all(made.report is not None for made in films) else NO_CUT

"""`cut`: the films alone, from clips that are there."""

import json
from pathlib import Path
from typing import Any

from kling_spec.cli._common import are_cuts, say, selection_of, session_of
from kling_spec.cli._cut_explained import explained
from kling_spec.cli._film_table import film_table
from kling_spec.cli._findings import show
from kling_spec.cli._main import DONE, ERRORS, NO_CUT
from kling_spec.cli._run import film_line
from kling_spec.cli._tables import console
from kling_spec.session import Session


def cut(arguments: Any) -> int:
    """Make the films, and say what came of each."""
    session = session_of(arguments, arguments.spec)
    if not are_cuts(arguments.cuts, session):
        return ERRORS
    if arguments.print:
        return _print(arguments, session)
    edit = _edit(arguments)
    films = session.cut(selection_of(arguments), arguments.cuts, edit, thoroughly=arguments.prove)
    if arguments.format == "json":
        print(json.dumps([made.report.to_json() for made in films if made.report is not None], indent=1))
    else:
        for made in films:
            print(film_line(made))
            for line in explained(made.report) if arguments.explain and made.report is not None else ():
                print(line)
            if arguments.prove and made.report is not None:
                console(arguments).print(film_table(made.report))
    show([finding for made in films for finding in made.found], arguments, session.lines_of)
    if not films:
        say("there is no film to make")
    elif edit is not None:
        say("the spec still says the cut as it was; --print shows what it would say for this edit")
    return DONE if all(made.report is not None for made in films) else NO_CUT


def _edit(arguments: Any) -> Any:
    if arguments.timeline is None:
        return None
    from kling_spec.exchange import read_edit

    return read_edit(Path(arguments.timeline))


def _print(arguments: Any, session: Session) -> int:
    """Print what the spec would say for the edit."""
    edit = _edit(arguments)
    if edit is None:
        say("error: --print goes with --timeline FILE.otio")
        return ERRORS
    told = session.retell(edit, selection_of(arguments), arguments.cuts)
    for one in told:
        print(one.yaml, end="")
        if one.waits_for:
            say(f"film {one.film.output}: waits for {', '.join(one.waits_for)}")
    show([finding for one in told for finding in one.found], arguments, session.lines_of)
    return DONE if all(one.yaml for one in told) else NO_CUT

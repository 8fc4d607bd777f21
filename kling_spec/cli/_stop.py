"""`stop`: a run that goes on in another process, such as a notebook, is asked to end."""

from pathlib import Path
from typing import Any

from kling_spec.cli._common import say
from kling_spec.runner import ask_to_stop
from kling_spec.session import state_folder


def stop(arguments: Any) -> int:
    """Ask the run of the project to stop."""
    who = ask_to_stop(state_folder(Path(arguments.dir), is_rehearsal=arguments.sandbox))
    if who is None:
        say("nothing runs here now")
        return 0
    say(f"{who} sends nothing more and ends soon; what was sent is kept, and the next run takes it up")
    return 0

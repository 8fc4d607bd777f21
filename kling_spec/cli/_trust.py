"""`trust`: shows which settings of a project need the person's word, and records it."""

from pathlib import Path
from typing import Any

from kling_spec.cli._common import say
from kling_spec.cli._run import shown
from kling_spec.session import read_settings


def trust(arguments: Any) -> int:
    """Show what would be agreed to, and agree; another content of the same settings is asked for anew."""
    settings = read_settings(Path(arguments.folder).absolute())
    demands = settings.demands
    project = shown(settings.root)
    if arguments.forget:
        taken = demands.forget()
        say(f"{project}: the word was taken back" if taken else f"{project}: no word was given")
        return 0
    if not demands.all:
        say(f"{project}: its settings do nothing that needs your word")
        return 0
    for demand in demands.all:
        say(f"{demand.origin.file}:{demand.origin.line}: {demand.setting} = {demand.value}")
        say(f"    {demand.does}")
    demands.agree()
    say(f"{project}: agreed to, for as long as these stay as they are; --forget takes it back")
    return 0

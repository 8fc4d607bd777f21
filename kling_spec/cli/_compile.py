"""`compile`: the payloads themselves."""

import json
from pathlib import Path
from typing import Any

from kling_spec.cli._common import checked_of, say, selection_of


def compile_(arguments: Any) -> int:
    """Print one task a line, or write one file a task."""
    session = checked_of(arguments, arguments.spec)
    lines = session.compile(selection_of(arguments))
    if arguments.out is None:
        for line in lines:
            print(line)
        return 0
    folder = Path(arguments.out)
    number = 0
    for line in lines:
        task = json.loads(line)
        file = folder / f"{task['task']}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(task, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        number += 1
    say(f"{number} task{'s' if number != 1 else ''} written to {folder}")
    return 0

"""`plan`: what a run would do, and what it would cost."""

import json
from pathlib import Path
from typing import Any

from kling_spec.cli._common import say, selection_of, session_of
from kling_spec.cli._findings import brief


def plan(arguments: Any) -> int:
    """Show the plan, and save it where asked."""
    session = session_of(arguments, arguments.spec)
    made = session.plan(selection_of(arguments))
    text = json.dumps(made.to_json(), ensure_ascii=False, indent=1)
    if arguments.out is not None:
        Path(arguments.out).write_text(text + "\n", encoding="utf-8")
    if arguments.format == "json":
        print(text)
    else:
        from kling_spec.cli._tables import console, show_plan

        show_plan(made, console(arguments), is_rehearsal=session.is_rehearsal)
    brief(session.notes)
    if arguments.out is not None:
        say(
            f"plan {made.plan_id} saved; run it with 'kling-spec run {arguments.spec} --plan {arguments.out}'"
        )
    return 2 if arguments.detailed_exitcode and made.has_work else 0

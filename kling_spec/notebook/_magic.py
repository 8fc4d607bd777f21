"""`%%kling`: a spec written in a cell."""

from pathlib import Path
from typing import Any

from IPython import get_ipython
from IPython.core.error import UsageError
from IPython.core.magic import no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from kling_spec.notebook._launch import Launch
from kling_spec.notebook._run import Run


@magic_arguments()
@argument("name", nargs="?", default="launch", help="the variable that gets the spec; 'launch' when left out")
@argument("--sandbox", action="store_true", help="rehearse: plan and run against the sandbox")
@argument("--run", action="store_true", help="run it at once; a run that is paid for asks first")
@argument("--max-cost", help="refuse a run that would cost more")
@argument("--provider", help="instead of the spec's")
@argument(
    "--var",
    action="append",
    default=[],
    metavar="NAME[=VALUE]",
    help="lay a value over the spec's 'vars': the notebook's variable of that name, or what is written",
)
@no_var_expand
def kling(line: str, cell: str) -> Launch | Run:
    """Read the cell as a spec, bind it to a name and show its plan; paths start at the notebook's folder.

    Positions in messages count from the first line of the cell, which is this one.
    """
    words = parse_argstring(kling, line)
    if not words.name.isidentifier():
        raise UsageError(f"'{words.name}' is no name for a variable")
    names = get_ipython().user_ns
    launch = Launch(
        Path.cwd() / f"{words.name}.yaml",
        text=f"# %%kling {line}".rstrip() + f"\n{cell}",
        sandbox=words.sandbox,
        provider=words.provider,
        variables=dict(_variable(word, names) for word in words.var),
    )
    names[words.name] = launch
    return launch.run(max_cost=words.max_cost) if words.run else launch


def register(shell: Any) -> None:
    """Add the magic to the shell."""
    shell.register_magic_function(kling, "cell", "kling")


def _variable(word: str, names: dict[str, Any]) -> tuple[str, Any]:
    name, equals, value = word.partition("=")
    if equals:
        return name, value
    if name not in names:
        raise UsageError(f"the notebook has no variable '{name}'; write --var {name}=value, or set it first")
    return name, names[name]

"""`%%kling`: a spec written in a cell."""

from pathlib import Path
from typing import Any

from IPython.core.magic import no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring
from IPython.display import display

from kling_spec.notebook._launch import Launch


@magic_arguments()
@argument("name", nargs="?", default="launch", help="the variable that gets the spec; 'launch' when left out")
@argument("--sandbox", action="store_true", help="rehearse: plan and run against the sandbox")
@argument("--run", action="store_true", help="run it at once; a paid run still asks")
@argument("--provider", help="instead of the spec's")
@argument(
    "--var", action="append", default=[], help="a variable of the notebook that is laid over the spec's"
)
@no_var_expand
def kling(line: str, cell: str) -> None:
    """Read the cell as a spec, show its plan, and bind it to a name; paths start at the notebook's folder."""
    from IPython import get_ipython  # type: ignore[attr-defined,unused-ignore]

    words = parse_argstring(kling, line)
    shell = get_ipython()  # type: ignore[no-untyped-call,unused-ignore]
    variables = {name: shell.user_ns[name] for name in words.var if name in shell.user_ns}
    if missing := [name for name in words.var if name not in variables]:
        raise NameError(f"the notebook has no variable called {', '.join(missing)}")
    path = Path.cwd() / f"{words.name}.yaml"
    launch = Launch(path, text=cell, sandbox=words.sandbox, provider=words.provider, variables=variables)
    shell.user_ns[words.name] = launch
    display(launch.run() if words.run else launch.plan())


def register(shell: Any) -> None:
    """Add the magic to the shell."""
    shell.register_magic_function(kling, "cell", "kling")

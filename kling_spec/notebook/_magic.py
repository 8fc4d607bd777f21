"""`%%kling`: a spec written in a cell; `%kling` looks into the project's ledger and the price lists."""

from pathlib import Path
from typing import Any

from IPython import get_ipython
from IPython.core.error import UsageError
from IPython.core.magic import no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from kling_spec.notebook._completer import complete
from kling_spec.notebook._launch import Launch
from kling_spec.notebook._ledger_view import LedgerView
from kling_spec.notebook._prices_view import PricesView
from kling_spec.notebook._run import Run
from kling_spec.providers import provider_names, read_profile
from kling_spec.session import project_ledger, read_settings


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
def spec_in_cell(line: str, cell: str) -> Launch | Run:
    """Read the cell as a spec, bind it to a name and show its plan; paths start at the notebook's folder.

    Positions in messages count from the first line of the cell, which is this one.
    """
    words = parse_argstring(spec_in_cell, line)
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


@magic_arguments()
@argument("what", choices=("ledger", "prices"), help="what was asked and paid; or what a second costs")
@argument("provider", nargs="?", help="prices of this one alone")
@argument("--sandbox", action="store_true", help="the ledger of rehearsals")
@no_var_expand
def look(line: str) -> LedgerView | PricesView:
    """Look into the ledger of the project that the notebook stands in, or at the prices that hold for it."""
    words = parse_argstring(look, line)
    if words.what == "ledger":
        with project_ledger(Path.cwd(), is_rehearsal=words.sandbox) as ledger:
            return LedgerView(ledger.entries() if ledger is not None else (), is_rehearsal=words.sandbox)
    names = provider_names()
    if words.provider is not None and words.provider not in names:
        raise UsageError(f"no provider is called '{words.provider}'; there are {', '.join(names)}")
    asked = [words.provider] if words.provider else names
    settings = read_settings(Path.cwd())
    rows = [(name, row) for name in asked for row in settings.priced(name, read_profile(name)).prices]
    priced = {name for name, _ in rows}
    return PricesView(rows, [name for name in asked if name not in priced])


def register(shell: Any) -> None:
    """Add the magics to the shell, and the completion of keys in a spec's cell."""
    shell.register_magic_function(spec_in_cell, "cell", "kling")
    shell.register_magic_function(look, "line", "kling")
    if complete not in shell.Completer.custom_matchers:
        shell.Completer.custom_matchers.append(complete)


def _variable(word: str, names: dict[str, Any]) -> tuple[str, Any]:
    name, equals, value = word.partition("=")
    if equals:
        return name, value
    if name not in names:
        raise UsageError(f"the notebook has no variable '{name}'; write --var {name}=value, or set it first")
    return name, names[name]

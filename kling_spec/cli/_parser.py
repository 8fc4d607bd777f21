"""The words of the command line; nothing heavy is imported to print them."""

from argparse import SUPPRESS, Action, ArgumentParser, RawDescriptionHelpFormatter, _SubParsersAction
from typing import Any

_EPILOG = """\
exit codes: 0 done, 1 errors in the spec, 2 something to do or different (plan, diff --detailed-exitcode),
3 over budget, 4 some tasks failed, 5 some tasks unknown, 6 no key, 7 a film could not be cut
"""
_Commands = _SubParsersAction  # the type is argparse's own, and has no public name


class _Version(Action):
    """Prints the release; the metadata is read only when it is asked for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(nargs=0, **options)

    def __call__(self, parser: ArgumentParser, *_: Any) -> None:
        """Print and exit."""
        from importlib.metadata import version

        parser.exit(0, f"kling-spec {version('kling-spec')}\n")


def parser() -> ArgumentParser:
    """Return the parser of the whole command line."""
    root = ArgumentParser(
        prog="kling-spec",
        description="Compile a YAML spec to payloads of video providers, see the cost, run it, cut the films.",
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    root.add_argument("--version", action=_Version, help="print the release and exit")
    commands = root.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_spec_commands(commands)
    _add_run_commands(commands)
    _add_ledger_commands(commands)
    _add_catalog_commands(commands)
    return root


def _add_spec_commands(commands: _Commands) -> None:  # type: ignore[type-arg]
    init = _command(commands, "init", "_init:init", "make a small project that runs as it is")
    init.add_argument("folder", nargs="?", default=".", metavar="DIR", help="where; here when left out")

    check = _command(commands, "check", "_check:check", "read, validate, render and lower; send nothing")
    check.add_argument("specs", nargs="+", metavar="SPEC")
    _add_choice(check, formats=("text", "json", "github"))

    compile_ = _command(commands, "compile", "_compile:compile_", "print the payloads themselves")
    compile_.add_argument("spec", metavar="SPEC")
    compile_.add_argument("--out", metavar="DIR", help="write one file a task instead")
    _add_choice(compile_, formats=("jsonl",))


def _add_run_commands(commands: _Commands) -> None:  # type: ignore[type-arg]
    plan = _command(commands, "plan", "_plan:plan", "show what a run would send, reuse and spend")
    plan.add_argument("spec", metavar="SPEC")
    plan.add_argument("--out", metavar="FILE", help="save the plan, for 'run --plan FILE'")
    plan.add_argument(
        "--detailed-exitcode", action="store_true", help="exit with 2 where there is something to do"
    )
    plan.add_argument("--sandbox", action="store_true", help="plan a rehearsal, against its own ledger")
    _add_choice(plan, formats=("text", "json"))

    diff = _command(commands, "diff", "_diff:diff", "tell what lies between two specs, and what it costs")
    diff.add_argument("old", metavar="OLD", help="a spec, or one at a git revision: HEAD~1:specs/launch.yaml")
    diff.add_argument("new", metavar="NEW", help="the same; or the spec itself, where OLD is a revision")
    diff.add_argument("spec", nargs="?", metavar="SPEC", help="which spec, where both are revisions")
    diff.add_argument("--detailed-exitcode", action="store_true", help="exit with 2 where a task differs")
    _add_choice(diff, formats=("text", "json", "github"))

    run = _command(commands, "run", "_run:run", "plan, ask, submit, wait, download, cut")
    run.add_argument("spec", metavar="SPEC")
    run.add_argument(
        "--sandbox", action="store_true", help="rehearse against the local stand-in; costs nothing"
    )
    _add_faults(run)
    run.add_argument("--yes", action="store_true", help="do not ask")
    run.add_argument(
        "--watch", action="store_true", help="follow the run of another process; send nothing yourself"
    )
    run.add_argument("--max-cost", metavar="AMOUNT", help="refuse to commit to more than this")
    run.add_argument("--concurrency", type=int, metavar="N", help="how many tasks run side by side")
    run.add_argument("--plan", metavar="FILE", help="refuse whatever differs from this saved plan")
    run.add_argument("--no-cut", action="store_true", help="leave the films for later")
    _add_choice(run, formats=("text", "jsonl"))

    cut = _command(commands, "cut", "_cut:cut", "make the films from clips that are there")
    cut.add_argument("spec", metavar="SPEC")
    cut.add_argument("cuts", nargs="*", metavar="CUT", help="which cuts; all when left out")
    cut.add_argument("--sandbox", action="store_true", help="cut what was rehearsed")
    cut.add_argument("--explain", action="store_true", help="say of each segment why it was encoded")
    cut.add_argument(
        "--prove", action="store_true", help="look at every picture of the films, and print their reports"
    )
    cut.add_argument("--timeline", metavar="FILE", help="follow an edit that came back as .otio")
    cut.add_argument(
        "--print", action="store_true", help="print what the spec would say for that edit; make no film"
    )
    _add_choice(cut, formats=("text", "json"))

    timeline = _command(commands, "timeline", "_timeline:timeline", "hand the films to an editing program")
    timeline.add_argument("spec", metavar="SPEC")
    timeline.add_argument("cuts", nargs="*", metavar="CUT", help="which cuts; all when left out")
    timeline.add_argument("--sandbox", action="store_true", help="of what was rehearsed")
    timeline.add_argument("--out", metavar="DIR|FILE", help="where to; the output folder when left out")
    timeline.add_argument(
        "--media", choices=("link", "copy", "none"), default="link", help="how the clips stand beside it"
    )
    timeline.add_argument("--force", action="store_true", help="replace a file that says something else")
    _add_choice(timeline, formats=("otio", "fcp7", "edl"))

    sandbox = _command(
        commands, "sandbox", "_sandbox:sandbox", "serve the stand-in for every provider until stopped"
    )
    sandbox.add_argument("--port", type=int, default=0, help="any free one when left out")
    sandbox.add_argument("--seconds", type=float, default=2.0, help="how long a job takes")
    _add_faults(sandbox)
    sandbox.add_argument("--callback-secret", metavar="SECRET", help="what callbacks are signed with")

    callbacks = _command(
        commands, "serve-callbacks", "_callbacks:serve_callbacks", "hear callbacks of providers until stopped"
    )
    callbacks.add_argument("--port", type=int, default=8770, help="on loopback; 0 for any free one")
    callbacks.add_argument("--dir", default=".", metavar="DIR", help="the project; here when left out")


def _add_ledger_commands(commands: _Commands) -> None:  # type: ignore[type-arg]
    status = _command(
        commands, "status", "_ledger:status", "show what was asked, what came back, what it cost"
    )
    status.add_argument("spec", nargs="?", metavar="SPEC")
    status.add_argument("--sandbox", action="store_true", help="of rehearsals")
    _add_format(status, ("text", "json"))

    stop = _command(commands, "stop", "_stop:stop", "ask a run to end soon, wherever it goes on")
    _add_project(stop)

    ledger = _command(commands, "ledger", "", "look into the ledger, and decide on unknown tasks")
    verbs = ledger.add_subparsers(metavar="VERB", required=True)
    for name, text in (
        ("list", "every payload"),
        ("show", "one payload and its events"),
        ("export", "everything, as JSON lines"),
        ("move", "spend from this copy of the ledger from now on"),
    ):
        verb = _command(verbs, name, "_ledger:move" if name == "move" else f"_ledger:{name}_", text)
        if name == "show":
            verb.add_argument(
                "task", type=str.strip, metavar="TASK", help="a task's id, or the beginning of a fingerprint"
            )
        _add_state(verb)
    for name, text in (
        ("adopt", "the provider has it: wait for the job with this id"),
        ("resubmit", "the provider does not have it: let the next run send it again, and pay for it"),
        ("abandon", "give it up: no run sends it or waits for it; what it may have cost stays counted"),
    ):
        verb = _command(verbs, name, f"_ledger:{name}", text)
        verb.add_argument(
            "task", type=str.strip, metavar="TASK", help="a task's id, or the beginning of a fingerprint"
        )
        if name == "adopt":
            verb.add_argument("job", metavar="JOB", help="the provider's id")
        _add_state(verb)


def _add_catalog_commands(commands: _Commands) -> None:  # type: ignore[type-arg]
    providers = _command(
        commands, "providers", "_providers:providers", "show what each provider can do, or makes of a spec"
    )
    providers.add_argument(
        "spec", nargs="?", metavar="SPEC", help="lay the providers side by side for this spec"
    )
    providers.add_argument("--var", action="append", default=[], metavar="NAME=VALUE", help="set a variable")
    _add_format(providers, ("text", "json", "markdown"))
    prices = _command(commands, "prices", "_prices:prices", "show prices, their date and their source")
    prices.add_argument(
        "words", nargs="*", metavar="[refresh] PROVIDER", help="refresh reads the provider's own price list"
    )
    prices.add_argument("--dir", default=".", metavar="DIR", help="the project; here when left out")
    _add_format(prices, ("text", "json"))
    schema = _command(
        commands, "schema", "_catalog:schema", "print the JSON Schema of specs, or of a provider's request"
    )
    schema.add_argument("provider", nargs="?", metavar="PROVIDER")
    _add_format(schema, ("json", "markdown"))
    explain = _command(commands, "explain", "_catalog:explain", "explain a diagnostic")
    explain.add_argument("code", nargs="?", metavar="CODE", help="such as KS402; all of them when left out")
    trust = _command(
        commands, "trust", "_trust:trust", "agree to the settings of a project that need your word"
    )
    trust.add_argument(
        "folder", nargs="?", default=".", metavar="DIR", help="the project; here when left out"
    )
    trust.add_argument("--forget", action="store_true", help="take the word back")
    doctor = _command(commands, "doctor", "_doctor:doctor", "see whether this machine is ready")
    doctor.add_argument("folder", nargs="?", default=".", metavar="DIR")
    _add_format(doctor, ("text", "json"))


def _command(commands: _Commands, name: str, does: str, text: str) -> ArgumentParser:  # type: ignore[type-arg]
    command: ArgumentParser = commands.add_parser(
        name, help=text, description=text[0].upper() + text[1:] + "."
    )
    command.set_defaults(does=does)
    command.add_argument("--color", choices=("auto", "never"), default="auto", help=SUPPRESS)
    return command


def _add_format(command: ArgumentParser, formats: tuple[str, ...]) -> None:
    command.add_argument("--format", choices=formats, default=formats[0], help="for people, or for programs")


def _add_choice(command: ArgumentParser, formats: tuple[str, ...]) -> None:
    _add_format(command, formats)
    command.add_argument(
        "--variant", action="append", default=[], metavar="AXIS=VALUE", help="only these variants"
    )
    command.add_argument("--shot", action="append", default=[], metavar="NAME", help="only these shots")
    command.add_argument("--var", action="append", default=[], metavar="NAME=VALUE", help="set a variable")
    command.add_argument("--provider", metavar="NAME", help="instead of the spec's")


def _add_faults(command: ArgumentParser) -> None:
    command.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME[:CALL][=VALUE][@PROBABILITY][/TIMES]",
        help="what goes wrong in the sandbox, such as lost-reply=0.5; 'list' shows all of it",
    )
    command.add_argument(
        "--fault-seed",
        type=int,
        default=0,
        metavar="N",
        help="which calls are struck; the same for the same seed",
    )


def _add_project(verb: ArgumentParser) -> None:
    verb.add_argument("--dir", default=".", metavar="DIR", help="the project; here when left out")
    verb.add_argument("--sandbox", action="store_true", help="of rehearsals")


def _add_state(verb: ArgumentParser) -> None:
    _add_project(verb)
    _add_format(verb, ("text", "json"))

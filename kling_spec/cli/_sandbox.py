"""`sandbox`: the stand-in for every provider, served until it is stopped."""

from threading import Event
from typing import Any

from kling_spec.cli._common import say
from kling_spec.providers import provider_names, read_profile


def sandbox(arguments: Any) -> int:
    """Serve until Ctrl-C, and say how to use it."""
    from kling_spec.sandbox import Sandbox

    if "list" in arguments.fault:
        return show_faults()
    with Sandbox(
        seconds=arguments.seconds,
        port=arguments.port,
        faults=arguments.fault,
        fault_seed=arguments.fault_seed,
        callback_secret=arguments.callback_secret,
    ) as served:
        say(f"the sandbox serves every provider on {served.url}; Ctrl-C stops it\n")
        for setting in dict.fromkeys(read_profile(name).base_url_setting for name in provider_names()):
            say(f"  export {setting}={served.url}")
        say(f"\nany key will do; its book of charges: {served.url}/book")
        try:
            Event().wait()
        except KeyboardInterrupt:
            book = served.book()
            charges = len(book.charges)
            say(f"\nstopped after {charges} charge{'' if charges == 1 else 's'}, none of them real")
            for name, count in book.faults.items():
                say(f"  {name}: {count}")
    return 0


def show_faults() -> int:
    """Print every fault, how it is written and what it does."""
    from kling_spec.sandbox import fault_list

    rows = list(fault_list())
    width = max(len(name) for name, _ in rows)
    for name, text in rows:
        print(f"{name:<{width}}  {text}")
    say(
        "\nbehind a name: :CALL keeps it to submit, element, upload, poll (lists too), list or clip,"
        "\n@PROBABILITY (or =PROBABILITY, where no value is taken) is from 0 to 1,"
        "\nand /TIMES is how often it strikes one task at most"
    )
    return 0

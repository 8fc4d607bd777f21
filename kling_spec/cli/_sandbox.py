"""`sandbox`: the stand-in for every provider, served until it is stopped."""

from threading import Event
from typing import Any

from kling_spec.cli._common import say
from kling_spec.providers import provider_names, read_profile


def sandbox(arguments: Any) -> int:
    """Serve until Ctrl-C, and say how to use it."""
    from kling_spec.sandbox import Sandbox

    with Sandbox(seconds=arguments.seconds, port=arguments.port) as served:
        say(f"the sandbox serves every provider on {served.url}; Ctrl-C stops it\n")
        for setting in dict.fromkeys(read_profile(name).base_url_setting for name in provider_names()):
            say(f"  export {setting}={served.url}")
        say(f"\nany key will do; its book of charges: {served.url}/book")
        try:
            Event().wait()
        except KeyboardInterrupt:
            charges = len(served.book().charges)
            say(f"\nstopped after {charges} charge{'' if charges == 1 else 's'}, none of them real")
    return 0

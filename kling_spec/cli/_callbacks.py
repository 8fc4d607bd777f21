"""`serve-callbacks`: hears what providers send by themselves, until it is stopped."""

from pathlib import Path
from threading import Event
from typing import Any

from kling_spec.cli._common import say
from kling_spec.providers import provider, provider_names
from kling_spec.session import read_settings, webhook_secret


def serve_callbacks(arguments: Any) -> int:
    """Serve on loopback until Ctrl-C, and say what has to lead there."""
    from kling_spec.callbacks import Receiver
    from kling_spec.ledger import Ledger
    from kling_spec.session import token_maker

    settings = read_settings(Path(arguments.dir).absolute())
    settings.demands.insist("state")
    able = [name for name in provider_names() if provider(name).callbacks is not None]
    names = {name: webhook_secret(name) for name in able}
    found = {name: settings.environment.secret(key) for name, key in names.items()}
    secrets = {name: secret for name, secret in found.items() if secret is not None}
    with (
        Ledger.open(settings.state / "ledger.sqlite") as ledger,
        Receiver(ledger, token_maker(settings.state), secrets=secrets, port=arguments.port) as receiver,
    ):
        say(f"hearing callbacks on {receiver.url}; Ctrl-C stops it")
        given = [name for name in able if "callback_url" in settings.of(name).own]
        if not given:
            say(
                "no provider has a 'callback_url' in kling-spec.toml: let a public https address lead here, and"
            )
            say('write it there, as [providers.kling] callback_url = "https://hooks.example.com/kling"')
        for name in given:
            signed = (
                "signed" if name in secrets else f"not checked for a signature ({names[name]} is not set)"
            )
            say(f"  {name}: {settings.of(name).own['callback_url']}, {signed}")
        try:
            Event().wait()
        except KeyboardInterrupt:
            say("\nstopped; runs go on looking by themselves")
    return 0

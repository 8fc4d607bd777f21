"""The secret at the end of a callback's address: one for each submit, known to nobody else."""

import hmac
import os
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes

from kling_spec.ir import Secret

_FILE = "callbacks.key"


def token_maker(state: Path) -> Callable[[str], Secret]:
    """Return what makes the secret of a submit from our own id of it, in 64 hex digits.

    The key behind all of them is made once and lies in the state folder, for its owner to read alone.
    """
    file = state / _FILE
    if not file.exists():
        state.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f"{_FILE}.{os.getpid()}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as opened:
            opened.write(token_bytes(32))
        with suppress(FileExistsError):
            os.link(fresh, file)  # the first one counts, should another process make one now
        fresh.unlink()
    key = Secret(file.read_bytes().hex(), _FILE)
    return lambda client_id: _token(key, client_id)


def _token(key: Secret, client_id: str) -> Secret:
    made = hmac.new(bytes.fromhex(key.reveal()), client_id.encode(), sha256)
    return Secret(made.hexdigest(), "end of a callback's address")

"""What Kling sends by itself on every change of a task, in the words of either standard.

From its callback page, as copied 2026-09-20. The signature is the public scheme of Standard Webhooks.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from kling_spec.providers._answer import is_recent
from kling_spec.providers._contract import Callbacks, Status
from kling_spec.providers._json import word
from kling_spec.providers.kling.task import first_standard, second_standard

_PREFIX = "whsec_"


def _read(body: Any) -> tuple[str, Status] | None:
    if job := word(body, "task_id"):
        return job, first_standard(body)
    if job := word(body, "id"):
        return job, second_standard(body)
    return None


def is_signed(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """Whether one of the signatures holds and the time is within five minutes; an empty secret signs nothing."""
    name, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not is_recent(stamp, now):
        return False
    try:
        key = b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError:
        return False
    if not key:
        return False
    signed = f"{name}.{stamp}.".encode("utf-8", "surrogatepass") + body
    wanted = b"v1," + b64encode(hmac.new(key, signed, sha256).digest())
    given = headers.get("webhook-signature", "").encode("utf-8", "surrogatepass").split()
    return any(hmac.compare_digest(wanted, one) for one in given)


CALLBACKS = Callbacks(read=_read, is_signed=is_signed)

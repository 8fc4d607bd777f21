"""Who may ask Kling: a plain API key everywhere, a signed token of the older key pair on its first paths."""

from typing import Any

from kling_spec.sandbox._kling_words import error
from kling_spec.sandbox._wire import Call, RefusedError, token_part


def authorize(call: Call, *, takes_tokens: bool) -> None:
    """Refuse a call without a usable key. A signature cannot be checked here: any secret is good."""
    if call.bearer is None:
        raise RefusedError(error(401, 1001, "Authorization is empty"))
    if not call.bearer:
        raise RefusedError(error(401, 1000, "Authentication failed, a Bearer token is needed"))
    head = token_part(call.bearer, 0)
    if not isinstance(head, dict) or "alg" not in head:
        return
    if not takes_tokens:
        raise RefusedError(error(401, 1002, "Authorization is invalid, only an API key is taken here"))
    _check(head, token_part(call.bearer, 1), call.time)


def _check(head: dict[str, Any], claims: Any, now: float) -> None:
    if head["alg"] != "HS256" or not isinstance(claims, dict) or not claims.get("iss"):
        raise RefusedError(error(401, 1002, "Authorization is invalid"))
    if not _is_time(claims.get("exp")) or claims["exp"] <= now:
        raise RefusedError(error(401, 1004, "Authorization has expired"))
    if "nbf" in claims and not (_is_time(claims["nbf"]) and claims["nbf"] <= now):
        raise RefusedError(error(401, 1003, "Authorization is not yet valid"))


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

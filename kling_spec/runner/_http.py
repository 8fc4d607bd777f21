"""Requests that providers describe, sent; replies read as far as they can be."""

import asyncio
import json
import ssl
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpx

from kling_spec.ir import Secret
from kling_spec.providers import Reply, Request
from kling_spec.runner._guard import Guard
from kling_spec.runner._once import Once

_TIMEOUT = httpx.Timeout(connect=15, read=120, write=120, pool=None)
_DEADLINE = 180.0
"""Seconds for one request as a whole: the other limits hold for each read, and a trickle meets them."""
_LARGEST_REPLY = 16 * 1024 * 1024
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
_WORDS: Mapping[type[Exception], str] = {
    httpx.ConnectError: "no connection",
    httpx.ConnectTimeout: "no connection in time",
    httpx.ReadTimeout: "no answer in time",
    httpx.WriteTimeout: "the request could not be sent in time",
    httpx.ReadError: "the connection broke",
    httpx.WriteError: "the connection broke",
    httpx.RemoteProtocolError: "the connection was closed without an answer",
}


class NotSentError(Exception):
    """The request surely never reached the provider."""


class HoldsSecretError(NotSentError):
    """The request was not sent, for a secret of the run stands where everybody reads it."""


class UnclearError(Exception):
    """Whether the request reached the provider cannot be told."""


def client() -> httpx.AsyncClient:
    """Return a client for everything but submits: it keeps connections, and follows no redirects."""
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=16)
    return _client(limits)


def once() -> Once:
    """Return what sends submits, each on a connection of its own."""
    return Once(_trust(), _TIMEOUT)


@cache
def _trust() -> ssl.SSLContext:
    """Return the certificates that are trusted: reading them takes longer than a submit does."""
    trust = httpx.create_ssl_context(trust_env=False)
    trust.set_alpn_protocols(["http/1.1"])
    return trust


def _client(limits: httpx.Limits) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        verify=_trust(),
        timeout=_TIMEOUT,
        follow_redirects=False,
        max_redirects=5,
        trust_env=False,
        limits=limits,
        headers={"Accept-Encoding": "identity"},
    )


async def send(  # noqa: PLR0913 - with what, past whom, where to, what, and who asks
    http: httpx.AsyncClient | Once,
    guard: Guard,
    base_url: str,
    request: Request,
    headers: Mapping[str, Secret],
    content: Secret | bytes | None = None,
) -> Reply:
    """Send a request and return the reply. Raises HoldsSecretError, NotSentError or UnclearError.

    This is the one door out of a run: what `guard` knows leaves in no body, file or address, but in
    `headers` alone, and what comes back is read without it, should it repeat a part. `content` is the
    very body, where it was settled before.
    """
    if content is None and request.json is not None:
        content = json.dumps(request.json, ensure_ascii=False).encode()
    if guard.holds(*_parts(request, content)):
        raise HoldsSecretError("a key of yours stands in it; look where its words come from")
    problem: Exception
    try:
        async with asyncio.timeout(_DEADLINE):
            status, body, date = await _exchange(http, base_url + request.path, request, headers, content)
        body = guard.cleaned(body, *(_word(secret) for secret in headers.values()))
        text = body[:1200].decode(errors="replace")[:300]
        return Reply(status=status, body=_parsed(body), text=text, date=_date(date))
    except _NOT_SENT as error:
        problem = NotSentError(_words(error))
    except TimeoutError:
        problem = UnclearError(_WORDS[httpx.ReadTimeout])
    except Exception as error:  # noqa: BLE001 - whatever it is, its frames hold keys and signed addresses
        problem = UnclearError(_words(error))
    raise problem


def _parts(request: Request, content: Secret | bytes | None) -> Iterator[bytes | str]:
    """Yield everything of a request that a provider gets to see, but for the headers that open the account."""
    yield request.path
    yield from (*request.query.values(), *request.headers.values(), *(request.file or ()))
    if content is not None:
        yield content.reveal() if isinstance(content, Secret) else content


async def _exchange(
    http: httpx.AsyncClient | Once,
    url: str,
    request: Request,
    headers: Mapping[str, Secret],
    content: Secret | bytes | None,
) -> tuple[int, bytes, str]:
    """Return the status, the body and the provider's time; of a body that is too large nothing."""
    kind = {"Content-Type": "application/json"} if content is not None else {}
    options: dict[str, Any] = {
        "content": content.reveal().encode() if isinstance(content, Secret) else content
    }
    if request.file is not None:
        options = {"files": {"file": request.file}}
    whole = {**kind, **request.headers, **{name: secret.reveal() for name, secret in headers.items()}}
    query = dict(request.query) or None
    body = bytearray()
    asked = http.build_request(request.method, url, params=query, headers=whole, **options)
    reply = await http.send(asked, stream=True)
    try:
        async for chunk in reply.aiter_bytes():
            body += chunk
            if len(body) > _LARGEST_REPLY:
                return reply.status_code, b"", ""
    finally:
        await reply.aclose()
    return reply.status_code, bytes(body), reply.headers.get("Date", "")


def _date(written: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(written)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _word(header: Secret) -> Secret:
    """Return the secret itself, without the word `Bearer` before it."""
    return Secret(header.reveal().rpartition(" ")[2], header.name)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _words(error: Exception) -> str:
    """Return what went wrong without the address, which may hold a secret."""
    return _WORDS.get(type(error), type(error).__name__)

"""Requests that providers describe, sent; replies read as far as they can be."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpx

from kling_spec.providers import Reply, Request

_TIMEOUT = httpx.Timeout(connect=15, read=120, write=120, pool=None)
_DEADLINE = 180.0
"""Seconds for one request as a whole: the other limits hold for each read, and a trickle meets them."""
_LARGEST_REPLY = 16 * 1024 * 1024
_SHORTEST_SECRET = 12
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


class UnclearError(Exception):
    """Whether the request reached the provider cannot be told."""


def client() -> httpx.AsyncClient:
    """Return a client for everything but submits: it keeps connections, and follows no redirects."""
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=16)
    return _client(limits)


def fresh_client() -> httpx.AsyncClient:
    """Return a client for one submit: on a fresh connection a broken reply is never an old connection's."""
    return _client(httpx.Limits(max_connections=1, max_keepalive_connections=0))


@cache
def _trust() -> ssl.SSLContext:
    """Return the certificates that are trusted: reading them takes longer than a submit does."""
    return httpx.create_ssl_context(trust_env=False)


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


async def send(
    http: httpx.AsyncClient,
    base_url: str,
    request: Request,
    headers: Mapping[str, str],
    content: bytes | None = None,
) -> Reply:
    """Send a request and return the reply. Raises NotSentError or UnclearError.

    `content` are the very bytes of the body, where they were settled before. What comes back is
    read without the secrets of `headers`, should it repeat one.
    """
    if content is None and request.json is not None:
        content = json.dumps(request.json, ensure_ascii=False).encode()
    try:
        async with asyncio.timeout(_DEADLINE):
            status, body, date = await _exchange(http, base_url + request.path, request, headers, content)
    except _NOT_SENT as error:
        raise NotSentError(_words(error)) from None
    except httpx.HTTPError as error:
        raise UnclearError(_words(error)) from None
    except TimeoutError:
        raise UnclearError(_WORDS[httpx.ReadTimeout]) from None
    for secret in _secrets(headers):
        body = body.replace(secret, b"***")
    text = body[:1200].decode(errors="replace")[:300]
    return Reply(status=status, body=_parsed(body), text=text, date=_date(date))


async def _exchange(
    http: httpx.AsyncClient, url: str, request: Request, headers: Mapping[str, str], content: bytes | None
) -> tuple[int, bytes, str]:
    """Return the status, the body and the provider's time; of a body that is too large nothing."""
    kind = {"Content-Type": "application/json"} if content is not None else {}
    options: dict[str, Any] = {"content": content}
    if request.file is not None:
        options = {"files": {"file": request.file}}
    whole = {**kind, **request.headers, **headers}
    query = dict(request.query) or None
    body = bytearray()
    async with http.stream(request.method, url, params=query, headers=whole, **options) as reply:
        async for chunk in reply.aiter_bytes():
            body += chunk
            if len(body) > _LARGEST_REPLY:
                return reply.status_code, b"", ""
    return reply.status_code, bytes(body), reply.headers.get("Date", "")


def _date(written: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(written)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _secrets(headers: Mapping[str, str]) -> list[bytes]:
    words = [value.rpartition(" ")[2] for value in headers.values()]
    return [word.encode() for word in words if len(word) >= _SHORTEST_SECRET]


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _words(error: Exception) -> str:
    """Return what went wrong without the address, which may hold a secret."""
    return _WORDS.get(type(error), type(error).__name__)

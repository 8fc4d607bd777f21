"""Requests that providers describe, sent; replies read as far as they can be."""

import json
from typing import Any

import httpx

from kling_spec.providers import Reply, Request

_TIMEOUT = httpx.Timeout(connect=15, read=120, write=120, pool=None)
_LARGEST_REPLY = 16 * 1024 * 1024


class NotSentError(Exception):
    """The request surely never reached the provider."""


class UnclearError(Exception):
    """Whether the request reached the provider cannot be told."""


def client() -> httpx.AsyncClient:
    """Return a client for everything but submits: it keeps connections, and follows no redirects."""
    limits = httpx.Limits(max_connections=32, max_keepalive_connections=16)
    return httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False, trust_env=False, limits=limits)


def fresh_client() -> httpx.AsyncClient:
    """Return a client for one submit: on a fresh connection a broken reply is never an old connection's."""
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=0)
    return httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False, trust_env=False, limits=limits)


async def send(http: httpx.AsyncClient, base_url: str, request: Request, headers: dict[str, str]) -> Reply:
    """Send a request and return the reply. Raises NotSentError or UnclearError."""
    content = None if request.json is None else json.dumps(request.json, ensure_ascii=False).encode()
    return await send_bytes(http, request.method, base_url + request.path, request, content, headers)


async def send_bytes(  # noqa: PLR0913 - a request is what it is
    http: httpx.AsyncClient,
    method: str,
    url: str,
    request: Request,
    content: bytes | None,
    headers: dict[str, str],
) -> Reply:
    """Send these very bytes and return the reply. Raises NotSentError or UnclearError."""
    kind = {"Content-Type": "application/json"} if content is not None else {}
    options: dict[str, Any] = (
        {"content": content} if request.file is None else {"files": {"file": request.file}}
    )
    try:
        reply = await http.request(
            method,
            url,
            params=dict(request.query) or None,
            headers={**kind, **request.headers, **headers},
            **options,
        )
    except (
        httpx.ConnectError,
        httpx.ConnectTimeout,
        httpx.PoolTimeout,
        httpx.UnsupportedProtocol,
        httpx.InvalidURL,
    ) as error:
        raise NotSentError(_words(error)) from None
    except httpx.HTTPError as error:
        raise UnclearError(_words(error)) from None
    return Reply(status=reply.status_code, body=_parsed(reply), text=reply.text[:300])


def _parsed(reply: httpx.Response) -> Any:
    if len(reply.content) > _LARGEST_REPLY:
        return None
    try:
        return json.loads(reply.content)
    except ValueError:
        return None


def _words(error: Exception) -> str:
    """Return what went wrong without the address, which may hold a secret."""
    words = {
        httpx.ConnectError: "no connection",
        httpx.ConnectTimeout: "no connection in time",
        httpx.ReadTimeout: "no answer in time",
        httpx.RemoteProtocolError: "the connection was closed without an answer",
    }
    return words.get(type(error), type(error).__name__)

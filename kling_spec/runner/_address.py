"""Addresses that a provider names: whether a download may go there."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

_NAT64 = int(IPv6Address("64:ff9b::"))


class BadAddress(Exception):
    """The address leads where no clip is."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is of the open internet, also one that is wrapped in another.

    Python calls the wrapped forms of private addresses global.
    """
    inner: IPv4Address | None = None
    if isinstance(address, IPv6Address):
        teredo = address.teredo
        inner = address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
        if int(address) >> 32 == _NAT64 >> 32:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return address.is_global and not address.is_multicast and (inner is None or is_public(inner))


async def checked(address: str, *, trusted: str) -> str:
    """Return the IP address to connect to, or nothing where any will do.

    `trusted` is the base URL of the account: one that stands for a provider on this machine or network
    may serve its clips from there. Raises BadAddress for everything else that is not public https.
    """
    try:
        parts, home = urlsplit(address), urlsplit(trusted)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadAddress("the clip's address cannot be read") from None
    if host == home.hostname and parts.scheme in ("https", home.scheme):
        return ""
    if parts.scheme != "https":
        raise BadAddress("the clip's address is not https")
    found = await asyncio.to_thread(_resolved, host, port or 443)
    if not found:
        raise BadAddress(f"{host} cannot be found")
    if not all(is_public(ip) for ip in found):
        raise BadAddress(f"{host} leads into a private network")
    return str(found[0])


def _resolved(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [ip_address(str(row[4][0]).partition("%")[0]) for row in rows]

"""Downloads go to public https, or to the stand-in that the base URL names; nowhere else."""

import asyncio
import socket
from ipaddress import ip_address

import pytest

from kling_spec.runner._address import BadAddress, checked, is_public

HOME = "https://api.example.com"
PRIVATE = [
    "169.254.169.254",
    "127.0.0.1",
    "10.0.0.1",
    "172.16.3.4",
    "192.168.1.1",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - a target, not a place to bind
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:169.254.169.254",
    "::ffff:127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::7f00:1",
    "2002:a9fe:a9fe::",
    "2002:7f00:1::",
    "2002:c0a8:0101::1",
]


@pytest.mark.parametrize("ip", PRIVATE)
def test_a_private_address_is_none_of_the_internet_however_it_is_wrapped(ip: str) -> None:
    assert not is_public(ip_address(ip))


@pytest.mark.parametrize("ip", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2002:808:808::1"])
def test_a_public_one_is(ip: str) -> None:
    assert is_public(ip_address(ip))


@pytest.mark.parametrize(
    "host",
    ["127.1", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "localhost", "[::1]", "169.254.169.254", "127.0.0.1"],
)
def test_a_name_that_leads_here_is_refused(host: str) -> None:
    with pytest.raises(BadAddress):
        asyncio.run(checked(f"https://{host}/clip.mp4", trusted=HOME))


@pytest.mark.parametrize(
    "address",
    [
        "http://cdn.example.com/clip.mp4",
        "ftp://cdn.example.com/clip.mp4",
        "file:///etc/passwd",
        "https:///clip.mp4",
        "https://[::1/clip.mp4",
        "//cdn.example.com/clip.mp4",
        "clip.mp4",
        "",
    ],
)
def test_what_is_not_https_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        asyncio.run(checked(address, trusted=HOME))


def test_a_name_is_pinned_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([[(2, 1, 6, "", ("93.184.215.14", 443))], [(2, 1, 6, "", ("127.0.0.1", 443))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: next(answers))

    assert asyncio.run(checked("https://cdn.example.com/clip.mp4", trusted=HOME)) == "93.184.215.14"
    with pytest.raises(BadAddress, match="private network"):
        asyncio.run(checked("https://cdn.example.com/clip.mp4", trusted=HOME))


def test_one_private_address_among_many_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(2, 1, 6, "", (ip, 443)) for ip in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: rows)

    with pytest.raises(BadAddress, match="private network"):
        asyncio.run(checked("https://cdn.example.com/clip.mp4", trusted=HOME))


def test_a_stand_in_on_this_machine_serves_its_own_clips() -> None:
    there = "http://127.0.0.1:8123"

    assert asyncio.run(checked("http://127.0.0.1:9999/clips/a.mp4", trusted=there)) == ""
    with pytest.raises(BadAddress):
        asyncio.run(checked("http://10.0.0.1/clips/a.mp4", trusted=there))
    with pytest.raises(BadAddress):
        asyncio.run(checked("http://api.example.com/clips/a.mp4", trusted=HOME))

"""Files larger than a request may be: put, uploaded in a form, stored as base64."""

import base64
import hashlib
import json
import socket
from http.client import HTTPConnection
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

MEGABYTE = 1024 * 1024
FILM = b"\x00\x00\x00\x18ftypmp42".ljust(MEGABYTE, b"f")
KEY = {"Authorization": "Bearer key"}


@pytest.fixture
def send(sandbox):
    """Send one request whose body comes in parts, and return status and body."""

    def request(method, path, parts=(), length=0, **headers):
        with_length = {"Content-Length": str(length)} if method != "GET" else {}
        connection = HTTPConnection(urlsplit(sandbox.url).netloc, timeout=60)
        try:
            connection.request(
                method, path, body=iter(parts) if parts else None, headers={**KEY, **with_length, **headers}
            )
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    return request


def test_a_file_of_100_megabytes_is_put_and_fetched(send):
    parts = [bytes([number]) * MEGABYTE for number in range(100)]

    status, _ = send("PUT", "/files/large.mp4", parts, 100 * MEGABYTE)

    assert status == 201
    status, found = send("GET", "/files/large.mp4")
    assert status == 200
    assert hashlib.sha256(found).digest() == hashlib.sha256(b"".join(parts)).digest()


@pytest.mark.parametrize("path", ["/files/too-large.mp4", "/api/v1/files"])
def test_a_file_beyond_210_megabytes_is_refused(send, path):
    method = "PUT" if path.startswith("/files") else "POST"

    status, said = send(method, path, [FILM] * 212, 212 * MEGABYTE)

    assert status == 413
    assert b"larger than 210 MB" in said
    assert send("GET", "/files/too-large.mp4")[0] == 404


def test_an_upload_that_breaks_off_leaves_nothing(sandbox, send, until):
    head = f"PUT /files/half.mp4 HTTP/1.1\r\nHost: x\r\nContent-Length: {2 * MEGABYTE}\r\n\r\n".encode()
    with socket.create_connection(urlsplit(sandbox.url).netloc.split(":")) as connection:
        connection.sendall(head + FILM)

    until(lambda: list(sandbox._folder.glob("uploads/.*")), lambda drafts: not drafts)
    assert send("GET", "/files/half.mp4")[0] == 404


def test_an_empty_file_is_a_file(send):
    assert send("PUT", "/files/empty.txt")[0] == 201
    assert send("GET", "/files/empty.txt") == (200, b"")


def test_a_form_of_70_megabytes_is_taken(send):
    boundary = uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="other"\r\n\r\nno file\r\n'
    head += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'
    parts = [head.encode(), *[FILM] * 70, f"\r\n--{boundary}--\r\n".encode()]

    status, said = send(
        "POST",
        "/api/v1/files",
        parts,
        sum(map(len, parts)),
        **{"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )

    assert status == 200
    address = json.loads(said)["data"]["publicUrl"]
    assert send("GET", urlsplit(address).path)[1] == FILM * 70


def test_a_video_of_60_megabytes_is_stored_as_base64(send):
    film = base64.b64encode(FILM * 60).decode()
    task = {"taskType": "mediaStorage", "taskUUID": str(uuid4()), "operation": "upload", "media": film}
    body = json.dumps([task]).encode()
    assert len(body) > 64 * MEGABYTE

    status, said = send("POST", "/v1", [body], len(body))

    assert status == 200, said[:300]
    assert send("GET", urlsplit(json.loads(said)["data"][0]["mediaURL"]).path)[1] == FILM * 60


def test_nothing_but_an_upload_may_be_that_large(send):
    body = json.dumps([{"taskType": "videoInference", "positivePrompt": "x" * 65 * MEGABYTE}]).encode()

    status, said = send("POST", "/v1", [body], len(body))

    assert status == 413
    assert json.loads(said)["errors"][0]["message"] == "the body is larger than 64 MB"

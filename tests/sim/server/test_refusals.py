"""Whatever comes in at the port is answered as the APIs answer, and leaves no trace on stderr."""

import gzip
import json
import random
import socket
import struct
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from gwlbfw.sim.server import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator

FIELDS = {"RequestId", "HostId", "Code", "Message", "Recommend"}
HOST = b"Host: localhost\r\n"
HEAD = b"POST /?Action=DescribeVpcs&Version=2016-04-28 HTTP/1.1\r\n" + HOST
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture
def server() -> Iterator[Server]:
    simulator = Simulator(settings=Settings())
    with Server(simulator) as server:
        yield server
    simulator.close()


def _send(server: Server, request: bytes, *, to_its_end: bool = True) -> bytes:
    """All that is answered until the server ends the connection, or the client does."""
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname, where.port or 0), timeout=10) as connection:
        received = b""
        try:
            connection.sendall(request)
            if not to_its_end:
                connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                received += part
        except ConnectionError:
            pass
        return received


def _refusal(server: Server, request: bytes) -> tuple[int, Any]:
    """Status and body of the only answer."""
    head, _, body = _send(server, request).partition(b"\r\n\r\n")
    assert b"Content-Type: application/json" in head
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (b"NONSENSE\r\n\r\n", 400, "InvalidParameter"),
        (b"\x00\x01\x02\x03\r\n\r\n", 400, "InvalidParameter"),
        (b"GET / HTTP/9.9\r\n" + HOST + b"\r\n", 400, "InvalidParameter"),
        (b"GET / HTTP/1.1\r\nNo colon\r\n\r\n", 400, "InvalidParameter"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "InvalidParameter"),
        (b"GET /" + b"x" * (3 << 20) + b" HTTP/1.1\r\n" + HOST + b"\r\n", 400, "InvalidParameter"),
        (HEAD + b"Content-Length: many\r\n\r\n", 400, "InvalidParameter"),
        (HEAD + FORM + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nx\r\n0\r\n\r\n", 400,
         "InvalidParameter"),
        (HEAD + FORM + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!", 400,
         "InvalidParameter"),
        (HEAD + FORM + b"Content-Length: 2000000\r\n\r\n" + b"x" * 2_000_000, 413,
         "RequestEntityTooLarge"),
        (b"GET /foo HTTP/1.1\r\n" + HOST + b"\r\n", 404, "InvalidApi.NotFound"),
        (b"PUT / HTTP/1.1\r\n" + HOST + b"\r\n", 405, "UnsupportedHTTPMethod"),
        (b"DELETE / HTTP/1.1\r\n" + HOST + b"\r\n", 405, "UnsupportedHTTPMethod"),
        (b"GET / HTTP/1.1\r\n" + HOST + b"\r\n", 400, "MissingParameter"),
        (b"GET /?Action=DescribeVpcs HTTP/1.1\r\n" + HOST + b"\r\n", 400, "MissingParameter"),
        (b"GET /?Version=2016-04-28 HTTP/1.1\r\n" + HOST + b"\r\n", 400, "MissingParameter"),
    ],
    ids=lambda each: None if isinstance(each, bytes) else str(each),
)  # fmt: skip
def test_what_is_no_call_is_refused_with_the_five_fields_of_an_api_error(
    server: Server, capfd: pytest.CaptureFixture[str], request_: bytes, status: int, code: str
) -> None:
    # HTTP/1.1 keeps a connection open; the last request of the test ends it.
    found, body = _refusal(server, request_.replace(HOST, HOST + b"Connection: close\r\n"))
    assert (found, body["Code"], set(body)) == (status, code, FIELDS)
    assert body["RequestId"]
    assert capfd.readouterr().err == ""


def test_message_about_a_body_that_is_too_large_names_the_limit(server: Server) -> None:
    request = HEAD + FORM + b"Content-Length: 1048577\r\n\r\n" + b"x" * 1_048_577
    assert "1048576 bytes" in _refusal(server, request)[1]["Message"]
    ok = HEAD + FORM + b"Connection: close\r\nContent-Length: 1048576\r\n\r\n" + b"x" * 1_048_576
    assert _send(server, ok).startswith(b"HTTP/1.1 200")


def test_gzipped_body_is_read(server: Server) -> None:
    body = gzip.compress(b"VpcName=zipped&CidrBlock=10.0.0.0/8")
    head = HEAD.replace(b"DescribeVpcs", b"CreateVpc") + FORM + b"Connection: close\r\n"
    head += b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert _send(server, head + body).startswith(b"HTTP/1.1 200")


def test_connection_outlives_a_call_that_is_refused(server: Server) -> None:
    wrong = b"PUT / HTTP/1.1\r\n" + HOST + b"\r\n"
    right = HEAD + b"Connection: close\r\nContent-Length: 0\r\n\r\n"
    answers = _send(server, wrong + right)
    assert answers.startswith(b"HTTP/1.1 405")
    assert b"HTTP/1.1 200 OK" in answers


def test_noise_never_brings_down_the_server_or_prints(
    server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(4711)  # noqa: S311 - the same noise every time
    samples = [
        HEAD + FORM + b"Connection: close\r\nContent-Length: 20\r\n\r\nTag.1.Key=a&PageSize",
        HEAD + FORM + b"Transfer-Encoding: chunked\r\n\r\n5\r\nA=b&c\r\n0\r\n\r\n",
        b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + bytes(range(160)),
        b"GET /?Action=DescribeVpcs&Version=2016-04-28&Tag.1.Key=%ff%00\xff HTTP/1.1\r\n"
        + HOST + b"Connection: close\r\nAuthorization: garbage\r\n\r\n",
        b"PUT /-/state HTTP/1.1\r\nX-Gwlbfw-Control: x\r\n" + HOST
        + b"Connection: close\r\nContent-Length: 4\r\n\r\n[[[[",
    ]  # fmt: skip
    for number in range(300):
        noise = bytearray(samples[number % len(samples)])
        for _ in range(chance.randrange(8)):
            place = chance.randrange(len(noise))
            noise[place : place + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        _send(server, bytes(noise), to_its_end=False)
    status, _ = _refusal(server, b"GET /foo HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n")
    assert status == 404
    assert "Traceback" not in capfd.readouterr().err


def test_clients_that_reset_leave_no_trace(
    server: Server, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    where = urlsplit(server.url)
    begun = HEAD + FORM + b"Content-Length: 90\r\n\r\nAction=Describe"
    for request in (HEAD, begun, (HEAD + b"\r\n") * 30, b"\x16\x03\x01\x02\x00\x01") * 5:
        with socket.create_connection((where.hostname, where.port or 0), timeout=10) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.sendall(request)
    assert _refusal(server, b"NONSENSE\r\n\r\n")[0] == 400
    assert capfd.readouterr().err == ""
    assert [each for each in caplog.records if each.levelname in ("WARNING", "ERROR")] == []

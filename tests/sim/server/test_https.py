"""HTTP and HTTPS on one port, and the authority that vouches for it."""

import http.client
import json
import socket
import ssl
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
import requests
from alibabacloud_tea_openapi.models import Config
from alibabacloud_vpc20160428 import models
from alibabacloud_vpc20160428.client import Client

from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.server import Binding, Server
from gwlbfw.sim.server.attach import attach_or_serve
from gwlbfw.sim.simulator import Simulator
from gwlbfw.simulator import simulated_cloud

CALL = "/?Action=DescribeVpcs&Version=2016-04-28"


def _port(server: Server) -> int:
    port = urlsplit(server.url).port
    assert port is not None
    return port


def _connect(
    server: Server, *, encrypted: bool, host: str = "127.0.0.1"
) -> http.client.HTTPConnection:
    if encrypted:
        context = ssl.create_default_context(cafile=server.ca_file)
        return http.client.HTTPSConnection(host, _port(server), timeout=10, context=context)
    return http.client.HTTPConnection(host, _port(server), timeout=10)


def _listed(connection: http.client.HTTPConnection) -> int:
    connection.request("POST", CALL)
    return int(json.loads(connection.getresponse().read())["TotalCount"])


def test_http_and_https_are_served_at_one_port_and_keep_their_connections() -> None:
    with Server(Simulator()) as server:
        connections = [_connect(server, encrypted=number % 2 == 1) for number in range(6)]
        for _ in range(3):
            assert [_listed(each) for each in connections] == [0] * 6
        ports = [each.sock.getsockname()[1] for each in connections]
        assert [_listed(each) for each in connections] == [0] * 6
        assert [each.sock.getsockname()[1] for each in connections] == ports
        for each in connections:
            each.close()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_certificate_is_for_the_names_of_the_loopback(host: str) -> None:
    with Server(Simulator()) as server:
        connection = _connect(server, encrypted=True, host=host)
        assert _listed(connection) == 0
        connection.close()


def test_certificate_is_for_allowed_hosts_and_no_others() -> None:
    with Server(Simulator(), Binding(allow_hosts=("ci.example",))) as server:
        context = ssl.create_default_context(cafile=server.ca_file)
        with (
            socket.create_connection(("127.0.0.1", _port(server)), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname="ci.example") as encrypted,
        ):
            names = dict(encrypted.getpeercert() or {})["subjectAltName"]
        assert ("DNS", "ci.example") in names
        with (
            socket.create_connection(("127.0.0.1", _port(server)), timeout=10) as plain,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            context.wrap_socket(plain, server_hostname="other.example")


def test_client_that_does_not_know_the_authority_refuses_the_server() -> None:
    with Server(Simulator()) as server:
        context = ssl.create_default_context()
        with (
            socket.create_connection(("127.0.0.1", _port(server)), timeout=10) as plain,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            context.wrap_socket(plain, server_hostname="127.0.0.1")
        connection = _connect(server, encrypted=True)
        assert _listed(connection) == 0
        connection.close()


def test_requests_and_aiohttp_trust_the_servers_certificate() -> None:
    with Server(Simulator()) as server:
        url = f"{server.url.replace('http', 'https')}{CALL}"
        found = requests.post(url, verify=str(server.ca_file), timeout=10)
        assert found.json()["TotalCount"] == 0


async def test_aiohttp_trusts_the_servers_certificate() -> None:
    with Server(Simulator()) as server:
        url = f"{server.url.replace('http', 'https')}{CALL}"
        context = ssl.create_default_context(cafile=server.ca_file)
        async with aiohttp.ClientSession() as session, session.post(url, ssl=context) as reply:
            assert (await reply.json())["TotalCount"] == 0


def test_vendors_client_works_over_https() -> None:
    with simulated_cloud() as cloud:
        client = Client(
            Config(
                endpoint=cloud.url.removeprefix("http://"),
                protocol="https",
                ca=str(cloud.ca_file),
                access_key_id="key",
                access_key_secret="secret",
            )
        )
        client.create_vpc(models.CreateVpcRequest(region_id="cn-hangzhou", cidr_block="10.0.0.0/8"))
        assert cloud.status().resources == {"vpc": 1}


@pytest.mark.parametrize(
    "hello",
    [
        b"\x16\x03\x01\x00\x05hello",
        b"\x16" * 600,
        b"\x16",
        # A client hello of SSL 3.0, which no server may take.
        b"\x16\x03\x00\x00\x2d\x01\x00\x00\x29\x03\x00" + bytes(40),
    ],
)
def test_bad_hello_of_tls_ends_its_connection_alone(
    hello: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    with Server(Simulator()) as server:
        with socket.create_connection(("127.0.0.1", _port(server)), timeout=10) as connection:
            connection.sendall(hello)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
        usual = _connect(server, encrypted=True)
        assert _listed(usual) == 0
        usual.close()
    assert capfd.readouterr().err == ""


def test_hundreds_of_silent_connections_hold_nobody_up() -> None:
    with Server(Simulator()) as server:
        silent = [
            socket.create_connection(("127.0.0.1", _port(server)), timeout=10) for _ in range(300)
        ]
        for encrypted in (False, True):
            connection = _connect(server, encrypted=encrypted)
            assert _listed(connection) == 0
            connection.close()
        late = silent.pop()
        late.sendall(b"GET /foo HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert late.recv(4096).startswith(b"HTTP/1.1 404")
        late.close()
    # The server has stopped, and dropped them.
    assert all(each.recv(1) == b"" for each in silent)
    for each in silent:
        each.close()


def test_two_hundred_connections_of_both_kinds_are_answered_at_once() -> None:
    with Server(Simulator()) as server:

        def ask(number: int) -> int:
            connection = _connect(server, encrypted=number % 4 == 0)
            try:
                return _listed(connection)
            finally:
                connection.close()

        with ThreadPoolExecutor(50) as threads:
            assert list(threads.map(ask, range(200))) == [0] * 200


def _authority(folder: Path) -> bytes:
    """The authority's certificate while a folder is served."""
    with attach_or_serve(folder) as serving:
        return serving.ca_file.read_bytes()


def test_authority_of_a_folder_stays_and_its_files_are_private(folder: Path) -> None:
    first = _authority(folder)
    assert _authority(folder) == first
    assert (folder / "ca.pem").read_bytes() == first
    assert b"PRIVATE KEY" not in first
    for name in ("ca.pem", "authority.pem"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    (folder / "ca.pem").unlink()
    assert _authority(folder) == first


@pytest.mark.parametrize("content", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAA==\n"])
def test_authority_that_can_not_be_read_is_made_again(folder: Path, content: bytes) -> None:
    first = _authority(folder)
    (folder / "authority.pem").write_bytes(content)
    second = _authority(folder)
    assert second != first
    assert _authority(folder) == second


def test_server_that_nobody_asks_for_https_makes_no_authority(folder: Path) -> None:
    with attach_or_serve(folder) as serving:
        connection = http.client.HTTPConnection(urlsplit(serving.url).netloc, timeout=10)
        assert _listed(connection) == 0
        connection.close()
    assert not (folder / "authority.pem").exists()


def test_authority_of_a_state_in_memory_ends_with_its_server() -> None:
    with Server(Simulator()) as server:
        path = server.ca_file
        assert path.is_file()
    assert not path.exists()


def test_folder_without_room_for_certificates_is_named(folder: Path) -> None:
    with attach_or_serve(folder) as serving:
        (folder / "authority.pem.new").mkdir()
        with pytest.raises(SimulatorError, match="certificates"):
            _ = serving.ca_file

"""One folder, many processes: who serves, who attaches, and who takes over."""

import asyncio
import http.client
import json
import resource
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.server import Binding, Server
from gwlbfw.sim.server.attach import AttachedSimulator, attach_or_serve
from gwlbfw.sim.simulator import Simulator
from tests.sim.services.vpc.calls import Vpcs

CONTROL = {"X-Gwlbfw-Control": "test"}
_SERVE = """
import sys
from pathlib import Path
from gwlbfw.sim.server.attach import attach_or_serve
attached = attach_or_serve(Path(sys.argv[1]))
print(attached.url, attached.serving, flush=True)
sys.stdin.read()
"""


def _post(url: str, action: str, query: str = "") -> int:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    headers = {"x-acs-action": action, "x-acs-version": "2016-04-28"}
    connection.request("POST", f"/?{query}", headers=headers)
    reply = connection.getresponse()
    json.loads(reply.read())
    connection.close()
    return reply.status


def _wait_until_serving(attached: AttachedSimulator) -> None:
    done = threading.Event()
    for _ in range(500):
        if attached.serving:
            return
        done.wait(0.01)
    pytest.fail("nobody took over")


@pytest.fixture
def elsewhere(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process that serves the folder, and its URL."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url, serving = process.stdout.readline().split()
    assert serving == "True"
    yield process, url
    process.kill()
    process.communicate()


def test_first_process_of_a_folder_serves_and_second_attaches(folder: Path) -> None:
    with attach_or_serve(folder) as first, attach_or_serve(folder) as second:
        assert (first.serving, second.serving) == (True, False)
        assert first.url == second.url
        _post(first.url, "CreateVpc", "CidrBlock=10.0.0.0/8")
        assert second.status().resources == {"vpc": 1}
        second.reset()
        assert first.status().empty


def test_attached_process_takes_over_at_the_same_url(folder: Path) -> None:
    first, second = attach_or_serve(folder), attach_or_serve(folder)
    url = second.url
    _post(url, "CreateVpc", "CidrBlock=10.0.0.0/8")
    first.close()
    _wait_until_serving(second)
    assert second.url == url
    assert second.status("cn-wulanchabu").resources == {"vpc": 1}
    second.close()


def test_killed_server_is_succeeded_by_an_attached_process(
    folder: Path, elsewhere: tuple[subprocess.Popen[str], str]
) -> None:
    process, url = elsewhere
    with attach_or_serve(folder) as attached:
        assert (attached.url, attached.serving) == (url, False)
        _post(url, "CreateVpc", "CidrBlock=10.0.0.0/8")
        process.kill()
        process.wait()
        _wait_until_serving(attached)
        assert attached.status().resources == {"vpc": 1}


def test_server_file_of_a_dead_process_is_replaced(
    folder: Path, elsewhere: tuple[subprocess.Popen[str], str]
) -> None:
    process, url = elsewhere
    _post(url, "CreateVpc", "CidrBlock=10.0.0.0/8")
    process.kill()
    process.wait()
    assert (folder / "server.json").exists()
    with attach_or_serve(folder) as attached:
        assert attached.serving
        assert attached.status().resources == {"vpc": 1}


def test_server_file_is_private(folder: Path) -> None:
    with attach_or_serve(folder) as attached:
        notice = folder / "server.json"
        assert stat.S_IMODE(notice.stat().st_mode) == 0o600
        assert json.loads(notice.read_text())["url"] == attached.url


def test_unusable_folder_is_named_in_the_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SimulatorError, match="file"):
        attach_or_serve(tmp_path / "file" / "sim")


def test_port_in_use_is_named_in_the_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = Server(Simulator(), Binding(taken.getsockname()[1]))
        with pytest.raises(SimulatorError, match="listen"):
            server.start()


def test_server_listens_on_loopback_only_and_keeps_connections() -> None:
    with Server(Simulator()) as server:
        where = urlsplit(server.url)
        assert where.hostname == "127.0.0.1"
        connection = http.client.HTTPConnection(where.netloc, timeout=5)
        for _ in range(3):
            connection.request("GET", "/-/health", headers=CONTROL)
            reply = connection.getresponse()
            assert "gwlbfw-simulator" in json.loads(reply.read())
            assert reply.getheader("Connection") != "close"
        connection.close()


def test_server_accepts_user_data_in_a_query() -> None:
    with Server(Simulator()) as server:
        assert _post(server.url, "DescribeVpcs", "Colour=" + "b" * 100_000) == 200


def test_unknown_control_path_is_404() -> None:
    with Server(Simulator()) as server:
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=5)
        connection.request("GET", "/-/reset", headers=CONTROL)
        reply = connection.getresponse()
        assert (reply.status, "error" in json.loads(reply.read())) == (404, True)
        connection.close()


async def test_server_answers_two_hundred_connections_at_once(vpcs: Vpcs) -> None:
    request = vpcs.request("describe_vpcs")
    calls = [vpcs.client.describe_vpcs_async(request) for _ in range(200)]
    replies = await asyncio.gather(*calls)
    assert len({each.body.request_id for each in replies}) == 200


def test_too_few_open_files_are_an_error_at_once(folder: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (24, before[1]))
    try:
        with pytest.raises(SimulatorError, match="needs 64 open files, and `ulimit -n` allows 24"):
            attach_or_serve(folder)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

"""No page of a browser reaches the simulated cloud, at any path, by any name."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from gwlbfw.sim.server import Binding, Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator

API = "/?Action=DescribeVpcs&Version=2016-04-28"
CONTROL = {"X-Gwlbfw-Control": "1"}
PATHS = [("GET", API), ("POST", API), ("GET", "/-/state"), ("POST", "/-/reset"), ("OPTIONS", "/")]


@pytest.fixture(scope="module", params=[{}, {"key": "secret"}], ids=["any key", "one key"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with Server(Simulator(settings=Settings(credentials=request.param))) as server:
        yield server


@pytest.fixture(scope="module")
def allowing() -> Iterator[Server]:
    """A server that answers to a name."""
    with Server(Simulator(), Binding(allow_hosts=("ci.example",))) as server:
        yield server


def _ask(server: Server, method: str, path: str, headers: dict[str, str]) -> tuple[int, Any]:
    """Status and answer."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=5)
    connection.request(method, path, headers={**CONTROL, **headers})
    with connection.getresponse() as reply:
        answer = reply.status, json.loads(reply.read())
    connection.close()
    return answer


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example"},
        {"Host": "127.0.0.1.example"},
        {"Host": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "rebound.example", "Origin": "http://rebound.example"},
    ],
    ids=str,
)
def test_a_page_is_refused_at_every_path(
    headers: dict[str, str], method: str, path: str, server: Server
) -> None:
    status, answer = _ask(server, method, path, headers)
    assert status == 403
    assert path.startswith("/-/") or answer["Code"] == "Forbidden.Simulator"


@pytest.mark.parametrize(("method", "path"), PATHS[:4])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "ci.example:8080"},
        {"Host": "CI.example"},
        {"Host": "[::1]:8080"},
        {"Host": "ci.example:8080", "Origin": "https://ci.example:8080"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
def test_programs_and_allowed_hosts_are_answered(
    headers: dict[str, str], method: str, path: str, allowing: Server
) -> None:
    assert _ask(allowing, method, path, headers)[0] == 200


def test_reading_a_control_path_needs_its_header_too(server: Server) -> None:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=5)
    connection.request("GET", "/-/state")
    with connection.getresponse() as reply:
        assert reply.status == 403
    connection.close()

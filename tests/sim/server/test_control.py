"""Who may use the control paths: no page of a browser on this machine."""

import http.client
import json
from typing import Any

import pytest

from gwlbfw.sim.server import Binding, Server
from gwlbfw.sim.simulator import Simulator

HEADER = {"X-Gwlbfw-Control": ""}


def _ask(server: Server, headers: dict[str, str]) -> tuple[int, Any]:
    """Status and answer of a reset."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=5)
    connection.request("POST", "/-/reset", headers=headers)
    reply = connection.getresponse()
    answer = reply.status, json.loads(reply.read())
    connection.close()
    return answer


def test_control_path_without_its_header_is_refused() -> None:
    with Server(Simulator()) as server:
        assert _ask(server, HEADER) == (200, {})
        status, answer = _ask(server, {})
    assert (status, "X-Gwlbfw-Control" in answer["error"]) == (403, True)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("localhost:8080", 200),
        ("LOCALHOST", 200),
        ("127.0.0.5:1", 200),
        ("[::1]:8080", 200),
        ("ci.example:8080", 200),
        ("CI.example", 200),
        ("rebound.example", 403),
        ("127.0.0.1.example", 403),
        ("10.0.0.1", 403),
        ("", 403),
    ],
)
def test_control_paths_answer_to_loopback_and_allowed_hosts(host: str, status: int) -> None:
    with Server(Simulator(), Binding(allow_hosts=("ci.example",))) as server:
        assert _ask(server, {**HEADER, "Host": host})[0] == status


def test_server_listens_on_the_address_that_it_is_told() -> None:
    with Server(Simulator(), Binding(listen="127.0.0.2")) as server:
        assert server.url.startswith("http://127.0.0.2:")
        assert _ask(server, HEADER)[0] == 200


def test_server_on_every_address_is_reached_by_the_loopback_one() -> None:
    assert Binding(listen="0.0.0.0").netloc(8080) == "127.0.0.1:8080"  # noqa: S104 - not opened


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_is_reached_by_this_machine_alone(address: str) -> None:
    assert Binding(listen=address).is_loopback


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "10.0.0.1", "host.example"])  # noqa: S104
def test_other_addresses_are_reached_by_others(address: str) -> None:
    assert not Binding(listen=address).is_loopback

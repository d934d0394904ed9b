"""The clock, advanced over HTTP."""

import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from gwlbfw.sim.clock import RealClock, TurnedClock, timestamp
from gwlbfw.sim.server import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator

Send = Callable[..., tuple[int, Any]]


@pytest.fixture(params=[RealClock, TurnedClock])
def send(request: pytest.FixtureRequest) -> Iterator[Send]:
    """Status and answer of a request to a simulator whose statuses last for an hour."""
    simulator = Simulator(settings=Settings(transition=3600.0), clock=request.param())
    with Server(simulator) as server:

        def send(method: str, path: str, body: object = None) -> tuple[int, Any]:
            connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
            content = json.dumps(body) if body is not None else None
            connection.request(method, path, content, {"X-Gwlbfw-Control": "test"})
            reply = connection.getresponse()
            answer = reply.status, json.loads(reply.read())
            connection.close()
            return answer

        yield send
    simulator.close()


def _vpc_status(send: Send) -> str:
    (vpc,) = send("POST", "/?Action=DescribeVpcs&Version=2016-04-28")[1]["Vpcs"]["Vpc"]
    return str(vpc["Status"])


def test_pending_status_passes_when_the_clock_is_advanced_over_http(send: Send) -> None:
    send("POST", "/?Action=CreateVpc&Version=2016-04-28&CidrBlock=10.0.0.0/16")
    assert _vpc_status(send) == "Pending"
    before = send("GET", "/-/clock")[1]["now"]
    assert send("POST", "/-/clock", {"advance": 3600})[1]["now"] >= before + 3600
    assert _vpc_status(send) == "Available"


@pytest.mark.parametrize("wrong", [{}, [], {"advance": "1"}, {"advance": -1}, {"advance": 1e12}])
def test_clock_advances_forward_only_and_within_bounds(send: Send, wrong: object) -> None:
    before = send("GET", "/-/clock")[1]["now"]
    status, answer = send("POST", "/-/clock", wrong)
    assert (status, "SECONDS" in answer["error"]) == (400, True)
    assert send("GET", "/-/clock")[1]["now"] < before + 3600


def test_real_clock_has_the_time_of_day() -> None:
    clock: Callable[[], float] = RealClock().now
    assert timestamp(clock()) > "2025"
    assert timestamp(0) == "1970-01-01T00:00:00Z"

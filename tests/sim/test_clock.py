"""The cloud's time, put forward from another process."""

import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from gwlbfw.sim.clock import RealClock, TurnedClock
from gwlbfw.sim.server import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator

Ask = Callable[..., tuple[int, Any]]


@pytest.fixture(params=[RealClock, TurnedClock])
def ask(request: pytest.FixtureRequest) -> Iterator[Ask]:
    """Status and answer of a request to a simulator whose statuses last for an hour."""
    simulator = Simulator(settings=Settings(transition=3600.0), clock=request.param())
    with Server(simulator) as server:

        def asked(method: str, path: str, body: object = None) -> tuple[int, Any]:
            connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
            connection.request(method, path, json.dumps(body) if body is not None else None)
            reply = connection.getresponse()
            answer = reply.status, json.loads(reply.read())
            connection.close()
            return answer

        yield asked
    simulator.close()


def _vpc_status(ask: Ask) -> str:
    (vpc,) = ask("POST", "/?Action=DescribeVpcs&Version=2016-04-28")[1]["Vpcs"]["Vpc"]
    return str(vpc["Status"])


def test_pending_status_passes_when_the_clock_is_advanced_over_http(ask: Ask) -> None:
    ask("POST", "/?Action=CreateVpc&Version=2016-04-28&CidrBlock=10.0.0.0/16")
    assert _vpc_status(ask) == "Pending"
    before = ask("GET", "/-/clock")[1]["now"]
    assert ask("POST", "/-/clock", {"advance": 3600})[1]["now"] >= before + 3600
    assert _vpc_status(ask) == "Available"


@pytest.mark.parametrize("wrong", [{}, [], {"advance": "1"}, {"advance": -1}, {"advance": 1e12}])
def test_clock_advances_forward_only_and_within_bounds(ask: Ask, wrong: object) -> None:
    before = ask("GET", "/-/clock")[1]["now"]
    status, answer = ask("POST", "/-/clock", wrong)
    assert (status, "SECONDS" in answer["error"]) == (400, True)
    assert ask("GET", "/-/clock")[1]["now"] < before + 3600

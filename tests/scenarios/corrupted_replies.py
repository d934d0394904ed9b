"""A cloud whose replies are corrupted on their way; what reads them is the vendor's SDK."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from requests import PreparedRequest, Response

from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpReply
from tests.scenarios.testbed import Testbed
from tests.support.direct_connection import (
    DirectAdapter,
    connected,
    response_of,
    simulator_request_of,
)


@dataclass(frozen=True)
class ApiRequest:
    """One request: its action, and every parameter that says what it asks for."""

    action: str
    params: tuple[tuple[str, str], ...]


Corruption = Callable[[ApiRequest, HttpReply], HttpReply]


def uncorrupted(asked: ApiRequest, reply: HttpReply) -> HttpReply:
    del asked
    return reply


class CorruptingAdapter(DirectAdapter):
    """Carries the SDK's requests to a simulator in this process, and corrupts the replies."""

    def __init__(self, simulator: Simulator) -> None:
        super().__init__(simulator)
        self.corruption: Corruption = uncorrupted
        self.calls = 0

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        self.calls += 1
        http = simulator_request_of(request)
        params = parse_qsl(f"{http.query}&{http.body.decode()}")
        asked = ApiRequest(http.headers.get("x-acs-action", ""), tuple(sorted({*params})))
        return response_of(self.corruption(asked, self.simulator.handle(http)))


@dataclass
class CorruptibleTestbed:
    """A simulated cloud behind an adapter that corrupts its replies."""

    testbed: Testbed
    adapter: CorruptingAdapter
    start: float
    documents: dict[str, Any] = field(default_factory=dict)

    def save(self, name: str) -> None:
        """Remember the cloud as it is."""
        self.documents[name] = self.testbed.simulator.export()

    def restore(self, name: str) -> None:
        """The cloud as it was then."""
        self.adapter.corruption = uncorrupted
        self.testbed.simulator.load(self.documents[name])


@contextmanager
def corruptible_testbed(folder: Path) -> Iterator[CorruptibleTestbed]:
    """An empty cloud without a socket."""
    clock = TurnedClock(1_750_000_000.0)
    simulator = Simulator(None, Settings(), clock)
    adapter = CorruptingAdapter(simulator)
    with connected(adapter) as url:
        yield CorruptibleTestbed(Testbed(simulator, clock, url, folder), adapter, clock.now())
    simulator.close()


def in_json(change: Callable[[Any], Any]) -> Callable[[HttpReply], HttpReply]:
    """A change of what an answer says, as one of its bytes."""

    def changed(reply: HttpReply) -> HttpReply:
        said = json.dumps(change(json.loads(reply.body)))
        return HttpReply(reply.status, said.encode(), reply.headers)

    return changed

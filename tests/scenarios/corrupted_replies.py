"""A cloud whose replies are corrupted on their way; what reads them is the vendor's SDK."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpReply, HttpRequest
from tests.scenarios.testbed import Testbed
from tests.support.direct_connection import connected


@dataclass(frozen=True)
class ApiRequest:
    """One request: its action, and every parameter that says what it asks for."""

    action: str
    params: tuple[tuple[str, str], ...]


Corruption = Callable[[ApiRequest, HttpReply], HttpReply]


def uncorrupted(asked: ApiRequest, reply: HttpReply) -> HttpReply:
    del asked
    return reply


class CorruptingHandler:
    """Answers the SDK's requests as a simulator does, and corrupts the replies."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.corruption: Corruption = uncorrupted
        self.calls = 0

    def handle(self, http: HttpRequest) -> HttpReply:
        self.calls += 1
        params = parse_qsl(f"{http.query}&{http.body.decode()}")
        asked = ApiRequest(http.headers.get("x-acs-action", ""), tuple(sorted({*params})))
        return self.corruption(asked, self.simulator.handle(http))


@dataclass
class CorruptibleTestbed:
    """A simulated cloud behind a handler that corrupts its replies."""

    testbed: Testbed
    handler: CorruptingHandler
    start: float
    documents: dict[str, Any] = field(default_factory=dict)

    def save(self, name: str) -> None:
        """Remember the cloud as it is."""
        self.documents[name] = self.testbed.simulator.export()

    def restore(self, name: str) -> None:
        """The cloud as it was then."""
        self.handler.corruption = uncorrupted
        self.testbed.simulator.load(self.documents[name])


@contextmanager
def corruptible_testbed(folder: Path) -> Iterator[CorruptibleTestbed]:
    """An empty cloud without a socket."""
    clock = TurnedClock(1_750_000_000.0)
    simulator = Simulator(None, Settings(), clock)
    handler = CorruptingHandler(simulator)
    with connected(handler) as url:
        yield CorruptibleTestbed(Testbed(simulator, clock, url, folder), handler, clock.now())
    simulator.close()


def in_json(change: Callable[[Any], Any]) -> Callable[[HttpReply], HttpReply]:
    """A change of what an answer says, as one of its bytes."""

    def changed(reply: HttpReply) -> HttpReply:
        said = json.dumps(change(json.loads(reply.body)))
        return HttpReply(reply.status, said.encode(), reply.headers)

    return changed

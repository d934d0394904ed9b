"""A cloud whose answers are spoilt on their way: the vendor's SDK stays, only the wire is ours."""

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
from tests.scenarios.testbed import World
from tests.support.direct_connection import (
    DirectAdapter,
    connected,
    response_of,
    simulator_request_of,
)


@dataclass(frozen=True)
class Asked:
    """One request: its action, and every parameter that says what it asks for."""

    action: str
    params: tuple[tuple[str, str], ...]


Spoil = Callable[[Asked, HttpReply], HttpReply]


def unspoilt(asked: Asked, reply: HttpReply) -> HttpReply:
    del asked
    return reply


class Wire(DirectAdapter):
    """Carries the SDK's requests to a simulator in this process, and spoils the answers."""

    def __init__(self, simulator: Simulator) -> None:
        super().__init__(simulator)
        self.spoil: Spoil = unspoilt
        self.calls = 0

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        self.calls += 1
        http = simulator_request_of(request)
        params = parse_qsl(f"{http.query}&{http.body.decode()}")
        asked = Asked(http.headers.get("x-acs-action", ""), tuple(sorted({*params})))
        return response_of(self.spoil(asked, self.simulator.handle(http)))


@dataclass
class SpoiltWorld:
    """A simulated cloud at the end of a wire that spoils."""

    world: World
    wire: Wire
    start: float
    documents: dict[str, Any] = field(default_factory=dict)

    def keep(self, name: str) -> None:
        """Remember the cloud as it is."""
        self.documents[name] = self.world.simulator.export()

    def back_to(self, name: str) -> None:
        """The cloud as it was then."""
        self.wire.spoil = unspoilt
        self.world.simulator.load(self.documents[name])


@contextmanager
def wired(folder: Path) -> Iterator[SpoiltWorld]:
    """An empty cloud without a socket."""
    clock = TurnedClock(1_750_000_000.0)
    simulator = Simulator(None, Settings(), clock)
    wire = Wire(simulator)
    with connected(wire) as url:
        yield SpoiltWorld(World(simulator, clock, url, folder), wire, clock.now())
    simulator.close()


def in_json(change: Callable[[Any], Any]) -> Callable[[HttpReply], HttpReply]:
    """A change of what an answer says, as one of its bytes."""

    def changed(reply: HttpReply) -> HttpReply:
        said = json.dumps(change(json.loads(reply.body)))
        return HttpReply(reply.status, said.encode(), reply.headers)

    return changed

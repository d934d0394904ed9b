"""A cloud whose answers are spoilt on their way: the vendor's SDK stays, only the wire is ours."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from darabonba.core import DaraCore
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from gwlbfw.cloud.sdk.transport import POOL_SIZE
from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpReply, HttpRequest
from tests.scenarios.world import World

_PORTS = count(1)


@dataclass(frozen=True)
class Asked:
    """One request: its action, and every parameter that says what it asks for."""

    action: str
    params: tuple[tuple[str, str], ...]


Spoil = Callable[[Asked, HttpReply], HttpReply]


def unspoilt(asked: Asked, reply: HttpReply) -> HttpReply:
    del asked
    return reply


class Wire(BaseAdapter):
    """Carries the SDK's requests to a simulator in this process, and spoils the answers."""

    goes_past_proxies = True

    def __init__(self, simulator: Simulator) -> None:
        super().__init__()
        self.simulator = simulator
        self.spoil: Spoil = unspoilt
        self.calls = 0

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        self.calls += 1
        body = request.body or b""
        raw = body.encode() if isinstance(body, str) else body
        assert isinstance(raw, bytes)
        query = urlsplit(request.url or "").query
        headers = {name.lower(): str(value) for name, value in request.headers.items()}
        asked = Asked(
            headers.get("x-acs-action", ""), tuple(sorted({*parse_qsl(query + "&" + raw.decode())}))
        )
        reply = self.simulator.handle(HttpRequest("POST", query, headers, raw))
        return _response(self.spoil(asked, reply))

    def close(self) -> None:
        """Nothing is open."""


def _response(reply: HttpReply) -> Response:
    response = Response()
    response.status_code = reply.status
    response.reason = HTTPStatus(reply.status).phrase
    response.headers.update({"Content-Type": "application/json", **reply.headers})
    response._content = reply.body
    return response


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
    host = f"127.0.0.1:{next(_PORTS)}"
    key = f"http://{host}:80:pool={POOL_SIZE}"
    session = DaraCore._get_session(session_key=key, protocol="http", pool_size=POOL_SIZE)
    session.mount("http://", wire)
    yield SpoiltWorld(World(simulator, clock, f"http://{host}", folder), wire, clock.now())
    DaraCore._sessions.pop(key)
    simulator.close()


def in_json(change: Callable[[Any], Any]) -> Callable[[HttpReply], HttpReply]:
    """A change of what an answer says, as one of its bytes."""

    def changed(reply: HttpReply) -> HttpReply:
        said = json.dumps(change(json.loads(reply.body)))
        return HttpReply(reply.status, said.encode(), reply.headers)

    return changed

"""The vendor's SDK connected to a simulator in this process, without a socket or a server.

The SDK builds, signs and reads all that it does over HTTP; its session is given an adapter that
hands each request to the simulator. That costs a third less than a loopback port.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from itertools import count
from typing import Any, Protocol
from urllib.parse import urlsplit

from darabonba.core import DaraCore
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from gwlbfw.cloud.sdk.transport import POOL_SIZE
from gwlbfw.sim.server import Server
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpReply, HttpRequest

EXTERNAL = bool(os.environ.get("GWLBFW_SIM_EXTERNAL"))
"""True if every simulator is a process of its own, which is reached over HTTP alone."""
_PORTS = count(1)
"""By its port the SDK tells one connection from another; no server listens on the first ones."""


class Handler(Protocol):
    """Answers requests as `Simulator` does."""

    def handle(self, http: HttpRequest) -> HttpReply: ...


class DirectAdapter(BaseAdapter):
    """Carries the SDK's requests to a simulator, and its replies back."""

    goes_past_proxies = True
    """The tool leaves such an adapter of the SDK's session in its place."""

    def __init__(self, simulator: Handler) -> None:
        super().__init__()
        self.simulator = simulator

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        return response_of(self.simulator.handle(simulator_request_of(request)))

    def close(self) -> None:
        """Nothing is open."""


def simulator_request_of(request: PreparedRequest) -> HttpRequest:
    """The SDK's request as the simulator reads it."""
    body = request.body or b""
    raw = body.encode() if isinstance(body, str) else body
    assert isinstance(raw, bytes)
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    return HttpRequest("POST", urlsplit(request.url or "").query, headers, raw)


def response_of(reply: HttpReply) -> Response:
    """The simulator's reply as the SDK reads it."""
    assert not reply.lost, "a lost reply needs a connection that can be cut: use a server"
    response = Response()
    response.status_code = reply.status
    response.reason = HTTPStatus(reply.status).phrase
    response.headers.update({"Content-Type": "application/json", **reply.headers})
    response._content = reply.body
    return response


@contextmanager
def connected(adapter: BaseAdapter) -> Iterator[str]:
    """A URL whose requests go through the adapter, for the length of the block."""
    host = f"127.0.0.1:{next(_PORTS)}"
    # As composed in DaraCore.do_action, where every request's port is 80.
    key = f"http://{host}:80:pool={POOL_SIZE}"
    session = DaraCore._get_session(session_key=key, protocol="http", pool_size=POOL_SIZE)
    session.mount("http://", adapter)
    try:
        yield f"http://{host}"
    finally:
        DaraCore._sessions.pop(key)


@contextmanager
def connection(simulator: Simulator, *, over_http: bool = EXTERNAL) -> Iterator[str]:
    """The URL at which the tool reaches a simulator: directly, or by a loopback port."""
    if over_http:
        with Server(simulator) as server:
            yield server.url
    else:
        with connected(DirectAdapter(simulator)) as url:
            yield url

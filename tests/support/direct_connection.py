"""The vendor's SDK connected to a simulator in this process, without a socket or a server.

The SDK builds, signs and reads all that it does over HTTP; its function that sends a request hands
it to the simulator instead. That costs less than half of what a loopback port does.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from itertools import count
from typing import Any, Protocol
from urllib.parse import urlsplit

from darabonba.core import DaraCore
from darabonba.request import DaraRequest
from darabonba.response import DaraResponse

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


_HANDLERS: dict[str, Handler] = {}
"""What answers by host and port; anything else is sent to where it is addressed."""
_send = DaraCore.do_action


def _answer(request: DaraRequest, options: Any = None) -> DaraResponse:
    """The SDK's `do_action`: a request sent, and its reply."""
    handler = _HANDLERS.get(request.headers["host"])
    if handler is None:
        return _send(request, options)
    body = request.body or b""
    raw = body.encode() if isinstance(body, str) else body
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    query = urlsplit(DaraCore.compose_url(request)).query
    return _response_of(handler.handle(HttpRequest(request.method, query, headers, raw)))


DaraCore.do_action = staticmethod(_answer)


def _response_of(reply: HttpReply) -> DaraResponse:
    """The simulator's reply as the SDK reads it."""
    assert not reply.lost, "a lost reply needs a connection that can be cut: use a server"
    response = DaraResponse()
    response.status_code = reply.status
    response.status_message = HTTPStatus(reply.status).phrase
    response.headers = {"content-type": "application/json"}
    response.headers |= {name.lower(): value for name, value in reply.headers.items()}
    response.body = reply.body
    return response


def is_direct(url: str | None) -> bool:
    """True if a handler of this process answers the requests to a URL."""
    return urlsplit(url or "").netloc in _HANDLERS


@contextmanager
def connected(handler: Handler) -> Iterator[str]:
    """A URL whose requests the handler answers, for the length of the block."""
    host = f"127.0.0.1:{next(_PORTS)}"
    _HANDLERS[host] = handler
    try:
        yield f"http://{host}"
    finally:
        del _HANDLERS[host]
        # As composed by the SDK, where every request's port is 80.
        DaraCore._sessions.pop(f"http://{host}:80:pool={POOL_SIZE}", None)


@contextmanager
def connection(simulator: Simulator, *, over_http: bool = EXTERNAL) -> Iterator[str]:
    """The URL at which the SDK reaches a simulator: directly, or by a loopback port."""
    if over_http:
        with Server(simulator) as server:
            yield server.url
    else:
        with connected(simulator) as url:
            yield url

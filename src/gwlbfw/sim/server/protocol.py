"""HTTP/1.1 whose every refusal has the body of an API error, as the products' gateways send it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage
from aiohttp.streams import StreamReader

from gwlbfw.sim import wire
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.server.control import CONTROL
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpReply

Answer: TypeAlias = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
LONGEST_BODY = 1 << 20
"""Bytes of a call's body at most (UNVERIFIED)."""
_LINE = 1 << 20
"""Longest request line: user data travels in the query."""
_IDLE_S = 3600.0
"""A client that finds its idle connection closed fails instead of opening another."""
_log = logging.getLogger(__name__)


def malformed(what: str) -> ApiError:
    """The error for what is no HTTP request; its code is UNVERIFIED."""
    return ApiError("InvalidParameter", f"The request is not valid HTTP/1.1: {what}.")


def response_to(reply: HttpReply) -> web.Response:
    """A reply of the simulator as the server's library takes it."""
    return web.Response(
        status=reply.status or 500,
        body=reply.body,
        headers={"Content-Type": "application/json", **reply.headers},
    )


def refuse(simulator: Simulator, error: ApiError) -> web.Response:
    """Refuse what is no call of any action, and end the connection: nothing can follow it."""
    settings = simulator.settings
    reply = wire.failure(settings.request_id(), "", settings.region, error)
    response = response_to(reply)
    response.force_close()
    return response


class Protocol(web.RequestHandler):
    """One connection."""

    __slots__ = ("_simulator",)

    def __init__(self, server: "HttpServer", **options: Any) -> None:  # noqa: ANN401 - the library's
        super().__init__(server, **options)
        self._simulator = server.simulator

    def handle_error(
        self,
        request: web.BaseRequest,  # noqa: ARG002
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no request, or what the server can't cope with."""
        if status < 500:
            error = malformed((message or "it can't be read").strip().splitlines()[0])
        else:
            # A body that is read after its client has gone is a RuntimeError of the library's.
            gone = self.transport is None or isinstance(exc, ConnectionError)
            _log.log(logging.DEBUG if gone else logging.ERROR, "a request failed: %r", exc)
            _log.debug("where it failed", exc_info=exc)
            error = ApiError("InternalError", f"The simulator failed: {exc!r}", 500)
        return refuse(self._simulator, error)

    def log_exception(self, *_: Any, **details: Any) -> None:  # noqa: ANN401 - as the library's
        """The rest of a body that can't be read; the client was answered already."""
        _log.debug("a connection is of no more use: %r", details.get("exc_info"))


class HttpServer(web.Server):
    """Makes the protocol of each connection."""

    def __init__(self, answer: Answer, simulator: Simulator) -> None:
        super().__init__(answer, request_factory=_new_request)
        self.simulator = simulator

    def __call__(self) -> web.RequestHandler:
        return Protocol(
            self,
            loop=self._loop,
            access_log=None,
            keepalive_timeout=_IDLE_S,
            max_line_size=_LINE,
            max_field_size=_LINE,
        )


def _new_request(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: web.RequestHandler,
    writer: AbstractStreamWriter,
    task: "asyncio.Task[None]",
) -> web.BaseRequest:
    """A request; only at a control path may its body be of any length, as a whole state is."""
    longest = 0 if message.path.startswith(CONTROL) else LONGEST_BODY
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=longest)

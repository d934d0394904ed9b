"""The simulated cloud on a port, of the loopback unless told otherwise."""

import asyncio
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal, Self

from aiohttp import web
from aiohttp.http import HttpProcessingError

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.server import control
from gwlbfw.sim.server.binding import Binding
from gwlbfw.sim.server.certificates import Authority
from gwlbfw.sim.server.connections import Connections
from gwlbfw.sim.server.control import CONTROL
from gwlbfw.sim.server.door import objection
from gwlbfw.sim.server.protocol import LONGEST_BODY, HttpServer, malformed, refuse, response_to
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpRequest

_AT_ONCE = struct.pack("ii", 1, 0)
"""The SO_LINGER with which closing a connection resets it."""
_FINISH_S = 60.0
"""Seconds that the calls in flight have when the server stops."""


class Server:
    """Serves a simulator over HTTP and HTTPS, from a thread of its own until stopped."""

    def __init__(
        self,
        simulator: Simulator,
        binding: Binding | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.simulator = simulator
        self._binding = binding or Binding()
        self._authority = Authority(simulator.folder, self._binding.names)
        self._netloc = ""
        self._sleep = sleep
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping = asyncio.Event()

    @property
    def url(self) -> str:
        """The URL, once started; with https instead of http it is as good."""
        return f"http://{self._netloc}"

    @property
    def ca_file(self) -> Path:
        """The file with the certificate by which a client trusts this server's HTTPS.

        It lies beside the state; for a state in memory, until the server stops. Raises
        SimulatorError where it can't be written.
        """
        return self._authority.ca_file

    def start(self) -> str:
        """Start to serve; returns the URL, which accepts calls from now on.

        Raises SimulatorError where the port is not to be had.
        """
        listener = self._binding.open_socket()
        self._netloc = self._binding.netloc(listener.getsockname()[1])
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._run, args=(self._loop, listener), name="simulator", daemon=True
        )
        self._thread.start()
        return self.url

    def stop(self) -> None:
        """Finish the calls in flight and stop serving."""
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
            self._loop = self._thread = None
        self._authority.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self, loop: asyncio.AbstractEventLoop, listener: socket.socket) -> None:
        try:
            loop.run_until_complete(self._serve(listener))
        finally:
            loop.close()

    async def _serve(self, listener: socket.socket) -> None:
        server = HttpServer(self._answer, self.simulator)
        connections = Connections(listener, server, self._authority.context)
        connections.open()
        await self._stopping.wait()
        await connections.stop_accepting()
        server.pre_shutdown()
        await server.shutdown(_FINISH_S)
        await connections.drop()

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        is_control = request.path.startswith(CONTROL)
        if why := objection(self._binding, request.headers):
            error = ApiError("Forbidden.Simulator", f"The simulator does not answer: {why}.", 403)
            return control.refusal(why) if is_control else refuse(self.simulator, error)
        try:
            if is_control:
                return await control.handle(self.simulator, request)
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return refuse(self.simulator, _too_large())
        except (web.RequestPayloadError, HttpProcessingError) as problem:
            what = str(problem).strip().splitlines()[0] if str(problem) else "its body"
            return refuse(self.simulator, malformed(what))
        headers = {name.lower(): value for name, value in request.headers.items()}
        url = request.rel_url
        reply = self.simulator.handle(
            HttpRequest(request.method, url.raw_query_string, headers, body, url.raw_path)
        )
        if reply.delay:
            await self._sleep(reply.delay)
        if reply.lost:
            _drop_connection(request, reply.lost)
        return response_to(reply)


def _too_large() -> ApiError:
    """The error for a body that is too long; its code is UNVERIFIED."""
    why = f"The request is too large: its body has {LONGEST_BODY} bytes at most."
    return ApiError("RequestEntityTooLarge", why, 413)


def _drop_connection(request: web.BaseRequest, how: Literal["reset", "closed"]) -> None:
    """End the connection without an answer; as a reset, or as if the server had gone."""
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if how == "reset" and connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    transport.abort()

"""The simulated cloud on a port, of the loopback unless told otherwise."""

import asyncio
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from typing import Literal, Self

from aiohttp import web

from gwlbfw.sim.server import control
from gwlbfw.sim.server.binding import BACKLOG, Binding
from gwlbfw.sim.server.control import CONTROL
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpRequest

_LINE = 1 << 20
"""Longest request line: user data travels in the query."""
_IDLE_S = 3600.0
"""A client that finds its idle connection closed fails instead of opening another."""
_AT_ONCE = struct.pack("ii", 1, 0)
"""The SO_LINGER with which closing a connection resets it."""


class Server:
    """Serves a simulator from a thread of its own until stopped."""

    def __init__(
        self,
        simulator: Simulator,
        binding: Binding | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.simulator = simulator
        self._binding = binding or Binding()
        self._netloc = ""
        self._sleep = sleep
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping = asyncio.Event()

    @property
    def url(self) -> str:
        """The URL, once started."""
        return f"http://{self._netloc}"

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
        server = web.Server(
            self._answer,
            access_log=None,
            keepalive_timeout=_IDLE_S,
            max_line_size=_LINE,
            max_field_size=_LINE,
        )
        runner = web.ServerRunner(server, handle_signals=False)
        await runner.setup()
        site = web.SockSite(runner, listener, backlog=BACKLOG)
        try:
            await site.start()
            await self._stopping.wait()
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        if request.path.startswith(CONTROL):
            return await control.handle(self.simulator, self._binding, request)
        headers = {name.lower(): value for name, value in request.headers.items()}
        url = request.rel_url
        body = await request.read()
        reply = self.simulator.handle(
            HttpRequest(request.method, url.raw_query_string, headers, body, url.raw_path)
        )
        if reply.delay:
            await self._sleep(reply.delay)
        if reply.lost:
            _drop_connection(request, reply.lost)
        return web.Response(
            status=reply.status or 500,
            body=reply.body,
            headers={"Content-Type": "application/json", **reply.headers},
        )


def _drop_connection(request: web.BaseRequest, how: Literal["reset", "closed"]) -> None:
    """End the connection without an answer; as a reset, or as if the server had gone."""
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if how == "reset" and connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    transport.abort()

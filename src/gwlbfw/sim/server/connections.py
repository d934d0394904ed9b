"""HTTP and HTTPS on one port: the first byte of a connection tells which it is."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from weakref import WeakSet

from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.server.binding import BACKLOG

_TLS = b"\x16"
"""The first byte of a TLS handshake (RFC 8446, 5.1); no method of HTTP begins with it."""
_PAUSE_S = 0.1
"""Seconds until the next try where a connection can't be accepted, as with too many open files."""
_GOODBYE_S = 1.0
"""Seconds that a client has to end TLS in order."""
_log = logging.getLogger(__name__)


class Connections:
    """Accepts connections and hands each to a new protocol, through TLS if it begins so.

    Nothing waits for a connection that says nothing: it costs a file descriptor until it ends.
    """

    def __init__(
        self,
        listener: socket.socket,
        new_protocol: Callable[[], asyncio.Protocol],
        tls: Callable[[], ssl.SSLContext],
    ) -> None:
        self._listener = listener
        self._new_protocol = new_protocol
        self._tls = tls
        self._loop = asyncio.get_running_loop()
        self._silent: set[socket.socket] = set()
        self._open: WeakSet[asyncio.WriteTransport] = WeakSet()
        self._handshakes: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        """Accept connections from now on."""
        self._listener.settimeout(0)
        self._listen()

    async def stop_accepting(self) -> None:
        """Accept no more connections, and drop those that have not begun to talk."""
        self._loop.remove_reader(self._listener)
        self._listener.close()
        for connection in list(self._silent):
            self._forget(connection)
            connection.close()
        for task in self._handshakes:
            task.cancel()
        await asyncio.gather(*self._handshakes, return_exceptions=True)

    async def drop(self) -> None:
        """Drop every connection that is left."""
        for transport in list(self._open):
            transport.abort()
        # What is dropped is closed in the next two rounds of the loop, one for each layer.
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def _listen(self) -> None:
        if self._listener.fileno() >= 0:
            self._loop.add_reader(self._listener, self._accept)

    def _accept(self) -> None:
        """Accept all connections that wait."""
        for _ in range(BACKLOG):
            try:
                connection, _ = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as problem:
                _log.warning("can't accept a connection yet: %s", problem)
                self._loop.remove_reader(self._listener)
                self._loop.call_later(_PAUSE_S, self._listen)
                return
            connection.settimeout(0)
            self._silent.add(connection)
            self._loop.add_reader(connection, self._hear, connection)

    def _hear(self, connection: socket.socket) -> None:
        """Look at the first byte of a connection, and leave it there."""
        try:
            first = connection.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            first = b""
        self._forget(connection)
        if not first:
            connection.close()
            return
        task = self._loop.create_task(self._talk(connection, encrypted=first == _TLS))
        self._handshakes.add(task)
        task.add_done_callback(self._handshakes.discard)

    async def _talk(self, connection: socket.socket, *, encrypted: bool) -> None:
        try:
            transport, _ = await self._loop.connect_accepted_socket(
                self._new_protocol,
                connection,
                ssl=self._tls() if encrypted else None,
                ssl_shutdown_timeout=_GOODBYE_S if encrypted else None,
            )
            self._open.add(transport)
        except SimulatorError as problem:
            _log.error("no HTTPS: %s", problem)
            connection.close()
        except OSError as problem:
            # Not TLS after all, a version that is refused, or a client that does not trust us.
            _log.info("a connection ended in its handshake: %s", problem)
            connection.close()

    def _forget(self, connection: socket.socket) -> None:
        self._loop.remove_reader(connection)
        self._silent.discard(connection)

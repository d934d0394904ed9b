"""Where a server listens, and which names it answers to."""

import ipaddress
import socket
from dataclasses import dataclass

from gwlbfw.sim.errors import SimulatorError

LOOPBACK = "127.0.0.1"
BACKLOG = 1024
"""The SDK's asynchronous clients open a connection for every call."""
_EVERYWHERE = {"0.0.0.0": LOOPBACK, "::": "::1"}  # noqa: S104 - listens so only where told to
"""Addresses that stand for every interface, and the one by which this machine reaches them."""


@dataclass(frozen=True)
class Binding:
    """The address and port of a server; without a choice, any free port of the loopback."""

    port: int = 0
    listen: str = LOOPBACK
    """An IPv4 or IPv6 address of this machine."""
    allow_hosts: tuple[str, ...] = ()
    """Names other than the loopback's by which the server may be asked."""

    def open_socket(self) -> socket.socket:
        """Open the listening socket. Raises SimulatorError where the address is not to be had."""
        family = socket.AF_INET6 if ":" in self.listen else socket.AF_INET
        try:
            return socket.create_server((self.listen, self.port), family=family, backlog=BACKLOG)
        except (OSError, UnicodeError) as problem:
            raise SimulatorError(
                f"Can't listen on {self.listen}, port {self.port}: {problem}"
            ) from problem

    def netloc(self, port: int) -> str:
        """Host and port of a URL by which this machine reaches the server at a port."""
        host = _EVERYWHERE.get(self.listen, self.listen)
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    @property
    def names(self) -> tuple[str, ...]:
        """The names and addresses by which clients may call, beside the loopback's."""
        listened = () if self.listen in _EVERYWHERE else (self.listen,)
        return (*listened, *self.allow_hosts)

    def allows(self, host: str) -> bool:
        """True if a request with this Host header is meant for this server."""
        name = _without_port(host).lower()
        if name in ("localhost", self.listen, *(each.lower() for each in self.allow_hosts)):
            return True
        return _is_loopback(name)

    @property
    def is_loopback(self) -> bool:
        """True if only this machine reaches the server."""
        return self.listen == "localhost" or _is_loopback(self.listen)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] or host

"""The simulated cloud over HTTP: `Server`, the control paths beside it, and one server a folder."""

from gwlbfw.sim.server.binding import Binding
from gwlbfw.sim.server.http import Server

__all__ = ["Binding", "Server"]

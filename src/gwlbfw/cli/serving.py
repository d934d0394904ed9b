"""Serving the simulated cloud for as long as nobody interrupts."""

import threading
from collections.abc import Sequence
from pathlib import Path

from gwlbfw.cli.exit import DONE
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cli.views.simulator import show_address
from gwlbfw.sim.clock import Clock
from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.faults import Rule
from gwlbfw.sim.server.attach import attach_or_serve
from gwlbfw.sim.settings import Settings


def serve_until_interrupted(
    screen: Screen,
    folder: Path,
    port: int,
    settings: Settings,
    *,
    faults: Sequence[Rule],
    clock: Clock,
) -> int:
    """Serve the state in a folder; an interruption is how this ends well."""
    with attach_or_serve(folder, settings, clock=clock, port=port, faults=faults) as simulator:
        if not simulator.serving:
            raise SimulatorError(f"{folder} is served already, at {simulator.url}")
        show_address(screen, simulator.url, folder)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            screen.say("stopped")
    return DONE

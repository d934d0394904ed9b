"""The topology that a command is about."""

from pathlib import Path

from gwlbfw.cli.options import Options
from gwlbfw.cli.views.screen import Screen
from gwlbfw.topology.load import load
from gwlbfw.topology.models import Topology


def topology_of(file: Path, options: Options, screen: Screen) -> Topology:
    """The topology in a file; its warnings are said. Raises TopologyError."""
    loaded = load(file, options.variables)
    topology = loaded.require()
    screen.diagnostics(loaded.warnings)
    return topology

"""`gwlbfw graph FILE`."""

from pathlib import Path

import click

from gwlbfw.cli.command import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.loading import topology_of
from gwlbfw.cli.options import Options
from gwlbfw.cli.views.dot import dot
from gwlbfw.cli.views.drawing import draw
from gwlbfw.cli.views.mermaid import mermaid
from gwlbfw.cli.views.screen import Screen


@command("graph", formats=("mermaid", "dot"))
@click.argument("file", type=click.Path(path_type=Path))
def graph(options: Options, file: Path) -> int:
    """Draw a topology: VPCs, subnets, routes, endpoints, appliances, and the way traffic takes."""
    screen = Screen(colour=options.colour)
    drawing = draw(topology_of(file, options, screen))
    screen.result({"mermaid": mermaid, "dot": dot}[options.format](drawing))
    return DONE

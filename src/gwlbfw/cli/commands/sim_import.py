"""`gwlbfw sim import FILE`."""

from typing import Annotated

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Output, SimulatorOptions


@command
def import_(
    file: Annotated[
        typer.FileBinaryRead,
        typer.Argument(metavar="FILE", help="What `sim export` printed; - is stdin."),
    ],
    *,
    options: SimulatorOptions,
    output: Output,
) -> int:
    """Replace everything in the simulated cloud by an exported one.

    Examples:
        gwlbfw sim import cloud.json
        gwlbfw sim export | gwlbfw sim import - --sim-dir copy
    """
    from gwlbfw.cli.simulator import control_request

    control_request(options, "PUT", "state", file.read())
    output.screen.print_outcome("the simulated cloud is as in the file")
    return DONE

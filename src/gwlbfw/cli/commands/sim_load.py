"""`gwlbfw sim load [NAME]`."""

from typing import Annotated

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Output, SimulatorOptions


@command
def load(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="What to load; without it, the names are listed."),
    ] = None,
    *,
    options: SimulatorOptions,
    output: Output,
) -> int:
    """Replace everything in the simulated cloud by what `sim save` saved, or list the names of it.

    Examples:
        gwlbfw sim load
        gwlbfw sim load base
    """
    from gwlbfw.cli.simulator import control_request, snapshot_request

    if name is None:
        for each in control_request(options, "GET", "snapshots")["snapshots"]:
            output.screen.print_result(each)
        return DONE
    snapshot_request(options, "POST", name, "/load")
    output.screen.print_outcome(f"the simulated cloud is as saved as {name}")
    return DONE

"""`gwlbfw sim save NAME`."""

from typing import Annotated

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Output, SimulatorOptions


@command
def save(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Its name; one that exists is replaced.")
    ],
    *,
    options: SimulatorOptions,
    output: Output,
) -> int:
    """Save everything there is in the simulated cloud by a name, in the simulator's folder.

    Examples:
        gwlbfw sim save base
    """
    from gwlbfw.cli.simulator import snapshot_request

    snapshot_request(options, "POST", name)
    output.screen.print_outcome(f"the simulated cloud is saved as {name}")
    return DONE

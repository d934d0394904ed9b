"""`gwlbfw sim activity`."""

from typing import Annotated

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Output, SimulatorOptions, TextOrJson


@command
def activity(
    *,
    last: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Only so many, the latest.")
    ] = None,
    form: TextOrJson = "text",
    options: SimulatorOptions,
    output: Output,
) -> int:
    """List the latest calls to the simulated cloud, whether or not it is being served now.

    Examples:
        gwlbfw sim activity --last 20
        gwlbfw sim activity --format json
    """
    from gwlbfw.cli.simulator import latest_calls
    from gwlbfw.cli.views.simulator import show_activity

    show_activity(output.screen, latest_calls(options, last), form)
    return DONE

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
    """List the calls that the process that serves the simulated cloud has answered.

    Examples:
        gwlbfw sim activity --last 20
        gwlbfw sim activity --format json
    """
    from gwlbfw.cli.simulator import control_request
    from gwlbfw.cli.views.simulator import show_activity

    query = f"?last={last}" if last else ""
    calls = control_request(options, "GET", f"activity{query}")["calls"]
    show_activity(output.screen, calls, form)
    return DONE

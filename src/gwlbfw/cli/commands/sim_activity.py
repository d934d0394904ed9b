"""`gwlbfw sim activity`."""

import click

from gwlbfw.cli.command import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Options
from gwlbfw.cli.simulators import asked
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cli.views.simulator import show_activity


@command("activity", formats=("text", "json"))
@click.option("--last", type=click.IntRange(min=1), metavar="N", help="Only so many, the latest.")
def activity(options: Options, last: int | None) -> int:
    """List the calls that the process that serves the simulated cloud has answered."""
    query = f"?last={last}" if last else ""
    calls = asked(options, "GET", f"activity{query}")["calls"]
    show_activity(Screen(colour=options.colour), calls, options.format)
    return DONE

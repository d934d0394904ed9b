"""`gwlbfw sim status`."""

from gwlbfw.cli.command import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Options
from gwlbfw.cli.simulators import asked
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cli.views.simulator import show_status


@command("status", formats=("text", "json"))
def status(options: Options) -> int:
    """Count what there is in the simulated cloud, by kind; what came by itself is left out."""
    show_status(Screen(colour=options.colour), asked(options, "GET", "status"), options.format)
    return DONE

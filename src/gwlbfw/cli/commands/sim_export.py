"""`gwlbfw sim export`."""

from gwlbfw.cli.command import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Options
from gwlbfw.cli.simulators import asked
from gwlbfw.cli.views.screen import Screen


@command("export")
def export(options: Options) -> int:
    """Print everything there is in the simulated cloud as one JSON document."""
    Screen(colour=options.colour).document(asked(options, "GET", "state"))
    return DONE

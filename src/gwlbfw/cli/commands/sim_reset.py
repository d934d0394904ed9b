"""`gwlbfw sim reset`."""

from gwlbfw.cli.command import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Options
from gwlbfw.cli.simulators import asked
from gwlbfw.cli.views.screen import Screen


@command("reset")
def reset(options: Options) -> int:
    """Remove everything from the simulated cloud, in all regions and accounts."""
    asked(options, "POST", "reset")
    Screen(colour=options.colour).result("the simulated cloud is empty")
    return DONE

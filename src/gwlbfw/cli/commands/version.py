"""`gwlbfw version`."""

from gwlbfw import __version__
from gwlbfw.cli.command import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Options
from gwlbfw.cli.views.screen import Screen


@command("version")
def version(options: Options) -> int:
    """Print the version."""
    Screen(colour=options.colour).result(f"gwlbfw {__version__}")
    return DONE

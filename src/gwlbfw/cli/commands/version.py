"""`gwlbfw version`."""

from gwlbfw import __version__
from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Output


@command
def version(*, output: Output) -> int:
    """Print the version.

    Examples:
        gwlbfw version
    """
    output.screen.print_result(f"gwlbfw {__version__}")
    return DONE

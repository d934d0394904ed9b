"""`gwlbfw help [COMMAND]`."""

from typing import Annotated

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Output


@command
def help_(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="COMMAND", help="The command.")
    ] = None,
    *,
    output: Output,
) -> int:
    """Show the help of a command, or of all.

    Examples:
        gwlbfw help
        gwlbfw help plan
        gwlbfw help sim serve
    """
    root = context.find_root()
    words = [*(names or ()), "--help"]
    root.command.main(words, prog_name=root.info_name, standalone_mode=False, obj=output)
    return DONE

"""`gwlbfw init [DIR]`."""

from pathlib import Path
from typing import Annotated

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Output


@command
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder.", show_default=False)
    ] = Path(),
    *,
    output: Output,
) -> int:
    """Write a commented topology.yaml to start from; one that exists is left alone.

    Examples:
        gwlbfw init
        gwlbfw init my-firewall
    """
    from gwlbfw.cli.files import write_new
    from gwlbfw.topology.starter import starter

    path = folder / "topology.yaml"
    write_new(path, starter())
    output.screen.print_outcome(
        f"wrote {path}\n\nedit it, then:\n"
        f"  gwlbfw validate {path}\n"
        f"  gwlbfw apply {path} --sim    # on the built-in simulator, without an account"
    )
    return DONE

"""`gwlbfw sim import FILE`."""

from typing import BinaryIO

import click

from gwlbfw.cli.command import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Options
from gwlbfw.cli.simulators import asked
from gwlbfw.cli.views.screen import Screen


@command("import")
@click.argument("file", type=click.File("rb"))
def import_(options: Options, file: BinaryIO) -> int:
    """Replace everything in the simulated cloud by what `sim export` printed (-: stdin)."""
    asked(options, "PUT", "state", file.read())
    Screen(colour=options.colour).result("the simulated cloud is what the file says")
    return DONE

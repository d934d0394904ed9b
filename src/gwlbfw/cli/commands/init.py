"""`gwlbfw init [DIR]`."""

from pathlib import Path

import click

from gwlbfw.cli.command import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.files import write_new
from gwlbfw.cli.options import Options
from gwlbfw.cli.views.screen import Screen
from gwlbfw.topology.starter import starter


@command("init")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
def init(options: Options, folder: Path) -> int:
    """Write a commented topology.yaml to start from; one that exists is left alone."""
    path = folder / "topology.yaml"
    write_new(path, starter())
    Screen(colour=options.colour).result(
        f"wrote {path}\n\nedit it, then:\n"
        f"  gwlbfw validate {path}\n"
        f"  gwlbfw apply {path} --sim    # on the built-in simulator, without an account"
    )
    return DONE

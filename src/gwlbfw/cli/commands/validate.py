"""`gwlbfw validate FILE`."""

from pathlib import Path

import click

from gwlbfw.cli.command import command
from gwlbfw.cli.exit import DONE, FAILED
from gwlbfw.cli.options import Options
from gwlbfw.cli.views import validation
from gwlbfw.cli.views.screen import Screen
from gwlbfw.topology.load import load


@command("validate", formats=("text", "json", "sarif"))
@click.argument("file", type=click.Path(path_type=Path))
def validate(options: Options, file: Path) -> int:
    """Check a topology file alone, without the cloud: every error at its place, with a hint."""
    loaded = load(file, options.variables)
    validation.show(Screen(colour=options.colour), str(file), loaded, options.format)
    return FAILED if loaded.errors else DONE

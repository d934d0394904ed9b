"""`gwlbfw drift FILE`."""

from pathlib import Path

import click

from gwlbfw.cli.clouds import opened
from gwlbfw.cli.command import command
from gwlbfw.cli.options import Options
from gwlbfw.cli.views.drift import DriftView
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cli.watching import looked


@command("drift", formats=("text", "json", "markdown", "sarif"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--watch",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Look again and again, until interrupted; JSON as JSON Lines.",
)
def drift(options: Options, file: Path, watch: float | None) -> int:
    """Compare live state with what was last applied, or with the file where nothing was."""
    screen = Screen(colour=options.colour)
    with opened(file, options, screen) as stack:
        view = DriftView(screen, options.format, str(file), stack.topology)
        return looked(stack, view, watch)

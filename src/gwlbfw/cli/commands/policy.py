"""`gwlbfw policy FILE`."""

from pathlib import Path

import click

from gwlbfw.cli.command import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.loading import topology_of
from gwlbfw.cli.options import Options
from gwlbfw.cli.views.screen import Screen
from gwlbfw.policy import policy as policies


@command("policy")
@click.argument("file", type=click.Path(path_type=Path))
def policy(options: Options, file: Path) -> int:
    """Print the least RAM policy with which the topology can be planned, applied and destroyed.

    Where it spans several accounts, it is an object of policies by account key; the empty key is
    the account of the credentials.
    """
    screen = Screen(colour=options.colour)
    documents = policies(topology_of(file, options, screen))
    screen.document(documents if len(documents) > 1 else next(iter(documents.values())))
    return DONE

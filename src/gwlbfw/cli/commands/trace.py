"""`gwlbfw trace FILE`."""

from pathlib import Path

import click

from gwlbfw.cli.clouds import opened
from gwlbfw.cli.command import command
from gwlbfw.cli.exit import DONE, UNINSPECTED
from gwlbfw.cli.options import Options
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cli.views.traffic import TrafficView

_PASSES = ("inspected", "local")
"""What is delivered inside the VPC is no Internet traffic, and has no firewall to pass."""


@command("trace", formats=("text", "json"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--from", "source", required=True, metavar="A", help="Where the packet comes from.")
@click.option("--to", "target", required=True, metavar="B", help="Where it goes.")
def trace(options: Options, file: Path, source: str, target: str) -> int:
    """Show a packet's way and its reply's, hop by hop, with the route entry that decides each.

    Each end is `internet`, an IPv4 address, or the address (or id) of an instance, EIP or vSwitch,
    such as instance.server/shop/web-1. Exits with 3 where the packet or its reply is dropped, or
    is not inspected.
    """
    screen = Screen(colour=options.colour)
    with opened(file, options, screen) as stack:
        found = stack.sync.trace(source, target)
    TrafficView(screen, options.format).trace(found)
    return DONE if found.verdict in _PASSES else UNINSPECTED

"""`gwlbfw trace FILE`."""

from typing import Annotated

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE, UNINSPECTED
from gwlbfw.cli.options import Output, StackOptions, TextOrJson, TopologyFile

_PASSES = ("inspected", "local")
"""The verdicts of exit code 0; traffic inside the VPC has no firewall to pass."""


@command
def trace(
    file: TopologyFile,
    *,
    source: Annotated[
        str, typer.Option("--from", metavar="A", help="Where the packet comes from.")
    ],
    target: Annotated[str, typer.Option("--to", metavar="B", help="Where it goes.")],
    form: TextOrJson = "text",
    options: StackOptions,
    output: Output,
) -> int:
    """Trace a packet and its reply, hop by hop, with the route entry that decides each hop.

    Each end is `internet`, an IPv4 address, or the address (or id) of an instance, EIP or vSwitch,
    such as instance.server/shop/web-1. Exits with 3 where the packet or its reply is dropped, or
    is not inspected.

    Examples:
        gwlbfw trace topology.yaml --from internet --to instance.server/shop/web-1
        gwlbfw trace topology.yaml --from instance.server/shop/web-1 --to 8.8.8.8
    """
    from gwlbfw.cli.session import open_stack
    from gwlbfw.cli.views.verdict import VerdictView

    with open_stack(file, options, output) as stack:
        found = stack.sync.trace(source, target)
    VerdictView(output.screen, form).trace(found)
    return DONE if found.verdict in _PASSES else UNINSPECTED

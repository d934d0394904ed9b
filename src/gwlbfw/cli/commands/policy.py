"""`gwlbfw policy FILE`."""

from typing import Annotated, Literal

import typer

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Output, TopologyFile
from gwlbfw.cli.topology_options import TopologyOptions


@command
def policy(
    file: TopologyFile,
    *,
    purpose: Annotated[
        Literal["plan", "apply"],
        typer.Option("--for", help="To read alone (plan, drift, verify, trace), or to change too."),
    ] = "apply",
    options: TopologyOptions,
    output: Output,
) -> int:
    """Print the least RAM policy with which the topology can be planned, applied and destroyed.

    Where it spans several accounts, it is an object of policies by account key; the empty key is
    the account of the credentials. What is not narrowed to the region, and why, is said
    on stderr.

    Examples:
        gwlbfw policy topology.yaml
        gwlbfw policy topology.yaml --for plan > policy.json
    """
    from gwlbfw.cli.session import load_topology
    from gwlbfw.policy import not_narrowed
    from gwlbfw.policy import policy as policies

    screen = output.screen
    topology = load_topology(file, options, screen)
    documents = policies(topology, purpose)
    screen.print_document(documents if len(documents) > 1 else next(iter(documents.values())))
    everywhere = not_narrowed(topology, purpose)
    for names, why in (
        (everywhere.by_nature, "RAM knows no narrower resource for"),
        (everywhere.unsourced, "the vendor's pages do not say what RAM checks"),
    ):
        if names:
            screen.print_message(f"allowed on every resource, as {why}: {', '.join(sorted(names))}")
    return DONE

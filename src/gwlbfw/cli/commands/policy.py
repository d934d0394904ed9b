"""`gwlbfw policy FILE`."""

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import Output, TopologyFile, TopologyOptions


@command
def policy(file: TopologyFile, *, options: TopologyOptions, output: Output) -> int:
    """Print the least RAM policy with which the topology can be planned, applied and destroyed.

    Where it spans several accounts, it is an object of policies by account key; the empty key is
    the account of the credentials.

    Examples:
        gwlbfw policy topology.yaml
        gwlbfw policy topology.yaml > policy.json
    """
    from gwlbfw.cli.session import load_topology
    from gwlbfw.policy import policy as policies

    screen = output.screen
    documents = policies(load_topology(file, options, screen))
    screen.print_document(documents if len(documents) > 1 else next(iter(documents.values())))
    return DONE

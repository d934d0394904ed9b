"""`gwlbfw graph FILE`."""

from typing import Annotated, Literal

from gwlbfw.cli.commands import command
from gwlbfw.cli.exit import DONE
from gwlbfw.cli.options import FORMAT, Output, TopologyFile
from gwlbfw.cli.topology_options import TopologyOptions


@command
def graph(
    file: TopologyFile,
    *,
    form: Annotated[Literal["mermaid", "dot"], FORMAT] = "mermaid",
    options: TopologyOptions,
    output: Output,
) -> int:
    """Draw a topology: VPCs, subnets, routes, endpoints, appliances, and the path of traffic.

    Examples:
        gwlbfw graph topology.yaml
        gwlbfw graph topology.yaml --format dot | dot -Tsvg > topology.svg
    """
    from gwlbfw.cli.session import load_topology
    from gwlbfw.cli.views.graph import drawing_of
    from gwlbfw.cli.views.graph_dot import dot
    from gwlbfw.cli.views.graph_mermaid import mermaid

    screen = output.screen
    drawing = drawing_of(load_topology(file, options, screen))
    screen.print_result({"mermaid": mermaid, "dot": dot}[form](drawing))
    return DONE

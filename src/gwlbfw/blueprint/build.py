"""From the topology, in sight of what exists, to the graph of what is wanted."""

from collections.abc import Iterator
from dataclasses import dataclass

from gwlbfw import original_state
from gwlbfw.blueprint import business_vpc, endpoints, firewall, routing, security_vpc, servers
from gwlbfw.blueprint.graph_builder import GraphBuilder
from gwlbfw.diagnostics import Diagnostic, error, in_order
from gwlbfw.moves import Moves
from gwlbfw.resources.graph import Live, OriginalState, ResourceGraph
from gwlbfw.topology.models import Topology


@dataclass(frozen=True)
class Desired:
    """The desired graph, the original state of what it manages, and what stands against it."""

    graph: ResourceGraph
    original: OriginalState
    diagnostics: tuple[Diagnostic, ...]


def blueprint(
    topology: Topology, live: Live | None = None, recorded: OriginalState | None = None
) -> Desired:
    """The desired graph; without `live`, what exists is taken as the file says.

    `recorded` is the original state as the state file has it; the tags of the stack's endpoints
    fill in what that has lost.
    """
    moves = Moves.of(topology)
    known = {**(original_state.from_tags(live, moves) if live else {}), **(recorded or {})}
    builder = GraphBuilder(topology, live, known)
    security_vpc.build(builder)
    firewall.build(builder)
    for vpc in topology.business_vpcs:
        business_vpc.build(builder, vpc)
        routing.build(builder, vpc)
        servers.build(builder, vpc)
        endpoints.build(builder, vpc)
    security_vpc.refuse_zone_beside_simulated(builder)
    builder.diagnostics += _wrong_moves(topology, moves, builder.nodes)
    return Desired(builder.nodes, {**known, **builder.original}, in_order(builder.diagnostics))


def _wrong_moves(topology: Topology, moves: Moves, graph: ResourceGraph) -> Iterator[Diagnostic]:
    """What moved is in the file no more, and what it became is in it."""
    for number, move in enumerate(moves.entries):
        if move.source in graph:
            yield error(
                "moved",
                f"{move.source} is moved to {move.target}, and is still in the file",
                place=topology.place("moved", number, "from"),
                hint="remove this entry, if it was applied; keys that give way to each other are "
                "renamed one by one, each with an apply of its own",
            )
        elif (now := moves.target(move.target)) not in graph:
            yield error(
                "moved",
                f"{move.source} is moved to {now}, which is not in the file",
                place=topology.place("moved", number, "to"),
                hint="write the address that it has in the file now, or remove this entry",
            )

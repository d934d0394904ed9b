"""From changes to a plan: phases become steps, and passes join them by edges."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gwlbfw.address import Address
from gwlbfw.diff import Change
from gwlbfw.plan.cutover_groups import join_groups, joining_edges, with_cutover_groups
from gwlbfw.plan.edges import (
    conflict_edges,
    delete_markers_last,
    ordering_edges,
    phase_edges,
    reference_edges,
    refuse_unknown_ids,
    release_edges,
    rollback_to_direct_access,
    routes_found_edges,
    routes_left_edges,
)
from gwlbfw.plan.guard_edges import guard_edges
from gwlbfw.plan.health_gate import health_gate
from gwlbfw.plan.model import Step
from gwlbfw.plan.rollout import rolling_replacement
from gwlbfw.plan.rules import orderings
from gwlbfw.plan.steps import StepGraph, pending_steps
from gwlbfw.plan.toposort import topological_order
from gwlbfw.plan.unread import with_unread
from gwlbfw.resources import Route
from gwlbfw.resources.graph import Live, ResourceGraph
from gwlbfw.topology.models import Cutover


def build(
    changes: Sequence[Change],
    target: ResourceGraph,
    live: Live,
    known: ResourceGraph,
    cutover: Cutover,
    removed: Mapping[Address, str],
) -> tuple[Step, ...]:
    """The steps of the changes with their edges, in an order that can be carried out one by one.

    `known` fills in what can't be read back of what is deleted; `removed` says when interrupted
    runs removed what they were to make anew. Raises PlanError for a cycle.
    """
    graph = with_cutover_groups(StepGraph(tuple(pending_steps(changes, live, known))), live)
    refuse_unknown_ids(graph)
    for add_edges in (
        phase_edges,
        reference_edges,
        release_edges,
        routes_left_edges,
        routes_found_edges,
        conflict_edges,
    ):
        add_edges(graph)
    ordering_edges(graph, orderings(target, cutover), builds=True)
    ordering_edges(graph, orderings(_live_graph(changes, live, known), cutover), builds=False)
    rollback_to_direct_access(graph)
    delete_markers_last(graph)
    gates = [*health_gate(graph, target, live, cutover)]
    gates += rolling_replacement(graph, target, live, cutover, removed)
    guard_edges(graph)
    joining_edges(graph, live)
    steps = [*(d.step for d in graph.pending), *gates]
    join_groups(steps, graph.edges)
    return topological_order(steps, graph.edges)


def _live_graph(changes: Sequence[Change], live: Live, known: ResourceGraph) -> ResourceGraph:
    """The live graph, with the properties that can't be read back as far as they are known.

    A route that neither file nor state knows may be what a subnet that was moved here depends on:
    it stays until that has left, unless its gateway goes and no route is needed then.
    """
    going = any(c.address.kind == "ipv4_gateway" and c.action == "delete" for c in changes)
    there = {a: replace(n, resource=with_unread(n, known.get(a))) for a, n in live.nodes.items()}
    for address, node in there.items():
        if not isinstance(route := node.resource, Route):
            continue
        # How its table was filled once says nothing of how a zone leaves it.
        update = {"turned": False, "fills": route.fills or (address not in known and not going)}
        there[address] = replace(node, resource=route.model_copy(update=update))
    return there

"""From changes to a plan: phases become steps, and passes join them by edges."""

from collections.abc import Sequence
from dataclasses import replace

from gwlbfw.diff import Change
from gwlbfw.plan.edges import (
    by_precedence,
    by_reference,
    clashes,
    memory_last,
    refuse_unknown,
    releases_before_deletes,
    way_back,
    within_changes,
)
from gwlbfw.plan.effects import with_unread
from gwlbfw.plan.health_gate import health_gate
from gwlbfw.plan.model import Step
from gwlbfw.plan.phases import drafts
from gwlbfw.plan.rollout import exchanged_in_turn
from gwlbfw.plan.rules import precedence
from gwlbfw.plan.toposort import in_order
from gwlbfw.plan.work import Work
from gwlbfw.resources import Route
from gwlbfw.resources.graph import Live, ResourceGraph
from gwlbfw.topology.models import Cutover


def build(
    changes: Sequence[Change],
    target: ResourceGraph,
    live: Live,
    known: ResourceGraph,
    cutover: Cutover,
) -> tuple[Step, ...]:
    """The steps of the changes with their edges, in an order that can be carried out one by one.

    `known` fills in what can't be read back of what is deleted. Raises PlanError for a cycle.
    """
    work = Work(tuple(drafts(changes, live, known)))
    refuse_unknown(work)
    for add_edges in (within_changes, by_reference, releases_before_deletes, clashes):
        add_edges(work)
    by_precedence(work, precedence(target, cutover), builds=True)
    by_precedence(work, precedence(_there(changes, live, known), cutover), builds=False)
    way_back(work)
    memory_last(work)
    gates = [*health_gate(work, target, live, cutover)]
    gates += exchanged_in_turn(work, target, live, cutover)
    return in_order([*(d.step for d in work.drafts), *gates], work.edges)


def _there(changes: Sequence[Change], live: Live, known: ResourceGraph) -> ResourceGraph:
    """What is live, with what can't be read of it as far as anybody knows it.

    Routes that neither file nor record know any more are taken for those that a subnet which moved
    here lives by: they stay until it has left, unless its gateway goes and it needs none then.
    """
    going = any(c.address.kind == "ipv4_gateway" and c.action == "delete" for c in changes)
    there = {a: replace(n, resource=with_unread(n, known.get(a))) for a, n in live.nodes.items()}
    for address, node in there.items():
        if isinstance(node.resource, Route) and address not in known and not going:
            kept = node.resource.model_copy(update={"fills": True})
            there[address] = replace(node, resource=kept)
    return there

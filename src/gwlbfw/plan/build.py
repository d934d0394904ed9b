"""From changes to a plan: phases become steps, and passes join them by edges."""

from collections.abc import Sequence
from dataclasses import replace

from gwlbfw.diff import Change
from gwlbfw.plan.effects import with_unread
from gwlbfw.plan.gate import health_gate
from gwlbfw.plan.model import Step
from gwlbfw.plan.ordering import in_order
from gwlbfw.plan.passes import (
    by_precedence,
    by_reference,
    clashes,
    refuse_unknown,
    releases_before_deletes,
    way_back,
    within_changes,
)
from gwlbfw.plan.phases import drafts
from gwlbfw.plan.precedence import precedence
from gwlbfw.plan.work import Work
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
    there = {a: replace(n, resource=with_unread(n, known.get(a))) for a, n in live.nodes.items()}
    by_precedence(work, precedence(there, cutover), builds=False)
    way_back(work)
    gate = health_gate(work, target, live, cutover)
    return in_order([*(d.step for d in work.drafts), *gate], work.edges)

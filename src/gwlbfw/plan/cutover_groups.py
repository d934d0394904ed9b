"""The cut-over groups of a plan: what turns as one, how each step of it is undone, and its edges.

The routes of a zone turn to the firewall as one, and back as one; so does a subnet that joins or
leaves a table which leads there already. The routes to an IPv4 gateway go as one with the gateway,
where they have to go first: with it and without them there is no Internet.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.plan.edges import come_down_with, deletes_direct_access, is_gateway_attempt
from gwlbfw.plan.model import BACK, Step
from gwlbfw.plan.steps import PendingStep, StepGraph, resolved, resolved_wait
from gwlbfw.plan.toposort import Barrier, sequence
from gwlbfw.resources import Route, RouteTableAssociation
from gwlbfw.resources.graph import Live
from gwlbfw.resources.next_hop import ENDPOINT
from gwlbfw.resources.resource import Phase


def with_cutover_groups(graph: StepGraph, live: Live) -> StepGraph:
    """The graph whose steps that turn traffic are in a group, each with its undo."""
    grouped = dict(_direct_access_groups(graph))
    turned = _turned_tables(graph, live)
    for pending in graph.pending:
        if group := _zone_group(pending) or _joined_zone(pending, turned):
            grouped[pending.step.id] = group
    ids = {address: node.id for address, node in live.nodes.items() if node.id}
    return replace(graph, pending=tuple(_in_group(d, grouped, ids) for d in graph.pending))


def _zone_group(pending: PendingStep) -> str:
    """The group of a step that leads traffic to a zone's endpoint, or away; empty for others."""
    route, was = pending.resource, pending.change.was
    if not isinstance(route, Route) or not pending.phase.cuts_over:
        return ""
    if pending.deletes:
        return _group_of(route, BACK)
    if route.next_hop_type == ENDPOINT:
        return _group_of(route)
    return _group_of(was.resource, BACK) if was and isinstance(was.resource, Route) else ""


def _turned_tables(graph: StepGraph, live: Live) -> Mapping[str, Route]:
    """The route to an endpoint in each table whose subnets are behind the firewall, and stay so.

    So are those that come from such a table to a new one, which leads there from the start.
    """
    made: dict[str, Route] = {
        each.resource.table: each.resource
        for each in graph.pending
        if isinstance(each.resource, Route) and each.resource.turned and not each.deletes
    }
    return made | {
        node.resource.table: node.resource
        for address, node in live.nodes.items()
        if isinstance(node.resource, Route)
        and _group_of(node.resource)
        and not graph.at(address, builds=True)
        and not graph.at(address, builds=False)
    }


def _joined_zone(pending: PendingStep, turned: Mapping[str, Route]) -> str:
    """The group of a step that turns a subnet by its table; empty for others.

    One that moves between two tables of its own keeps an order without a group: how the cloud does
    that is not known (see `RouteTableAssociation.update`).
    """
    link, phase = pending.resource, pending.phase
    if not isinstance(link, RouteTableAssociation) or phase.attempt or phase.unless:
        return ""
    route = turned.get(link.table)
    return _group_of(route, BACK if phase.removes else "") if route else ""


def joining_edges(graph: StepGraph, live: Live) -> None:
    """A subnet that turns by the table it moves to waits for all that its inbound route waits for.

    Such is the health gate. Else its outbound traffic would turn at once, and alone for long.
    """
    turned = _turned_tables(graph, live)
    for pending in graph.pending:
        link = pending.resource
        if not isinstance(link, RouteTableAssociation) or link.table not in turned:
            continue
        at = layout.parse(pending.step.address)
        steps = graph.at(layout.gateway_route(at.vpc, at.name), builds=True)
        inbound = {each.step.id for each in steps if each.phase.cuts_over}
        if inbound and pending.phase.attempt:
            behind = _behind(pending.step.id, graph.edges)
            waits = {first for first, then in graph.edges if then in inbound} - behind
            graph.edges.update((first, pending.step.id) for first in waits)


def _behind(step: str, edges: set[tuple[str, str]]) -> set[str]:
    """A step and all that wait for it, directly or not."""
    after: defaultdict[str, list[str]] = defaultdict(list)
    for first, then in edges:
        after[first].append(then)
    found, left = {step}, [step]
    while left:
        new = set(after[left.pop()]) - found
        found |= new
        left += new
    return found


def _group_of(route: Route, direction: str = "") -> str:
    endpoint = route.next_hop.address
    if route.next_hop_type != ENDPOINT or endpoint is None:
        return ""
    at = layout.parse(endpoint)
    return f"{at.vpc}/{at.zone}{direction}"


def _direct_access_groups(graph: StepGraph) -> Iterator[tuple[str, str]]:
    """The deletions of routes to an IPv4 gateway, and the gateway's after them, by step."""
    for attempt in filter(is_gateway_attempt, graph.pending):
        at = attempt.step.address
        group = f"{layout.parse(at).vpc}{BACK}"
        last = (each for each in graph.at(at, builds=False) if each.phase.unless)
        before = filter(deletes_direct_access, come_down_with(graph, attempt))
        yield from ((each.step.id, group) for each in (*last, *before))


def _in_group(
    pending: PendingStep, grouped: Mapping[str, str], live_ids: Mapping[Address, str]
) -> PendingStep:
    step = pending.step
    if step.id not in grouped:
        return pending
    grouped_step = replace(step, group=grouped[step.id])
    if (undo := _undo(pending)) is not None:
        # What a step has made is not live yet; all else is put back as it is.
        makes = pending.change.action in ("create", "replace") and not pending.deletes
        ids: Mapping[Address, str] = {} if makes else live_ids
        account = pending.change.node.account
        waits = tuple(resolved_wait(each, ids, account) for each in undo.waits)
        call = resolved(undo.call, ids, account)
        grouped_step = replace(grouped_step, undo=call, undo_waits=waits)
    return replace(pending, step=grouped_step)


def _undo(pending: PendingStep) -> Phase | None:
    change = pending.change
    was = change.was.resource if change.was and change.action in ("update", "adopt") else None
    return pending.resource.undo(change.address, pending.step.kind_phase, was)


def join_groups(steps: Sequence[Step], edges: set[tuple[str, str]]) -> None:
    """Make each group one: a chain that begins when all is done that one of its steps needs.

    So nothing else can keep a group that has begun from its end, and what needs one of its steps
    starts when none can be undone any more.
    """
    group_of = {step.id: step.group for step in steps if step.group}
    members: defaultdict[str, list[str]] = defaultdict(list)
    for step_id in sequence([step.id for step in steps], edges):
        if step_id in group_of:
            members[group_of[step_id]].append(step_id)
    group_of |= {each: each.group for _, each in edges if isinstance(each, Barrier) and each.group}
    for first, then in tuple(edges):
        before, after = group_of.get(first), group_of.get(then)
        if before != after:
            edges.add(
                (members[before][-1] if before else first, members[after][0] if after else then)
            )
    for chain in members.values():
        edges.update(pairwise(chain))

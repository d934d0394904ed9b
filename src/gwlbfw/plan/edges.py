"""The passes that join a plan's steps by edges, each one idea.

The order that the architecture requires is in `rules`; here is what follows from the changes
themselves: phases, references, deletions, and what takes the place of what is deleted.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.diagnostics import error
from gwlbfw.errors import PlanError
from gwlbfw.layout import Role
from gwlbfw.plan.rules import CUT_OVER, GroupOrdering, Ordering
from gwlbfw.plan.steps import PendingStep, StepGraph, referred
from gwlbfw.resources import Ipv4Gateway, Route, RouteTableAssociation
from gwlbfw.resources.resource import Resource


def refuse_unknown_ids(graph: StepGraph) -> None:
    """Raise PlanError where a step needs an id that is not known and that no step creates."""
    problems = [
        error(
            "unknown-id",
            f"{pending.step.id} needs {address}, which neither exists nor is created",
            subject=pending.step.address,
            hint="was it deleted outside of gwlbfw? add it to the topology again, or remove what "
            "needs it",
        )
        for pending in graph.pending
        for address in sorted(pending.mentioned)
        if not graph.at(address, builds=True)
    ]
    if problems:
        raise PlanError(problems)


def phase_edges(graph: StepGraph) -> None:
    """Join the phases of each change one after the other."""
    for one, other in zip(graph.pending, graph.pending[1:], strict=False):
        if one.step.address == other.step.address:
            graph.edges.add((one.step.id, other.step.id))


def reference_edges(graph: StepGraph) -> None:
    """Join each step after the steps that create what it refers to, or make it usable.

    That holds for what exists already too: an endpoint that has lost its zone has an id, but no
    route may be cut over to it before it has a zone again.
    """
    for pending in graph.pending:
        settles = pending.builds and not pending.phase.releases
        needed = referred(pending.phase) if settles else frozenset[Address]()
        for address in (pending.mentioned | needed) - {pending.step.address}:
            makers = graph.at(address, builds=True)
            graph.add_edges(_usable(makers), [pending])


def _usable(makers: Sequence[PendingStep]) -> Sequence[PendingStep]:
    """The step after which others may refer to what these make, or change; none where at once."""
    usable = makers[0].resource.usable_after if makers else ""
    named = [d for d in makers if d.step.phase == usable]
    made = bool(makers) and makers[0].change.action in ("create", "replace")
    return named or (makers[-1:] if made or not usable else [])


def release_edges(graph: StepGraph) -> None:
    """Join each deletion after the steps that release the references to what is deleted."""
    referring: defaultdict[Address, list[PendingStep]] = defaultdict(list)
    for pending in graph.pending:
        if was := pending.change.was:
            for address in {ref for _, ref in was.resource.refs()} - {pending.step.address}:
                referring[address].append(pending)
    for address, others in referring.items():
        doomed = graph.at(address, builds=False)
        if not doomed or doomed[0].change.action not in ("delete", "replace"):
            continue
        for other in others:
            if _releases(graph, other, address) and not _outlives(other, doomed[0]):
                graph.add_edges([other], doomed)


def routes_left_edges(graph: StepGraph) -> None:
    """Join the deletion of a table's routes after the subnets that move from it to another.

    One that joins its first table leaves the system table of its VPC, where it was a bystander.
    """
    going: defaultdict[str, list[Address]] = defaultdict(list)
    for other in graph.pending:
        at = other.step.address
        if other.deletes and isinstance(other.resource, Route):
            going[other.resource.table].append(at)
            if layout.parse(at).role is Role.BYSTANDER:
                going[other.resource.vpc].append(at)
    for moving in graph.pending:
        left = _table_left(moving) if moving.builds else None
        for address in going.get(left, ()) if left else ():
            last = graph.at(moving.step.address, builds=True)
            graph.add_edges(last, graph.at(address, builds=False))


def routes_found_edges(graph: StepGraph) -> None:
    """Join the return of subnets to their tables after the routes that they find there."""
    made: defaultdict[str, list[Address]] = defaultdict(list)
    for pending in graph.pending:
        at, route = pending.step.address, pending.resource
        if pending.builds and isinstance(route, Route) and layout.parse(at).role is Role.BYSTANDER:
            made[route.vpc].append(at)
    for moving in graph.pending:
        link = moving.resource
        if not moving.builds and isinstance(link, RouteTableAssociation):
            for address in made.get(link.vpc, ()):
                first = graph.at(moving.step.address, builds=False)
                graph.add_edges(graph.at(address, builds=True), first)


def _table_left(moving: PendingStep) -> str | None:
    """The table that a subnet moves from, or its VPC for the system table; None for others."""
    was, towards = moving.change.was, moving.change.towards
    if moving.change.action == "update" and was is not None:
        left = was.resource
        return left.table if isinstance(left, RouteTableAssociation) else None
    joined = towards.resource if towards and moving.change.action == "create" else None
    if isinstance(joined, RouteTableAssociation) and not joined.of_gateway:
        return joined.vpc
    return None


def _releases(graph: StepGraph, pending: PendingStep, address: Address) -> bool:
    """True if a step ends the resource's reference to the address."""
    change = pending.change
    if change.action == "replace" or not pending.builds:
        return not pending.builds
    if pending.phase.releases:
        return True
    keeps = change.towards is not None and address in {r for _, r in change.towards.resource.refs()}
    others = graph.at(pending.step.address, builds=True)
    return not keeps and not any(each.phase.releases for each in others)


def _outlives(pending: PendingStep, first: PendingStep) -> bool:
    """True if a route outlives the attempt to delete its gateway with all routes in place."""
    return first.phase.attempt and _keeps_direct_access(pending) and not pending.phase.cuts_over


def conflict_edges(graph: StepGraph) -> None:
    """Join each creation after the deletion of what of its kind it can't exist beside."""
    going: defaultdict[Hashable, list[tuple[PendingStep, Resource]]] = defaultdict(list)
    for doomed in graph.pending:
        was = doomed.change.was
        if doomed.step.drops and was is not None and was.resource.takes is not None:
            going[was.resource.kind, was.resource.takes].append((doomed, was.resource))
    for pending in graph.pending:
        towards, at = pending.change.towards, pending.step.address
        if not pending.builds or towards is None or pending.change.action == "update":
            continue
        resource = towards.resource
        for doomed, there in going.get((resource.kind, resource.takes), ()):
            if doomed.step.address != at and resource.conflicts_with(there):
                graph.add_edges([doomed], graph.at(at, builds=True))


def ordering_edges(
    graph: StepGraph, rules: Iterable[Ordering | GroupOrdering], *, builds: bool
) -> None:
    """Join steps as the rules order them; reversed for what is deleted or restored."""
    for rule in rules:
        if isinstance(rule, GroupOrdering):
            _join_all(graph, rule, builds=builds)
            continue
        first = _steps_of_phase(
            graph.at(rule.first, builds=builds), rule.first_phase, builds=builds
        )
        then = _steps_of_phase(graph.at(rule.then, builds=builds), rule.then_phase, builds=builds)
        if builds:
            graph.add_edges(first, then)
            continue
        if rule.reversible:
            lasting = [d for d in first if d.change.action != "replace"]
            graph.add_edges(then, lasting if rule.yields_to_replacement else first)
        stays = graph.at(rule.first, builds=True)
        graph.add_edges(then, [d for d in stays if d.step.phase == rule.gives_up_in])


def _join_all(graph: StepGraph, rule: GroupOrdering, *, builds: bool) -> None:
    """Join the steps of each of a group's first with those of each of its later ones."""
    first = [graph.at(each, builds=builds) for each in rule.first]
    then = [
        _steps_of_phase(graph.at(each, builds=builds), rule.then_phase, builds=builds)
        for each in rule.then
    ]
    if builds:
        graph.add_barrier(first, then)
    elif rule.reversible and rule.yields_to_replacement:
        lasting = ([d for d in steps if d.change.action != "replace"] for steps in first)
        graph.add_barrier(then, lasting)
    elif rule.reversible:
        graph.add_barrier(then, first)


_REVERSE_PHASES = {"pre-route": "delete", "associate": "dissociate", "zone": "remove-zone"}
"""The phase that reverses a phase."""


def _steps_of_phase(
    steps: Sequence[PendingStep], phase: str | None, *, builds: bool
) -> Sequence[PendingStep]:
    """The steps of a change in the phase that a rule names; none where it has no such phase."""
    if phase is None:
        return steps
    if phase == CUT_OVER:
        return [d for d in steps if d.phase.cuts_over]
    name = phase if builds else _REVERSE_PHASES.get(phase, phase)
    named = [d for d in steps if d.step.phase == name]
    # A route that existed before its table was joined is not deleted while the table is in use.
    return named if builds or phase == "pre-route" else named or steps


def rollback_to_direct_access(graph: StepGraph) -> None:
    """Order the return from an IPv4 gateway to direct access: attempted with the routes in place.

    Traffic has left the firewall before that; the routes to the gateway are deleted only after
    it, and the subnets return to their tables once the gateway is gone.
    """
    for attempt in filter(is_gateway_attempt, graph.pending):
        final = [d for d in graph.at(attempt.step.address, builds=False) if d.phase.unless]
        for other in come_down_with(graph, attempt):
            if other.phase.cuts_over or _is_gateway_association(other):
                graph.add_edges([other], [attempt])
            elif deletes_direct_access(other):
                graph.add_edges([attempt], [other])
                graph.add_edges([other], final)
            elif other.change.restores:
                graph.add_edges(final, [other])


def is_gateway_attempt(pending: PendingStep) -> bool:
    """True if a step tries to delete an IPv4 gateway while routes lead to it."""
    return pending.phase.attempt and isinstance(pending.resource, Ipv4Gateway)


def come_down_with(graph: StepGraph, attempt: PendingStep) -> Iterator[PendingStep]:
    """The steps that delete or restore something else in the gateway's VPC."""
    for other in graph.taken_down_in(getattr(attempt.resource, "vpc", "")):
        if other.step.address != attempt.step.address:
            yield other


def deletes_direct_access(other: PendingStep) -> bool:
    """True if a step deletes a route that gives Internet access by the gateway of its VPC."""
    return not other.phase.cuts_over and _keeps_direct_access(other)


def delete_markers_last(graph: StepGraph) -> None:
    """Join the deletion of an endpoint, whose tags hold the original state, after all restores."""
    keepers: dict[str, list[PendingStep]] = {}
    for pending in graph.pending:
        if pending.step.address.kind == "endpoint" and pending.step.phase == "delete":
            keepers.setdefault(layout.parse(pending.step.address).vpc, []).append(pending)
    for pending in graph.pending:
        vpc = layout.parse(pending.step.address).vpc
        for keeper in keepers.get(vpc, ()) if pending.change.restores else ():
            graph.add_edges([pending], [keeper])


def _is_gateway_association(pending: PendingStep) -> bool:
    was = pending.change.was
    return (
        was is not None
        and isinstance(was.resource, RouteTableAssociation)
        and was.resource.of_gateway
    )


def _keeps_direct_access(pending: PendingStep) -> bool:
    """True if a step deletes a route that gives Internet access while the gateway is active."""
    was = pending.change.was
    route = was.resource if was else None
    # The endpoints' return route is no subnet's own, and a copied entry leads nowhere outside.
    kept = layout.parse(pending.step.address).role not in (Role.GWLBE, Role.COPIED)
    return kept and isinstance(route, Route) and pending.step.phase == "delete"

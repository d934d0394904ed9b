"""The passes that join the steps of a plan by edges, each one idea.

What the architecture says of order is in `precedence`; here is what follows from the changes
themselves: phases, references, what is taken down and what is in its place afterwards.
"""

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.cloud.call import Value, fields_of
from gwlbfw.diagnostics import error
from gwlbfw.errors import PlanError
from gwlbfw.layout import Role
from gwlbfw.plan.rules import CUT_OVER, Ordering
from gwlbfw.plan.steps import PendingStep, StepGraph, mentioned
from gwlbfw.resources import Ipv4Gateway, Route, RouteTableAssociation
from gwlbfw.resources.resource import Phase


def refuse_unknown_ids(graph: StepGraph) -> None:
    """Every id that a step needs is known, or made known by another step of the plan."""
    problems = [
        error(
            "unknown-id",
            f"{draft.step.id} needs {address}, which neither exists nor is made",
            subject=draft.step.address,
            hint="was it deleted outside of gwlbfw? put it back into the topology, or take out "
            "what needs it",
        )
        for draft in graph.pending
        for address in sorted(mentioned(draft.step))
        if not graph.at(address, builds=True)
    ]
    if problems:
        raise PlanError(problems)


def phase_edges(graph: StepGraph) -> None:
    """The phases of a change follow each other."""
    for one, other in zip(graph.pending, graph.pending[1:], strict=False):
        if one.step.address == other.step.address:
            graph.edges.add((one.step.id, other.step.id))


def reference_edges(graph: StepGraph) -> None:
    """A step comes after what it refers to is made, or has become fit for use.

    That holds for what exists already too: an endpoint that has lost its zone has an id, but no
    route may turn to it before it has one again.
    """
    for draft in graph.pending:
        settles = draft.builds and not draft.phase.releases
        referred = _referred(draft.phase) if settles else frozenset[Address]()
        for address in (mentioned(draft.step) | referred) - {draft.step.address}:
            makers = graph.at(address, builds=True)
            usable = makers[0].change.node.resource.usable_after if makers else ""
            ready = [d for d in makers if d.step.phase == usable] if usable else makers[-1:]
            graph.add_edges(ready, [draft])


def _referred(phase: Phase) -> frozenset[Address]:
    """The addresses that a phase refers to, whether their ids are known or not."""
    values: list[Value] = [*phase.call.params.values()]
    for wait in phase.waits:
        values += [*wait.read.params.values(), *wait.where.values(), *wait.until.values()]
    return frozenset(each.address for value in values for each in fields_of(value))


def release_edges(graph: StepGraph) -> None:
    """Whatever refers to something lets go of it before that is deleted."""
    for doomed in graph.pending:
        if doomed.change.action not in ("delete", "replace") or doomed.builds:
            continue
        for other in graph.pending:
            was = other.change.was
            if was is None or other.step.address == doomed.step.address:
                continue
            if doomed.step.address in {ref for _, ref in was.resource.refs()}:
                first = graph.at(doomed.step.address, builds=False)
                if _lets_go(graph, other, doomed.step.address) and not _outlives(other, first[0]):
                    graph.add_edges([other], first)


def _lets_go(graph: StepGraph, draft: PendingStep, address: Address) -> bool:
    """Whether a step ends what the resource had to do with the address."""
    change = draft.change
    if change.action == "replace" or not draft.builds:
        return not draft.builds
    if draft.phase.releases:
        return True
    keeps = change.towards is not None and address in {r for _, r in change.towards.resource.refs()}
    others = graph.at(draft.step.address, builds=True)
    return not keeps and not any(each.phase.releases for each in others)


def _outlives(draft: PendingStep, first: PendingStep) -> bool:
    """Whether a route stays until it was tried to delete its gateway with the routes standing."""
    return first.phase.attempt and _stands(draft) and not draft.phase.cuts_over


def conflicts_with(graph: StepGraph) -> None:
    """What can't exist beside something that goes waits until that is gone."""
    going = [d for d in graph.pending if d.step.drops and d.change.was]
    for draft in graph.pending:
        towards = draft.change.towards
        if not draft.builds or towards is None or draft.change.action == "update":
            continue
        for doomed in going:
            was = doomed.change.was
            other = doomed.step.address != draft.step.address
            if other and was is not None and towards.resource.conflicts_with(was.resource):
                graph.add_edges([doomed], graph.at(draft.step.address, builds=True))


def ordering_edges(graph: StepGraph, rules: frozenset[Ordering], *, builds: bool) -> None:
    """The architecture's order; turned round for what is taken down or put back."""
    for rule in rules:
        first = _picked(graph.at(rule.first, builds=builds), rule.first_phase, builds=builds)
        then = _picked(graph.at(rule.then, builds=builds), rule.then_phase, builds=builds)
        if builds:
            graph.add_edges(first, then)
            continue
        if rule.reversible:
            graph.add_edges(then, first)
        stays = graph.at(rule.first, builds=True)
        graph.add_edges(then, [d for d in stays if d.step.phase == rule.gives_up_in])


_MIRRORED = {"pre-route": "delete", "associate": "dissociate", "zone": "remove-zone"}
"""What takes down what a phase has built."""


def _picked(drafts: list[PendingStep], phase: str | None, *, builds: bool) -> list[PendingStep]:
    """The steps of a change that a rule speaks of; none where it has no such phase."""
    if phase is None:
        return drafts
    if phase == CUT_OVER:
        return [d for d in drafts if d.phase.cuts_over]
    name = phase if builds else _MIRRORED.get(phase, phase)
    named = [d for d in drafts if d.step.phase == name]
    # A route that was there before its table was joined is not taken away from under it.
    return named if builds or phase == "pre-route" else named or drafts


def rollback_to_direct_access(graph: StepGraph) -> None:
    """From an IPv4 gateway back to direct access: tried with the routes standing.

    Traffic is off the firewall before that; the routes to the gateway go only after it, and the
    subnets return to their tables once the gateway is gone.
    """
    for attempt in graph.pending:
        was = attempt.change.was
        if not attempt.phase.attempt or was is None or not isinstance(was.resource, Ipv4Gateway):
            continue
        final = [d for d in graph.at(attempt.step.address, builds=False) if d.phase.unless]
        for other in graph.pending:
            vpc = getattr(other.change.node.resource, "vpc", None)
            if (
                other.builds
                or vpc != was.resource.vpc
                or other.step.address == attempt.step.address
            ):
                continue
            if other.phase.cuts_over or _of_gateway(other):
                graph.add_edges([other], [attempt])
            elif _stands(other):
                graph.add_edges([attempt], [other])
                graph.add_edges([other], final)
            elif other.change.restores:
                graph.add_edges(final, [other])


def delete_markers_last(graph: StepGraph) -> None:
    """An endpoint, whose tags remember what was there before, goes when all that is put back."""
    keepers: dict[str, list[PendingStep]] = {}
    for draft in graph.pending:
        if draft.step.address.kind == "endpoint" and draft.step.phase == "delete":
            keepers.setdefault(layout.parse(draft.step.address).vpc, []).append(draft)
    for draft in graph.pending:
        vpc = layout.parse(draft.step.address).vpc
        for keeper in keepers.get(vpc, ()) if draft.change.restores else ():
            graph.add_edges([draft], [keeper])


def _of_gateway(draft: PendingStep) -> bool:
    was = draft.change.was
    return (
        was is not None
        and isinstance(was.resource, RouteTableAssociation)
        and was.resource.of_gateway
    )


def _stands(draft: PendingStep) -> bool:
    """Whether a step deletes a route that gives Internet as long as the gateway is active."""
    was = draft.change.was
    route = was.resource if was else None
    # What comes back from inspection is no subnet's own way, and a copied entry no way out.
    kept = layout.parse(draft.step.address).role not in (Role.GWLBE, Role.COPIED)
    return kept and isinstance(route, Route) and draft.step.phase == "delete"

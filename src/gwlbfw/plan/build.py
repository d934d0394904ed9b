"""From changes to a plan: phases become steps, and passes join them by edges."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gwlbfw.address import Address
from gwlbfw.cloud.call import Call, Field, JsonList, Value, Wait, fields_of
from gwlbfw.diagnostics import error
from gwlbfw.diff import Change
from gwlbfw.errors import PlanError
from gwlbfw.plan.effects import with_unread
from gwlbfw.plan.model import Step
from gwlbfw.plan.ordering import in_order
from gwlbfw.plan.precedence import LISTENER, TURN, Before, precedence
from gwlbfw.resources import (
    Ipv4Gateway,
    Listener,
    Route,
    RouteTableAssociation,
    ServerGroup,
)
from gwlbfw.resources.base import GWLB, Phase
from gwlbfw.resources.graph import Live, Node, ResourceGraph
from gwlbfw.resources.route import ENDPOINT
from gwlbfw.topology.models import Cutover

HEALTH_GATE = "listener.main:healthy"


@dataclass(frozen=True)
class Draft:
    """A step that has no edges yet: of which change, and whether it builds or takes down."""

    step: Step
    change: Change
    builds: bool
    phase: Phase


@dataclass(frozen=True)
class Work:
    """All steps of the changes, by address, with the edges found so far."""

    drafts: tuple[Draft, ...]
    edges: set[tuple[str, str]] = field(default_factory=set)

    def of(self, address: Address, *, builds: bool) -> list[Draft]:
        """The steps at an address that build, or that take down, in their order."""
        return [d for d in self.drafts if d.step.address == address and d.builds == builds]

    def join(self, first: Sequence[Draft], then: Sequence[Draft]) -> None:
        """All of `first` before all of `then`."""
        for one in first[-1:]:
            for other in then[:1]:
                if one.step.id != other.step.id:
                    self.edges.add((one.step.id, other.step.id))


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
    work = Work(tuple(_drafts(changes, live, known)))
    _refuse_unknown(work)
    for add_edges in (_within_changes, _by_reference, _releases_before_deletes, _clashes):
        add_edges(work)
    _by_precedence(work, precedence(target, cutover), builds=True)
    there = {a: replace(n, resource=with_unread(n, known.get(a))) for a, n in live.nodes.items()}
    _by_precedence(work, precedence(there, cutover), builds=False)
    _way_back(work)
    gate = _health_gate(work, target, live, cutover)
    return in_order([*(d.step for d in work.drafts), *gate], work.edges)


def _drafts(changes: Sequence[Change], live: Live, known: ResourceGraph) -> Iterator[Draft]:
    renewed = frozenset(c.address for c in changes if c.action in ("create", "replace"))
    for change in changes:
        if change.action == "no_op":
            continue
        phases = list(_phases(change, known))
        for number, (phase, builds, drops) in enumerate(phases, 1):
            # What takes down speaks of what is there now, even if that is about to be replaced.
            unknown = renewed if builds and not phase.releases else frozenset()
            ids = {a: n.id for a, n in live.nodes.items() if n.id and a not in unknown}
            step = _step(change, phase, ids, drops=drops, last=number == len(phases))
            builds = builds and not change.restores
            yield Draft(
                _grouped(step, change, phase, ids) if builds else step, change, builds, phase
            )


def _phases(change: Change, known: ResourceGraph) -> Iterator[tuple[Phase, bool, bool]]:
    """Each phase of a change, whether it builds, and whether the address is gone after it."""
    at, was, towards = change.address, change.was, change.towards
    if was is not None and change.action in ("delete", "replace"):
        doomed = with_unread(was, known.get(at))
        taking_down = list(doomed.delete(at))
        for number, phase in enumerate(taking_down, 1):
            name = phase.name if change.action == "delete" else f"replace-{phase.name}"
            yield replace(phase, name=name), False, number == len(taking_down)
    if towards is not None and change.action in ("create", "replace"):
        yield from ((phase, True, False) for phase in towards.resource.create(at))
    if towards is not None and was is not None and change.action in ("update", "adopt"):
        updates = towards.resource.update(at, was.resource, change.changed)
        yield from ((phase, True, False) for phase in updates)


def _step(
    change: Change, phase: Phase, ids: Mapping[Address, str], *, drops: bool, last: bool
) -> Step:
    account = change.node.account
    return Step(
        id=f"{change.address}:{phase.name}",
        address=change.address,
        phase=phase.name,
        call=resolved(phase.call, ids, account),
        waits=tuple(_resolved_wait(each, ids, account) for each in phase.waits),
        serial=phase.serial,
        through=phase.through,
        drops=drops,
        completes=last,
        attempt=phase.attempt,
        turns=phase.turns,
        unless=f"{change.address}:{phase.unless}" if phase.unless else "",
    )


def _grouped(step: Step, change: Change, phase: Phase, ids: Mapping[Address, str]) -> Step:
    """A step that turns traffic to an endpoint belongs to its zone's cut-over, and can be undone."""
    route = change.towards.resource if change.towards else None
    if not isinstance(route, Route) or not phase.turns or phase.name == "to-local":
        return step
    endpoint = route.next_hop.address
    if route.next_hop_type != ENDPOINT or endpoint is None:
        return step
    was = change.was.resource if change.was and change.action != "replace" else None
    undo = route.undo(step.address, was if isinstance(was, Route) else None)
    account = change.node.account
    return replace(
        step,
        group="/".join(endpoint.path),
        undo=resolved(undo.call, ids, account),
        undo_waits=tuple(_resolved_wait(each, ids, account) for each in undo.waits),
    )


def resolved(call: Call, ids: Mapping[Address, str], account: str) -> Call:
    """The call with the ids filled in that are known."""
    params = {name: _filled(value, ids) for name, value in call.params.items()}
    return replace(call, params=params, account=account if call.account is None else call.account)


def _resolved_wait(wait: Wait, ids: Mapping[Address, str], account: str) -> Wait:
    return replace(
        wait,
        read=resolved(wait.read, ids, account),
        where={path: _filled(value, ids) for path, value in wait.where.items()},
        until={path: [_filled(v, ids) for v in values] for path, values in wait.until.items()},
    )


def _filled(value: Value, ids: Mapping[Address, str]) -> Value:
    if isinstance(value, Field):
        return ids.get(value.address, value)
    if isinstance(value, JsonList):
        return JsonList(tuple(_filled(each, ids) for each in value.values))
    if isinstance(value, Mapping):
        return {key: _filled(each, ids) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_filled(each, ids) for each in value]
    return value


def mentioned(step: Step) -> frozenset[Address]:
    """The addresses whose ids a step needs that are not known yet."""
    values: list[Value] = [*step.call.params.values()] if step.call else []
    for wait in step.waits:
        values += [*wait.read.params.values(), *wait.where.values()]
        values += list(wait.until.values())
    return frozenset(each.address for value in values for each in fields_of(value))


def _refuse_unknown(work: Work) -> None:
    """Every id that a step needs is known, or made known by another step of the plan."""
    problems = [
        error(
            "unknown-id",
            f"{draft.step.id} needs {address}, which neither exists nor is made",
            subject=draft.step.address,
            hint="was it deleted outside of gwlbfw? put it back into the topology, or take out "
            "what needs it",
        )
        for draft in work.drafts
        for address in sorted(mentioned(draft.step))
        if not work.of(address, builds=True)
    ]
    if problems:
        raise PlanError(problems)


def _within_changes(work: Work) -> None:
    """The phases of a change follow each other."""
    for one, other in zip(work.drafts, work.drafts[1:], strict=False):
        if one.step.address == other.step.address:
            work.edges.add((one.step.id, other.step.id))


def _by_reference(work: Work) -> None:
    """A step comes after what it refers to is made, or has become fit for use.

    That holds for what exists already too: an endpoint that has lost its zone has an id, but no
    route may turn to it before it has one again.
    """
    for draft in work.drafts:
        settles = draft.builds and not draft.phase.releases
        referred = _referred(draft.phase) if settles else frozenset[Address]()
        for address in (mentioned(draft.step) | referred) - {draft.step.address}:
            makers = work.of(address, builds=True)
            usable = makers[0].change.node.resource.usable_after if makers else ""
            ready = [d for d in makers if d.step.phase == usable] if usable else makers[-1:]
            work.join(ready, [draft])


def _referred(phase: Phase) -> frozenset[Address]:
    """The addresses that a phase refers to, whether their ids are known or not."""
    values: list[Value] = [*phase.call.params.values()]
    for wait in phase.waits:
        values += [*wait.read.params.values(), *wait.where.values(), *wait.until.values()]
    return frozenset(each.address for value in values for each in fields_of(value))


def _releases_before_deletes(work: Work) -> None:
    """Whatever refers to something lets go of it before that is deleted."""
    for doomed in work.drafts:
        if doomed.change.action not in ("delete", "replace") or doomed.builds:
            continue
        for other in work.drafts:
            was = other.change.was
            if was is None or other.step.address == doomed.step.address:
                continue
            if doomed.step.address in {ref for _, ref in was.resource.refs()}:
                first = work.of(doomed.step.address, builds=False)
                if _lets_go(work, other, doomed.step.address) and not _outlives(other, first[0]):
                    work.join([other], first)


def _lets_go(work: Work, draft: Draft, address: Address) -> bool:
    """Whether a step ends what the resource had to do with the address."""
    change = draft.change
    if change.action == "replace" or not draft.builds:
        return not draft.builds
    if draft.phase.releases:
        return True
    keeps = change.towards is not None and address in {r for _, r in change.towards.resource.refs()}
    others = work.of(draft.step.address, builds=True)
    return not keeps and not any(each.phase.releases for each in others)


def _outlives(draft: Draft, first: Draft) -> bool:
    """Whether a route stays until it was tried to delete its gateway with the routes standing."""
    return first.phase.attempt and _stands(draft) and not draft.phase.turns


def _clashes(work: Work) -> None:
    """What can't exist beside something that goes waits until that is gone."""
    going = [d for d in work.drafts if d.step.drops and d.change.was]
    for draft in work.drafts:
        towards = draft.change.towards
        if not draft.builds or towards is None or draft.change.action == "update":
            continue
        for doomed in going:
            was = doomed.change.was
            other = doomed.step.address != draft.step.address
            if other and was is not None and towards.resource.clashes(was.resource):
                work.join([doomed], work.of(draft.step.address, builds=True))


def _by_precedence(work: Work, rules: frozenset[Before], *, builds: bool) -> None:
    """The architecture's order; turned round for what is taken down or put back."""
    for rule in rules:
        first = _picked(work.of(rule.first, builds=builds), rule.first_phase, builds=builds)
        then = _picked(work.of(rule.then, builds=builds), rule.then_phase, builds=builds)
        if builds:
            work.join(first, then)
            continue
        if rule.reversible:
            work.join(then, first)
        stays = work.of(rule.first, builds=True)
        work.join(then, [d for d in stays if d.step.phase == rule.gives_up_in])


_MIRRORED = {"stage": "delete", "associate": "dissociate", "zone": "remove-zone"}
"""What takes down what a phase has built."""


def _picked(drafts: list[Draft], phase: str | None, *, builds: bool) -> list[Draft]:
    """The steps of a change that a rule speaks of; none where it has no such phase."""
    if phase is None:
        return drafts
    if phase == TURN:
        return [d for d in drafts if d.phase.turns]
    name = phase if builds else _MIRRORED.get(phase, phase)
    named = [d for d in drafts if d.step.phase == name]
    return named if builds else named or drafts


def _way_back(work: Work) -> None:
    """From an IPv4 gateway back to direct access: tried with the routes standing.

    Traffic is off the firewall before that; the routes to the gateway go only after it, and the
    subnets return to their tables once the gateway is gone.
    """
    for attempt in work.drafts:
        was = attempt.change.was
        if not attempt.phase.attempt or was is None or not isinstance(was.resource, Ipv4Gateway):
            continue
        final = [d for d in work.of(attempt.step.address, builds=False) if d.phase.unless]
        for other in work.drafts:
            found = other.change.was
            vpc = getattr(found.resource, "vpc", None) if found else None
            if (
                other.builds
                or vpc != was.resource.vpc
                or other.step.address == attempt.step.address
            ):
                continue
            if other.phase.turns or _of_gateway(other):
                work.join([other], [attempt])
            elif _stands(other):
                work.join([attempt], [other])
                work.join([other], final)
            elif other.change.restores:
                work.join(final, [other])


def _of_gateway(draft: Draft) -> bool:
    was = draft.change.was
    return (
        was is not None
        and isinstance(was.resource, RouteTableAssociation)
        and was.resource.of_gateway
    )


def _stands(draft: Draft) -> bool:
    """Whether a step deletes a route that gives Internet as long as the gateway is active."""
    was = draft.change.was
    route = was.resource if was else None
    kept = not draft.step.address.startswith("route.gwlbe/")
    return kept and isinstance(route, Route) and draft.step.phase == "delete"


_HEALTH_OF = (
    "listener.",
    "server_group",
    "security_group.appliances",
    "instance.appliance/",
)


def _health_gate(work: Work, target: ResourceGraph, live: Live, cutover: Cutover) -> Iterator[Step]:
    """Before any route turns to an endpoint, enough appliances must be healthy."""
    turns = [d for d in work.drafts if d.builds and _turns_to_endpoint(d)]
    group = target.get(Address("server_group.main"))
    listener = target.get(LISTENER)
    if not turns or listener is None or not isinstance(listener.resource, Listener):
        return
    if not (
        group and isinstance(group.resource, ServerGroup) and group.resource.health_check.enabled
    ):
        return
    for draft in work.drafts:
        if draft.builds and draft.step.address.startswith(_HEALTH_OF):
            work.edges.add((draft.step.id, HEALTH_GATE))
    for draft in turns:
        work.edges.add((HEALTH_GATE, draft.step.id))
    yield _gate(listener, live, cutover)


def _turns_to_endpoint(draft: Draft) -> bool:
    towards = draft.change.towards
    return (
        towards is not None
        and isinstance(towards.resource, Route)
        and towards.resource.next_hop_type == ENDPOINT
        and draft.phase.turns
        and draft.step.phase != "to-local"
    )


def _gate(listener: Node, live: Live, cutover: Cutover) -> Step:
    read = GWLB.call("GetListenerHealthStatus", ListenerId=Field(LISTENER, "ListenerId"))
    healthy = Wait(
        read,
        "ListenerHealthStatus.ServerGroupInfos.Servers",
        until={"Status": ["Healthy"]},
        at_least=cutover.min_healthy_appliances,
    )
    ids = {LISTENER: live.nodes[LISTENER].id} if LISTENER in live.nodes else {}
    return Step(
        id=HEALTH_GATE,
        address=LISTENER,
        phase="healthy",
        call=None,
        waits=(_resolved_wait(healthy, ids, listener.account),),
        timeout_s=cutover.timeout_s,
    )

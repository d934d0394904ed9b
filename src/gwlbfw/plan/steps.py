"""The steps of changes: one per phase, with the ids filled in that are known, and no edges yet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.cloud.call import Call, Field, JsonList, Leaf, Value, Wait, fields_of, map_value
from gwlbfw.diff import Change
from gwlbfw.plan.model import REPLACE, Step
from gwlbfw.plan.unread import with_unread
from gwlbfw.resources import Route
from gwlbfw.resources.graph import Live, ResourceGraph
from gwlbfw.resources.next_hop import ENDPOINT
from gwlbfw.resources.resource import Phase


@dataclass(frozen=True)
class PendingStep:
    """A step that has no edges yet, with its change; `builds` is False for a step that deletes."""

    step: Step
    change: Change
    builds: bool
    phase: Phase


@dataclass(frozen=True)
class StepGraph:
    """The steps of all changes, with the edges found so far."""

    pending: tuple[PendingStep, ...]
    edges: set[tuple[str, str]] = field(default_factory=set)

    def at(self, address: Address, *, builds: bool) -> list[PendingStep]:
        """The steps at an address that build, or that delete, in their order."""
        return [d for d in self.pending if d.step.address == address and d.builds == builds]

    def add_edges(self, first: Sequence[PendingStep], then: Sequence[PendingStep]) -> None:
        """Order the phases of one change before those of another: the last before the first."""
        for one in first[-1:]:
            for other in then[:1]:
                if one.step.id != other.step.id:
                    self.edges.add((one.step.id, other.step.id))


def pending_steps(
    changes: Sequence[Change], live: Live, known: ResourceGraph
) -> Iterator[PendingStep]:
    """Each phase of each change as a step, in the order of the phases."""
    renewed = frozenset(c.address for c in changes if c.action in ("create", "replace"))
    for change in changes:
        if change.action == "no_op":
            continue
        phases = list(_phases(change, known))
        for number, (phase, builds, drops) in enumerate(phases, 1):
            # A deletion refers to what is live now, even if that is about to be replaced.
            unknown = renewed if builds and not phase.releases else frozenset()
            ids = {a: n.id for a, n in live.nodes.items() if n.id and a not in unknown}
            step = _step(change, phase, ids, drops=drops, last=number == len(phases))
            if not builds or change.restores:
                yield PendingStep(step, change, builds=False, phase=phase)
            else:
                step = _in_cut_over(step, change, phase, ids)
                yield PendingStep(step, change, builds=True, phase=phase)


def _phases(change: Change, known: ResourceGraph) -> Iterator[tuple[Phase, bool, bool]]:
    """Each phase of a change; True if it builds; True if the address is empty after it."""
    at, was, towards = change.address, change.was, change.towards
    if was is not None and change.action in ("delete", "replace"):
        doomed = with_unread(was, known.get(at))
        deletion = list(doomed.delete(at))
        for number, phase in enumerate(deletion, 1):
            last = number == len(deletion)
            yield phase if change.action == "delete" else _in_replace(phase), False, last
    if towards is not None and change.action in ("create", "replace"):
        yield from ((phase, True, False) for phase in towards.resource.create(at))
    if towards is not None and was is not None and change.action in ("update", "adopt"):
        updates = towards.resource.update(at, was.resource, change.changed)
        yield from ((phase, True, False) for phase in updates)


def _in_replace(phase: Phase) -> Phase:
    """A phase of the deletion in a replacement, named apart from those of the creation."""
    unless = phase.unless and f"{REPLACE}{phase.unless}"
    return replace(phase, name=f"{REPLACE}{phase.name}", unless=unless)


def _step(
    change: Change, phase: Phase, ids: Mapping[Address, str], *, drops: bool, last: bool
) -> Step:
    account = change.node.account
    return Step(
        id=f"{change.address}:{phase.name}",
        address=change.address,
        phase=phase.name,
        call=resolved(phase.call, ids, account),
        waits=tuple(resolved_wait(each, ids, account) for each in phase.waits),
        serial=phase.serial,
        through=phase.through,
        drops=drops,
        completes=last,
        attempt=phase.attempt,
        cuts_over=phase.cuts_over,
        removes=phase.removes or drops,
        busy_when_done=phase.busy_when_done,
        unless=f"{change.address}:{phase.unless}" if phase.unless else "",
    )


def _in_cut_over(step: Step, change: Change, phase: Phase, ids: Mapping[Address, str]) -> Step:
    """The step, as part of a zone's cut-over with its undo, if it leads traffic to an endpoint."""
    route = change.towards.resource if change.towards else None
    if not isinstance(route, Route) or not phase.cuts_over or phase.name == "reset-to-local":
        return step
    endpoint = route.next_hop.address
    if route.next_hop_type != ENDPOINT or endpoint is None:
        return step
    at = layout.parse(endpoint)
    was = change.was.resource if change.was and change.action != "replace" else None
    undo = route.undo(step.address, was if isinstance(was, Route) else None)
    account = change.node.account
    return replace(
        step,
        group=f"{at.vpc}/{at.zone}",
        undo=resolved(undo.call, ids, account),
        undo_waits=tuple(resolved_wait(each, ids, account) for each in undo.waits),
    )


def resolved(call: Call, ids: Mapping[Address, str], account: str) -> Call:
    """The call with the ids filled in that are known."""
    params = {name: _filled(value, ids) for name, value in call.params.items()}
    return replace(call, params=params, account=account if call.account is None else call.account)


def resolved_wait(wait: Wait, ids: Mapping[Address, str], account: str) -> Wait:
    """The wait with the ids filled in that are known."""
    return replace(
        wait,
        read=resolved(wait.read, ids, account),
        where={path: _filled(value, ids) for path, value in wait.where.items()},
        until={path: [_filled(v, ids) for v in values] for path, values in wait.until.items()},
    )


def _filled(value: Value, ids: Mapping[Address, str]) -> Value:
    def known_id(leaf: Leaf) -> Value:
        return ids.get(leaf.address, leaf) if isinstance(leaf, Field) else leaf

    return map_value(value, known_id, lambda items: JsonList(tuple(items)))


def mentioned(step: Step) -> frozenset[Address]:
    """The addresses whose ids a step needs that are not known yet."""
    values: list[Value] = [*step.call.params.values()] if step.call else []
    for wait in step.waits:
        values += [*wait.read.params.values(), *wait.where.values()]
        values += list(wait.until.values())
    return frozenset(each.address for value in values for each in fields_of(value))

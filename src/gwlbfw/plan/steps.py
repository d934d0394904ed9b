"""The steps of changes: one per phase, with the ids filled in that are known, and no edges yet."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product

from gwlbfw.address import Address
from gwlbfw.cloud.call import Call, Field, JsonList, Leaf, Value, Wait, fields_in, map_value
from gwlbfw.diff import Change
from gwlbfw.plan.model import REPLACE, Step
from gwlbfw.plan.toposort import Barrier
from gwlbfw.plan.unread import with_unread
from gwlbfw.resources.graph import Live, ResourceGraph
from gwlbfw.resources.resource import Phase, Resource


@dataclass(frozen=True)
class PendingStep:
    """A step that has no edges yet, with its change and the resource whose phase it is.

    `builds` is False for a step that deletes or restores.
    """

    step: Step
    change: Change
    builds: bool
    phase: Phase
    resource: Resource

    @cached_property
    def mentioned(self) -> frozenset[Address]:
        """The addresses whose ids the step needs that are not known yet."""
        return mentioned(self.step)

    @property
    def deletes(self) -> bool:
        """True for a step of a deletion, that in a replacement included."""
        return self.change.action == "delete" or self.step.phase.startswith(REPLACE)


@dataclass(frozen=True)
class StepGraph:
    """The steps of all changes, with the edges found so far."""

    pending: tuple[PendingStep, ...]
    edges: set[tuple[str, str]] = field(default_factory=set)

    def at(self, address: Address, *, builds: bool) -> Sequence[PendingStep]:
        """The steps at an address that build, or that delete, in their order."""
        return self._by_address.get((address, builds), ())

    @cached_property
    def _by_address(self) -> Mapping[tuple[Address, bool], Sequence[PendingStep]]:
        found: defaultdict[tuple[Address, bool], list[PendingStep]] = defaultdict(list)
        for pending in self.pending:
            found[pending.step.address, pending.builds].append(pending)
        return found

    def taken_down_in(self, vpc: str) -> Sequence[PendingStep]:
        """The steps that delete or restore something in a VPC."""
        return self._taken_down.get(vpc, ())

    @cached_property
    def _taken_down(self) -> Mapping[str, Sequence[PendingStep]]:
        found: defaultdict[str, list[PendingStep]] = defaultdict(list)
        for pending in self.pending:
            if not pending.builds:
                found[getattr(pending.change.node.resource, "vpc", "")].append(pending)
        return found

    def add_barrier(
        self, first: Iterable[Sequence[PendingStep]], then: Iterable[Sequence[PendingStep]]
    ) -> None:
        """Order the phases of each of some changes before those of each of others."""
        before, after = (
            _by_group(one[-1] for one in first if one),
            _by_group(other[0] for other in then if other),
        )
        # A group is one to what lies outside of it: its own steps meet at a barrier of their own.
        both = before.keys() & after.keys() - {""}
        outside = [each for group in before.keys() - both for each in before[group]]
        self._meet(outside, [each for group in after for each in after[group]])
        for group in both:
            others = [each for other in after.keys() - {group} for each in after[other]]
            self._meet(before[group], others)
            self._meet(before[group], after[group], group)

    def _meet(self, before: Sequence[str], after: Sequence[str], group: str = "") -> None:
        if len(before) * len(after) <= len(before) + len(after):
            self.edges.update(product(before, after))
            return
        barrier = Barrier(f"{before[0]} … {after[0]} {len(self.edges)}", group)
        self.edges.update((one, barrier) for one in before)
        self.edges.update((barrier, other) for other in after)

    def add_edges(self, first: Sequence[PendingStep], then: Sequence[PendingStep]) -> None:
        """Order the phases of one change before those of another: the last before the first."""
        for one in first[-1:]:
            for other in then[:1]:
                if one.step.id != other.step.id:
                    self.edges.add((one.step.id, other.step.id))


def _by_group(steps: Iterable[PendingStep]) -> Mapping[str, Sequence[str]]:
    """The ids of the steps of each cut-over group, and of those without one."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for each in steps:
        found[each.step.group].append(each.step.id)
    return found


def pending_steps(
    changes: Sequence[Change], live: Live, known: ResourceGraph
) -> Iterator[PendingStep]:
    """Each phase of each change as a step, in the order of the phases."""
    ids = {address: node.id for address, node in live.nodes.items() if node.id}
    # A deletion refers to what is live now, even if that is about to be replaced.
    renewed = {c.address for c in changes if c.action in ("create", "replace")}
    lasting = {address: known_id for address, known_id in ids.items() if address not in renewed}
    for change in changes:
        if change.action == "no_op":
            continue
        phases = list(_phases(change, known))
        for number, (phase, builds, drops, resource) in enumerate(phases, 1):
            usable = lasting if builds and not phase.releases else ids
            step = _step(change, phase, usable, drops=drops, last=number == len(phases))
            yield PendingStep(step, change, builds and not change.restores, phase, resource)


def _phases(change: Change, known: ResourceGraph) -> Iterator[tuple[Phase, bool, bool, Resource]]:
    """Each phase of a change; whether it builds, or leaves nothing; the resource that has it."""
    at, was, towards = change.address, change.was, change.towards
    if was is not None and change.action in ("delete", "replace"):
        doomed = with_unread(was, known.get(at))
        deletion = list(doomed.delete(at))
        for number, phase in enumerate(deletion, 1):
            last = number == len(deletion)
            named = phase if change.action == "delete" else _in_replace(phase)
            yield named, False, last, doomed
    if towards is not None and change.action in ("create", "replace"):
        yield from ((phase, True, False, towards.resource) for phase in towards.resource.create(at))
    if towards is not None and was is not None and change.action in ("update", "adopt"):
        updates = towards.resource.update(at, was.resource, change.changed)
        yield from ((phase, True, False, towards.resource) for phase in updates)


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


def resolved(call: Call, ids: Mapping[Address, str], account: str) -> Call:
    """The call with the ids filled in that are known."""
    params = {name: _filled(value, ids) for name, value in call.params.items()}
    owner = account if call.account is None else call.account
    return Call(call.product, call.action, params, owner)


def resolved_wait(wait: Wait, ids: Mapping[Address, str], account: str) -> Wait:
    """The wait with the ids filled in that are known."""
    return replace(
        wait,
        read=resolved(wait.read, ids, account),
        where={path: _filled(value, ids) for path, value in wait.where.items()},
        until={path: [_filled(v, ids) for v in values] for path, values in wait.until.items()},
    )


def _filled(value: Value, ids: Mapping[Address, str]) -> Value:
    if isinstance(value, str):
        return value
    if isinstance(value, Field):
        return ids.get(value.address, value)

    def known_id(leaf: Leaf) -> Value:
        return ids.get(leaf.address, leaf) if isinstance(leaf, Field) else leaf

    return map_value(value, known_id, lambda items: JsonList(tuple(items)))


def mentioned(step: Step) -> frozenset[Address]:
    """The addresses whose ids a step needs that are not known yet."""
    return _fields(step.call, step.waits)


def referred(phase: Phase) -> frozenset[Address]:
    """The addresses that a phase refers to, known ids or not."""
    return _fields(phase.call, phase.waits)


def _fields(call: Call | None, waits: Iterable[Wait]) -> frozenset[Address]:
    found = {each.address for each in fields_in(call.params.values())} if call else set()
    for wait in waits:
        for values in (wait.read.params, wait.where, wait.until):
            found.update(each.address for each in fields_in(values.values()))
    return frozenset(found)

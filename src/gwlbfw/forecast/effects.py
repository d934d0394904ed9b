"""The effect of each step of a plan on the forwarding model: the slots that it fills."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gwlbfw.address import Address, Ref
from gwlbfw.diff import Change
from gwlbfw.plan.model import REPLACE, Step
from gwlbfw.plan.unread import with_unread
from gwlbfw.reachability import Network, NetworkBuilder
from gwlbfw.reachability.interpretation import Filling
from gwlbfw.reachability.model import Machine
from gwlbfw.reachability.slots import Slot
from gwlbfw.resources.graph import ResourceGraph
from gwlbfw.resources.resource import Resource, kinds


@dataclass(frozen=True)
class Effects:
    """The slots that each step fills anew, by the number of the step, on top of a network."""

    start: Mapping[Slot, object]
    fillings: Mapping[int, tuple[Filling, ...]]
    end: Network
    """The network once all steps are done."""


def effects(
    start: Network,
    steps: tuple[Step, ...],
    changes: tuple[Change, ...],
    known: ResourceGraph,
    *,
    refused: bool = False,
) -> Effects:
    """The effect of every step.

    What is only tried is taken to work or, with `refused`, not to.
    """
    recorder = _Recorder(start, changes, known)
    found: dict[int, tuple[Filling, ...]] = {}
    for number, step in enumerate(steps):
        idle = step.attempt if refused else bool(step.unless)
        if step.call is not None and not idle and (filled := tuple(recorder.carry_out(step))):
            found[number] = filled
    if any(kinds()[step.address.kind].affects_health for step in steps):
        recorder.forget_health(gated=any(step.call is None for step in steps))
    return Effects(recorder.start, found, recorder.builder.build())


class _Recorder:
    """The content of each address and slot as the steps are done, one after the other."""

    def __init__(self, start: Network, changes: tuple[Change, ...], known: ResourceGraph) -> None:
        self.builder = NetworkBuilder(start)
        self.start = dict(self.builder.values)
        self._changes = {change.address: change for change in changes}
        self._known = known
        self._now: dict[Address, Resource | None] = {}
        for change in changes:
            if change.was is not None:
                self.builder.register(change.address, change.was)
                hint = known.get(change.address)
                self._now[change.address] = with_unread(change.was, hint)

    def carry_out(self, step: Step) -> Iterator[Filling]:
        """The slots that a step fills anew, once those before it are done."""
        change = self._changes.get(step.address)
        if change is None:
            return
        was = self._now.get(step.address)
        now = self._after(step, change)
        self._now[step.address] = now
        at = Ref[Resource](self.builder.register(step.address, change.node))
        old = was.forwarding_facts(at) if was else ()
        new = now.forwarding_facts(at) if now else was.forwarding_once_gone(at) if was else ()
        present = tuple(each for each in new if each not in old)
        gone = tuple(each for each in old if each not in new)
        filled = [*self.builder.fillings(present, gone)]
        # A gateway that goes although routes lead to it is taken to take them along (UNVERIFIED).
        if step.attempt and now is None:
            filled += [(slot, None) for slot in self.builder.routes_to(at)]
        self.builder.values.update(filled)
        yield from filled

    def forget_health(self, *, gated: bool) -> None:
        """Forget the health that appliances had: at the end nobody can know it yet.

        Behind a gate that waits for their health they run, whatever they did before.
        """
        values = self.builder.values
        for slot in [*self.builder.members()]:
            values[Slot("health", slot.key, slot.part)] = None
            machine = values.get(at := Slot("machine", str(slot.part)))
            if gated and isinstance(machine, Machine):
                values[at] = replace(machine, running=True)

    def _after(self, step: Step, change: Change) -> Resource | None:
        goes = change.action == "delete" or step.phase.startswith(REPLACE)
        if goes and change.was is not None:
            was = with_unread(change.was, self._known.get(step.address))
            return was.after(step.kind_phase)
        earlier = change.was.resource if change.was and change.action != "replace" else None
        return change.node.resource.after(step.kind_phase, earlier)

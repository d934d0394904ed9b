"""The users of the Internet that leave their place: a server that goes, an address that is unbound.

No route tells of them. The fate of a user hangs on the steps of its address and of its machine
alone, so these are judged apart from the states of its subnet.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from gwlbfw.forecast.durations import StepDurations
from gwlbfw.forecast.effects import Effects
from gwlbfw.forecast.judging import harm, works
from gwlbfw.forecast.order import StepOrder, bits_of, numbers_in
from gwlbfw.plan.forecast import TransientFlow
from gwlbfw.reachability import Flow, Network
from gwlbfw.reachability.flows import Direction, Judgement, flows_by_sender, rank
from gwlbfw.reachability.model import PublicAddress, Subnet
from gwlbfw.reachability.packets import Source
from gwlbfw.reachability.prefixes import HeaderSpace, cidr_blocks, intersection, union
from gwlbfw.reachability.slots import Slot
from gwlbfw.reachability.translation import senders, users_of_nat
from gwlbfw.reachability.usage import InternetUser, internet_users
from gwlbfw.reachability.walk import Walker


@dataclass(frozen=True)
class Absence:
    """The time in which a user has no place: between which steps, and how long."""

    after: tuple[str, ...]
    until: tuple[str, ...] = ()
    seconds: float | None = None
    """None for good."""


def user_slot(user: InternetUser) -> Slot | None:
    """The slot that a user is gone without: of its public address, else of its machine.

    None where nobody says which machine it is, or where no step takes it away.
    """
    if user.public is not None:
        return Slot("public", user.public.id or user.public.address)
    return Slot("machine", user.holder) if user.source == "nat" and user.holder else None


@dataclass(frozen=True)
class UserMoves:
    """The users that a plan moves or takes away, between its start and its end."""

    start: Network
    effects: Effects
    durations: StepDurations

    @property
    def order(self) -> StepOrder:
        """The order of the plan's steps."""
        return self.durations.order

    @cached_property
    def _writes(self) -> Mapping[Slot, list[tuple[int, object]]]:
        """The steps that fill a machine's or public address's slot, by number, and with what."""
        found: defaultdict[Slot, list[tuple[int, object]]] = defaultdict(list)
        for number, fillings in sorted(self.effects.fillings.items()):
            for slot, value in fillings:
                if slot.what in ("public", "machine"):
                    found[slot].append((number, value))
        return found

    def harmed_flows(self) -> Iterator[tuple[InternetUser, TransientFlow]]:
        """The flows of users while they have no place, and where the new place is worse."""
        for subnet in self.start.subnets.values():
            moved = [
                (user, steps)
                for user in internet_users(self.start, subnet)
                if (steps := self._steps_of(user))
            ]
            before = _flows(self.start, subnet) if moved else []
            before = [each for each in before if works(each) or each.verdict == "unknown"]
            for user, steps in moved:
                for each in self._while_absent(user, steps, subnet, before):
                    yield user, each
                for each in self._elsewhere(user, steps, subnet, before):
                    yield user, each

    def _steps_of(self, user: InternetUser) -> list[int]:
        """The steps that a user depends on: of its address, and of each machine that gets it."""
        own = user_slot(user)
        writes = self._writes.get(own, []) if own else []
        holders = {each.holder for _, each in writes if isinstance(each, PublicAddress)}
        of_machines = (
            number
            for holder in {user.holder, *holders}
            for number, _ in self._writes.get(Slot("machine", holder), ())
        )
        return sorted({*(number for number, _ in writes), *of_machines})

    def _has_place(self, user: InternetUser, done: int) -> bool:
        """True if a user's address is bound to a machine that is there, once these are done.

        An address that is released is gone for good, whatever comes after it; so is one that a
        machine was born with, once that goes.
        """
        own, holder = user_slot(user), user.holder
        vital = (user.public.id or user.holder) if user.public else ""
        there: dict[Slot, object] = {}
        for number in numbers_in(done):
            step = self.order.steps[number]
            if vital and step.drops and step.address == self.start.label(vital):
                return False
            there.update(self.effects.fillings[number])
        if own is not None and own in there:
            public = there[own]
            if public is None:
                return False
            holder = public.holder if isinstance(public, PublicAddress) else holder
        return there.get(Slot("machine", holder), holder) is not None

    def _while_absent(
        self, user: InternetUser, steps: list[int], subnet: Subnet, before: Sequence[Flow]
    ) -> Iterator[TransientFlow]:
        """The loss to a user while it has no place."""
        for absence in self._absences(user, steps):
            for direction in sorted(user.directions):
                served = [e for e in before if e.direction == direction and user.has(e)]
                space = union(span for each in served for span in _space(each, user))
                if space:
                    was = min((each.verdict for each in served), key=rank)
                    known = self._flow(user, subnet, direction, space)
                    yield _at(replace(known, before=was), absence)

    def _absences(self, user: InternetUser, steps: list[int]) -> Iterator[Absence]:
        """The times in which a user has no place; where it never has one again, from the first."""
        absent = [each for each in self.order.closed_sets(steps) if not self._has_place(user, each)]
        if bits_of(steps) in absent:
            first = min(absent, key=lambda done: (done.bit_count(), done))
            yield Absence(self.order.last_ids(first))
            return
        for done in absent:
            until = self.order.next_ids(steps, done)
            numbers = [self.order.numbers[each] for each in until]
            yield Absence(self.order.last_ids(done), until, self.durations.until(done, numbers))

    def _elsewhere(
        self, user: InternetUser, steps: list[int], subnet: Subnet, before: Sequence[Flow]
    ) -> Iterator[TransientFlow]:
        """The harm to a user that ends up in another subnet."""
        place = self._place_at_end(user)
        if not self._has_place(user, bits_of(steps)) or place == subnet.id:
            return
        absence = Absence(self.order.last_ids(bits_of(steps)))
        at_end = self._worst_flows(place, user.source)
        for was in filter(user.has, before):
            now = at_end.get(was.direction)
            verdict: Judgement = now.verdict if now else "no_route" if place else "unknown"
            reason = harm(was, now) if place else "not_judged"
            space = _space(was, user)
            if reason and space:
                known = self._flow(user, subnet, was.direction, space)
                worse = replace(known, before=was.verdict, verdict=verdict, reason=reason)
                yield _at(worse, absence)

    def _place_at_end(self, user: InternetUser) -> str:
        """The subnet of a user at the end; empty where nobody can say."""
        eip = user.public.id if user.public else ""
        if eip:
            return next((each.subnet for each in self.effects.end.public_ips if each.id == eip), "")
        machine = self.effects.end.machines.get(user.holder)
        return machine.subnet if machine else ""

    def _worst_flows(self, subnet: str, source: Source) -> Mapping[Direction, Flow]:
        """The worst flow at the end of users of this sort of a subnet, in each direction."""
        place = self.effects.end.subnets.get(subnet)
        if place is None:
            return {}
        users = [*internet_users(self.effects.end, place)]
        found: dict[Direction, Flow] = {}
        for each in _flows(self.effects.end, place):
            if each.sender.source == source and any(user.has(each) for user in users):
                known = found.get(each.direction, each)
                found[each.direction] = min(known, each, key=lambda flow: rank(flow.verdict))
        return found

    def _flow(
        self, user: InternetUser, subnet: Subnet, direction: Direction, space: HeaderSpace
    ) -> TransientFlow:
        """A flow of a user that is lost."""
        label = self.start.label
        return TransientFlow(
            label(subnet.vpc),
            label(subnet.id),
            direction,
            cidr_blocks(space),
            before="unknown",
            verdict="black_hole",
            reason="lost",
            after=(),
            until=(),
            seconds=None,
            holder=label(user.holder),
        )


def _at(flow: TransientFlow, absence: Absence) -> TransientFlow:
    return replace(flow, after=absence.after, until=absence.until, seconds=absence.seconds)


def _space(flow: Flow, user: InternetUser) -> HeaderSpace:
    """The destinations of a flow that are the user's: inbound, its own address alone."""
    if flow.direction == "outbound":
        return flow.space
    return intersection(flow.space, user.addresses)


def _flows(network: Network, subnet: Subnet) -> list[Flow]:
    of = [*dict.fromkeys([*senders(network, subnet), *users_of_nat(network, subnet)])]
    return flows_by_sender(Walker(network), subnet, of)

"""The harm to flows that work before a plan: what nobody may do to them unasked.

Lost, not judged and no longer inspected count alike. What needs no consent is named here, each with
its reason; the brief interruption by an IPv4 gateway's activation is no state of the routes at all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf

from gwlbfw.address import Address
from gwlbfw.diff import Change
from gwlbfw.forecast.judging import works
from gwlbfw.forecast.moments import HarmfulMoments
from gwlbfw.forecast.orders import Region
from gwlbfw.forecast.transient_flows import Exploration
from gwlbfw.forecast.users import UserMoves
from gwlbfw.plan.forecast import Reason, TransientFlow
from gwlbfw.plan.model import Step
from gwlbfw.reachability import Network
from gwlbfw.reachability.flows import Direction, flows
from gwlbfw.reachability.model import Subnet
from gwlbfw.reachability.packets import Source, sources_of
from gwlbfw.reachability.usage import InternetUser, internet_users
from gwlbfw.reachability.walk import Walker
from gwlbfw.resources.graph import Live

WORST_FIRST: tuple[Reason | None, ...] = ("lost", "not_judged", "uninspected", None)


@dataclass(frozen=True)
class Removal:
    """The right of a plan that destroys: its own may go, and what was found may come back."""

    own: frozenset[str]
    """The ids of what the stack made."""
    restored: frozenset[Address]
    """The addresses that are again as they were found."""

    @classmethod
    def of(cls, live: Live, changes: Sequence[Change]) -> "Removal":
        """The right of a plan with these changes.

        Nothing comes back where a route led to what is gone by now: it is only deleted.
        """
        return cls(
            frozenset(node.id for node in live.nodes.values() if node.owned),
            frozenset(
                each.address
                for each in changes
                if each.restores and (each.towards is not None or not live.gone)
            ),
        )

    def covers(self, flow: TransientFlow, steps: Mapping[str, Step]) -> bool:
        """True for a flow that is as it was found: without inspection, or what it was then."""
        restored = bool(flow.after) and all(
            steps[each].address in self.restored for each in flow.after
        )
        return flow.reason == "uninspected" or (flow.seconds is None and restored)

    def made(self, user: InternetUser) -> bool:
        """True if the stack made a user's machine or address."""
        return user.holder in self.own or (user.public is not None and user.public.id in self.own)

    def made_all(self, network: Network, subnet: Subnet) -> bool:
        """True if the stack made all that uses a subnet; in its own VPC, what is unseen too."""
        return all(
            self.made(each) or (not each.holder and subnet.vpc in self.own)
            for each in internet_users(network, subnet)
        )


@dataclass(frozen=True)
class Harm:
    """The harm that a plan does to what works before it, and that nobody may do unasked."""

    moves: UserMoves
    removal: Removal | None = None
    """Of a plan that destroys."""

    def needing_consent(
        self, seen: Sequence[TransientFlow], unjudged: Sequence[str]
    ) -> tuple[TransientFlow, ...]:
        """The flows that are harmed, the worst first.

        `seen` are those of whole subnets, and of connections of others to the stack's service.
        """
        numbers = self.moves.order.numbers
        connections = [each for each in seen if self._is_connections(each)]
        whole = [*(each for each in seen if self._is_used(each)), *self._not_judged(unjudged)]
        lasting = _lasting_once([e for e in (*self._users, *whole) if e.reason], numbers)
        found = [each for each in lasting if self._is_asked_about(each)]
        found += _lasting_once(connections, numbers)
        return tuple(sorted(found, key=_rank))

    def passing(self, seen: Sequence[HarmfulMoments]) -> Iterator[HarmfulMoments]:
        """The moments at which a flow is harmed and not for good, of those seen and of users."""
        order = self.moves.order
        for flow in self._users:
            if flow.seconds is not None and self._is_asked_about(flow):
                last, coming = (order.numbered(each) for each in (flow.after, flow.until))
                region = Region(order.closure(last), order.dependents_of(coming))
                yield HarmfulMoments(flow, region, last | coming)
        for each in seen:
            used = self._is_used(each.flow) and self._is_asked_about(each.flow)
            if used or self._is_connections(each.flow):
                yield each

    def unjudged_seconds(self, seen: Exploration) -> float:
        """The seconds of the flows with too many moments to judge, from the start to the end."""
        told = {each.flow.holder for each in seen.harmful_moments}
        connections = (e for e in seen.transient_flows if self._is_connections(e))
        flows = [
            *self._not_judged(seen.unjudged),
            *(each for each in connections if each.holder not in told),
        ]
        longest = {(e.subnet, e.holder, e.direction, e.source): e.seconds or 0.0 for e in flows}
        return sum(longest.values())

    @cached_property
    def _users(self) -> list[TransientFlow]:
        removal = self.removal
        found = self.moves.harmed_flows()
        return [each for user, each in found if not (removal and removal.made(user))]

    @cached_property
    def _subnets(self) -> Mapping[str, Subnet]:
        start = self.moves.start
        return {start.label(each.id): each for each in start.subnets.values()}

    @cached_property
    def _used(self) -> Mapping[str, frozenset[tuple[Direction, Source]]]:
        """The traffic that somebody uses, whom the plan has no right to harm."""
        start, removal = self.moves.start, self.removal
        return {
            label: _used(start, each)
            for label, each in self._subnets.items()
            if not (removal and removal.made_all(start, each))
        }

    def _is_used(self, flow: TransientFlow) -> bool:
        return bool(_traffic(flow) & self._used.get(flow.subnet, frozenset()))

    def _is_connections(self, flow: TransientFlow) -> bool:
        """True for a flow of somebody else's connection, which no plan has a right to harm."""
        return flow.subnet not in self._subnets

    def _is_asked_about(self, flow: TransientFlow) -> bool:
        steps = self._steps
        covered = self.removal is not None and self.removal.covers(flow, steps)
        return flow.reason is not None and not covered and not _is_within_a_cut_over(flow, steps)

    @cached_property
    def _steps(self) -> Mapping[str, Step]:
        return {each.id: each for each in self.moves.order.steps}

    def _not_judged(self, unjudged: Sequence[str]) -> Iterator[TransientFlow]:
        flows = (e for label in unjudged for e in _not_judged(self.moves, self._subnets[label]))
        return (each for each in flows if self._is_used(each))


def _used(network: Network, subnet: Subnet) -> frozenset[tuple[Direction, Source]]:
    """The traffic of a subnet that somebody uses."""
    users = internet_users(network, subnet)
    return frozenset((way, each.source) for each in users for way in each.directions)


def _traffic(flow: TransientFlow) -> frozenset[tuple[Direction, Source]]:
    return frozenset((flow.direction, each) for each in sources_of(flow.source))


def _is_within_a_cut_over(flow: TransientFlow, steps: Mapping[str, Step]) -> bool:
    """True for the asymmetric moment between the calls that cut one zone over as one."""
    groups = {steps[each].group for each in flow.until}
    return (
        (flow.reason, flow.verdict) == ("uninspected", "asymmetric")
        and len(groups) == 1
        and groups <= {steps[each].group for each in flow.after} - {""}
    )


def _not_judged(moves: UserMoves, subnet: Subnet) -> Iterator[TransientFlow]:
    """The flows that work in a subnet with too many states: from the start to the end of the plan.

    Nobody knows whether they are lost for a moment, or which.
    """
    label = moves.start.label
    everything = [*range(len(moves.order.steps))]
    for flow in flows(Walker(moves.start), subnet):
        if works(flow):
            yield TransientFlow(
                label(subnet.vpc),
                label(subnet.id),
                flow.direction,
                flow.destinations,
                flow.verdict,
                verdict="unknown",
                reason="not_judged",
                after=(),
                until=moves.order.last_ids((1 << len(everything)) - 1),
                seconds=moves.durations.until(0, everything),
                source=flow.source,
            )


def _lasting_once(
    flows: Sequence[TransientFlow], numbers: Mapping[str, int]
) -> Iterator[TransientFlow]:
    """The flows, and of those that last the first moment of each, in the plan's order."""
    first: dict[TransientFlow, TransientFlow] = {}
    for each in flows:
        if each.seconds is not None:
            yield each
            continue
        harmed = replace(each, before="unknown", verdict="unknown", after=(), until=())
        known = first.get(harmed)
        if known is None or _moment(each, numbers) < _moment(known, numbers):
            first[harmed] = each
    yield from first.values()


def _moment(flow: TransientFlow, numbers: Mapping[str, int]) -> tuple[int, int]:
    """The place in the plan from which a flow is harmed."""
    return max((numbers[each] for each in flow.after), default=-1), len(flow.after)


def _rank(flow: TransientFlow) -> tuple[int, float, str, str, str]:
    length = inf if flow.seconds is None else flow.seconds
    return WORST_FIRST.index(flow.reason), -length, flow.subnet, flow.holder, flow.direction

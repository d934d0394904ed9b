"""The harm to flows that work before a plan: what nobody may do to them unasked.

Lost, not judged and no longer inspected count alike. What needs no consent is named here, each with
its reason; the brief interruption by an IPv4 gateway's activation is no state of the routes at all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from gwlbfw.address import Address
from gwlbfw.diff import Change
from gwlbfw.forecast.judging import works
from gwlbfw.forecast.users import UserMoves
from gwlbfw.plan.forecast import Reason, TransientFlow
from gwlbfw.plan.model import Step
from gwlbfw.reachability import Network
from gwlbfw.reachability.flows import flows
from gwlbfw.reachability.model import Subnet
from gwlbfw.reachability.usage import InternetUser, directions_in_use, internet_users
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


def flows_needing_consent(
    moves: UserMoves,
    seen: Sequence[TransientFlow],
    unjudged: Sequence[str],
    removal: Removal | None = None,
) -> tuple[TransientFlow, ...]:
    """The flows that a plan harms, the worst first.

    `seen` are those of whole subnets, and of connections of others to the stack's service.

    Of a subnet only the directions that somebody uses count. `removal` is of a plan that destroys.
    """
    users = [each for user, each in moves.harmed_flows() if not (removal and removal.made(user))]
    subnets = {moves.start.label(each.id): each for each in moves.start.subnets.values()}
    used = {
        label: directions_in_use(moves.start, each)
        for label, each in subnets.items()
        if not (removal and removal.made_all(moves.start, each))
    }
    subnets_seen = [each for each in seen if each.subnet in subnets]
    connections = [each for each in seen if each.subnet not in subnets]
    whole = [
        *subnets_seen,
        *(each for label in unjudged for each in _not_judged(moves, subnets[label])),
    ]
    harmed = [*users, *(each for each in whole if each.direction in used.get(each.subnet, ()))]
    steps = {each.id: each for each in moves.order.steps}
    found = [
        each
        for each in _lasting_once([e for e in harmed if e.reason], moves.order.numbers)
        if not _is_within_a_cut_over(each, steps) and not (removal and removal.covers(each, steps))
    ]
    # No plan has a right to what is somebody else's.
    found += _lasting_once(connections, moves.order.numbers)
    return tuple(sorted(found, key=_rank))


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
            )


def _lasting_once(
    flows: Sequence[TransientFlow], numbers: Mapping[str, int]
) -> Iterator[TransientFlow]:
    """The flows, and of those that last the first moment of each, in the plan's order."""
    first: dict[tuple[object, ...], TransientFlow] = {}
    for each in flows:
        if each.seconds is not None:
            yield each
            continue
        harmed = (each.subnet, each.holder, each.direction, each.destinations, each.reason)
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

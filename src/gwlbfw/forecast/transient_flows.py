"""The traffic of every subnet between the calls of a plan."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from gwlbfw.forecast.connections import ConnectionHarm, alike
from gwlbfw.forecast.durations import StepDurations, step_durations
from gwlbfw.forecast.effects import Effects
from gwlbfw.forecast.health import Health
from gwlbfw.forecast.judging import JudgedFlow, judged_flows
from gwlbfw.forecast.moments import HarmfulMoments
from gwlbfw.forecast.order import StepOrder, numbers_in
from gwlbfw.forecast.orders import BudgetExceeded, Inquiry, Moments, Outcome, bounds, outcomes
from gwlbfw.forecast.planned_network import PlannedNetwork
from gwlbfw.forecast.timeline import Timeline
from gwlbfw.forecast.users import user_slot
from gwlbfw.plan.forecast import TransientFlow, Worst, worst_of
from gwlbfw.plan.health_gate import HEALTH_GATE
from gwlbfw.plan.model import Step
from gwlbfw.reachability import Flow, Network
from gwlbfw.reachability.flows import flows_by_sender
from gwlbfw.reachability.model import Subnet
from gwlbfw.reachability.prefixes import cidr_blocks
from gwlbfw.reachability.translation import senders, users_of_nat
from gwlbfw.reachability.usage import InternetUser, internet_users
from gwlbfw.reachability.walk import Walker

R = TypeVar("R")

MOST_STATES = 20_000
"""Of one subnet; a plan with more is not judged state by state, and says so."""
MOST_TRIES = 200_000
"""To find moments of a plan; subnets that it does not suffice for are not judged, and said so."""


@dataclass(frozen=True)
class Exploration:
    """The transient flows of a plan, and how much was judged to find them."""

    transient_flows: tuple[TransientFlow, ...] = ()
    harmful_moments: tuple[HarmfulMoments, ...] = ()
    states: int = 0
    """The number of states that were judged: moments that are alike for a subnet count as one."""
    unjudged: tuple[str, ...] = ()
    """Subnets with too many states to judge each."""

    @property
    def worst(self) -> Worst:
        """The worst that traffic meets between the calls."""
        return worst_of(self.transient_flows, self.unjudged)


def explore(
    start: Network,
    steps: tuple[Step, ...],
    made: Effects,
    idle: Container[str] = (),
    *,
    refused: bool = False,
) -> Exploration:
    """The transient flows of every subnet that is there before, and of every connection.

    The idle subnets have nobody whose traffic could be harmed. `refused` is True where the effects
    are those of a cloud that refuses what is only tried.
    """
    rehearsal = Rehearsal(start, steps, made)
    durations = step_durations(rehearsal.order, refused=refused)
    subnets = (
        _Subject(start, subnet, made.end, durations)
        for subnet in start.subnets.values()
        if subnet.id not in idle
    )
    connections = (
        ConnectionHarm(start, made.end, same, durations) for same in alike(start.connections)
    )
    parts = [
        *(_of_subnet(rehearsal, each) for each in subnets),
        *(_of_connections(rehearsal, each) for each in connections),
    ]
    return Exploration(
        tuple(flow for each in parts for flow in each.transient_flows),
        tuple(moments for each in parts for moments in each.harmful_moments),
        sum(each.states for each in parts),
        tuple(subnet for each in parts for subnet in each.unjudged),
    )


def _of_subnet(rehearsal: "Rehearsal", subject: "_Subject") -> Exploration:
    count, unjudged = 0, tuple[str, ...]()
    try:
        for each in rehearsal.outcomes(subject.flows_in, MOST_STATES):
            count += 1
            subject.judge(rehearsal.order, each)
    except BudgetExceeded:
        unjudged = (subject.label,)
    found = tuple(subject.transient_flows())
    return Exploration(found, tuple(subject.harmful_moments), count, unjudged)


def _of_connections(rehearsal: "Rehearsal", harm: ConnectionHarm) -> Exploration:
    count = 0
    try:
        for each in rehearsal.outcomes(harm.verdict_in, MOST_STATES):
            count += 1
            harm.judge(rehearsal.order, each)
    except BudgetExceeded:
        return Exploration(tuple(harm.not_judged()), states=count)
    return Exploration(tuple(harm.transient_flows()), tuple(harm.harmful_moments), count)


class Rehearsal:
    """A plan's steps played through on the network that they start from, in every order."""

    def __init__(self, start: Network, steps: tuple[Step, ...], made: Effects) -> None:
        self.start = start
        self.order = StepOrder(steps)
        self.moments = Moments(self.order, MOST_TRIES)
        self._timeline = Timeline(made, self.moments)
        self._health = Health(self._timeline, _gates(steps, start), start.acls)

    def outcomes(self, question: Callable[[PlannedNetwork], R], most: int) -> Iterator[Outcome[R]]:
        """The answers to a question over all moments. Raises BudgetExceeded."""
        return outcomes(self.moments, lambda inquiry: question(self.network(inquiry)), most)

    def network(self, inquiry: Inquiry) -> PlannedNetwork:
        """The network along one way through the questions that are asked of it."""
        return PlannedNetwork(self.start, self._timeline, self._health, inquiry)


def _gates(steps: tuple[Step, ...], start: Network) -> Mapping[str, Sequence[int]]:
    """The numbers of the gates that see an appliance healthy, by its key; by `` for any."""
    keys = {str(address): key for key, address in start.labels.items()}
    found: defaultdict[str, list[int]] = defaultdict(list)
    for number, step in enumerate(steps):
        if step.id == HEALTH_GATE:
            found[""].append(number)
        elif step.call is None and step.phase == "healthy":
            found[keys.get(step.address, step.address)].append(number)
    return found


class _Subject:
    """One subnet whose flows are followed.

    The users of a subnet that goes leave it before that, and what becomes of them is theirs: its
    flows count while they are there.
    """

    def __init__(
        self, start: Network, subnet: Subnet, end: Network, durations: StepDurations
    ) -> None:
        self._start, self._subnet, self._durations = start, subnet, durations
        users = [*internet_users(start, subnet)]
        every = [*dict.fromkeys([*senders(start, subnet), *users_of_nat(start, subnet)])]
        used = [each for each in every if any(user.may_be(each) for user in users)]
        self._senders = used if users else every
        self._has_both = len({each.source for each in every}) > 1
        self._before = flows_by_sender(Walker(start), subnet, self._senders)
        now = end.subnets.get(subnet.id)
        self._at_end = self._before
        if now is not None:
            self._at_end = flows_by_sender(Walker(end), now, self._senders)
        self._users = users if now is None else None
        self._found: dict[TransientFlow, float] = {}
        self.harmful_moments: list[HarmfulMoments] = []

    @property
    def label(self) -> str:
        """The address of the subnet."""
        return self._start.label(self._subnet.id)

    def flows_in(self, network: PlannedNetwork) -> list[Flow] | None:
        """The flows in a network; None where nobody uses them any more."""
        if self._users is not None and not any(_is_there(network, each) for each in self._users):
            return None
        now = network.subnet(self._subnet.id)
        return flows_by_sender(Walker(network), now, self._senders) if now else []

    def judge(self, order: StepOrder, outcome: Outcome[list[Flow] | None]) -> None:
        """Take up what became of the flows at some moments."""
        if outcome.result is None:
            return
        judged = [*judged_flows(self._before, outcome.result, self._at_end)]
        if not judged:
            return
        first, last = bounds(order, outcome.region, outcome.example, outcome.relevant)
        outcome = outcome._replace(example=first)
        relevant = [*numbers_in(outcome.relevant)]
        after = order.last_ids(outcome.example & outcome.relevant)
        until = order.next_ids(relevant, last & outcome.relevant)
        ends = [order.numbers[each] for each in until]
        for flow in judged:
            transient = self._transient(flow, after, () if flow.lasts else until)
            seconds = self._durations.until(outcome.example, ends)
            self._found[transient] = max(seconds, self._found.get(transient, 0.0))
            if flow.reason and not flow.lasts:
                longest = replace(transient, seconds=seconds)
                self.harmful_moments.append(
                    HarmfulMoments(longest, outcome.region, outcome.relevant)
                )

    def transient_flows(self) -> Iterator[TransientFlow]:
        """The transient flows, each once, with the longest that it may last."""
        return (
            each if each.seconds is None else replace(each, seconds=seconds)
            for each, seconds in self._found.items()
        )

    def _transient(
        self, flow: JudgedFlow, after: tuple[str, ...], until: tuple[str, ...]
    ) -> TransientFlow:
        return TransientFlow(
            self._start.label(self._subnet.vpc),
            self.label,
            flow.direction,
            cidr_blocks(flow.space),
            flow.before,
            flow.verdict,
            flow.reason,
            after=after,
            until=until,
            seconds=None if flow.lasts else 0.0,
            source=flow.source if self._has_both else None,
        )


def _is_there(network: PlannedNetwork, user: InternetUser) -> bool:
    """True if a user may still be in its place: of those that no step takes away, always."""
    slot = user_slot(user)
    return slot is None or network.may_be_in(slot, user.subnet)

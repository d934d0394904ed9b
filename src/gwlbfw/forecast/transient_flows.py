"""The traffic of every subnet between the calls of a plan."""

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gwlbfw.forecast.durations import StepDurations, step_durations
from gwlbfw.forecast.effects import Effects
from gwlbfw.forecast.health import Health
from gwlbfw.forecast.order import StepOrder, numbers_in
from gwlbfw.forecast.orders import BudgetExceeded, Inquiry, Moments, Outcome, outcomes
from gwlbfw.forecast.planned_network import PlannedNetwork
from gwlbfw.forecast.timeline import Timeline
from gwlbfw.plan.forecast import LOST, TransientFlow, Worst, worst_of
from gwlbfw.plan.health_gate import HEALTH_GATE
from gwlbfw.plan.model import Step
from gwlbfw.reachability import Flow, Network
from gwlbfw.reachability.flows import flows
from gwlbfw.reachability.model import Subnet
from gwlbfw.reachability.prefixes import intersection
from gwlbfw.reachability.walk import Walker

MOST_STATES = 20_000
"""Of one subnet; a plan with more is not judged state by state, and says so."""


@dataclass(frozen=True)
class Exploration:
    """The transient flows of a plan, and how much was judged to find them."""

    transient_flows: tuple[TransientFlow, ...] = ()
    states: int = 0
    """The number of states that were judged."""
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
    idle_vpcs: Container[str] = (),
    *,
    refused: bool = False,
) -> Exploration:
    """The transient flows of every subnet that is there before and after.

    Subnets that the file doesn't name count too: what they have is not to be lost either. The
    idle VPCs have no traffic that could be. `refused` is True where the effects are those of a
    cloud that refuses what is only tried.
    """
    order = StepOrder(steps)
    durations = step_durations(order, refused=refused)
    timeline = Timeline(made, Moments(order))
    health = Health(timeline, _gates(steps, start))
    found: list[TransientFlow] = []
    count, unjudged = 0, []
    for subnet in start.subnets.values():
        if subnet.role not in ("business", "bystander") or subnet.id not in made.end.subnets:
            continue
        if subnet.vpc in idle_vpcs:
            continue
        subject = _Subject(start, subnet, made.end, durations)

        def program(inquiry: Inquiry, subnet: Subnet = subnet) -> list[Flow]:
            network = PlannedNetwork(start, timeline, health, inquiry)
            now = network.subnet(subnet.id)
            return flows(Walker(network), now) if now else []

        try:
            for each in outcomes(timeline.moments, program, MOST_STATES):
                count += 1
                subject.judge(order, each)
        except BudgetExceeded:
            unjudged.append(start.label(subnet.id))
        found += subject.transient_flows()
    return Exploration(tuple(found), count, tuple(unjudged))


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
    """One subnet whose flows are followed."""

    def __init__(
        self, start: Network, subnet: Subnet, end: Network, durations: StepDurations
    ) -> None:
        self._start, self._subnet, self._durations = start, subnet, durations
        self._before, self._after = _flows(start, subnet), _flows(end, subnet)
        self._found: dict[TransientFlow, float] = {}

    def judge(self, order: StepOrder, outcome: Outcome[list[Flow]]) -> None:
        """Take up the flows of some moments that are neither as before nor as at the end."""
        relevant = [*numbers_in(outcome.relevant)]
        after = order.last_ids(outcome.example & outcome.relevant)
        until = order.next_ids(relevant, outcome.example & outcome.relevant)
        ends = [order.numbers[each] for each in until]
        for flow in outcome.result:
            for was in _earlier_flows(flow, self._before, self._after):
                transient = _transient(self._start, flow, was, after, until)
                seconds = self._durations.until(outcome.example, ends)
                self._found[transient] = max(seconds, self._found.get(transient, 0.0))

    def transient_flows(self) -> Iterator[TransientFlow]:
        """The transient flows, each once, with the longest that it may last."""
        return (replace(each, seconds=seconds) for each, seconds in self._found.items())


def _flows(network: Network, subnet: Subnet) -> list[Flow]:
    now = network.subnets.get(subnet.id)
    return flows(Walker(network), now) if now else []


def _earlier_flows(flow: Flow, before: list[Flow], after: list[Flow]) -> Iterator[Flow]:
    """The earlier flows of a class that is neither as before nor as at the end.

    What worked in a subnet that the file doesn't name is not to be lost at the end either.
    """
    if flow.verdict == "inspected":
        return
    for was in before:
        shared = intersection(flow.space, was.space) if was.direction == flow.direction else ()
        if not shared or flow.verdict == was.verdict:
            continue
        at_end = {
            f.verdict
            for f in after
            if f.direction == flow.direction and intersection(f.space, shared)
        }
        if at_end != {flow.verdict} or (flow.subnet.role == "bystander" and _is_lost(was, flow)):
            yield was


def _transient(
    network: Network, flow: Flow, was: Flow, after: tuple[str, ...], until: tuple[str, ...]
) -> TransientFlow:
    return TransientFlow(
        network.label(flow.subnet.vpc),
        network.label(flow.subnet.id),
        flow.direction,
        flow.destinations,
        was.verdict,
        flow.verdict,
        black_hole=_is_lost(was, flow),
        after=after,
        until=until,
        seconds=0.0,
    )


def _is_lost(was: Flow, now: Flow) -> bool:
    """True for traffic that got through, there and back, and does not any more."""
    return was.forward_path.arrives and was.return_path.arrives and now.verdict in LOST

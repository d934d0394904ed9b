"""The traffic of every subnet between the calls of a plan."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace

from gwlbfw.forecast.durations import StepDurations, step_durations
from gwlbfw.forecast.effects import Effect
from gwlbfw.forecast.order import StepOrder
from gwlbfw.forecast.states import (
    NetworkStates,
    RelevantSteps,
    State,
    reachable_states,
    relevant_steps,
)
from gwlbfw.plan.forecast import LOST, TransientFlow, Worst, worst_of
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
    effects: Mapping[str, Effect],
    idle_vpcs: Container[str] = (),
    *,
    refused: bool = False,
) -> Exploration:
    """The transient flows of every subnet that is there before and after.

    Subnets that the file doesn't name count too: what they have is not to be lost either. The
    idle VPCs have no traffic that could be. `refused` is True where the effects are those of a
    cloud that refuses what is only tried.
    """
    states = NetworkStates(start, StepOrder(steps), effects)
    durations = step_durations(states.order, refused=refused)
    end = states.network((1 << len(steps)) - 1)
    found: list[TransientFlow] = []
    count, unjudged = 0, []
    for subnet in start.subnets.values():
        if subnet.role not in ("business", "bystander") or subnet.id not in end.subnets:
            continue
        if subnet.vpc in idle_vpcs:
            continue
        seen = _of_subnet(states, durations, subnet, end)
        if seen is None:
            unjudged.append(start.label(subnet.id))
            continue
        found += seen[0]
        count += seen[1]
    return Exploration(tuple(found), count, tuple(unjudged))


def _of_subnet(
    states: NetworkStates, durations: StepDurations, subnet: Subnet, end: Network
) -> tuple[list[TransientFlow], int] | None:
    """One subnet's transient flows, each once, and the number of its states; None: too many."""
    relevant = relevant_steps(states, subnet)
    before = _flows(states.start, subnet)
    after = _flows(end, subnet)
    found: dict[TransientFlow, float] = {}
    count = 0
    for state in reachable_states(states, subnet, relevant):
        count += 1
        if count > MOST_STATES:
            return None
        for flow in _flows(states.network(state.done), subnet):
            for was in _earlier_flows(flow, before, after):
                transient = _transient(states, relevant, state, flow, was)
                seconds = durations.until(state.done, _ends(states.order, relevant, state))
                found[transient] = max(seconds, found.get(transient, 0.0))
    return [replace(flow, seconds=seconds) for flow, seconds in found.items()], count


def _ends(order: StepOrder, relevant: RelevantSteps, state: State) -> list[int]:
    """The steps of which the next ends a state: on the subnet's path, or else behind it."""
    chosen = (relevant.path, relevant.inspection)
    ids = next(filter(None, (order.next_ids(each, state.done) for each in chosen)), ())
    return [order.numbers[each] for each in ids]


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
    states: NetworkStates, relevant: RelevantSteps, state: State, flow: Flow, was: Flow
) -> TransientFlow:
    network = states.start
    return TransientFlow(
        network.label(flow.subnet.vpc),
        network.label(flow.subnet.id),
        flow.direction,
        flow.destinations,
        was.verdict,
        flow.verdict,
        black_hole=_is_lost(was, flow),
        after=states.order.last_ids(state.path_done),
        until=states.order.next_ids(relevant.path, state.done),
        seconds=0.0,
    )


def _is_lost(was: Flow, now: Flow) -> bool:
    """True for traffic that got through, there and back, and does not any more."""
    return was.forward_path.arrives and was.return_path.arrives and now.verdict in LOST

"""Every state that a plan can pass through, and what its traffic does in each.

Steps run in any order that their needs allow, so the states are the sets of done steps that are
closed under needs. They are far too many to list, but a subnet's traffic depends on few steps:
those of its own tables, associations and gateway, and, only while one of its routes leads to an
endpoint, those of what stands behind it. The sets of done steps, restricted to these, are exactly
the closed sets of the order that the needs induce on them. So all are looked at, and none is
sampled.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.forecast.effects import Effect, healthy
from gwlbfw.layout import Role
from gwlbfw.plan.health_gate import HEALTH_GATE
from gwlbfw.plan.model import Step
from gwlbfw.reachability import Flow, Network, NetworkDraft
from gwlbfw.reachability.flows import Direction, Judgement, flows
from gwlbfw.reachability.model import Subnet
from gwlbfw.reachability.prefixes import common
from gwlbfw.reachability.walk import Walker
from gwlbfw.resources import Ipv4Gateway, Route, RouteTableAssociation
from gwlbfw.resources.facts import Forwarding
from gwlbfw.resources.resource import kinds
from gwlbfw.resources.route import ENDPOINT

MOST_STATES = 20_000
"""Of one subnet; a plan with more is not judged state by state, and says so."""

LOST: frozenset[Judgement] = frozenset({"black_hole", "loop", "no_route"})


@dataclass(frozen=True)
class Moment:
    """What can be seen of one flow between two calls, where it is not as before or at the end."""

    vpc: str
    subnet: str
    direction: Direction
    destinations: tuple[str, ...]
    verdict: Judgement
    before: Judgement
    """What it was before the plan."""
    worked: bool
    """Whether it went through, there and back, before the plan."""
    after_steps: tuple[str, ...]
    """The last of the steps done that matter to it."""
    until_steps: tuple[str, ...]
    """The steps of which the next ends it."""

    @property
    def is_black_hole(self) -> bool:
        """Whether the flow worked before, and does not now."""
        return self.worked and self.verdict in LOST


@dataclass(frozen=True)
class Rehearsal:
    """All that can be seen between the calls of a plan."""

    moments: tuple[Moment, ...] = ()
    states: int = 0
    """How many states were looked at."""
    unjudged: tuple[str, ...] = ()
    """Subnets whose states are too many to look at each."""

    @property
    def worst(self) -> str:
        """The worst of all moments; `none` where everything is always as before or at the end."""
        if self.unjudged or any(m.verdict == "unknown" for m in self.moments):
            return "unknown"
        if any(moment.is_black_hole for moment in self.moments):
            return "black_hole"
        for verdict in ("bypass", "asymmetric"):
            if any(moment.verdict == verdict for moment in self.moments):
                return verdict
        return "none"


@dataclass(frozen=True)
class Order:
    """The steps of a plan with what each needs, directly or not, as sets of bits."""

    steps: tuple[Step, ...]

    @cached_property
    def index(self) -> Mapping[str, int]:
        """The number of each step."""
        return {step.id: number for number, step in enumerate(self.steps)}

    @cached_property
    def above(self) -> Sequence[int]:
        """All that must be done before each step."""
        found: list[int] = []
        for step in self.steps:
            bits = 0
            for need in step.needs:
                number = self.index[need]
                bits |= 1 << number | found[number]
            found.append(bits)
        return found

    def closed(self, chosen: Sequence[int], least: int = 0, most: int = -1) -> Iterator[int]:
        """Every closed set of the chosen steps that holds `least` and stays within `most`."""
        start = least
        seen, todo = {start}, [start]
        mask = sum(1 << number for number in chosen)
        while todo:
            done = todo.pop()
            yield done
            for number in chosen:
                bit = 1 << number
                ready = not done & bit and not (self.above[number] & mask & ~done)
                if ready and most & bit and done | bit not in seen:
                    seen.add(done | bit)
                    todo.append(done | bit)

    def needed(self, done: int) -> int:
        """All steps that must have been done for these to be."""
        bits = done
        for number in _numbers(done):
            bits |= self.above[number]
        return bits


def _numbers(bits: int) -> Iterator[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


@dataclass(frozen=True)
class Stage:
    """A plan on the network on which it is rehearsed."""

    start: Network
    order: Order
    effects: Mapping[str, Effect]
    cache: dict[int, Network] = field(default_factory=dict)

    def network(self, done: int) -> Network:
        """The network once these steps are done, and all that they need."""
        done = self.order.needed(done)
        if done not in self.cache:
            draft = NetworkDraft(self.start)
            for number in _numbers(done):
                step = self.order.steps[number]
                if step.id in self.effects:
                    self.effects[step.id].on(draft)
            if any(self.order.steps[number].id == HEALTH_GATE for number in _numbers(done)):
                healthy(draft)  # the gate has been passed
            self.cache[done] = draft.network()
        return self.cache[done]

    def resources(self, number: int) -> Iterator[object]:
        """The resources that a step makes, changes or removes."""
        effect = self.effects.get(self.order.steps[number].id)
        if effect is not None:
            yield effect.was.resource
            if effect.node is not None:
                yield effect.node.resource


def rehearse(
    start: Network,
    steps: tuple[Step, ...],
    effects: Mapping[str, Effect],
    quiet: Container[str] = (),
) -> Rehearsal:
    """What the traffic of every subnet that is there before and after can go through.

    Subnets that the file doesn't name count too: what they have is not to be lost either. The VPCs
    in `quiet` have no traffic that could be.
    """
    stage = Stage(start, Order(steps), effects)
    everything = (1 << len(steps)) - 1
    end = stage.network(everything)
    moments: list[Moment] = []
    states, unjudged = 0, []
    for subnet in start.subnets.values():
        if subnet.role not in ("business", "bystander") or subnet.id not in end.subnets:
            continue
        if subnet.vpc in quiet:
            continue
        seen = _of_subnet(stage, subnet, end)
        if seen is None:
            unjudged.append(start.label(subnet.id))
            continue
        moments += seen[0]
        states += seen[1]
    return Rehearsal(tuple(moments), states, tuple(unjudged))


def _of_subnet(stage: Stage, subnet: Subnet, end: Network) -> tuple[list[Moment], int] | None:
    """The moments of one subnet, and how many states were looked at; None: too many."""
    own, behind = _relevant(stage, subnet)
    before = _flows(stage.start, subnet)
    after = _flows(end, subnet)
    found: list[Moment] = []
    count = 0
    for done, shown in _states(stage, subnet, own, behind):
        count += 1
        if count > MOST_STATES:
            return None
        network = stage.network(done)
        for flow in _flows(network, subnet):
            found += _moments(stage, own, flow, (before, after), (done, shown))
    return _merged(found), count


def _relevant(stage: Stage, subnet: Subnet) -> tuple[list[int], list[int]]:
    """The steps on the subnet's own way, and those of what stands behind its endpoints."""
    vpc = layout.parse(Address(stage.start.label(subnet.vpc))).vpc
    own: list[int] = []
    behind: list[int] = []
    tables = _tables_of(stage, subnet)
    for number, step in enumerate(stage.order.steps):
        if step.id not in stage.effects:
            continue
        address = step.address
        inspects = kinds()[address.kind].forwarding is Forwarding.INSPECTION
        if inspects or (_in_vpc(address, vpc) and _serves_endpoint(address)):
            behind.append(number)
        elif _in_vpc(address, vpc) and _on_way(stage, number, subnet, tables):
            own.append(number)
    return own, behind


def _in_vpc(address: Address, vpc: str) -> bool:
    if kinds()[address.kind].forwarding not in (Forwarding.SUBNET_PATH, Forwarding.ENDPOINT):
        return False
    return vpc != "" and layout.parse(address).vpc == vpc


def _serves_endpoint(address: Address) -> bool:
    return (
        kinds()[address.kind].forwarding is Forwarding.ENDPOINT
        or layout.parse(address).role is Role.GWLBE
    )


def _tables_of(stage: Stage, subnet: Subnet) -> frozenset[str]:
    """The tables that the subnet is on in any state, by address and id."""
    label = stage.start.label(subnet.id)
    found = {subnet.table, stage.start.label(subnet.table)}
    for number in range(len(stage.order.steps)):
        for resource in stage.resources(number):
            if isinstance(resource, RouteTableAssociation) and resource.subject == label:
                found.add(resource.table)
    return frozenset(found)


def _on_way(stage: Stage, number: int, subnet: Subnet, tables: frozenset[str]) -> bool:
    """Whether a step is on the way of this subnet's packets, to its endpoint or past it."""
    label = stage.start.label(subnet.id)
    for resource in stage.resources(number):
        if isinstance(resource, Ipv4Gateway):
            return True
        if isinstance(resource, RouteTableAssociation):
            return resource.of_gateway or resource.subject == label
        if isinstance(resource, Route):
            inbound = resource.in_gateway_table
            return resource.destination == str(subnet.cidr) if inbound else resource.table in tables
    return stage.order.steps[number].address == label


def _states(
    stage: Stage, subnet: Subnet, own: Sequence[int], behind: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Every state that matters: the steps done, and those among them that are told of."""
    order = stage.order
    own_mask = sum(1 << number for number in own)
    behind_mask = sum(1 << number for number in behind)
    for chosen in order.closed(own):
        least = order.needed(chosen) & behind_mask
        if not _leads_to_endpoint(stage, subnet, chosen | least):
            yield chosen | least, chosen
            continue
        open_ones = own_mask & ~chosen
        most = sum(1 << number for number in behind if not order.above[number] & open_ones)
        for behind_done in order.closed(behind, least, most):
            yield chosen | behind_done, chosen


def _leads_to_endpoint(stage: Stage, subnet: Subnet, done: int) -> bool:
    """Whether any route that the subnet's packets can meet leads to an endpoint in this state."""
    network = stage.network(done)
    now = network.subnets.get(subnet.id)
    gateway = network.gateway_of.get(subnet.vpc)
    tables = {now.table if now else "", gateway.table if gateway else ""}
    return any(
        hop.kind == ENDPOINT
        for key in tables & set(network.tables)
        for entry in network.tables[key].entries
        for hop in entry.hops
    )


def _flows(network: Network, subnet: Subnet) -> list[Flow]:
    now = network.subnets.get(subnet.id)
    return flows(Walker(network), now) if now else []


def _moments(
    stage: Stage,
    own: Sequence[int],
    flow: Flow,
    ends: tuple[Sequence[Flow], Sequence[Flow]],
    state: tuple[int, int],
) -> Iterator[Moment]:
    """What a flow is in a state, for each class of it that was one thing before and one after."""
    if flow.verdict == "inspected":
        return
    before, after = ends
    for was in before:
        shared = common(flow.space, was.space) if was.direction == flow.direction else ()
        if not shared or flow.verdict == was.verdict:
            continue
        at_end = [
            f.verdict for f in after if f.direction == flow.direction and common(f.space, shared)
        ]
        if set(at_end) == {flow.verdict}:
            continue
        yield _moment(stage, own, flow, was, *state)


def _moment(
    stage: Stage, own: Sequence[int], flow: Flow, was: Flow, done: int, shown: int
) -> Moment:
    order = stage.order
    mask = sum(1 << number for number in own)
    ready = [
        order.steps[number].id
        for number in own
        if not done >> number & 1 and not order.above[number] & mask & ~done
    ]
    covered = 0
    for number in _numbers(shown):
        covered |= order.above[number]
    last = [order.steps[number].id for number in _numbers(shown & ~covered)]
    network = stage.start
    return Moment(
        network.label(flow.subnet.vpc),
        network.label(flow.subnet.id),
        flow.direction,
        flow.destinations,
        flow.verdict,
        was.verdict,
        was.there.arrives and was.back.arrives,
        tuple(last),
        tuple(ready),
    )


def _merged(moments: Sequence[Moment]) -> list[Moment]:
    """Each once, in the order in which they were met."""
    return list(dict.fromkeys(moments))

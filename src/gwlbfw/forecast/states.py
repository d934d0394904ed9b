"""Every state of the network that a plan can pass through, as far as it matters to a subnet.

Steps run in any order that their needs allow, so the states are the sets of done steps that are
closed under needs. They are far too many to list, but a subnet's traffic depends on few steps:
those of its own tables, associations and gateway, and, only while one of its routes leads to an
endpoint, those of what stands behind it. The sets of done steps, restricted to these, are exactly
the closed sets of the order that the needs induce on them. So all are looked at, and none is
sampled.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.forecast.effects import Effect, assume_healthy
from gwlbfw.forecast.order import StepOrder, bits_of, numbers_in
from gwlbfw.layout import Role
from gwlbfw.plan.health_gate import HEALTH_GATE
from gwlbfw.reachability import Network, NetworkBuilder
from gwlbfw.reachability.model import Subnet
from gwlbfw.resources import Ipv4Gateway, Route, RouteTableAssociation
from gwlbfw.resources.facts import Forwarding
from gwlbfw.resources.next_hop import ENDPOINT
from gwlbfw.resources.resource import kinds


@dataclass(frozen=True)
class NetworkStates:
    """The network in every state of a plan, made when it is asked for."""

    start: Network
    order: StepOrder
    effects: Mapping[str, Effect]
    """The effect of each step that has one, by the step's id."""
    _networks: dict[int, Network] = field(default_factory=dict)

    def network(self, done: int) -> Network:
        """The network once these steps are done, and all that they need."""
        done = self.order.closure(done)
        if done not in self._networks:
            builder = NetworkBuilder(self.start)
            for number in numbers_in(done):
                step = self.order.steps[number]
                if step.id in self.effects:
                    self.effects[step.id].apply(builder)
            if any(self.order.steps[number].id == HEALTH_GATE for number in numbers_in(done)):
                assume_healthy(builder)  # the gate has been passed
            self._networks[done] = builder.build()
        return self._networks[done]

    def resources(self, number: int) -> Iterator[object]:
        """The resources that a step makes, changes or removes."""
        effect = self.effects.get(self.order.steps[number].id)
        if effect is not None:
            yield effect.was.resource
            if effect.node is not None:
                yield effect.node.resource


class RelevantSteps(NamedTuple):
    """The numbers of the steps that a subnet's traffic depends on."""

    path: tuple[int, ...]
    """Those of its own tables, associations and gateway."""
    inspection: tuple[int, ...]
    """Those of what stands behind its endpoints."""


class State(NamedTuple):
    """A state that a subnet's traffic can be in, as the relevant steps that are done."""

    done: int
    path_done: int
    """Those of them on the subnet's own path."""


def relevant_steps(states: NetworkStates, subnet: Subnet) -> RelevantSteps:
    """The steps that a subnet's traffic depends on."""
    vpc = layout.parse(Address(states.start.label(subnet.vpc))).vpc
    path: list[int] = []
    inspection: list[int] = []
    tables = _tables_of(states, subnet)
    for number, step in enumerate(states.order.steps):
        if step.id not in states.effects:
            continue
        address = step.address
        inspects = kinds()[address.kind].forwarding is Forwarding.INSPECTION
        if inspects or (_in_vpc(address, vpc) and _serves_endpoint(address)):
            inspection.append(number)
        elif _in_vpc(address, vpc) and _on_path(states, number, subnet, tables):
            path.append(number)
    return RelevantSteps(tuple(path), tuple(inspection))


def _in_vpc(address: Address, vpc: str) -> bool:
    if kinds()[address.kind].forwarding not in (Forwarding.SUBNET_PATH, Forwarding.ENDPOINT):
        return False
    return vpc != "" and layout.parse(address).vpc == vpc


def _serves_endpoint(address: Address) -> bool:
    return (
        kinds()[address.kind].forwarding is Forwarding.ENDPOINT
        or layout.parse(address).role is Role.GWLBE
    )


def _tables_of(states: NetworkStates, subnet: Subnet) -> frozenset[str]:
    """The tables that the subnet is on in any state, by address and id."""
    label = states.start.label(subnet.id)
    found = {subnet.table, states.start.label(subnet.table)}
    for number in range(len(states.order.steps)):
        for resource in states.resources(number):
            if isinstance(resource, RouteTableAssociation) and resource.subject == label:
                found.add(resource.table)
    return frozenset(found)


def _on_path(states: NetworkStates, number: int, subnet: Subnet, tables: frozenset[str]) -> bool:
    """True if a step is on the path of this subnet's packets, to its endpoint or past it."""
    label = states.start.label(subnet.id)
    for resource in states.resources(number):
        if isinstance(resource, Ipv4Gateway):
            return True
        if isinstance(resource, RouteTableAssociation):
            return resource.of_gateway or resource.subject == label
        if isinstance(resource, Route):
            inbound = resource.in_gateway_table
            return resource.destination == str(subnet.cidr) if inbound else resource.table in tables
    return states.order.steps[number].address == label


def reachable_states(
    states: NetworkStates, subnet: Subnet, relevant: RelevantSteps
) -> Iterator[State]:
    """Every state that matters to a subnet, once."""
    order = states.order
    path, inspection = bits_of(relevant.path), bits_of(relevant.inspection)
    for chosen in order.closed_sets(relevant.path):
        least = order.closure(chosen) & inspection
        if not _leads_to_endpoint(states, subnet, chosen | least):
            yield State(chosen | least, chosen)
            continue
        open_ones = path & ~chosen
        most = bits_of([n for n in relevant.inspection if not order.prerequisites[n] & open_ones])
        for inspection_done in order.closed_sets(relevant.inspection, least, most):
            yield State(chosen | inspection_done, chosen)


def _leads_to_endpoint(states: NetworkStates, subnet: Subnet, done: int) -> bool:
    """True if any route that the subnet's packets can meet leads to an endpoint in this state."""
    network = states.network(done)
    now = network.subnets.get(subnet.id)
    gateway = network.gateway_of.get(subnet.vpc)
    tables = {now.table if now else "", gateway.table if gateway else ""}
    return any(
        hop.kind == ENDPOINT
        for key in tables & set(network.tables)
        for entry in network.tables[key].entries
        for hop in entry.hops
    )

"""What was there before the stack and can't come back: what the VPC lacks now.

Anybody can write a tag, and what it names may have been deleted since. So an id is put back only
if it is live, and in the VPC that it is put back in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gwlbfw.address import Address, Ref
from gwlbfw.diagnostics import Diagnostic, warning
from gwlbfw.reachability import Network
from gwlbfw.resources import Ipv4Gateway, Route, RouteTable, RouteTableAssociation
from gwlbfw.resources.graph import Live, OriginalState
from gwlbfw.resources.next_hop import ENDPOINT, GATEWAY, INSTANCE, NAT_GATEWAY


def lost_originals(original: OriginalState, live: Live, network: Network) -> Mapping[Address, str]:
    """The ids that can't be put back, by the address that they were found at."""
    found = _Places(live, network)
    lost: dict[Address, str] = {}
    at: str | None
    for address, was in original.items():
        if isinstance(was, RouteTableAssociation):
            ref, at = found.id_of(was.table), found.of(RouteTable, was.table)
        elif isinstance(was, Route):
            ref, at = found.id_of(was.next_hop), found.of_next_hop(was)
        else:
            continue
        if at not in (None, found.id_of(was.vpc)):
            lost[address] = ref
    return lost


@dataclass(frozen=True)
class _Places:
    """The VPCs that things are in, by id; empty for what is nowhere, None where nobody knows."""

    live: Live
    network: Network

    def id_of(self, ref: Ref[Any]) -> str:
        """The id of what a reference names."""
        node = self.live.nodes.get(ref.address) if ref.address else None
        return node.id if node else str(ref)

    def of(self, kind: type[RouteTable] | type[Ipv4Gateway], ref: Ref[Any]) -> str:
        """The VPC of a route table or an IPv4 gateway, which are listed in full."""
        nodes, others = self.live.nodes, self.live.others
        own = ref.address or self.live.addresses.get(ref)
        node = others.get(ref) or (nodes.get(own) if own else None)
        return self.id_of(node.resource.vpc) if node and isinstance(node.resource, kind) else ""

    def of_next_hop(self, route: Route) -> str | None:
        """The VPC of what a route led to."""
        network, key = self.network, self.id_of(route.next_hop)
        kind = route.next_hop_type
        if kind == GATEWAY:
            return self.of(Ipv4Gateway, route.next_hop)
        if kind == INSTANCE:
            machine = network.machines.get(key)
            subnet = network.subnets.get(machine.subnet) if machine else None
            return subnet.vpc if subnet else ""
        if kind == ENDPOINT:
            return network.endpoints[key].vpc if key in network.endpoints else ""
        # A gateway that is gone is seen to by `gone_next_hops`.
        nat = network.nat_gateways.get(key) if kind == NAT_GATEWAY else None
        return nat.vpc if nat else None


def without_lost(original: OriginalState, lost: Mapping[Address, str]) -> OriginalState:
    """The original state that can be put back; of what is lost, that nothing was there."""
    return {address: None if address in lost else was for address, was in original.items()}


def lost_original_warnings(
    original: OriginalState, lost: Mapping[Address, str]
) -> Iterator[Diagnostic]:
    """What is not put back, and what happens instead."""
    for address, cloud_id in lost.items():
        link = isinstance(original[address], RouteTableAssociation)
        instead = "the subnet goes back to the system table" if link else "the route is deleted"
        yield warning(
            "not-restorable",
            f"{address}: {cloud_id}, which was there before, is not in the VPC: {instead}",
            subject=address,
            hint="make what should be there yourself, before or after",
        )

"""The path of packets: from a subnet, or from the Internet, until they arrive or are lost.

A path is that of a whole class of destinations at once. It ends, as no packet may come by the same
table twice: its path depends on nothing but its destination, so the second time is a loop.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from gwlbfw.reachability.forwarding_model import Decision, ForwardingModel
from gwlbfw.reachability.inspection import Inspection, inspections
from gwlbfw.reachability.model import (
    Entry,
    Gateway,
    NextHop,
    Subnet,
    Table,
)
from gwlbfw.reachability.packets import Hop, Packets, PathTrace, Sender
from gwlbfw.reachability.prefixes import INTERNET, HeaderSpace, difference, intersection, union
from gwlbfw.reachability.translation import needs_routes, untranslated, without_a_route_to_nat
from gwlbfw.resources.next_hop import (
    ENDPOINT,
    GATEWAY,
    LOCAL,
    MACHINES,
    NAT_GATEWAY,
    TARGET_GROUP,
)


class Walker:
    """Traces paths through one network; what lies behind an endpoint is judged once."""

    def __init__(self, network: ForwardingModel) -> None:
        self.network = network
        self._inspections: dict[str, tuple[Inspection, ...]] = {}
        self._handlers: dict[str, Callable[[Packets, NextHop], Iterator[PathTrace]]] = {
            LOCAL: self._deliver,
            GATEWAY: self._to_gateway,
            ENDPOINT: self._to_endpoint,
            NAT_GATEWAY: self._to_nat,
            TARGET_GROUP: self._to_target_group,
        }

    def egress(
        self,
        subnet: Subnet,
        space: HeaderSpace,
        *,
        sender: Sender | None = None,
        per_entry: bool = False,
    ) -> list[PathTrace]:
        """The paths of what is sent from the subnet to these destinations.

        Without a sender, their source is an address of the Internet, or of a NAT gateway there.
        With `per_entry`, classes that different entries decide are not put together. Spaces overlap
        where one class may take several paths.
        """
        return list(self._egress(Packets(subnet.vpc, space, per_entry, sender=sender), subnet))

    def ingress(self, vpc: str, space: HeaderSpace, *, per_entry: bool = False) -> list[PathTrace]:
        """The paths of what comes from the Internet for these addresses of the VPC's subnets."""
        return list(self._ingress(Packets(vpc, space, per_entry)))

    def _egress(self, packets: Packets, subnet: Subnet) -> Iterator[PathTrace]:
        key = self.network.table_of(subnet.id)
        table = self.network.table(key)
        label = self.network.label(subnet.id)
        here = packets.via(Hop(subnet.id, key))
        if subnet.id in packets.visited:
            yield here.trace("loop", f"packets come back to {label} again and again")
        elif subnet.status != "Available":
            yield here.trace("unknown", f"{label} is {subnet.status}: its route table may change")
        elif table is None:
            yield here.trace("unknown", f"the route table of {label} was not read")
        else:
            entered = replace(packets, visited=packets.visited | {subnet.id})
            yield from self._forward_by_table(entered, subnet.id, table, self._no_route)

    def _ingress(self, packets: Packets) -> Iterator[PathTrace]:
        network, vpc = self.network, packets.vpc
        gateway = network.gateway_in(vpc)
        if vpc in packets.visited:
            here = packets.via(Hop(gateway.id if gateway else vpc))
            yield here.trace("loop", "packets come back to the IPv4 gateway again and again")
            return
        packets = replace(packets, visited=packets.visited | {vpc})
        if gateway is not None and (uncertainty := _uncertainty(gateway)):
            label = network.label(gateway.id)
            yield packets.via(Hop(gateway.id)).trace("unknown", f"{label} {uncertainty}")
        elif gateway is None or not gateway.enabled:
            yield from self._ingress_without_gateway(packets)
        elif not (key := network.table_of(gateway.id)):
            note = "the IPv4 gateway has no route table: straight to the subnet"
            yield from self._deliver(packets.via(Hop(gateway.id, note=note)), NextHop(LOCAL))
        elif (table := network.table(key)) is None:
            here = packets.via(Hop(gateway.id, key))
            yield here.trace("unknown", "the gateway's route table was not read")
        else:
            yield from self._forward_by_table(packets, gateway.id, table, _no_gateway_entry)

    def _ingress_without_gateway(self, packets: Packets) -> Iterator[PathTrace]:
        """VPC API, DeleteIpv4Gateway: after InternetMode private there is no Internet at all."""
        if self.network.is_centralised(packets.vpc):
            here = packets.via(Hop(packets.vpc))
            yield here.trace("no_route", "the VPC has no Internet: no IPv4 gateway is active")
            return
        note = "no IPv4 gateway is active: a public address reaches its machine directly"
        yield from self._deliver(packets.via(Hop(packets.vpc, note=note)), NextHop(LOCAL))

    def _forward_by_table(
        self,
        packets: Packets,
        at: str,
        table: Table,
        otherwise: "Callable[[Packets], PathTrace]",
    ) -> Iterator[PathTrace]:
        """Longest-prefix match; `otherwise` where there is none."""
        if table.status != "Available" or table.unreadable:
            status = f"is {table.status}"
            if table.unreadable:
                status = f"has an entry for {table.unreadable[0]}, which is no CIDR block"
            label = self.network.label(table.id)
            yield packets.via(Hop(at, table.id)).trace("unknown", f"{label} {status}")
            return
        parts = self.network.decide(table.id, packets.space, per_entry=packets.per_entry)
        for part in parts:
            if part.ambiguous:
                here = packets.via(Hop(at, table.id), part.space)
                yield here.trace("unknown", "two entries of one destination have other next hops")
            elif part.entry is None:
                yield otherwise(packets.via(Hop(at, table.id), part.space))
            else:
                yield from self._follow(packets, Hop(at, table.id), part.entry, part)

    def _follow(
        self, packets: Packets, here: Hop, entry: Entry, part: Decision
    ) -> Iterator[PathTrace]:
        hop = replace(here, entry=entry, more_entries=part.entries - 1)
        if entry.status != "Available":
            reason = f"the entry is {entry.status}: which next hop applies is not known"
            yield packets.via(hop, part.space).trace("unknown", reason)
        elif not entry.hops:
            yield packets.via(hop, part.space).trace("unknown", "the entry has no usable next hop")
        for each in entry.hops if entry.status == "Available" else ():
            on = packets.via(replace(hop, next_hop=each), part.space)
            handler = self._handlers.get(each.kind)
            if handler is None:
                yield self._to_something_else(on, each)
            else:
                yield from handler(on, each)

    def _to_something_else(self, packets: Packets, hop: NextHop) -> PathTrace:
        """A machine may do NAT, and is itself bound to the VPC's IPv4 gateway."""
        reason = f"what a next hop of type {hop.kind} does with packets is not known"
        needs_gateway = hop.kind in MACHINES and needs_routes(self.network, packets.vpc)
        return replace(packets.trace("unknown", reason), needs_gateway=needs_gateway)

    def _no_route(self, packets: Packets) -> PathTrace:
        if not packets.are_direct:
            return packets.trace("black_hole", "the table has no entry for the destination")
        if needs_routes(self.network, packets.vpc):
            return packets.trace("no_route", "the table has no entry for the destination")
        if packets.have_private_source:
            return packets.trace(*without_a_route_to_nat(self.network, packets))
        reason = "no IPv4 gateway is active: a public address needs no route"
        return packets.trace("internet", reason)

    def _deliver(self, packets: Packets, _: NextHop) -> Iterator[PathTrace]:
        first = packets.space[0][0]
        there = self.network.subnets_at(packets.vpc, ((first, first),))
        if not there:
            yield packets.trace("unknown", "no subnet of the VPC has the destination")
        else:
            yield packets.trace("delivered", f"delivered in {self.network.label(there[0].id)}")

    def _to_gateway(self, packets: Packets, hop: NextHop) -> Iterator[PathTrace]:
        gateway = self.network.gateway(hop.id)
        if gateway is None or gateway.vpc != packets.vpc:
            yield packets.trace("unknown", f"{self.network.label(hop.id)} was not found in the VPC")
        elif uncertainty := _uncertainty(gateway):
            yield packets.trace("unknown", f"{self.network.label(hop.id)} {uncertainty}")
        elif not gateway.enabled:
            yield self._at_inactive_gateway(packets)
        else:
            yield from self._leave_vpc(packets)

    def _leave_vpc(self, packets: Packets) -> Iterator[PathTrace]:
        """Out of the active gateway, or in again where the destination is inside."""
        there = self.network.subnets_at(packets.vpc, packets.space)
        inside = union(each.cidr.span for each in there)
        if back := intersection(packets.space, inside):
            yield from self._ingress(replace(packets, space=back))
        outside = difference(packets.space, inside)
        if public := intersection(outside, INTERNET):
            yield self._onto_the_internet(replace(packets, space=public))
        if private := difference(outside, INTERNET):
            reason = "the Internet has no such address"
            yield replace(packets, space=private).trace("black_hole", reason)

    def _onto_the_internet(self, packets: Packets) -> PathTrace:
        """Help page "IPv4 gateway": it translates between a private and its public address."""
        if packets.have_private_source:
            reason = "the IPv4 gateway translates public addresses alone, and the machine has none"
            return packets.trace("black_hole", reason)
        return packets.trace("internet", "out to the Internet")

    def _at_inactive_gateway(self, packets: Packets) -> PathTrace:
        """A route to a gateway that was never activated has no effect (help page "IPv4 gateway").

        That packets an endpoint returns can't leave by it is UNVERIFIED and assumed: the public
        address belongs to the machine's own interface.
        """
        if not self.network.is_centralised(packets.vpc) and packets.are_direct:
            if packets.have_private_source:
                return packets.trace(*without_a_route_to_nat(self.network, packets))
            reason = "the IPv4 gateway is not active: a public address works directly"
            return packets.trace("internet", reason)
        return packets.trace("black_hole", "the IPv4 gateway is not active")

    def _to_endpoint(self, packets: Packets, hop: NextHop) -> Iterator[PathTrace]:
        endpoint = self.network.endpoint(hop.id)
        if endpoint is None or endpoint.vpc != packets.vpc:
            label = self.network.label(hop.id)
            yield packets.trace("unknown", f"{label} was not found among the VPC's endpoints")
            return
        if endpoint.id not in self._inspections:
            self._inspections[endpoint.id] = inspections(self.network, endpoint)
        for each in self._inspections[endpoint.id]:
            if each.state != "forwards":
                here = packets.via(Hop(endpoint.id, note=each.reason))
                yield here.trace("black_hole" if each.state == "drops" else "unknown", each.reason)
                continue
            here = packets.via(Hop(endpoint.id, note=each.reason, inspection=each))
            subnet = self.network.subnet(each.subnet)
            if subnet is None:
                yield here.trace("unknown", "the endpoint's subnet was not read")
            else:
                yield from self._egress(here, subnet)

    def _to_target_group(self, packets: Packets, hop: NextHop) -> Iterator[PathTrace]:
        """The active endpoint, or after a failover the standby (help page on the groups)."""
        group = self.network.target_group(hop.id)
        serving = {"Available": "active", "Abnormal": "active", "Switched": "standby"}
        which = serving.get(group.status) if group else None
        if group is None or which is None:
            status = f"is {group.status}" if group else "was not read"
            label = self.network.label(hop.id)
            yield packets.trace("unknown", f"{label} {status}: which endpoint serves is not known")
            return
        chosen = group.active if which == "active" else group.standby
        yield from self._to_endpoint(packets, NextHop(ENDPOINT, chosen))

    def _to_nat(self, packets: Packets, hop: NextHop) -> Iterator[PathTrace]:
        """The source becomes an address of the NAT gateway, and its subnet's table decides.

        Without an active IPv4 gateway, a machine with a public address goes by that, and neither by
        SNAT nor by a NAT gateway (help page "Create and manage an Internet NAT gateway").
        """
        routed = needs_routes(self.network, packets.vpc)
        if packets.are_direct and not packets.have_private_source and not routed:
            reason = "no IPv4 gateway is active: a public address works past a NAT gateway"
            yield packets.trace("internet", reason)
            return
        if end := untranslated(self.network, packets, hop.id):
            yield packets.trace(*end)
            return
        on = self._translated(packets, hop.id)
        nat = self.network.nat_gateway(hop.id)
        subnet = self.network.subnet(nat.subnet) if nat else None
        if subnet is not None and routed:
            yield from self._egress(on, subnet)
        else:
            reason = "a NAT gateway needs no route: no IPv4 gateway is active"
            yield on.trace("internet", reason)

    def _translated(self, packets: Packets, nat: str) -> Packets:
        on = packets.via(Hop(nat, note="the source becomes the NAT gateway's address"))
        return replace(on, nat_gateways=(*packets.nat_gateways, nat), sender=None)


def _no_gateway_entry(packets: Packets) -> PathTrace:
    # UNVERIFIED: every subnet of the VPC should have an entry in the gateway's table.
    return packets.trace("unknown", "the gateway's table has no entry for the destination")


def _uncertainty(gateway: Gateway) -> str:
    """The reason not to rely on what a gateway says of itself; empty where there is none."""
    if gateway.status == "Created" or (not gateway.enabled and gateway.status == "Creating"):
        return ""
    return f"is {gateway.status}: what it does meanwhile is not known"

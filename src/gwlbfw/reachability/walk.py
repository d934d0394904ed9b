"""The way of packets: from a subnet, or from the Internet, until they arrive or are lost.

A walk is of a whole class of destinations at once. It ends, as no packet may come by the same
table twice: its way depends on nothing but its destination, so the second time is a loop.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from gwlbfw.reachability.inspection import Inspection, inspections
from gwlbfw.reachability.model import (
    ENDPOINT,
    GATEWAY,
    LOCAL,
    NAT,
    TARGET_GROUP,
    Entry,
    Gateway,
    Network,
    NextHop,
    Subnet,
    Table,
)
from gwlbfw.reachability.packets import Hop, Packets, Walk
from gwlbfw.reachability.prefixes import (
    AMBIGUOUS,
    INTERNET,
    NO_ENTRY,
    Decided,
    Space,
    common,
    without,
)


class Walker:
    """Walks through one network; what lies behind an endpoint is looked at once."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._chains: dict[str, tuple[Inspection, ...]] = {}
        self._ways: dict[str, Callable[[Packets, NextHop], Iterator[Walk]]] = {
            LOCAL: self._deliver,
            GATEWAY: self._to_gateway,
            ENDPOINT: self._to_endpoint,
            NAT: self._to_nat,
            TARGET_GROUP: self._to_target_group,
        }

    def leaving(self, subnet: Subnet, space: Space, *, apart: bool = False) -> list[Walk]:
        """The ways of what a machine of the subnet sends to these destinations.

        With `apart`, classes that different entries decide are not put together. Spaces overlap
        where one class may take several ways.
        """
        return list(self._leave(Packets(subnet.vpc, space, apart), subnet))

    def arriving(self, vpc: str, space: Space, *, apart: bool = False) -> list[Walk]:
        """The ways of what comes from the Internet for these addresses of the VPC's subnets."""
        return list(self._arrive(Packets(vpc, space, apart)))

    def _leave(self, packets: Packets, subnet: Subnet) -> Iterator[Walk]:
        table = self.network.tables.get(subnet.table)
        label = self.network.label(subnet.id)
        here = packets.by(Hop(subnet.id, subnet.table))
        if subnet.id in packets.seen:
            yield here.end("loop", f"packets come back to {label} again and again")
        elif subnet.status != "Available":
            yield here.end("unknown", f"{label} is {subnet.status}: its route table may change")
        elif table is None:
            yield here.end("unknown", f"the route table of {label} was not read")
        else:
            entered = replace(packets, seen=packets.seen | {subnet.id})
            yield from self._look_up(entered, subnet.id, table, self._no_route)

    def _arrive(self, packets: Packets) -> Iterator[Walk]:
        network, vpc = self.network, packets.vpc
        gateway = network.gateway_of.get(vpc)
        if vpc in packets.seen:
            here = packets.by(Hop(gateway.id if gateway else vpc))
            yield here.end("loop", "packets come back to the IPv4 gateway again and again")
            return
        packets = replace(packets, seen=packets.seen | {vpc})
        if gateway is not None and (doubt := _doubt(gateway)):
            label = network.label(gateway.id)
            yield packets.by(Hop(gateway.id)).end("unknown", f"{label} {doubt}")
        elif gateway is None or not gateway.enabled:
            yield from self._arrive_without_gateway(packets)
        elif not gateway.table:
            note = "the IPv4 gateway has no route table: straight to the subnet"
            yield from self._deliver(packets.by(Hop(gateway.id, note=note)), NextHop(LOCAL))
        elif (table := network.tables.get(gateway.table)) is None:
            here = packets.by(Hop(gateway.id, gateway.table))
            yield here.end("unknown", "the gateway's route table was not read")
        else:
            yield from self._look_up(packets, gateway.id, table, _unlisted)

    def _arrive_without_gateway(self, packets: Packets) -> Iterator[Walk]:
        """VPC API, DeleteIpv4Gateway: after InternetMode private there is no Internet at all."""
        if self.network.vpcs[packets.vpc].centralised:
            here = packets.by(Hop(packets.vpc))
            yield here.end("no_route", "the VPC has no Internet: no IPv4 gateway is active")
            return
        note = "no IPv4 gateway is active: a public address reaches its machine directly"
        yield from self._deliver(packets.by(Hop(packets.vpc, note=note)), NextHop(LOCAL))

    def _look_up(
        self,
        packets: Packets,
        at: str,
        table: Table,
        otherwise: "Callable[[Packets], Walk]",
    ) -> Iterator[Walk]:
        """Longest-prefix match; `otherwise` where there is none."""
        if table.status != "Available" or table.unreadable:
            said = f"is {table.status}"
            if table.unreadable:
                said = f"has an entry for {table.unreadable[0]}, which is no CIDR block"
            label = self.network.label(table.id)
            yield packets.by(Hop(at, table.id)).end("unknown", f"{label} {said}")
            return
        for part in table.lookup.decide(packets.space, apart=packets.apart):
            if part.entry == NO_ENTRY:
                yield otherwise(packets.by(Hop(at, table.id), part.space))
            elif part.entry == AMBIGUOUS:
                here = packets.by(Hop(at, table.id), part.space)
                yield here.end("unknown", "two entries of one destination have other next hops")
            else:
                yield from self._go_by(packets, Hop(at, table.id), table.entries[part.entry], part)

    def _go_by(self, packets: Packets, here: Hop, entry: Entry, part: Decided) -> Iterator[Walk]:
        hop = replace(here, entry=entry, more=part.entries - 1)
        if entry.status != "Available":
            why = f"the entry is {entry.status}: which next hop applies is not known"
            yield packets.by(hop, part.space).end("unknown", why)
        elif not entry.hops:
            yield packets.by(hop, part.space).end("unknown", "the entry has no usable next hop")
        for each in entry.hops if entry.status == "Available" else ():
            on = packets.by(replace(hop, next=each), part.space)
            way = self._ways.get(each.kind)
            if way is None:
                why = f"what a next hop of type {each.kind} does with packets is not known"
                yield on.end("unknown", why)
            else:
                yield from way(on, each)

    def _no_route(self, packets: Packets) -> Walk:
        vpc = self.network.vpcs[packets.vpc]
        if not packets.own:
            return packets.end("black_hole", "the table has no entry for the destination")
        if vpc.centralised or self.network.active_gateway(vpc.id):
            return packets.end("no_route", "the table has no entry for the destination")
        why = "no IPv4 gateway is active: a public address needs no route"
        return packets.end("internet", why)

    def _deliver(self, packets: Packets, _: NextHop) -> Iterator[Walk]:
        subnet = self.network.subnet_at(packets.vpc, packets.space[0][0])
        if subnet is None:
            yield packets.end("unknown", "no subnet of the VPC has the destination")
        else:
            yield packets.end("delivered", f"delivered in {self.network.label(subnet.id)}")

    def _to_gateway(self, packets: Packets, hop: NextHop) -> Iterator[Walk]:
        gateway = self.network.gateways.get(hop.id)
        if gateway is None or gateway.vpc != packets.vpc:
            yield packets.end("unknown", f"{self.network.label(hop.id)} was not found in the VPC")
        elif doubt := _doubt(gateway):
            yield packets.end("unknown", f"{self.network.label(hop.id)} {doubt}")
        elif not gateway.enabled:
            yield self._without_gateway(packets)
        else:
            yield from self._out(packets)

    def _out(self, packets: Packets) -> Iterator[Walk]:
        """Out of the active gateway, or in again where the destination is inside."""
        inside = self.network.inside.get(packets.vpc, ())
        if back := common(packets.space, inside):
            yield from self._arrive(replace(packets, space=back))
        outside = without(packets.space, inside)
        if public := common(outside, INTERNET):
            yield replace(packets, space=public).end("internet", "out to the Internet")
        if private := without(outside, INTERNET):
            why = "the Internet has no such address"
            yield replace(packets, space=private).end("black_hole", why)

    def _without_gateway(self, packets: Packets) -> Walk:
        """A route to a gateway that was never activated has no effect (help page "IPv4 gateway").

        That packets an endpoint returns can't leave by it is UNVERIFIED and assumed: the public
        address belongs to the machine's own interface.
        """
        if not self.network.vpcs[packets.vpc].centralised and packets.own:
            why = "the IPv4 gateway is not active: a public address works directly"
            return packets.end("internet", why)
        return packets.end("black_hole", "the IPv4 gateway is not active")

    def _to_endpoint(self, packets: Packets, hop: NextHop) -> Iterator[Walk]:
        endpoint = self.network.endpoints.get(hop.id)
        if endpoint is None or endpoint.vpc != packets.vpc:
            label = self.network.label(hop.id)
            yield packets.end("unknown", f"{label} was not found among the VPC's endpoints")
            return
        if endpoint.id not in self._chains:
            self._chains[endpoint.id] = inspections(self.network, endpoint)
        for each in self._chains[endpoint.id]:
            if each.fate != "carries":
                here = packets.by(Hop(endpoint.id, note=each.why))
                yield here.end("black_hole" if each.fate == "lost" else "unknown", each.why)
                continue
            here = packets.by(Hop(endpoint.id, note=each.why, inspection=each))
            subnet = self.network.subnets.get(each.subnet)
            if subnet is None:
                yield here.end("unknown", "the endpoint's subnet was not read")
            else:
                yield from self._leave(here, subnet)

    def _to_target_group(self, packets: Packets, hop: NextHop) -> Iterator[Walk]:
        """The active endpoint, or after a failover the standby (help page on the groups)."""
        group = self.network.targets.get(hop.id)
        serving = {"Available": "active", "Abnormal": "active", "Switched": "standby"}
        which = serving.get(group.status) if group else None
        if group is None or which is None:
            said = f"is {group.status}" if group else "was not read"
            label = self.network.label(hop.id)
            yield packets.end("unknown", f"{label} {said}: which endpoint serves is not known")
            return
        chosen = group.active if which == "active" else group.standby
        yield from self._to_endpoint(packets, NextHop(ENDPOINT, chosen))

    def _to_nat(self, packets: Packets, hop: NextHop) -> Iterator[Walk]:
        """SNAT entries are taken to cover the source: without one, packets are lost here."""
        nat = self.network.nats.get(hop.id)
        subnet = self.network.subnets.get(nat.subnet) if nat else None
        if nat is None or subnet is None or nat.vpc != packets.vpc:
            yield packets.end("unknown", f"{self.network.label(hop.id)} was not found in the VPC")
        elif nat.status != "Available":
            yield packets.end("unknown", f"{self.network.label(nat.id)} is {nat.status}")
        elif not nat.public:
            yield packets.end("black_hole", "the NAT gateway has no public address")
        else:
            note = "the source becomes the NAT gateway's address"
            on = replace(packets.by(Hop(nat.id, note=note)), nats=(*packets.nats, nat.id))
            if self.network.vpcs[nat.vpc].centralised or self.network.active_gateway(nat.vpc):
                yield from self._leave(on, subnet)
            else:
                yield on.end("internet", "a NAT gateway needs no route: no IPv4 gateway is active")


def _unlisted(packets: Packets) -> Walk:
    # UNVERIFIED: every subnet of the VPC should have an entry in the gateway's table.
    return packets.end("unknown", "the gateway's table has no entry for the destination")


def _doubt(gateway: Gateway) -> str:
    """Why a gateway can't be relied on to be what it says; empty where it can."""
    if gateway.status == "Created" or (not gateway.enabled and gateway.status == "Creating"):
        return ""
    return f"is {gateway.status}: what it does meanwhile is not known"

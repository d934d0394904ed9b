"""A naive packet walker: one packet at a time, straight off what the cloud says.

Written apart from the proof, and shares nothing with it but the facts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from gwlbfw.reachability import NetworkFacts

Via = tuple[str, str, bool]
"""Endpoint, zone, and whether an appliance saw the packet."""

RESERVED = [
    IPv4Network(each)
    for each in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3"),
    )
]
BAD = ("bypass", "unknown", "asymmetric", "loop", "black_hole", "no_route", "inspected")
TTL = 16
"""More than there are tables and gateways in any of the test networks."""


@dataclass(frozen=True)
class Packet:
    """A packet on its way."""

    to: str
    ttl: int = TTL
    via: tuple[Via, ...] = ()
    nats: tuple[str, ...] = ()
    source: str = ""
    """The private address of the machine that sent it; empty once a NAT gateway has put its own in,
    and for what the Internet sent."""
    has_public: bool = True
    """Whether that machine has a public address."""
    answers: str = ""
    """The NAT gateway by which the request came that it answers."""
    chosen: Mapping[str, int] = field(default_factory=dict)
    """What the hash of the packet's flow has chosen wherever there was a choice."""

    @property
    def fresh(self) -> bool:
        return not self.via and not self.nats

    @property
    def needs_nat(self) -> bool:
        return bool(self.source) and not self.has_public

    def choices(self, what: str, options: Sequence[Any]) -> "Iterator[tuple[Packet, Any]]":
        """The packet with each choice that its flow's hash may make; always the same at a place."""
        for number, option in enumerate(options):
            if self.chosen.get(what, number) == number:
                yield replace(self, chosen={**self.chosen, what: number}), option


@dataclass(frozen=True)
class End:
    """Where a packet ended, and what it came by."""

    fate: str
    via: tuple[Via, ...] = ()
    nats: tuple[str, ...] = ()

    @property
    def arrives(self) -> bool:
        return self.fate in ("internet", "delivered")


def public(address: str) -> bool:
    """Whether an address can be on the Internet."""
    return not any(IPv4Address(address) in each for each in RESERVED)


class Naive:
    """The network, packet by packet."""

    def __init__(self, facts: NetworkFacts) -> None:
        self.facts = facts
        self.vpc: Any = next(iter(facts.vpcs.values()))
        self.gateway: Any = facts.gateways[0] if facts.gateways else None
        self.subnets: dict[str, Any] = {str(each["VSwitchId"]): each for each in facts.vswitches}

    # --- verdicts ---

    def outbound(
        self, subnet: str, destination: str, source: str, own: list[str], *, has_public: bool = True
    ) -> str | None:
        """The verdict on what a machine of the subnet sends; None where it stays in the VPC."""
        ends = self.leave(subnet, Packet(destination, source=source, has_public=has_public))
        if all(each.fate == "delivered" for each in ends):
            return None
        alike = [each for each in own if self.treatment(each) == self.treatment(source)]
        return _worst(
            _verdict(end, back, inbound=False)
            for end in ends
            for each in (own if end.nats else alike)
            for back in (self.through(end.nats[0], each) if end.nats else self.arrive(Packet(each)))
        )

    def inbound(self, destination: str, subnet: str, clients: list[str]) -> str:
        """The verdict on what comes from any of the clients to an address of the subnet."""
        return _worst(
            _verdict(end, back, inbound=True)
            for end in self.arrive(Packet(destination))
            for backs in self._replies(subnet, clients, Packet("", source=destination))
            for back in backs
        )

    def forwarded(self, nat: str, destination: str, subnet: str, clients: list[str]) -> str:
        """The verdict on what a NAT gateway forwards to an address of the subnet."""
        reply = Packet("", source=destination, has_public=False, answers=nat)
        status = self._nat_gateway(nat)["Status"]
        there = self.through(nat, destination) if status == "Available" else [End("unknown")]
        return _worst(
            _verdict(replace(end, nats=(nat, *end.nats)), back, inbound=True)
            for end in there
            for backs in self._replies(subnet, clients, reply)
            for back in backs
        )

    def _replies(self, subnet: str, clients: list[str], packet: Packet) -> Iterator[list[End]]:
        """The ends of replies to clients on the Internet."""
        for client in clients:
            found = self.leave(subnet, replace(packet, to=client))
            if any(each.fate != "delivered" for each in found):
                yield found

    def through(self, nat_id: str, inside: str) -> list[End]:
        """Packets to the address of a NAT gateway, which puts a machine's there instead."""
        nat = self._nat_gateway(nat_id)
        middle = str(nat["NatGatewayPrivateInfo"]["VswitchId"])
        cidr = IPv4Network(self.subnets[middle]["CidrBlock"])
        found: list[End] = []
        for outside in {cidr[0], cidr[-1], *self._cuts(cidr)}:
            for first in self.arrive(Packet(str(outside))):
                if not first.arrives:
                    found.append(first)
                    continue
                on = self.leave(middle, Packet(inside))
                found += [End(each.fate, first.via + each.via, each.nats) for each in on]
        return found

    # --- NAT gateways ---

    def _nat_gateway(self, nat_id: str) -> Any:
        return next((e for e in self.facts.nat_gateways if e["NatGatewayId"] == nat_id), None)

    def translators(self) -> list[Any]:
        """The NAT gateways that have a public address."""
        every: list[Any] = self.facts.nat_gateways
        return [each for each in every if each["IpLists"]["IpList"]]

    def treatment(self, source: str) -> tuple[str, ...]:
        """How each NAT gateway treats a source."""
        return tuple(self._coverage(each, source) for each in self.translators())

    def _coverage(self, nat: Any, source: str) -> str:
        """By the address that is the machine's alone, or else by those that it shares."""
        bound = {each["IpAddress"] for each in nat["IpLists"]["IpList"]}
        found = set()
        for entry in self.facts.forward_entries[nat["NatGatewayId"]]:
            if (entry["IpProtocol"], entry["InternalIp"]) == ("Any", source):
                serves = entry["Status"] == "Available" and entry["ExternalIp"] in bound
                found.add("covered" if serves else "unknown")
        found = found or {*self._shared(nat, source, bound)}
        return "unknown" if len(found) > 1 else next(iter(found), "uncovered")

    def _shared(self, nat: Any, source: str, bound: set[str]) -> Iterator[str]:
        for entry in self.facts.snat_entries[nat["NatGatewayId"]]:
            named: Any = self.subnets.get(str(entry.get("SourceVSwitchId")))
            block = IPv4Network(str(named["CidrBlock"] if named else entry["SourceCIDR"]))
            if IPv4Address(source) in block:
                own = {*str(entry["SnatIp"]).split(",")}
                some = "covered" if own <= bound else "unknown" if own & bound else "uncovered"
                yield some if entry["Status"] == "Available" else "unknown"

    def is_served(self, subnet: str, source: str, internet: list[str]) -> bool:
        """Whether an entry of a NAT gateway is for a source, or may be."""
        return any(
            how != "uncovered"
            and (
                nat["NatGatewayPrivateInfo"]["VswitchId"] != subnet
                or self.leads(subnet, internet)
                or self._may_need_no_route(subnet, internet)
            )
            for nat, how in zip(self.translators(), self.treatment(source), strict=True)
        )

    def leads(self, subnet: str, internet: list[str]) -> bool:
        """Whether the table of a subnet leads some of the Internet to a NAT gateway."""
        table = self.subnets[subnet]["RouteTable"]["RouteTableId"]
        there = {each["NatGatewayId"] for each in self.translators()}
        hops = (
            (hop["NextHopType"], hop["NextHopId"])
            for each in internet
            for entry in self._match(table, each)
            for hop in entry["NextHops"]["NextHop"]
            if hop["Enabled"]
        )
        return any(kind == "NatGateway" and hop in there for kind, hop in hops)

    def _may_need_no_route(self, subnet: str, internet: list[str]) -> bool:
        """Whether some of what a subnet sends has no route, or one to a gateway without effect."""
        if self._active() or self.vpc["SupportIpv4Gateway"]:
            return False
        table = self.subnets[subnet]["RouteTable"]["RouteTableId"]
        found = [self._match(table, each) for each in internet]
        hops = (hop for each in found for entry in each for hop in entry["NextHops"]["NextHop"])
        return not all(found) or any(each["NextHopType"] == "Ipv4Gateway" for each in hops)

    def _cuts(self, cidr: IPv4Network) -> Iterator[IPv4Address]:
        for entries in self.facts.entries.values():
            for entry in entries:
                block = IPv4Network(str(entry["DestinationCidrBlock"]))
                yield from (edge for edge in (block[0], block[-1]) if edge in cidr)

    # --- packets ---

    def leave(self, at: str, packet: Packet) -> list[End]:
        """Every end of a packet that a machine or endpoint in a subnet sends."""
        if packet.ttl == 0:
            return _ended(packet, "loop")
        packet = replace(packet, ttl=packet.ttl - 1)
        subnet = self.subnets[at]
        if subnet["Status"] != "Available":
            return _ended(packet, "unknown")
        table = subnet["RouteTable"]["RouteTableId"]
        entries = self._match(table, packet.to)
        if entries:
            return self._by(at, entries, packet)
        if not packet.fresh:
            return _ended(packet, "black_hole")
        if self._active() or self.vpc["SupportIpv4Gateway"]:
            return _ended(packet, "no_route")
        return _ended(packet, self._without_route(packet))

    def _without_route(self, packet: Packet) -> str:
        """What becomes of a packet where public addresses need no route, nor maybe NAT gateways."""
        if not packet.needs_nat:
            return "internet"
        covered = {*self.treatment(packet.source)} - {"uncovered"}
        return "unknown" if packet.answers or covered else "black_hole"

    def arrive(self, packet: Packet) -> list[End]:
        """Every end of a packet that comes from the Internet."""
        if packet.ttl == 0:
            return _ended(packet, "loop")
        packet = replace(packet, ttl=packet.ttl - 1)
        if self.gateway and self._moving():
            return _ended(packet, "unknown")
        if not self._active():
            return _ended(packet, "no_route" if self.vpc["SupportIpv4Gateway"] else "delivered")
        table = self.gateway["Ipv4GatewayRouteTableId"]
        if not table:
            return _ended(packet, "delivered")
        entries = self._match(table, packet.to)
        if not entries:
            return _ended(packet, "unknown")
        return self._by("gateway", entries, packet)

    def _active(self) -> bool:
        return bool(self.gateway and self.gateway["Enabled"])

    def _moving(self) -> bool:
        settled = ("Created",) if self.gateway["Enabled"] else ("Created", "Creating")
        return self.gateway["Status"] not in settled

    def _match(self, table: str, to: str) -> list[Any]:
        """The entries with the longest prefix that has the address."""
        address, best, found = IPv4Address(to), -1, list[Any]()
        for entry in self.facts.entries[table]:
            block = IPv4Network(str(entry["DestinationCidrBlock"]))
            if address in block and block.prefixlen >= best:
                found = [*(found if block.prefixlen == best else []), entry]
                best = block.prefixlen
        return found

    def _by(self, at: str, entries: list[Any], packet: Packet) -> list[End]:
        (entry,) = entries
        hops = entry["NextHops"]
        hops = hops["NextHop"] if isinstance(hops, dict) else hops
        hops = [each for each in hops if str(each["Enabled"]) == "1"]
        if entry["Status"] != "Available" or not hops:
            return _ended(packet, "unknown")
        return [
            end
            for on, hop in packet.choices(f"{at} {entry['DestinationCidrBlock']}", hops)
            for end in self._hop(hop["NextHopType"], hop["NextHopId"], on)
        ]

    def _hop(self, kind: str, hop: str, packet: Packet) -> list[End]:
        ways = {
            "Ipv4Gateway": self._out,
            "NatGateway": self._nat,
            "RouteTargetGroup": self._group,
            "GatewayLoadBalancerEndpoint": self._endpoint,
        }
        if kind.lower() == "local":
            return _ended(packet, "delivered" if self._home(packet.to) else "unknown")
        return ways[kind](hop, packet) if kind in ways else _ended(packet, "unknown")

    def _home(self, to: str) -> bool:
        blocks = (IPv4Network(each["CidrBlock"]) for each in self.subnets.values())
        return any(IPv4Address(to) in each for each in blocks)

    def _out(self, gateway: str, packet: Packet) -> list[End]:
        mine = self.gateway and self.gateway["Ipv4GatewayId"] == gateway
        if not mine or self._moving():
            return _ended(packet, "unknown")
        if not self._active():
            direct = not self.vpc["SupportIpv4Gateway"] and packet.fresh
            return _ended(packet, self._without_route(packet) if direct else "black_hole")
        if self._home(packet.to):
            return self.arrive(packet)
        leaves = public(packet.to) and not packet.needs_nat
        return _ended(packet, "internet" if leaves else "black_hole")

    def _nat(self, nat_id: str, packet: Packet) -> list[End]:
        nat = self._nat_gateway(nat_id)
        direct = not self._active() and not self.vpc["SupportIpv4Gateway"]
        if direct and packet.fresh and not packet.needs_nat:
            return _ended(packet, "internet")
        if lost := self._untranslated(nat, packet):
            return _ended(packet, lost)
        on = replace(packet, nats=(*packet.nats, nat_id), source="")
        if direct:
            return _ended(on, "internet")
        return self.leave(nat["NatGatewayPrivateInfo"]["VswitchId"], on)

    def _untranslated(self, nat: Any, packet: Packet) -> str:
        """What becomes of a packet that a NAT gateway does not translate; empty where it does."""
        if nat is None:
            return "black_hole"
        nat_id = nat["NatGatewayId"]
        unclear = nat["Status"] != "Available"
        if not unclear and not nat["IpLists"]["IpList"]:
            return "black_hole"
        if unclear or {*packet.nats} - {nat_id}:
            return "unknown"
        if not packet.source or packet.answers == nat_id:
            return ""
        how = "unknown" if packet.answers else self._coverage(nat, packet.source)
        return {"covered": "", "uncovered": "black_hole"}.get(how, "unknown")

    def _group(self, group_id: str, packet: Packet) -> list[End]:
        group: Any = next(
            (e for e in self.facts.target_groups if e["RouteTargetGroupId"] == group_id), None
        )
        weights = {"Available": 100, "Abnormal": 100, "Switched": 0}
        if group is None or group["Status"] not in weights:
            return _ended(packet, "unknown")
        (serving,) = (
            each["MemberId"]
            for each in group["RouteTargetMemberList"]
            if each["Weight"] == weights[group["Status"]]
        )
        return self._endpoint(serving, packet)

    def _endpoint(self, endpoint_id: str, packet: Packet) -> list[End]:
        endpoint: Any = next(
            (e for e in self.facts.endpoints if e["EndpointId"] == endpoint_id), None
        )
        if endpoint is None:
            return _ended(packet, "unknown")
        lost = {"Connected": "", "Weird": "unknown"}.get(endpoint["ConnectionStatus"], "black_hole")
        lost = "unknown" if endpoint.get("EndpointStatus") == "Pending" else lost
        zones: Any = self.facts.endpoint_zones[endpoint_id]
        if not lost and any(each["ZoneStatus"] == "Weird" for each in zones):
            lost = "unknown"
        zones = [each for each in zones if each["ZoneStatus"] == "Connected"]
        lost = lost or ("" if zones else "black_hole")
        service: Any = self.facts.services.get(endpoint["ServiceId"])
        changes = service is None or service.get("ServiceStatus") == "Pending"
        lost = lost or ("unknown" if changes else "")
        if lost:
            return _ended(packet, lost)
        options = [each for zone in zones for each in self._behind(endpoint["ServiceId"], zone)]
        for fate, _, _ in options:  # the first that loses packets speaks for the endpoint
            if fate:
                return _ended(packet, fate)
        found: list[End] = []
        for on, (_, zone, seen) in packet.choices(endpoint_id, options):
            passed = (*on.via, (endpoint_id, zone["ZoneId"], seen))
            found += self.leave(zone["VSwitchId"], replace(on, via=passed))
        return found

    def _behind(self, service: str, zone: Any) -> list[tuple[str, Any, bool]]:
        """How packets are lost behind the service in a zone, or whether an appliance sees them."""
        rows: Any = self.facts.service_resources[service]
        balancers = [e["ResourceId"] for e in rows if e["ZoneId"] == zone["ZoneId"]]
        if not balancers:
            return [("black_hole", zone, False)]
        found = [self._balance(each, zone["ZoneId"]) for each in balancers]
        return [(fate, zone, seen) for fate, seen in found]

    def _balance(self, balancer_id: str, zone: str) -> tuple[str, bool]:
        balancer: Any = self.facts.balancers[balancer_id]
        paid = balancer["LoadBalancerBusinessStatus"] == "Normal"
        status = balancer["LoadBalancerStatus"] if paid else "Inactive"
        if status != "Active":
            return "unknown" if status == "Configuring" else "black_hole", False
        if zone not in [each["ZoneId"] for each in balancer["ZoneMappings"]]:
            return "black_hole", False
        if balancer["TrafficMode"] == "ByPass":
            return "", False
        listeners = [e for e in self.facts.listeners if e["LoadBalancerId"] == balancer_id]
        if lost := self._lost_at(listeners):
            return lost, False
        healths: Any = self.facts.health[str(listeners[0]["ListenerId"])]
        said = {each["ServerId"]: each["Status"] for each in healths}
        states = []
        for member in self.facts.members[str(listeners[0]["ServerGroupId"])]:
            by_status = {"Removing": "Unused", "Draining": "Unused", "Adding": "Weird"}
            own = by_status.get(str(member["Status"]), said.get(str(member["ServerId"]), "Weird"))
            states.append(own)
        if "Healthy" in states:
            return "", True
        return ("unknown" if "Weird" in states else "black_hole"), False

    def _lost_at(self, listeners: list[Any]) -> str:
        """How packets are lost at the listener, or at a server group that is being changed."""
        status = listeners[0]["ListenerStatus"] if listeners else ""
        if status != "Running":
            return "unknown" if status == "Configuring" else "black_hole"
        key = listeners[0]["ServerGroupId"]
        moving = any(
            each["ServerGroupId"] == key and each["ServerGroupStatus"] != "Available"
            for each in self.facts.groups
        )
        return "unknown" if moving else ""


def _ended(packet: Packet, fate: str) -> list[End]:
    return [End(fate, packet.via, packet.nats)]


def _worst(verdicts: Iterator[str]) -> str:
    return min(verdicts, key=BAD.index)


def _verdict(there: End, back: End, *, inbound: bool) -> str:
    """The verdict on one packet and one reply."""
    if not there.arrives:
        return there.fate
    if not any(seen for _, _, seen in there.via):
        return "bypass"
    if inbound and {*back.nats} - {*there.nats}:
        return "unknown"
    if not back.arrives:
        return back.fate if back.fate in ("loop", "unknown") else "black_hole"
    out, home = ([each[:2] for each in end.via] for end in (there, back))
    return "inspected" if out == home[::-1] else "asymmetric"

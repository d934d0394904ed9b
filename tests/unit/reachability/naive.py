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
    chosen: Mapping[str, int] = field(default_factory=dict)
    """What the hash of the packet's flow has chosen wherever there was a choice."""

    @property
    def fresh(self) -> bool:
        return not self.via and not self.nats

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

    def outbound(self, subnet: str, destination: str, sources: list[str]) -> str | None:
        """The verdict on what the subnet sends; None where it stays in the VPC."""
        ends = self.leave(subnet, Packet(destination))
        if all(each.fate == "delivered" for each in ends):
            return None
        return _worst(
            _verdict(end, back, inbound=False)
            for end in ends
            for source in sources
            for back in (self._translated(end, source) if end.nats else self.arrive(Packet(source)))
        )

    def inbound(self, destination: str, subnet: str, clients: list[str]) -> str:
        """The verdict on what comes from any of the clients to an address of the subnet."""
        replies = [self.leave(subnet, Packet(client)) for client in clients]
        from_internet = [e for e in replies if any(each.fate != "delivered" for each in e)]
        return _worst(
            _verdict(end, back, inbound=True)
            for end in self.arrive(Packet(destination))
            for backs in from_internet
            for back in backs
        )

    def _translated(self, end: End, source: str) -> list[End]:
        """Replies to the address of a NAT gateway, which gives them the machine's again."""
        nat: Any = next(
            each for each in self.facts.nat_gateways if each["NatGatewayId"] == end.nats[0]
        )
        middle = str(nat["NatGatewayPrivateInfo"]["VswitchId"])
        cidr = IPv4Network(self.subnets[middle]["CidrBlock"])
        found: list[End] = []
        for inside in {cidr[0], cidr[-1], *self._cuts(cidr)}:
            for first in self.arrive(Packet(str(inside))):
                if len(end.nats) > 1:
                    found.append(End("unknown"))
                elif not first.arrives:
                    found.append(first)
                else:
                    on = self.leave(middle, Packet(source))
                    found += [End(each.fate, first.via + each.via, each.nats) for each in on]
        return found

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
        closed = self._active() or self.vpc["SupportIpv4Gateway"]
        return _ended(packet, "no_route" if closed else "internet")

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
            return _ended(packet, "internet" if direct else "black_hole")
        if self._home(packet.to):
            return self.arrive(packet)
        return _ended(packet, "internet" if public(packet.to) else "black_hole")

    def _nat(self, nat_id: str, packet: Packet) -> list[End]:
        nat: Any = next((e for e in self.facts.nat_gateways if e["NatGatewayId"] == nat_id), None)
        direct = not self._active() and not self.vpc["SupportIpv4Gateway"]
        if direct and packet.fresh:
            return _ended(packet, "internet")
        if nat is None:
            return _ended(packet, "black_hole")
        if nat["Status"] != "Available":
            return _ended(packet, "unknown")
        if not nat["IpLists"]["IpList"]:
            return _ended(packet, "black_hole")
        on = replace(packet, nats=(*packet.nats, nat_id))
        if direct:
            return _ended(on, "internet")
        return self.leave(nat["NatGatewayPrivateInfo"]["VswitchId"], on)

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
        zones: Any = self.facts.endpoint_zones[endpoint_id]
        if not lost and any(each["ZoneStatus"] == "Weird" for each in zones):
            lost = "unknown"
        zones = [each for each in zones if each["ZoneStatus"] == "Connected"]
        lost = lost or ("" if zones else "black_hole")
        lost = lost or ("" if endpoint["ServiceId"] in self.facts.services else "unknown")
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
        if not listeners or listeners[0]["ListenerStatus"] != "Running":
            return "black_hole", False
        healths: Any = self.facts.health[str(listeners[0]["ListenerId"])]
        said = {each["ServerId"]: each["Status"] for each in healths}
        states = []
        for member in self.facts.members[str(listeners[0]["ServerGroupId"])]:
            leaving = member["Status"] in ("Removing", "Draining")
            states.append("Unused" if leaving else said.get(str(member["ServerId"]), "Weird"))
        if "Healthy" in states:
            return "", True
        return ("unknown" if "Weird" in states else "black_hole"), False


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
    if inbound and back.nats:
        return "unknown"
    if not back.arrives:
        return back.fate if back.fate in ("loop", "unknown") else "black_hole"
    out, home = ([each[:2] for each in end.via] for end in (there, back))
    return "inspected" if out == home[::-1] else "asymmetric"

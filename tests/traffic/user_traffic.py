"""The traffic of everybody who uses the Internet, as an independent walker sees it at a moment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from gwlbfw.cloud.call import objects
from tests.scenarios.testbed import Testbed
from tests.traffic.raw import facts
from tests.unit.reachability.naive import End, Naive, Packet

Direction = Literal["inbound", "outbound"]
Source = Literal["public", "nat"]
PEERS = ("8.8.8.8", "203.0.113.9")
"""Addresses of the Internet that talk to everybody, and are talked to."""
BADNESS: Mapping[str, int] = {
    "inspected": 0,
    "bypass": 1,
    "asymmetric": 2,
    "unknown": 3,
    "loop": 4,
    "black_hole": 4,
    "no_route": 4,
}
"""Of what may become of traffic: inspected, past the firewall, seen one way only, unknown, lost."""


@dataclass(frozen=True)
class UserFlow:
    """The traffic of one user of the Internet with a peer, in one direction."""

    user: str
    """The id of an EIP or, of a machine that has none, its own."""
    direction: Direction
    peer: str

    def __str__(self) -> str:
        return f"{self.direction} traffic of {self.user} with {self.peer}"


@dataclass(frozen=True)
class Place:
    """Where a user is: the machine with its address in a subnet."""

    machine: str
    subnet: str
    address: str


@dataclass(frozen=True)
class Seen:
    """What becomes of each flow at a moment, and where the users are."""

    verdicts: Mapping[UserFlow, str]
    """A user that is nowhere has none, nor has a machine that nothing lends an address."""
    places: Mapping[str, Place]
    eips: Mapping[str, str]
    """The EIP of each machine that has one."""

    def verdict(self, flow: UserFlow) -> str:
        """What becomes of a flow; it is lost where its user has no place.

        A machine that has got an EIP goes on by that.
        """
        by_eip = replace(flow, user=self.eips.get(flow.user, ""))
        return self.verdicts.get(flow) or self.verdicts.get(by_eip, "black_hole")

    def source(self, flow: UserFlow) -> Source:
        """By what its user is known on the Internet: its own address, or a NAT gateway's."""
        return "nat" if self.places[flow.user].machine == flow.user else "public"


def see(testbed: Testbed) -> Seen:
    """Everybody's traffic in the region at this moment."""
    eips = _eips(testbed)
    verdicts: dict[UserFlow, str] = {}
    places: dict[str, Place] = {}
    for vpc in _vpcs(testbed, eips):
        naive = Naive(facts(testbed, vpc))
        for place in map(_place, naive.facts.instances):
            eip = eips.get(place.machine)
            for flow, verdict in _flows(naive, place, eip):
                verdicts[flow] = verdict
                places[flow.user] = place
    return Seen(verdicts, places, eips)


def _vpcs(testbed: Testbed, eips: Mapping[str, str]) -> list[str]:
    """The VPCs in which somebody may use the Internet."""
    machines = testbed.call("ecs:DescribeInstances", MaxResults=100)["Instances"]["Instance"]
    nats = testbed.call("vpc:DescribeNatGateways", PageSize=50)["NatGateways"]["NatGateway"]
    served = {str(e["VpcAttributes"]["VpcId"]) for e in machines if e["InstanceId"] in eips}
    return sorted(served | {str(each["VpcId"]) for each in nats})


def _eips(testbed: Testbed) -> Mapping[str, str]:
    """The EIP of each machine that has one."""
    reply = testbed.call("vpc:DescribeEipAddresses", PageSize=50)
    rows = objects(reply, "EipAddresses.EipAddress")
    return {str(each["InstanceId"]): str(each["AllocationId"]) for each in rows}


def _place(instance: Any) -> Place:
    attributes = instance["VpcAttributes"]
    (address,) = attributes["PrivateIpAddress"]["IpAddress"]
    return Place(instance["InstanceId"], attributes["VSwitchId"], address)


def _flows(naive: Naive, place: Place, eip: str | None) -> Iterator[tuple[UserFlow, str]]:
    """The flows of a machine: by its public address or, where it has none, by what does NAT."""
    yield from _by_eip(naive, place, eip) if eip else _by_nat(naive, place)


def _by_eip(naive: Naive, place: Place, eip: str) -> Iterator[tuple[UserFlow, str]]:
    for peer in PEERS:
        leaving = naive.leave(place.subnet, Packet(peer, source=place.address))
        arriving = naive.arrive(Packet(place.address))
        out = naive.outbound(place.subnet, peer, place.address, [place.address])
        translated = [each.nats[0] for each in leaving if each.nats]
        back = [end for nat in translated for end in naive.through(nat, place.address)] or arriving
        yield UserFlow(eip, "outbound", peer), _both_ways(out, back)
        inward = naive.inbound(place.address, place.subnet, [peer])
        yield UserFlow(eip, "inbound", peer), _both_ways(inward, leaving)


def _by_nat(naive: Naive, place: Place) -> Iterator[tuple[UserFlow, str]]:
    """Outbound, if an SNAT entry is for it or its table leads to what may do NAT; inbound, if a
    DNAT entry is for it.
    """
    served = naive.is_served(place.subnet, place.address, [*PEERS])
    for peer in PEERS:
        out = _sent(naive, place, peer)
        if served or BADNESS[out] < BADNESS["black_hole"]:
            yield UserFlow(place.machine, "outbound", peer), out
        ways = [
            _forwarded(naive, nat, place, peer)
            for nat, entries in naive.facts.forward_entries.items()
            if any(each["InternalIp"] == place.address for each in entries)
        ]
        if ways:
            yield UserFlow(place.machine, "inbound", peer), max(ways, key=lambda way: BADNESS[way])


def _sent(naive: Naive, place: Place, peer: str) -> str:
    """What becomes of what a machine without a public address sends to a peer."""
    subnet, own = place.subnet, place.address
    leaving = naive.leave(subnet, Packet(peer, source=own, has_public=False))
    back = [end for each in leaving if each.nats for end in naive.through(each.nats[0], own)]
    return _both_ways(naive.outbound(subnet, peer, own, [own], has_public=False), back)


def _forwarded(naive: Naive, nat: str, place: Place, peer: str) -> str:
    """What becomes of what a NAT gateway forwards to a machine from a peer."""
    answer = Packet(peer, source=place.address, has_public=False, answers=nat)
    verdict = naive.forwarded(nat, place.address, place.subnet, [peer])
    return _both_ways(verdict, naive.leave(place.subnet, answer))


def _both_ways(verdict: str | None, back: list[End]) -> str:
    """The verdict on requests, or on the replies where these fare worse; what stays inside is as
    good as inspected.
    """
    if verdict != "bypass":
        return verdict or "inspected"
    fates = {each.fate for each in back if not each.arrives}
    return "unknown" if "unknown" in fates else "black_hole" if fates else verdict

"""The traffic of everybody who uses the Internet, as an independent walker sees it at a moment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from gwlbfw.cloud.call import objects
from tests.scenarios.testbed import Testbed
from tests.traffic.raw import facts
from tests.unit.reachability.naive import End, Naive, Packet

Direction = Literal["inbound", "outbound"]
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
    """The id of an EIP or, of what a NAT gateway serves, of a machine."""
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
    """A user that is nowhere has none."""
    places: Mapping[str, Place]

    def verdict(self, flow: UserFlow) -> str:
        """What becomes of a flow; it is lost where its user has no place."""
        return self.verdicts.get(flow, "black_hole")


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
    return Seen(verdicts, places)


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
    """The flows of a machine, as far as it has a public address of its own, or a NAT gateway's."""
    for peer in PEERS:
        leaving = naive.leave(place.subnet, Packet(peer))
        if eip is None:
            if any(each.nats for each in leaving):
                said = naive.outbound(place.subnet, peer, place.address, [place.address])
                yield UserFlow(place.machine, "outbound", peer), said or "inspected"
            continue
        arriving = naive.arrive(Packet(place.address))
        out = naive.outbound(place.subnet, peer, place.address, [place.address]) or "inspected"
        yield UserFlow(eip, "outbound", peer), _both_ways(out, leaving, arriving)
        inward = naive.inbound(place.address, place.subnet, [peer])
        yield UserFlow(eip, "inbound", peer), _both_ways(inward, arriving, leaving)


def _both_ways(verdict: str, there: list[End], back: list[End]) -> str:
    """The verdict on requests, or on the replies where these fare worse."""
    if verdict != "bypass" or any(each.nats for each in there):
        return verdict
    fates = {each.fate for each in back if not each.arrives}
    return "unknown" if "unknown" in fates else "black_hole" if fates else verdict

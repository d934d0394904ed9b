"""The proof and the naive packet walker say the same of every network."""

import os
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gwlbfw.reachability import NetworkFacts, Verdict, judge, parse_network
from gwlbfw.reachability.prefixes import (
    INTERNET,
    HeaderSpace,
    difference,
    header_space,
    intersection,
    union,
)
from tests.unit.reachability.naive import Naive, public
from tests.unit.reachability.randoms import PREFIXES, random_world
from tests.unit.reachability.worlds import GATEWAY, World, to, ulanqab

EXAMPLES = int(os.environ.get("GWLBFW_REACH_EXAMPLES", "300"))
"""How many networks are tried; a long run asks for thousands."""
FULL = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES <= 300,
    suppress_health_check=list(HealthCheck),
)


def edges(facts: NetworkFacts) -> list[str]:
    """The first and last address of every prefix in the network, and their neighbours."""
    found = {IPv4Address("1.1.1.1"), IPv4Address("223.255.255.255")}
    blocks = [
        IPv4Network(str(e["DestinationCidrBlock"])) for t in facts.entries.values() for e in t
    ]
    blocks += [IPv4Network(str(each["CidrBlock"])) for each in facts.vswitches]
    entries = [row for rows in facts.snat_entries.values() for row in rows]
    blocks += [IPv4Network(str(e["SourceCIDR"])) for e in entries if "SourceCIDR" in e]
    forwards = [row for rows in facts.forward_entries.values() for row in rows]
    blocks += [IPv4Network(str(each["InternalIp"])) for each in forwards]
    for block in blocks:
        low, high = int(block[0]), int(block[-1])
        for number in (low - 1, low, high, high + 1):
            if 0 <= number < 2**32:
                found.add(IPv4Address(number))
    return [str(each) for each in sorted(found)]


def said(
    verdict: Verdict, subnet: str, direction: str, address: str, sender: tuple[str, str, str]
) -> str | None:
    """What the proof says of one address and a machine; None where no class has them.

    The machine is a source, an address, and the NAT gateway whose packets it answers.
    """
    source, machine, session = sender
    there = [e for e in verdict.flows if (e.subnet.id, e.direction) == (subnet, direction)]
    if source == "nat" and not any(each.source for each in there):
        source, session = "public", ""  # both go the same way
    hits = [
        flow.verdict
        for flow in there
        if (flow.sender.source, flow.sender.session) == (source, session)
        and inside_of(flow.sender.addresses, machine)
        and inside_of(flow.space, address)
    ]
    assert len(hits) <= 1, f"{address} is in several classes"
    return hits[0] if hits else None


def inside_of(space: HeaderSpace, address: str) -> bool:
    number = int(IPv4Address(address))
    return any(first <= number <= last for first, last in space)


def check(facts: NetworkFacts) -> None:
    """Compare on every edge, in both directions of every subnet."""
    verdict, naive, every = judge(parse_network(facts)), Naive(facts), edges(facts)
    internet = [each for each in every if public(each)]
    for subnet in {flow.subnet.id for flow in verdict.flows}:
        block = IPv4Network(str(naive.subnets[subnet]["CidrBlock"]))
        own = [each for each in every if IPv4Address(each) in block]
        for source, machine in machines(naive, subnet, own, internet):
            for each in internet:
                expected = naive.outbound(subnet, each, machine, own, has_public=source == "public")
                found = said(verdict, subnet, "outbound", each, (source, machine, ""))
                assert found == expected, (subnet, source, machine, each)
        for each in own:
            expected = naive.inbound(each, subnet, internet)
            found = said(verdict, subnet, "inbound", each, ("public", each, ""))
            assert found == expected, (subnet, each)
        for nat, each in targets(facts, naive, own):
            expected = naive.forwarded(nat, each, subnet, internet)
            found = said(verdict, subnet, "inbound", each, ("nat", each, nat))
            assert found == expected, (subnet, nat, each)


def machines(
    naive: Naive, subnet: str, own: list[str], internet: list[str]
) -> Iterator[tuple[str, str]]:
    """One machine of each sort that NAT gateways tell apart, with a public address and without."""
    apart = {naive.treatment(each): each for each in reversed(own)}
    yield from (("public", each) for each in apart.values())
    served = [each for each in own if naive.is_served(subnet, each, internet)]
    if served or naive.leads(subnet, internet):
        yield from (("nat", each) for each in apart.values() if each in (served or own))


def targets(facts: NetworkFacts, naive: Naive, own: list[str]) -> Iterator[tuple[str, str]]:
    """The addresses of a subnet that DNAT entries lead to."""
    for nat in naive.translators():
        for entry in facts.forward_entries[nat["NatGatewayId"]]:
            if entry["InternalIp"] in own:
                yield nat["NatGatewayId"], str(entry["InternalIp"])


@FULL
@given(st.randoms(use_true_random=False))
def test_the_proof_agrees_with_a_naive_packet_walker(rng: Random) -> None:
    check(random_world(rng).facts())


@st.composite
def planted(draw: st.DrawFn) -> tuple[World, str]:
    """An inspected network with harmless routes, and one prefix that goes past the firewall."""
    world = ulanqab()
    for destination in draw(st.lists(st.sampled_from(PREFIXES[1:]), unique=True, max_size=6)):
        world.route("t-b", destination, to("ep-b"))
    for destination in draw(st.lists(st.sampled_from(PREFIXES[1:]), unique=True, max_size=3)):
        world.route("t-gwlbe", destination, GATEWAY)
    length = draw(st.integers(3, 32))
    first = draw(st.integers(0, 2**32 - 1)) >> (32 - length) << (32 - length)
    bypass = f"{IPv4Address(first)}/{length}"
    world.route("t-b", bypass, GATEWAY)
    return world, bypass


@FULL
@given(planted())
def test_every_planted_bypass_is_found_to_the_last_address(plan: tuple[World, str]) -> None:
    world, bypass = plan
    inner = [e for e in world.tables["t-b"] if e != bypass and inside(e, bypass)]
    expected = difference(intersection(header_space(bypass), INTERNET), header_space(*inner))
    verdict = world.verdict()
    found = union(s for e in verdict.flows if e.verdict == "bypass" for s in e.space)
    assert found == expected
    assert verdict.proven == (not expected)


def inside(block: str, other: str) -> bool:
    """Whether one prefix lies in another."""
    return IPv4Network(block).subnet_of(IPv4Network(other))

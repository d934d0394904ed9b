"""EIPs are where their holders are, as the lists or a look-up by id say; or nobody knows."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gwlbfw.cloud.call import JsonList, Raw
from gwlbfw.discovery.fetch import child_calls
from gwlbfw.reachability import judge, listings, parse_network
from gwlbfw.reachability.eip_holders import HOLDER_TYPES, EipHolders, unlisted_holders
from gwlbfw.reachability.facts import NetworkFacts
from gwlbfw.reachability.model import Subnet
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.reachability.usage import BOTH, internet_users
from tests.unit.reachability.worlds import VPC, World, named, notable, ulanqab

KINDS = ("EcsInstance", "NetworkInterface", "Nat", "HaVip", "SlbInstance")
SUBNETS = {"app-b": VPC, "gwlbe-b": VPC, "far": "vpc-far"}
PRIVATE = "10.20.30.40"


def holder_row(kind: str, key: str, subnet: str) -> Raw:
    """A holder as the list of its type has it (VPC, ECS and SLB APIs)."""
    place = {"VpcId": SUBNETS[subnet], "VSwitchId": subnet}
    rows: dict[str, dict[str, Any]] = {
        "EcsInstance": {
            "InstanceId": key,
            "VpcAttributes": {**place, "PrivateIpAddress": {"IpAddress": [PRIVATE]}},
        },
        "NetworkInterface": {"NetworkInterfaceId": key, **place, "PrivateIpAddress": PRIVATE},
        "Nat": {
            "NatGatewayId": key,
            "VpcId": place["VpcId"],
            "NatGatewayPrivateInfo": {"VswitchId": subnet, "PrivateIpAddress": PRIVATE},
        },
        "HaVip": {"HaVipId": key, **place, "IpAddress": PRIVATE},
        "SlbInstance": {"LoadBalancerId": key, **place, "Address": PRIVATE},
    }
    return rows[kind]


def eip_of(kind: str, key: str) -> dict[str, str]:
    return {
        "AllocationId": f"eip-{key}",
        "IpAddress": "8.1.1.1",
        "InstanceId": key,
        "InstanceType": kind,
    }


def model_subnets() -> dict[str, Subnet]:
    blocks = {"app-b": "192.168.1.0/24", "gwlbe-b": "192.168.101.0/24"}
    return {
        key: Subnet(key, VPC, "z", Prefix.parse(block), "t", "business")
        for key, block in blocks.items()
    }


LOOKED_UP = st.tuples(st.sampled_from(KINDS), st.sampled_from([*SUBNETS, ""]))
"""A holder's type, and its subnet; empty for one that no look-up knows."""


@given(st.lists(LOOKED_UP, max_size=8))
def test_eip_is_where_its_holder_is_or_in_no_known_place(held: list[tuple[str, str]]) -> None:
    facts = NetworkFacts(vpcs={VPC: {}})
    for number, (kind, subnet) in enumerate(held):
        if subnet:
            rows = facts.eip_holders.setdefault(kind, [])
            rows.append(holder_row(kind, f"x-{number}", subnet))
    holders = EipHolders.of(facts, model_subnets())
    for number, (kind, subnet) in enumerate(held):
        found = holders.place(eip_of(kind, f"x-{number}"))
        place = (found.vpc, found.subnet, found.private) if found else None
        elsewhere = subnet == "far"
        assert place == (None if elsewhere else (VPC, subnet, PRIVATE) if subnet else ("", "", ""))


@given(st.lists(LOOKED_UP, max_size=8))
def test_every_holder_is_looked_up_that_is_in_no_list_and_no_other(
    held: list[tuple[str, str]],
) -> None:
    facts = NetworkFacts(vpcs={VPC: {}})
    wanted: set[tuple[str, str]] = set()
    for number, (kind, subnet) in enumerate(held):
        key = f"x-{number}"
        lists = {
            "EcsInstance": facts.instances,
            "NetworkInterface": facts.interfaces,
            "Nat": facts.nat_gateways,
        }
        if subnet in ("app-b", "gwlbe-b") and kind in lists:
            lists[kind].append(holder_row(kind, key, subnet))
        else:
            wanted.add((kind, key))
        facts.eips.append(eip_of(kind, key))
    facts.eips.append(eip_of("EcsInstance", ""))
    facts.eips.append(eip_of("IpAddress", "192.168.1.9"))
    asked = unlisted_holders(facts, facts.eips)
    assert {(kind, key) for kind, keys in asked.items() for key in keys} == wanted


def test_ids_are_asked_for_in_batches_in_the_form_of_each_api() -> None:
    ids = [f"x-{number}" for number in range(23)]
    balancers = [call.params for _, call in child_calls(listings.BALANCERS_BY_ID, ids, "")]
    assert [str(each["LoadBalancerId"]).count("x-") for each in balancers] == [10, 10, 3]
    assert balancers[2] == {"LoadBalancerId": "x-20,x-21,x-22"}
    ((_, instances),) = child_calls(listings.INSTANCES_BY_ID, ids, "")
    assert instances.params == {"InstanceIds": JsonList(tuple(ids))}
    ((_, interfaces),) = child_calls(listings.INTERFACES_BY_ID, ids, "")
    assert interfaces.params == {"NetworkInterfaceId": ids}


def with_holder(kind: str, subnet: str, **more: Any) -> World:
    """The vendor's scenario with an EIP of a holder in a subnet; empty: known to nobody."""
    world = named(ulanqab())
    world.eips["8.130.0.7"] = eip_of(kind, "x-1")
    if subnet:
        world.eip_holders = {kind: [{**holder_row(kind, "x-1", subnet), **more}]}
    return world


@pytest.mark.parametrize("kind", KINDS)
class TestFindings:
    def test_holder_that_nobody_knows_refutes_the_proof(self, kind: str) -> None:
        verdict = with_holder(kind, "").verdict()
        assert not verdict.proven
        (finding,) = notable(verdict)
        assert finding.severity == "critical"
        assert finding.subject == "eip-x-1"
        assert "8.1.1.1 of x-1 can't be placed: none of the lists" in finding.message

    def test_refused_look_up_is_said_with_its_reason(self, kind: str) -> None:
        world = with_holder(kind, "")
        world.unread["x-1"] = "Forbidden.RAM, and what to allow"
        (finding,) = notable(world.verdict())
        assert "can't be placed: Forbidden.RAM, and what to allow" in finding.message

    def test_holder_in_another_vpc_is_none_of_ours(self, kind: str) -> None:
        assert notable(with_holder(kind, "far").verdict()) == []

    def test_holder_in_a_judged_subnet_is_judged_with_it(self, kind: str) -> None:
        verdict = with_holder(kind, "app-b").verdict()
        assert verdict.proven
        assert notable(verdict) == []

    def test_holder_in_an_endpoints_subnet_is_found(self, kind: str) -> None:
        (finding,) = notable(with_holder(kind, "gwlbe-b").verdict())
        assert (finding.severity, finding.subject) == ("high", "vswitch.gwlbe/shop/b")
        assert "8.1.1.1 of x-1 is in an endpoint's subnet" in finding.message


def test_balancer_in_no_vpc_can_not_be_placed() -> None:
    world = with_holder("SlbInstance", "app-b", VpcId="", VSwitchId="")
    assert not world.verdict().proven


def test_machines_behind_a_ha_vip_use_its_address() -> None:
    behind = {"associatedInstance": ["i-b", "eni-2"]}
    world = with_holder("HaVip", "app-b", AssociatedInstances=behind)
    world.interfaces = [
        {"NetworkInterfaceId": "eni-2", "InstanceId": "i-2", "VpcId": VPC, "VSwitchId": "app-b"}
    ]
    network = parse_network(world.facts(), world.names)
    users = list(internet_users(network, network.subnets["app-b"]))
    of_vip = [each for each in users if each.public and each.public.id == "eip-x-1"]
    assert {each.holder: each.directions for each in of_vip} == {"i-b": BOTH, "i-2": BOTH}
    assert judge(network).proven


def test_types_of_holders_are_those_that_an_eip_can_be_bound_to() -> None:
    """VPC API, AssociateEipAddress, InstanceType; a bare address needs no look-up."""
    assert {*HOLDER_TYPES} == {*KINDS}

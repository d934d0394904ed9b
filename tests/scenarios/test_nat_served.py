"""Servers that reach the Internet by NAT: what a plan takes from them needs consent."""

import re
from typing import Any

import pytest

from gwlbfw.errors import PlanError
from gwlbfw.plan.forecast import TransientFlow
from tests.scenarios.existing import Existing, brownfield, network
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C
from tests.scenarios.testbed import Deployment, Testbed


def nat_gateway(made: Existing, subnet: str, *sources: str) -> None:
    """A NAT gateway with an EIP, and SNAT entries for these subnets."""
    made_ = made.testbed.done(
        "vpc:CreateNatGateway",
        VpcId=made.ids["prod"],
        VSwitchId=made.ids[subnet],
        NatType="Enhanced",
        EipBindMode="NAT",
    )
    made.ids["ngw"] = made_["NatGatewayId"]
    made.ids["forwards"] = made_["ForwardTableIds"]["ForwardTableId"][0]
    eip = made.testbed.done("vpc:AllocateEipAddress")
    made.testbed.done(
        "vpc:AssociateEipAddress",
        AllocationId=eip["AllocationId"],
        InstanceId=made.ids["ngw"],
        InstanceType="Nat",
    )
    made.ids["ngw-address"] = eip["EipAddress"]
    for each in sources:
        made.testbed.done(
            "vpc:CreateSnatEntry",
            SnatTableId=made_["SnatTableIds"]["SnatTableId"][0],
            SnatIp=eip["EipAddress"],
            SourceVSwitchId=made.ids[each],
        )


def centralised(testbed: Testbed, *sources: str) -> Existing:
    """An active IPv4 gateway; a NAT gateway in a subnet of its own that leads to it."""
    made = network(testbed)
    made.subnet("nat", "prod", B, "192.168.9.0/24")
    made.table("table-nat", "prod", "nat")
    made.route("table-nat", "gateway")
    nat_gateway(made, "nat", *sources)
    return made


def without_eip(made: Existing, name: str) -> None:
    made.testbed.done(
        "vpc:UnassociateEipAddress",
        AllocationId=made.ids[f"eip-{name}"],
        InstanceId=made.ids[f"server-{name}"],
        InstanceType="EcsInstance",
    )


def led(made: Existing, table: str, hop: str, kind: str = "NatGateway") -> None:
    """The default route of a table led elsewhere."""
    made.testbed.done(
        "vpc:ModifyRouteEntry",
        RouteTableId=made.ids[table],
        DestinationCidrBlock="0.0.0.0/0",
        NewNextHopType=kind,
        NewNextHopId=made.ids[hop],
    )


def forward_to(made: Existing, server: str) -> None:
    """A DNAT entry that leads to a server."""
    listed = made.testbed.call("ecs:DescribeInstances", InstanceIds=f'["{made.ids[server]}"]')
    address = listed["Instances"]["Instance"][0]["VpcAttributes"]["PrivateIpAddress"]
    made.testbed.done(
        "vpc:CreateForwardEntry",
        ForwardTableId=made.ids["forwards"],
        ExternalIp=made.ids["ngw-address"],
        ExternalPort="80",
        InternalIp=address["IpAddress"][0],
        InternalPort="8080",
        IpProtocol="TCP",
    )


def consent(stack: Deployment) -> tuple[TransientFlow, ...]:
    forecast = stack.plan().forecast
    assert forecast is not None
    return forecast.consent


def lost_for_good(stack: Deployment) -> set[tuple[str, str, str | None]]:
    """Subnet, direction and source of what is lost and stays so."""
    return {
        (each.subnet.rpartition("/")[2], each.direction, each.source)
        for each in consent(stack)
        if each.reason == "lost" and each.seconds is None
    }


def refusals(stack: Deployment) -> list[str]:
    with pytest.raises(PlanError) as refused:
        stack.apply()
    return [each.code for each in refused.value.diagnostics()]


def rows(verdict: Any, subnet: str) -> set[tuple[str, str | None, str]]:
    return {
        (each.direction, each.source, each.verdict)
        for each in verdict.flows
        if verdict.network.label(each.subnet.id).endswith(f"/{subnet}")
    }


def test_a_server_behind_a_nat_gateway_that_is_led_to_the_firewall_needs_consent(
    testbed: Testbed,
) -> None:
    made = centralised(testbed, "app-c", "vtb")
    without_eip(made, "app-c")
    without_eip(made, "vtb")
    for table in ("table-app-c", "table-vtb"):
        led(made, table, "ngw")
    stack = testbed.stack(brownfield(made))
    assert sorted(refusals(stack)) == ["not-proven", "traffic-loss"]
    assert lost_for_good(stack) == {("app-c", "outbound", "nat")}
    stack.apply(whatever=True)
    verdict = stack.stack.sync.verify()
    assert ("outbound", "nat", "black_hole") in rows(verdict, "app-c")
    bystander = stack.stack.sync.trace(made.ids["server-vtb"], "8.8.8.8")
    assert (bystander.verdict, bystander.forward_path.disposition) == ("bypass", "internet")
    assert stack.changes() == {}


def test_a_server_that_no_snat_entry_serves_has_nothing_to_lose(testbed: Testbed) -> None:
    made = centralised(testbed)
    without_eip(made, "app-c")
    led(made, "table-app-c", "ngw")
    stack = testbed.stack(brownfield(made))
    before = stack.plan().forecast
    assert before is not None
    assert ("app-c", "outbound", "black_hole") in {
        (each.subnet, each.direction, each.verdict) for each in before.before.flows
    }
    assert consent(stack) == ()
    stack.apply()
    assert stack.stack.sync.verify().proven


def test_a_server_behind_an_instance_that_may_do_nat_needs_consent(testbed: Testbed) -> None:
    made = network(testbed)
    without_eip(made, "app-c")
    led(made, "table-app-c", "server-vtb", "Instance")
    stack = testbed.stack(brownfield(made))
    assert refusals(stack) == ["traffic-loss"]
    assert ("app-c", "outbound", "nat") in lost_for_good(stack)


def test_a_business_subnet_that_an_snat_entry_names_is_not_proven_by_its_public_addresses(
    testbed: Testbed,
) -> None:
    made = centralised(testbed, "app-b")
    stack = testbed.stack(brownfield(made))
    assert refusals(stack) == ["not-proven"]
    stack.apply(whatever=True)
    verdict = stack.stack.sync.verify()
    assert rows(verdict, "app-b") == {
        ("inbound", None, "inspected"),
        ("outbound", "public", "inspected"),
        ("outbound", "nat", "black_hole"),
    }


def test_a_dnat_entry_into_a_business_subnet_is_followed_and_refutes(testbed: Testbed) -> None:
    made = centralised(testbed)
    without_eip(made, "app-c")
    led(made, "table-app-c", "ngw")
    forward_to(made, "server-app-c")
    stack = testbed.stack(brownfield(made))
    assert ("app-c", "inbound", "nat") in lost_for_good(stack)
    stack.apply(whatever=True)
    verdict = stack.stack.sync.verify()
    assert ("inbound", "nat", "bypass") in rows(verdict, "app-c")
    critical = [each for each in verdict.findings if each.severity == "critical"]
    assert [each.subject for each in critical] == [made.ids["ngw"]]
    assert f"forwards {made.ids['ngw-address']} tcp 80 to " in critical[0].message


def test_a_zone_turns_while_what_is_accepted_at_the_end_is_still_as_it_was(
    testbed: Testbed,
) -> None:
    """What a NAT gateway of the zone that turns last forwards is lost only when that has turned."""
    made = network(testbed)
    made.subnet("nat", "prod", C, "192.168.9.0/24")
    made.table("table-nat", "prod", "nat")
    made.route("table-nat", "gateway")
    nat_gateway(made, "nat")
    without_eip(made, "app-b")
    led(made, "table-app-b", "ngw")
    forward_to(made, "server-app-b")
    content = brownfield(made)
    subnets = content["business_vpcs"]["shop"]["zones"][C]["subnets"]
    subnets["nat"] = {"id": made.ids["nat"]}
    stack = testbed.stack(content)
    assert lost_for_good(stack) == {("app-b", "inbound", "nat")}
    stack.apply(whatever=True)
    assert ("inbound", "nat", "black_hole") in rows(stack.stack.sync.verify(), "app-b")
    assert stack.changes() == {}


def test_a_server_that_a_dnat_entry_leads_to_gets_no_eip_and_is_named_before_the_first_call(
    testbed: Testbed,
) -> None:
    made = centralised(testbed)
    without_eip(made, "app-c")
    forward_to(made, "server-app-c")
    content = brownfield(made)
    servers = {"web": {"id": made.ids["server-app-c"], "eip": {"bandwidth_mbps": 5}}}
    content["business_vpcs"]["shop"]["servers"] = servers
    stack = testbed.stack(content)
    refusal = stack.refusal()
    assert re.match(r".*topology\.yaml:\d+: server-has-dnat: eip\.shop/web can't be bound", refusal)
    assert f"{made.ids['ngw']} forwards {made.ids['ngw-address']} tcp 80 to it" in refusal
    entries = testbed.call("vpc:DescribeForwardTableEntries", ForwardTableId=made.ids["forwards"])
    for each in entries["ForwardTableEntries"]["ForwardTableEntry"]:
        testbed.done(
            "vpc:DeleteForwardEntry",
            ForwardTableId=made.ids["forwards"],
            ForwardEntryId=each["ForwardEntryId"],
        )
    stack.apply(whatever=True)
    assert stack.changes() == {}

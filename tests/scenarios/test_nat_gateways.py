"""NAT gateways of others: the route that the first one brings, and what it leaves when it goes."""

import pytest

from gwlbfw.errors import PlanError
from tests.scenarios.dump import dump
from tests.scenarios.existing import Existing, brownfield, network
from tests.scenarios.testbed import ANYWHERE, Deployment, Testbed, example
from tests.scenarios.testbed import ZONE_B as B
from tests.traffic.networks import direct, direct_eips
from tests.traffic.prober import probe


def nat_gateway(testbed: Testbed, vpc: str, subnet: str) -> str:
    """A NAT gateway in the mode that goes with an IPv4 gateway, with an EIP and an SNAT entry."""
    made = testbed.done(
        "vpc:CreateNatGateway",
        VpcId=vpc,
        VSwitchId=subnet,
        NatType="Enhanced",
        EipBindMode="NAT",
    )
    gateway, eip = str(made["NatGatewayId"]), testbed.done("vpc:AllocateEipAddress")
    testbed.done(
        "vpc:AssociateEipAddress",
        AllocationId=eip["AllocationId"],
        InstanceId=gateway,
        InstanceType="Nat",
    )
    testbed.done(
        "vpc:CreateSnatEntry",
        SnatTableId=made["SnatTableIds"]["SnatTableId"][0],
        SnatIp=eip["EipAddress"],
        SourceVSwitchId=subnet,
    )
    return gateway


def deleted(testbed: Testbed, gateway: str) -> None:
    testbed.done("vpc:DeleteNatGateway", NatGatewayId=gateway, Force=True)


def default_hop(testbed: Testbed, table: str) -> str:
    """The next hop of a table's default route; empty where it has none."""
    rows = testbed.call(
        "vpc:DescribeRouteEntryList", RouteTableId=table, DestinationCidrBlock=ANYWHERE
    )["RouteEntrys"]["RouteEntry"]
    return str(rows[0]["NextHops"]["NextHop"][0]["NextHopId"]) if rows else ""


def system_table(testbed: Testbed, vpc: str) -> str:
    listed = testbed.call("vpc:DescribeRouteTableList", VpcId=vpc, RouteTableType="System")
    return str(listed["RouterTableList"]["RouterTableListType"][0]["RouteTableId"])


def led_to_nat_gateway(testbed: Testbed, made: Existing) -> str:
    """The default route of zone b's business subnet, led to a NAT gateway."""
    gateway = nat_gateway(testbed, made.ids["prod"], made.ids["vtb"])
    testbed.done(
        "vpc:ModifyRouteEntry",
        RouteTableId=made.ids["table-app-b"],
        DestinationCidrBlock=ANYWHERE,
        NewNextHopType="NatGateway",
        NewNextHopId=gateway,
    )
    return gateway


def connected(testbed: Testbed, made: Existing) -> set[str]:
    """The servers that reach the Internet and are reached from it."""
    return {server for (server, _), way in probe(testbed, made).items() if way.connected}


def unchanged(stack: Deployment) -> bool:
    return not stack.changes() and not stack.drift().drifted


def test_a_nat_gateway_and_its_route_are_no_drift_and_hold_no_destroy_once_it_is_gone(
    deployed: Testbed,
) -> None:
    vpc = deployed.ids["vpc.business/shop"]
    gateway = nat_gateway(deployed, vpc, deployed.ids[f"vswitch.gwlbe/shop/{B}"])
    system = system_table(deployed, vpc)
    stack = deployed.stack(example("ulanqab"))
    assert default_hop(deployed, system) == gateway
    assert unchanged(stack)
    assert stack.stack.sync.verify().proven
    deleted(deployed, gateway)
    assert default_hop(deployed, system) == gateway
    assert unchanged(stack)
    stack.destroy()
    assert deployed.resources == {"eip": 1}


def test_a_route_led_to_a_nat_gateway_that_goes_is_a_black_hole_until_the_next_apply(
    testbed: Testbed,
) -> None:
    made = network(testbed)
    stack = testbed.stack(brownfield(made))
    stack.apply()
    gateway = led_to_nat_gateway(testbed, made)
    deleted(testbed, gateway)
    verdict = stack.stack.sync.verify()
    lost = [each for each in verdict.flows if each.verdict == "black_hole"]
    assert {each.direction for each in lost} == {"inbound", "outbound"}
    reasons = {each.forward_path.reason for each in lost if each.direction == "outbound"}
    assert reasons == {f"{gateway} does not exist any more"}
    found = stack.stack.sync.trace(made.ids["server-app-b"], "8.8.8.8")
    assert found.verdict == "black_hole"
    assert stack.drift().drifted
    stack.apply()
    assert stack.stack.sync.verify().proven


def test_destroy_puts_no_route_back_to_a_nat_gateway_that_is_gone(testbed: Testbed) -> None:
    made = network(testbed)
    gateway = led_to_nat_gateway(testbed, made)
    before = dump(testbed)
    stack = testbed.stack(brownfield(made))
    stack.apply(whatever=True)
    deleted(testbed, gateway)
    assert stack.changes() == {}
    with pytest.raises(PlanError, match=r"would be lost: shop/app-b, .* for good, from route"):
        stack.destroy()
    stack.destroy(whatever=True)
    after = dump(testbed)
    assert default_hop(testbed, made.ids["table-app-b"]) == ""
    gone = f"{made.ids['table-app-b']} {ANYWHERE}"
    assert {each for each in before if each not in after} >= {gone}
    assert {each for each in after if each not in before} == set()


def test_strangers_whose_only_way_out_ends_with_direct_access_need_consent(
    testbed: Testbed,
) -> None:
    made = direct(testbed)
    nat_gateway(testbed, made.ids["prod"], made.ids["by"])
    assert "server-by" in connected(testbed, made)
    stack = testbed.stack(direct_eips(made))
    with pytest.raises(PlanError) as refused:
        stack.apply()
    assert [each.code for each in refused.value.diagnostics()] == ["traffic-loss"]
    plan = stack.plan()
    assert plan.forecast is not None
    lost = [each for each in plan.forecast.transient_flows if each.subnet == made.ids["by"]]
    assert ("loop", ()) in {(each.verdict, each.until) for each in lost if each.black_hole}


def test_a_subnet_that_leaves_a_table_takes_no_route_to_a_nat_gateway_that_is_gone_along(
    testbed: Testbed,
) -> None:
    made = direct(testbed)
    gateway = nat_gateway(testbed, made.ids["prod"], made.ids["by"])
    deleted(testbed, gateway)
    assert default_hop(testbed, made.ids["system"]) == gateway
    stack = testbed.stack(direct_eips(made))
    stack.apply()
    everyone = {f"server-{each}" for each in ("app-b", "app-c", "by", "stranger")}
    assert connected(testbed, made) == everyone
    assert stack.stack.sync.verify().proven
    assert unchanged(stack)
    stack.destroy()
    assert default_hop(testbed, made.ids["system"]) == ""
    assert connected(testbed, made) == everyone

"""Servers that reach the Internet by NAT in a VPC without an IPv4 gateway, as most VPCs are.

The first NAT gateway of a VPC brings a default route in the system table along (help page "Create
and manage an Internet NAT gateway"); so do people by hand, for an instance that does NAT.
"""

import re

from gwlbfw.plan.forecast import LOST
from tests.scenarios.dump import dump
from tests.scenarios.existing import Existing
from tests.scenarios.test_nat_served import consent, nat_gateway, refusals
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C
from tests.scenarios.testbed import Deployment, Testbed
from tests.traffic.networks import direct_eips

SUBNETS = {
    "app-b": (B, "192.168.1.0/24"),
    "app-c": (C, "192.168.2.0/24"),
    "nat": (B, "192.168.9.0/24"),
    "others": (C, "192.168.50.0/24"),
}
SERVED = ("app-b", "app-c", "others")


def served(testbed: Testbed, by: str) -> Existing:
    """Subnets on the system table, whose default route leads to what does NAT; one server's EIP."""
    made = Existing(testbed)
    made.vpc("prod", "192.168.0.0/16")
    made.group("web", "prod", ("tcp", "80"))
    for name, (zone, cidr) in SUBNETS.items():
        made.subnet(name, "prod", zone, cidr)
        made.instance(f"server-{name}", zone, name, "web")
    made.eip("eip-app-b", "server-app-b")
    if by == "Instance":
        made.eip("eip-nat", "server-nat")
        listed = testbed.call(
            "vpc:DescribeRouteTableList", VpcId=made.ids["prod"], RouteTableType="System"
        )
        made.ids["system"] = listed["RouterTableList"]["RouterTableListType"][0]["RouteTableId"]
        made.route("system", "server-nat", kind="Instance")
    else:
        nat_gateway(made, "nat", *SERVED)
    return made


def asked_about(made: Existing, stack: Deployment) -> set[tuple[str, str, str | None]]:
    """The subnets and directions of what is harmed for good, and how."""
    names = {made.ids[each]: each for each in SUBNETS}
    return {
        (names.get(each.subnet, each.subnet.rpartition("/")[2]), each.direction, each.reason)
        for each in consent(stack)
        if each.seconds is None
    }


def test_all_whom_a_nat_gateway_serves_are_named_before_a_firewall_takes_their_way_out(
    testbed: Testbed,
) -> None:
    """The table's default route leads the NAT gateway's own packets back to it.

    The server with an EIP keeps the Internet all the way.
    """
    made = served(testbed, "NatGateway")
    before = dump(testbed)
    stack = testbed.stack(direct_eips(made))
    assert "traffic-loss" in refusals(stack)
    assert dump(testbed) == before
    assert asked_about(made, stack) == {
        ("app-c", "outbound", "lost"),
        ("others", "outbound", "lost"),
        ("nat", "inbound", "lost"),
        ("nat", "outbound", "lost"),
    }
    assert not any(each.subnet.endswith("/app-b") for each in consent(stack))
    stack.apply(whatever=True)
    for each in ("app-c", "others"):
        found = stack.stack.sync.trace(made.ids[f"server-{each}"], "8.8.8.8")
        assert found.verdict in LOST
    assert not stack.stack.sync.verify().proven
    assert stack.changes() == {}
    stack.destroy(whatever=True)
    assert dump(testbed) == before


def test_all_whom_a_nat_gateway_serves_are_inspected_without_a_loss_where_its_subnet_is_named(
    testbed: Testbed,
) -> None:
    made = served(testbed, "NatGateway")
    before = dump(testbed)
    content = direct_eips(made)
    zones = content["business_vpcs"]["shop"]["zones"]
    zones[B]["subnets"] = {each: {"id": made.ids[each]} for each in ("app-b", "nat")}
    del zones[C]
    stack = testbed.stack(content)
    forecast = stack.plan().forecast
    assert forecast is not None
    assert (forecast.worst, forecast.consent) == ("asymmetric", ())
    stack.apply(whatever=True)  # an entry is for the named subnet with an EIP, too
    for each in ("app-c", "others"):
        assert stack.stack.sync.trace(made.ids[f"server-{each}"], "8.8.8.8").verdict == "inspected"
    stack.destroy()
    assert dump(testbed) == before


def test_bystanders_whom_a_nat_gateway_serves_are_named_where_they_are_to_be_left_alone(
    testbed: Testbed,
) -> None:
    """Their table has a default route, which leads to what loses its own."""
    made = served(testbed, "NatGateway")
    content = direct_eips(made)
    content["business_vpcs"]["shop"]["bystanders"] = "refuse"
    refusal = testbed.stack(content).refusal()
    assert re.match(r".*topology\.yaml:\d+: bystanders: the plan would take the Internet", refusal)
    assert f"{made.ids['others']}, outbound by a NAT gateway: lost for good" in refusal


def test_all_whom_an_instance_may_serve_are_named_where_it_needs_a_route_from_now_on(
    testbed: Testbed,
) -> None:
    """Nobody knows what it does; that its table has no route to the new IPv4 gateway is known."""
    made = served(testbed, "Instance")
    before = dump(testbed)
    stack = testbed.stack(direct_eips(made))
    assert refusals(stack) == ["traffic-loss"]
    assert dump(testbed) == before
    assert asked_about(made, stack) == {
        ("app-c", "outbound", "lost"),
        ("others", "outbound", "not_judged"),
        ("nat", "inbound", "not_judged"),
        ("nat", "outbound", "not_judged"),
    }
    stack.apply(whatever=True)
    stack.destroy(whatever=True)
    assert dump(testbed) == before

"""Every way past the firewall, or into nothing, is found and named."""

from collections.abc import Callable

import pytest

from gwlbfw.reachability import Verdict, judge, parse_network
from tests.unit.reachability.worlds import (
    GATEWAY,
    B,
    Balancer,
    C,
    Entry,
    Subnet,
    World,
    to,
    ulanqab,
)

Edit = Callable[[World], object]


def after(edit: Edit) -> World:
    world = ulanqab()
    edit(world)
    return world


def verdict_on(verdict: Verdict, subnet: str, direction: str, destination: str) -> str:
    """The verdict on the class that has this prefix."""
    (found,) = (
        flow.verdict
        for flow in verdict.flows
        if (flow.subnet.id, flow.direction) == (subnet, direction)
        and destination in flow.destinations
    )
    return found


# --- bypasses ---


def test_a_more_specific_route_to_the_gateway_is_a_bypass_of_exactly_its_prefix() -> None:
    verdict = after(lambda w: w.route("t-b", "8.8.8.0/24", GATEWAY)).verdict()
    assert not verdict.proven
    assert verdict_on(verdict, "app-b", "outbound", "8.8.8.0/24") == "bypass"
    (bypass,) = (each for each in verdict.flows if each.verdict == "bypass")
    assert bypass.destinations == ("8.8.8.0/24",)
    assert [str(each.entry.prefix) for each in bypass.forward_path.hops if each.entry] == [
        "8.8.8.0/24"
    ]


def test_the_rest_of_the_internet_stays_inspected_beside_a_bypass() -> None:
    world = after(lambda w: w.route("t-b", "8.8.8.0/24", GATEWAY))
    rest = [each for each in world.flows("app-b", "outbound") if each.verdict == "inspected"]
    assert len(rest) == 1
    assert "8.8.8.0/24" not in rest[0].destinations
    assert "8.8.9.0/24" in rest[0].destinations


def test_replies_to_some_clients_that_bypass_refute_what_comes_in() -> None:
    world = after(lambda w: w.route("t-b", "8.8.8.0/24", GATEWAY))
    (inbound,) = world.flows("app-b", "inbound")
    assert inbound.verdict == "asymmetric"
    assert (
        str(inbound.return_path.hops[0].entry and inbound.return_path.hops[0].entry.prefix)
        == "8.8.8.0/24"
    )


def test_two_bypasses_are_separate_flows_by_their_entries() -> None:
    world = ulanqab().route("t-b", "8.8.8.0/24", GATEWAY).route("t-b", "9.9.9.0/24", GATEWAY)
    found = {e.destinations for e in world.flows("app-b", "outbound") if e.verdict == "bypass"}
    assert found == {("8.8.8.0/24",), ("9.9.9.0/24",)}


def test_a_hundred_bypasses_are_one_class_that_says_how_many() -> None:
    world = ulanqab()
    for number in range(100):
        world.route("t-b", f"8.8.{number}.0/24", GATEWAY)
    (bypass,) = (e for e in world.flows("app-b", "outbound") if e.verdict == "bypass")
    assert bypass.forward_path.hops[0].more_entries == 99


def test_a_black_hole_inside_a_bypass_is_found() -> None:
    world = ulanqab().route("t-b", "8.0.0.0/8", GATEWAY).route("t-b", "8.8.0.0/16", to("ep-b"))
    verdict = world.verdict()
    (bypass,) = (each for each in verdict.flows if each.verdict == "bypass")
    assert "8.8.0.0/16" not in bypass.destinations
    assert "8.9.0.0/16" in bypass.destinations


def test_a_load_balancer_in_bypass_mode_inspects_nothing() -> None:
    world = after(lambda w: setattr(w.balancers["gwlb-1"], "mode", "ByPass"))
    assert world.said() == ("bypass", "bypass")
    (flow,) = world.flows("app-b", "outbound")
    assert (flow.inspected, flow.endpoint, flow.symmetric) == (False, "ep-b", True)


def test_a_gateway_without_a_table_lets_everything_in() -> None:
    world = after(lambda w: setattr(w, "gateway_table", False))
    assert world.said() == ("bypass", "asymmetric")


def test_a_nat_gateway_is_a_way_out_past_the_firewall() -> None:
    world = ulanqab()
    world.subnets["nat"] = Subnet("192.168.201.0/24", B, "t-nat")
    world.tables["t-nat"] = {"0.0.0.0/0": Entry([GATEWAY])}
    world.nat_gateways["ngw-1"] = ("nat", True, "Available")
    world.route("t-b", "0.0.0.0/0", ("NatGateway", "ngw-1"))
    assert {e.verdict for e in world.flows("app-b", "outbound")} == {"bypass"}


def test_a_subnet_behind_an_inspected_nat_gateway_is_proven_outbound() -> None:
    world = _nat_behind_the_firewall()
    (out,) = world.flows("app-b", "outbound")
    assert (out.verdict, out.endpoint) == ("inspected", "ep-b")
    (inbound,) = world.flows("app-b", "inbound")
    assert inbound.verdict == "unknown"  # the reply would have the NAT gateway's address


def test_a_nat_gateway_after_the_endpoint_hides_the_replies_from_it() -> None:
    world = ulanqab()
    world.subnets["nat"] = Subnet("192.168.201.0/24", B, "t-nat")
    world.tables["t-nat"] = {"0.0.0.0/0": Entry([GATEWAY])}
    world.nat_gateways["ngw-1"] = ("nat", True, "Available")
    world.route("t-gwlbe", "0.0.0.0/0", ("NatGateway", "ngw-1"))
    (out,) = world.flows("app-b", "outbound")
    assert out.verdict == "asymmetric"


def _nat_behind_the_firewall() -> World:
    world = ulanqab()
    world.subnets["nat"] = Subnet("192.168.201.0/24", B, "t-nat")
    world.tables["t-nat"] = {"0.0.0.0/0": Entry([to("ep-b")])}
    world.nat_gateways["ngw-1"] = ("nat", True, "Available")
    world.route("t-b", "0.0.0.0/0", ("NatGateway", "ngw-1"))
    return world.route("gateway", "192.168.201.0/24", to("ep-b"))


def test_nat_gateways_that_lose_packets_or_replies_are_no_way_out() -> None:
    world = _nat_behind_the_firewall()
    world.nat_gateways["ngw-1"] = ("nat", False, "Available")
    assert world.said()[1] == "black_hole"
    world.nat_gateways["ngw-1"] = ("nat", True, "Converting")
    assert world.said()[1] == "unknown"
    world.nat_gateways["ngw-1"] = ("nat", True, "Available")
    world.route("gateway", "192.168.201.0/24", to("ep-c"))
    world.endpoints["ep-c"].connection = "Disconnected"
    assert world.said()[1] == "black_hole"


def test_a_route_to_a_nat_gateway_that_is_gone_is_a_black_hole() -> None:
    world = _nat_behind_the_firewall()
    del world.nat_gateways["ngw-1"]
    (out,) = world.flows("app-b", "outbound")
    assert (out.verdict, out.forward_path.reason) == ("black_hole", "ngw-1 does not exist any more")
    world.unread["vpc:DescribeNatGateways"] = "Forbidden.RAM"
    (out,) = world.flows("app-b", "outbound")
    assert out.verdict == "unknown"
    assert "Forbidden.RAM" in out.forward_path.reason


def test_two_nat_gateways_in_a_row_are_more_than_the_model_knows() -> None:
    world = _nat_behind_the_firewall()
    world.subnets["nat-2"] = Subnet("192.168.202.0/24", B, "t-nat-2")
    world.tables["t-nat-2"] = {"0.0.0.0/0": Entry([to("ep-b")])}
    world.nat_gateways["ngw-22"] = ("nat-2", True, "Available")
    world.route("t-nat", "0.0.0.0/0", ("NatGateway", "ngw-22"))
    assert world.said()[1] == "unknown"


# --- black holes ---


@pytest.mark.parametrize(
    "edit",
    [
        lambda w: setattr(w.endpoints["ep-b"], "connection", "Disconnected"),
        lambda w: setattr(w.endpoints["ep-b"], "status", "Creating"),
        lambda w: setattr(w.endpoints["ep-b"], "zones", {}),
        lambda w: setattr(w.endpoints["ep-b"], "zones", {B: ("gwlbe-b", "Wait")}),
        lambda w: w.services.update({"epsrv-1": [(C, "gwlb-1")]}),
        lambda w: setattr(w, "service_status", "Deleting"),
        lambda w: setattr(w.balancers["gwlb-1"], "zones", [C]),
        lambda w: setattr(w.balancers["gwlb-1"], "status", "Inactive"),
        lambda w: setattr(w.balancers["gwlb-1"], "listener", None),
        lambda w: setattr(w.balancers["gwlb-1"], "listener", "Provisioning"),
        lambda w: setattr(w.balancers["gwlb-1"], "group", "Creating"),
        lambda w: setattr(w.balancers["gwlb-1"], "members", {}),
        lambda w: w.balancers["gwlb-1"].members.update(
            dict.fromkeys(("i-fw-1", "i-fw-2"), ("Available", "Unhealthy"))
        ),
        lambda w: w.balancers["gwlb-1"].members.update(
            {"i-fw-1": ("Draining", "Healthy"), "i-fw-2": ("Available", "Initial")}
        ),
    ],
)
def test_an_endpoint_with_nothing_fit_behind_it_is_a_black_hole(edit: Edit) -> None:
    world = after(edit)
    assert world.said() == ("black_hole", "black_hole")
    (flow,) = world.flows("app-b", "outbound")
    assert not flow.inspected
    assert flow.forward_path.hops[-1].at == "ep-b"


def test_one_healthy_appliance_in_any_zone_is_enough() -> None:
    world = after(
        lambda w: w.balancers["gwlb-1"].members.update({"i-fw-1": ("Available", "Unhealthy")})
    )
    assert world.verdict().proven


def test_a_subnet_without_a_route_but_with_a_route_for_some_is_told_so() -> None:
    world = ulanqab().unroute("t-b", "0.0.0.0/0").route("t-b", "8.0.0.0/8", to("ep-b"))
    verdicts = {flow.destinations: flow.verdict for flow in world.flows("app-b", "outbound")}
    assert verdicts[("8.0.0.0/8",)] == "inspected"
    assert sorted(verdicts.values()) == ["inspected", "no_route"]


# --- what the model does not know ---


@pytest.mark.parametrize(
    "edit",
    [
        lambda w: w.route("t-b", "0.0.0.0/0", ("VpcPeer", "pcc-1")),
        lambda w: w.route("t-b", "0.0.0.0/0", ("Instance", "i-1")),
        lambda w: w.route("t-b", "0.0.0.0/0", ("NextYearsThing", "x-1")),
        lambda w: w.route("t-b", "0.0.0.0/0", to("ep-elsewhere")),
        lambda w: w.route("t-b", "0.0.0.0/0", ("Ipv4Gateway", "ipv4gw-elsewhere")),
        lambda w: w.route("t-b", "0.0.0.0/0", ("RouteTargetGroup", "rtg-elsewhere")),
        lambda w: w.route("t-b", "0.0.0.0/0", to("ep-b"), status="Modifying"),
        lambda w: w.route("t-b", "0.0.0.0/0", to("ep-b"), enabled=False),
        lambda w: w.route("t-b", "pl-prefixlist", to("ep-b")),
        lambda w: setattr(w.subnets["app-b"], "status", "Pending"),
        lambda w: setattr(w.subnets["app-b"], "table", "t-of-which-nothing-is-known"),
        lambda w: setattr(w.endpoints["ep-b"], "connection", "NextYearsState"),
        lambda w: setattr(w.endpoints["ep-b"], "connection", ""),
        lambda w: setattr(w.endpoints["ep-b"], "zones", {B: ("gwlbe-b", "NextYearsState")}),
        lambda w: setattr(w.endpoints["ep-b"], "zones", {B: ("vsw-elsewhere", "Connected")}),
        lambda w: w.services.clear(),
        lambda w: setattr(w, "balancers", {}),
        lambda w: setattr(w.balancers["gwlb-1"], "mode", "NextYearsMode"),
        lambda w: setattr(w.balancers["gwlb-1"], "mode", ""),
        lambda w: setattr(w.balancers["gwlb-1"], "status", "Configuring"),
        lambda w: setattr(w.balancers["gwlb-1"], "listener", "Configuring"),
        lambda w: setattr(w.balancers["gwlb-1"], "group", "Configuring"),
        lambda w: setattr(w.endpoints["ep-b"], "status", "Pending"),
        lambda w: setattr(w.endpoints["ep-b"], "business", "FinancialLocked"),
        lambda w: setattr(w.endpoints["ep-b"], "zones", {B: ("gwlbe-b", "Migrating")}),
        lambda w: setattr(w, "service_status", "Pending"),
        lambda w: setattr(w, "service_business", "FinancialLocked"),
        lambda w: setattr(w.subnets["gwlbe-b"], "status", "Pending"),
        lambda w: setattr(w, "gateway", "Modifying"),
        lambda w: setattr(w.balancers["gwlb-1"], "business", "NextYearsStatus"),
        lambda w: w.balancers["gwlb-1"].members.update(
            dict.fromkeys(("i-fw-1", "i-fw-2"), ("Available", ""))
        ),
        lambda w: w.balancers["gwlb-1"].members.update(
            {"i-fw-1": ("Adding", "Healthy"), "i-fw-2": ("Replacing", "Healthy")}
        ),
        lambda w: w.balancers["gwlb-1"].members.update(
            dict.fromkeys(("i-fw-1", "i-fw-2"), ("NextYearsState", "Healthy"))
        ),
    ],
)
def test_an_unknown_thing_on_the_path_refutes(edit: Edit) -> None:
    world = after(edit)
    assert {e.verdict for e in world.flows("app-b", "outbound")} == {"unknown"}
    assert not world.verdict().proven


def test_a_server_group_that_was_not_read_is_not_known() -> None:
    facts = ulanqab().facts()
    facts.groups.clear()
    facts.unread["sgp-gwlb-1"] = "gwlb:ListServerGroups failed: Forbidden"

    verdict = judge(parse_network(facts))
    assert {each.verdict for each in verdict.flows} == {"unknown"}
    assert any("Forbidden" in each.forward_path.reason for each in verdict.flows)


def test_a_table_in_the_making_is_not_known() -> None:
    facts = ulanqab().facts()
    facts.tables[0] = {**facts.tables[0], "Status": "Pending"}
    assert facts.tables[0]["RouteTableId"] == "t-b"
    flows = judge(parse_network(facts)).flows
    said = {e.verdict for e in flows if (e.subnet.id, e.direction) == ("app-b", "outbound")}
    assert said == {"unknown"}


def test_two_entries_of_one_destination_that_disagree_are_not_known() -> None:
    world = ulanqab()
    facts = world.facts()
    facts.entries["t-b"].append({**facts.entries["t-c"][-1]})

    said = {
        flow.verdict
        for flow in judge(parse_network(facts)).flows
        if flow.subnet.id == "app-b" and flow.direction == "outbound"
    }
    assert said == {"unknown"}


def test_an_entry_that_is_local_for_nobody_is_not_known() -> None:
    world = ulanqab().route("t-b", "9.0.0.0/8", ("local", ""))
    assert verdict_on(world.verdict(), "app-b", "outbound", "9.0.0.0/8") == "unknown"


def test_a_subnet_without_its_entry_in_the_gateways_table_is_not_known() -> None:
    world = ulanqab().unroute("gateway", "192.168.1.0/24")
    world.lacks.add(("gateway", "192.168.1.0/24"))
    assert world.said() == ("unknown", "unknown")


def test_a_gateways_table_that_was_not_read_is_not_known() -> None:
    world = ulanqab()
    del world.tables["gateway"]
    assert world.said() == ("unknown", "unknown")


# --- more than one way ---


def test_shared_packets_are_as_good_as_the_worst_of_their_ways() -> None:
    world = ulanqab().route("t-b", "0.0.0.0/0", to("ep-b"), GATEWAY)
    assert world.said() == ("asymmetric", "bypass")


def test_packets_shared_by_two_endpoints_come_back_by_only_one() -> None:
    world = ulanqab().route("t-b", "0.0.0.0/0", to("ep-b"), to("ep-c"))
    assert world.said() == ("asymmetric", "asymmetric")


def test_shared_packets_that_all_go_the_same_way_are_one() -> None:
    world = ulanqab().route("t-b", "0.0.0.0/0", to("ep-b"), to("ep-b"))
    assert world.said() == ("inspected", "inspected")


def test_an_endpoint_of_two_zones_may_take_packets_in_one_and_return_them_in_the_other() -> None:
    world = ulanqab()
    world.endpoints["ep-b"].zones = {B: ("gwlbe-b", "Connected"), C: ("gwlbe-c", "Connected")}
    assert world.said() == ("asymmetric", "asymmetric")


def test_two_load_balancers_behind_one_endpoint_are_two_ways() -> None:
    world = ulanqab()
    world.services["epsrv-1"] += [(B, "gwlb-2")]
    world.balancers["gwlb-2"] = Balancer([B], mode="ByPass")
    assert world.said() == ("bypass", "bypass")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Available", "inspected"),
        ("Abnormal", "inspected"),
        ("Switched", "asymmetric"),
        ("Unavailable", "unknown"),
    ],
)
def test_a_route_target_group_sends_to_whichever_endpoint_serves(
    status: str, expected: str
) -> None:
    world = ulanqab().route("t-b", "0.0.0.0/0", ("RouteTargetGroup", "rtg-1"))
    world.groups["rtg-1"] = ("ep-b", "ep-c", status)
    assert world.said() == (expected, expected)


# --- what is no Internet traffic ---


def test_private_destinations_may_go_wherever_they_like() -> None:
    world = ulanqab().route("t-b", "10.0.0.0/8", ("Attachment", "tr-1"))
    assert world.verdict().proven


def test_the_public_part_of_a_route_to_elsewhere_is_refuted() -> None:
    world = ulanqab().route("t-b", "172.0.0.0/8", ("Attachment", "tr-1"))
    said = {e.verdict: e.destinations for e in world.flows("app-b", "outbound")}
    assert "172.128.0.0/9" in said["unknown"]
    assert "172.16.0.0/12" not in said["unknown"]


def test_packets_that_stay_in_the_vpc_are_no_internet_traffic_whatever_their_addresses() -> None:
    world = ulanqab()
    for name, subnet in world.subnets.items():
        del name
        subnet.cidr = subnet.cidr.replace("192.168.", "47.168.")
    world.tables["gateway"] = {
        to_.replace("192.168.", "47.168."): entry for to_, entry in world.tables["gateway"].items()
    }
    world.cidr = "47.168.0.0/16"
    verdict = world.verdict()
    assert verdict.proven
    every = {each for flow in world.flows("app-b", "outbound") for each in flow.destinations}
    assert not any(each.startswith("47.168.1.") for each in every)


def test_a_gateway_sends_back_in_what_is_meant_for_the_vpc() -> None:
    """As real packets did where the endpoint's table lacked the subnet."""
    world = ulanqab()
    world.lacks.add(("t-b", "192.168.2.0/24"))
    world.route("t-b", "192.168.0.0/16", GATEWAY)
    assert world.verdict().proven  # east-west traffic by detour is no Internet traffic

"""From EIPs with direct access onto the firewall, and back, whatever comes in between."""

from typing import Any

import pytest

from gwlbfw.errors import PlanError
from tests.scenarios.dump import Dump, dump
from tests.scenarios.existing import Existing
from tests.scenarios.test_brownfield import refusing
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C
from tests.scenarios.testbed import Testbed, succeeded
from tests.traffic.networks import direct, direct_eips
from tests.traffic.prober import Prober, probe


@pytest.fixture
def made(testbed: Testbed) -> Existing:
    return direct(testbed)


def table_of(now: Dump, subnet: str) -> str:
    """The route table that a subnet goes by."""
    table: Any = now[subnet]["RouteTable"]
    return str(table["RouteTableId"])


@pytest.mark.parametrize("loses", [False, True], ids=["with-record", "without-record"])
def test_the_firewall_is_put_in_proven_and_taken_out_without_a_trace(
    testbed: Testbed, made: Existing, loses: bool
) -> None:
    before = dump(testbed)
    stack = testbed.stack(direct_eips(made))
    stack.apply()
    assert stack.stack.sync.verify().proven
    if loses:
        testbed.forget()
    assert stack.changes() == {}
    assert not stack.drift().drifted
    stack.destroy()
    assert dump(testbed) == before


def test_a_subnet_takes_the_entries_of_the_table_that_it_leaves_along(
    testbed: Testbed, made: Existing
) -> None:
    stack = testbed.stack(direct_eips(made))
    stack.apply()
    now = dump(testbed)
    table = table_of(now, made.ids["app-c"])
    old, new = (now[f"{each} 172.16.0.0/12"] for each in (made.ids["shared"], table))
    for name in ("NextHops", "RouteEntryName"):
        assert old[name] == new[name]
    assert table_of(now, made.ids["stranger"]) == made.ids["shared"]


@pytest.mark.parametrize(
    "action", ["AssociateRouteTable", "EnableVpcIpv4Gateway", "ModifyRouteEntry"]
)
def test_half_an_apply_leaves_everyone_the_internet_and_can_be_taken_back(
    testbed: Testbed, made: Existing, action: str
) -> None:
    before = dump(testbed)
    report = testbed.stack(direct_eips(made), refusing(action)).try_apply()
    assert report.outcome == "failed"
    testbed.settle()
    assert all(way.connected for way in probe(testbed, made).values())
    testbed.stack(direct_eips(made)).destroy()
    assert dump(testbed) == before


@pytest.mark.parametrize(
    "action", ["UpdateGatewayRouteTableEntryAttribute", "DeleteRouteEntry", "UnassociateRouteTable"]
)
def test_half_a_destroy_goes_on_where_it_was(testbed: Testbed, made: Existing, action: str) -> None:
    before = dump(testbed)
    testbed.stack(direct_eips(made)).apply()
    broken = testbed.stack(direct_eips(made), refusing(action))
    assert broken.stack.sync.destroy().outcome == "failed"
    testbed.forget()
    testbed.stack(direct_eips(made)).destroy()
    assert dump(testbed) == before


def test_half_a_destroy_can_be_applied_again(testbed: Testbed, made: Existing) -> None:
    stack = testbed.stack(direct_eips(made))
    stack.apply()
    broken = testbed.stack(direct_eips(made), refusing("DeleteIpv4Gateway"))
    assert broken.stack.sync.destroy().outcome == "failed"
    stack.apply(whatever=True)
    assert stack.stack.sync.verify().proven
    assert stack.changes() == {}


def test_bystanders_are_named_where_they_are_to_be_left_alone(
    testbed: Testbed, made: Existing
) -> None:
    content = direct_eips(made)
    content["business_vpcs"]["shop"]["bystanders"] = "refuse"
    said = testbed.stack(content).refusal()
    assert "bystanders" in said
    assert made.ids["by"] in said
    assert made.ids["stranger"] in said


def test_two_subnets_of_a_zone_that_leave_different_tables_get_one_each(
    testbed: Testbed, made: Existing
) -> None:
    """Else one of them would get entries that it never had."""
    content = direct_eips(made)
    other = {"id": made.subnet("by-c", "prod", C, "192.168.70.0/24")}
    content["business_vpcs"]["shop"]["zones"][C]["subnets"]["other"] = other
    before = dump(testbed)
    stack = testbed.stack(content)
    stack.apply()
    assert stack.changes() == {}
    now = dump(testbed)
    tables = {name: table_of(now, made.ids[name]) for name in ("app-c", "by-c")}
    assert f"{tables['app-c']} 172.16.0.0/12" in now
    assert f"{tables['by-c']} 172.16.0.0/12" not in now
    stack.destroy()
    assert dump(testbed) == before


@pytest.mark.parametrize("tables", ["per-zone", "per-subnet"])
def test_a_subnet_that_the_file_names_later_keeps_the_internet_on_its_way_to_the_firewall(
    testbed: Testbed, made: Existing, tables: str
) -> None:
    """The gateway is active by then: its table has a route before the subnet moves to it."""
    content = direct_eips(made)
    shop = content["business_vpcs"]["shop"]
    shop["route_tables"] = tables
    later = {
        **shop["zones"][B],
        "subnets": {each: {"id": made.ids[each]} for each in ("app-b", "by")},
    }
    del shop["zones"][B]
    testbed.stack(content).apply()
    shop["zones"][B] = later
    stack = testbed.stack(content)
    forecast = stack.plan().forecast
    assert forecast is not None
    assert (forecast.worst, forecast.consent) == ("asymmetric", ())
    prober = Prober(made, settles=True)
    watched = testbed.stack(content, prober.watch)
    succeeded(watched.stack.sync.apply(watched.plan(), prober.hear))
    assert not {e for sight in prober.sights for e in sight.servers(lambda way: not way.connected)}
    assert stack.stack.sync.verify().proven
    assert stack.changes() == {}


def test_inspected_subnet_stays_inspected_where_another_joins_its_new_table(
    testbed: Testbed, made: Existing
) -> None:
    """The table leads to the endpoint from the start, and who joins it turns by that, as one."""
    content = direct_eips(made)
    shop = content["business_vpcs"]["shop"]
    shop["route_tables"] = "per-subnet"
    testbed.stack(content).apply()
    shop["route_tables"] = "per-zone"
    shop["zones"][B]["subnets"]["by"] = {"id": made.ids["by"]}
    plan = testbed.stack(content).plan()
    assert plan.forecast is not None
    assert plan.forecast.consent == ()
    (seen,) = plan.forecast.transient_flows
    assert (seen.subnet, seen.verdict) == ("vswitch.business/shop/by", "asymmetric")
    groups = {each.group for each in plan.steps if each.id in (*seen.after, *seen.until)}
    assert groups == {f"shop/{B}"}


def test_subnet_that_turns_by_the_table_it_moves_to_waits_for_the_health_gate(
    testbed: Testbed, made: Existing
) -> None:
    """Its zone is behind the firewall already, and it comes from a table of others."""
    made.subnet("more", "prod", C, "192.168.80.0/24")
    made.join("shared", "more")
    content = direct_eips(made)
    testbed.stack(content).apply()
    zone = content["business_vpcs"]["shop"]["zones"][C]
    zone["subnets"]["stranger"] = {"id": made.ids["stranger"]}
    plan = testbed.stack(content).plan()
    assert plan.forecast is not None
    (seen,) = plan.forecast.transient_flows
    assert (seen.verdict, seen.seconds) == ("asymmetric", 3.25)
    before = probe(testbed, made)
    blind = testbed.stack(content, refusing("GetListenerHealthStatus"))
    report = blind.stack.sync.apply(plan)
    assert {each.step.id for each in report.failures} == {"listener.main:healthy"}
    assert probe(testbed, made) == before


def test_a_vpc_may_be_left_without_any_internet_and_that_is_the_cloud_s_own_word(
    testbed: Testbed, made: Existing
) -> None:
    content = direct_eips(made)
    content["business_vpcs"]["shop"]["ipv4_gateway"] = {"on_delete": "private"}
    stack = testbed.stack(content)
    stack.apply()
    with pytest.raises(PlanError, match=r"be lost.* shop/app-b, both ways: lost for good"):
        stack.destroy()
    stack.destroy(whatever=True)
    testbed.settle()
    left = testbed.call("vpc:DescribeVpcAttribute", VpcId=made.ids["prod"])
    assert left["SupportIpv4Gateway"]
    assert not any(way.connected for way in probe(testbed, made).values())


def test_the_gateway_is_active_only_when_every_subnet_has_a_route_to_it(
    testbed: Testbed, made: Existing
) -> None:
    plan = testbed.stack(direct_eips(made)).plan()
    activation = next(each for each in plan.steps if each.phase == "activate")
    needed = set(activation.needs)
    for each in reversed(plan.steps):
        if each.id in needed:
            needed |= each.needs
    tables = {f"route.business/shop/{B}:pre-route", f"route.business/shop/{C}:pre-route"}
    tables |= {f"route.bystander/shop/{made.ids[each]}:create" for each in ("system", "shared")}
    assert tables <= needed


def test_a_named_gateway_that_is_not_active_is_not_activated(
    testbed: Testbed, made: Existing
) -> None:
    made.gateway("idle", "prod")
    content = direct_eips(made)
    content["business_vpcs"]["shop"]["ipv4_gateway"] = {"id": made.ids["idle"]}
    assert "would-activate" in testbed.stack(content).refusal()


def test_plan_that_puts_the_firewall_in_loses_nothing_and_states_its_transitions(
    testbed: Testbed, made: Existing
) -> None:
    plan = testbed.stack(direct_eips(made)).plan()
    assert plan.forecast is not None
    assert (plan.forecast.proven, plan.forecast.worst) == (True, "asymmetric")


@pytest.mark.parametrize("elsewhere", [False, True], ids=["deleted", "in-another-vpc"])
def test_table_that_its_vpc_lacks_is_not_put_back_and_the_plan_says_what_is(
    testbed: Testbed, made: Existing, *, elsewhere: bool
) -> None:
    """What a tag names may be gone, and anybody may have written it."""
    content = direct_eips(made)
    testbed.stack(content).apply()
    testbed.forget()
    made.vpc("other", "172.20.0.0/16")
    wrong = made.table("wrong", "other") if elsewhere else "vtb-gone"
    endpoint = testbed.call("privatelink:ListVpcEndpoints", EndpointType="GatewayLoadBalancer")
    for each in endpoint["Endpoints"]:
        key = "gwlbfw:before:a/business/shop/app-c"
        value = f"{wrong}@{made.ids['app-c']}"
        testbed.done(
            "privatelink:TagResources",
            ResourceType="vpcendpoint",
            ResourceId=[each["EndpointId"]],
            Tag=[{"Key": key, "Value": value}],
        )
    plan = testbed.stack(content).plan(destroy=True)
    (said,) = plan.warnings
    assert wrong in said.message
    assert "goes back to the system table" in said.message
    testbed.stack(content).destroy()
    assert table_of(dump(testbed), made.ids["app-c"]) == made.ids["system"]

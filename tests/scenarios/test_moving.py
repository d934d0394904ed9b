"""Subnets that can't keep their table move to one of the stack's own, and back."""

import pytest

from gwlbfw.errors import PlanError
from tests.scenarios.dump import dump
from tests.scenarios.existing import SUBNETS, Existing, brownfield, network, security
from tests.scenarios.test_brownfield import refusing, returns_to_before
from tests.scenarios.testbed import ANYWHERE, Content, Testbed, example
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C


def system_table(made: Existing) -> str:
    """The business VPC's system table, by a short name from now on."""
    listed = made.testbed.call(
        "vpc:DescribeRouteTableList", VpcId=made.ids["prod"], RouteTableType="System"
    )
    made.ids["system"] = listed["RouterTableList"]["RouterTableListType"][0]["RouteTableId"]
    return made.ids["system"]


@pytest.fixture
def made(testbed: Testbed) -> Existing:
    """Business subnets on the system table, which leads to the gateway and to a peer."""
    made = network(testbed)
    system_table(made)
    for name in SUBNETS:
        made.leave(f"table-{name}", name)
    made.route("system", "gateway")
    made.route("system", "server-vtb", "10.20.0.0/16", "Instance")
    return made


@pytest.fixture
def direct(testbed: Testbed) -> Existing:
    """The vendor's scenario as it starts: no gateway, no custom table, EIPs on the servers."""
    made = Existing(testbed)
    made.vpc("prod", "192.168.0.0/16")
    system_table(made)
    made.group("web", "prod", ("tcp", "80"))
    for name, (zone, cidr) in {**SUBNETS, "vtb": (B, "192.168.50.0/24")}.items():
        made.subnet(name, "prod", zone, cidr)
        made.instance(f"server-{name}", zone, name, "web")
        made.eip(f"eip-{name}", f"server-{name}")
    return made


def direct_eips(made: Existing) -> Content:
    """The example with direct EIPs, with the ids of this network."""
    content = example("direct-eips")
    shop = content["business_vpcs"]["shop"]
    shop["id"] = made.ids["prod"]
    for name, (zone, _) in SUBNETS.items():
        shop["zones"][zone]["subnets"][name]["id"] = made.ids[name]
    return content


def test_subnets_on_the_system_table_move_and_come_back(testbed: Testbed, made: Existing) -> None:
    content = brownfield(made)
    stack = testbed.stack(content)
    plan = stack.plan()
    after = {str(c.address): c.action for c in plan.changes}
    for zone in (B, C):
        assert after[f"route_table.business/shop/{zone}"] == "create"
        assert after[f"route.copied/shop/{zone}/10.20.0.0_16"] == "create"
    returns_to_before(testbed, content)


def test_moved_subnets_come_back_without_a_record(testbed: Testbed, made: Existing) -> None:
    before = dump(testbed)
    stack = testbed.stack(brownfield(made))
    stack.apply()
    testbed.forget()
    assert stack.changes() == {}
    stack.destroy()
    assert dump(testbed) == before


def test_half_done_move_is_rolled_back_by_destroy(testbed: Testbed, made: Existing) -> None:
    before = dump(testbed)
    content = brownfield(made)
    for action in (
        *("AssociateRouteTable", "CreateRouteEntry", "ModifyRouteEntry", "CreateListener"),
        *("UpdateGatewayRouteTableEntryAttribute", "AddZoneToVpcEndpoint"),
    ):
        testbed.stack(content, refusing(action)).try_apply()
        testbed.forget()
        testbed.stack(content).destroy()
        assert dump(testbed) == before, action


def test_half_done_move_is_finished_by_apply(testbed: Testbed, made: Existing) -> None:
    before = dump(testbed)
    content = brownfield(made)
    for action in ("AssociateRouteTable", "ModifyRouteEntry", "AddZoneToVpcEndpoint"):
        testbed.stack(content, refusing(action)).try_apply()
    stack = testbed.stack(content)
    stack.apply()
    assert stack.changes() == {}
    stack.destroy()
    assert dump(testbed) == before


def test_subnet_on_an_unmanaged_table_moves_where_that_is_allowed(testbed: Testbed) -> None:
    """From a custom table a subnet gets to another only by way of the system's."""
    made = network(testbed)
    made.leave("table-vtb", "vtb")
    made.join("table-app-b", "vtb")
    before = dump(testbed)
    stack = testbed.stack(brownfield(made))
    stack.apply(whatever=True)
    assert stack.changes() == {}
    assert not stack.drift().drifted
    now = dump(testbed)
    assert now[made.ids["vtb"]]["RouteTable"] == before[made.ids["vtb"]]["RouteTable"]
    stack.destroy()
    assert dump(testbed) == before


def test_subnets_of_two_zones_on_one_table_get_one_each(testbed: Testbed) -> None:
    made = network(testbed)
    made.leave("table-app-c", "app-c")
    made.join("table-app-b", "app-c")
    before = dump(testbed)
    stack = testbed.stack(brownfield(made))
    stack.apply(whatever=True)
    assert stack.changes() == {}
    stack.destroy()
    assert dump(testbed) == before


def test_a_subnet_moves_to_the_table_that_the_file_names(testbed: Testbed, made: Existing) -> None:
    content = brownfield(made)
    subnet = content["business_vpcs"]["shop"]["zones"][B]["subnets"]["app-b"]
    subnet["route_table"] = {"id": made.ids["table-app-b"]}
    returns_to_before(testbed, content)


def test_an_existing_subnet_for_the_endpoint_moves_too(testbed: Testbed, made: Existing) -> None:
    made.subnet("gwlbe-b", "prod", B, "192.168.60.0/24")
    content = brownfield(made)
    zone = content["business_vpcs"]["shop"]["zones"][B]
    zone["gwlbe_subnet"] = {"id": made.ids["gwlbe-b"]}
    returns_to_before(testbed, content)


def test_direct_eips_are_put_behind_the_firewall_and_restored(
    testbed: Testbed, direct: Existing
) -> None:
    returns_to_before(testbed, direct_eips(direct))


def test_direct_eips_are_restored_without_a_record(testbed: Testbed, direct: Existing) -> None:
    before = dump(testbed)
    stack = testbed.stack(direct_eips(direct))
    stack.apply()
    testbed.forget()
    assert stack.changes() == {}
    stack.destroy()
    assert dump(testbed) == before


def test_a_bystander_keeps_its_internet(testbed: Testbed, direct: Existing) -> None:
    stack = testbed.stack(direct_eips(direct))
    at = f"route.bystander/shop/{direct.ids['system']}"
    assert stack.changes()[at] == "create"
    stack.apply()
    assert dump(testbed)[f"{direct.ids['system']} {ANYWHERE}"]["Type"] == "Custom"


def test_bystanders_stop_the_plan_where_the_file_says_so(
    testbed: Testbed, direct: Existing
) -> None:
    content = direct_eips(direct)
    content["business_vpcs"]["shop"]["bystanders"] = "refuse"
    said = testbed.stack(content).refusal()
    assert direct.ids["vtb"] in said
    assert "topology.yaml" in said


def test_half_done_cut_over_from_direct_eips_is_finished_and_rolled_back(
    testbed: Testbed, direct: Existing
) -> None:
    before = dump(testbed)
    content = direct_eips(direct)
    for action in (
        *("AssociateRouteTable", "CreateRouteEntry", "EnableVpcIpv4Gateway", "CreateListener"),
        *("UpdateGatewayRouteTableEntryAttribute", "ModifyRouteEntry"),
    ):
        testbed.stack(content, refusing(action)).try_apply()
        testbed.forget()
    stack = testbed.stack(content)
    stack.apply()
    assert stack.changes() == {}
    testbed.forget()
    stack.destroy()
    assert dump(testbed) == before


@pytest.mark.parametrize("forgets", [False, True])
def test_a_zone_of_moved_subnets_leaves_the_file_alone(
    testbed: Testbed, made: Existing, forgets: bool
) -> None:
    """Its traffic is not inspected any more, which has to be allowed.

    Without a record nobody knows what its table led to, so that may lose traffic on the way too.
    """
    before = dump(testbed)
    content = brownfield(made)
    testbed.stack(content).apply()
    if forgets:
        testbed.forget()
    del content["business_vpcs"]["shop"]["zones"][C]
    smaller = testbed.stack(content)
    with pytest.raises(PlanError, match="no longer inspected"):
        smaller.apply()
    smaller.apply(whatever=True)
    assert smaller.changes() == {}
    now = dump(testbed)
    assert now[made.ids["app-c"]] == before[made.ids["app-c"]]
    smaller.destroy()
    assert dump(testbed) == before


def test_unmanaged_inactive_gateway_stays_inactive(testbed: Testbed) -> None:
    made = Existing(testbed)
    made.vpc("prod", "192.168.0.0/16")
    made.gateway("gateway", "prod")
    for name, (zone, cidr) in SUBNETS.items():
        made.subnet(name, "prod", zone, cidr)
    security(made)
    said = testbed.stack(brownfield(made)).refusal()
    assert "would-activate" in said

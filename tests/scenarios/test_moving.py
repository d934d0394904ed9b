"""Subnets that can't keep their table move to one of the stack's own, and back."""

import pytest

from tests.scenarios.dump import dump
from tests.scenarios.existing import SUBNETS, Existing, brownfield, network, security
from tests.scenarios.test_brownfield import returns_to_before, spoils
from tests.scenarios.testbed import ANYWHERE, Content, World, example
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C


def system_table(made: Existing) -> str:
    """The business VPC's system table, by a short name from now on."""
    listed = made.world.call(
        "vpc:DescribeRouteTableList", VpcId=made.ids["prod"], RouteTableType="System"
    )
    made.ids["system"] = listed["RouterTableList"]["RouterTableListType"][0]["RouteTableId"]
    return made.ids["system"]


@pytest.fixture
def made(world: World) -> Existing:
    """Business subnets on the system table, which leads to the gateway and to a peer."""
    made = network(world)
    system_table(made)
    for name in SUBNETS:
        made.leave(f"table-{name}", name)
    made.route("system", "gateway")
    made.route("system", "server-vtb", "10.20.0.0/16", "Instance")
    return made


@pytest.fixture
def direct(world: World) -> Existing:
    """The vendor's scenario as it starts: no gateway, no custom table, EIPs on the servers."""
    made = Existing(world)
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


def test_subnets_on_the_system_table_move_and_come_back(world: World, made: Existing) -> None:
    content = brownfield(made)
    stack = world.stack(content)
    plan = stack.plan()
    after = {str(c.address): c.action for c in plan.changes}
    for zone in (B, C):
        assert after[f"route_table.business/shop/{zone}"] == "create"
        assert after[f"route.copied/shop/{zone}/10.20.0.0_16"] == "create"
    returns_to_before(world, content)


def test_they_come_back_without_a_record(world: World, made: Existing) -> None:
    before = dump(world)
    stack = world.stack(brownfield(made))
    stack.apply()
    world.forget()
    assert stack.changes() == {}
    stack.destroy()
    assert dump(world) == before


def test_a_half_made_move_goes_back(world: World, made: Existing) -> None:
    before = dump(world)
    content = brownfield(made)
    for action in (
        *("AssociateRouteTable", "CreateRouteEntry", "ModifyRouteEntry", "CreateListener"),
        *("UpdateGatewayRouteTableEntryAttribute", "AddZoneToVpcEndpoint"),
    ):
        world.stack(content, spoils(action)).try_apply()
        world.forget()
        world.stack(content).destroy()
        assert dump(world) == before, action


def test_a_half_made_move_goes_on(world: World, made: Existing) -> None:
    before = dump(world)
    content = brownfield(made)
    for action in ("AssociateRouteTable", "ModifyRouteEntry", "AddZoneToVpcEndpoint"):
        world.stack(content, spoils(action)).try_apply()
    stack = world.stack(content)
    stack.apply()
    assert stack.changes() == {}
    stack.destroy()
    assert dump(world) == before


def test_a_subnet_on_a_strangers_table_too_moves_where_that_is_allowed(world: World) -> None:
    """From a custom table a subnet gets to another only by way of the system's."""
    made = network(world)
    made.leave("table-vtb", "vtb")
    made.join("table-app-b", "vtb")
    before = dump(world)
    stack = world.stack(brownfield(made))
    stack.apply(whatever=True)
    assert stack.changes() == {}
    assert not stack.drift().drifted
    now = dump(world)
    assert now[made.ids["vtb"]]["RouteTable"] == before[made.ids["vtb"]]["RouteTable"]
    stack.destroy()
    assert dump(world) == before


def test_subnets_of_two_zones_on_one_table_get_one_each(world: World) -> None:
    made = network(world)
    made.leave("table-app-c", "app-c")
    made.join("table-app-b", "app-c")
    before = dump(world)
    stack = world.stack(brownfield(made))
    stack.apply(whatever=True)
    assert stack.changes() == {}
    stack.destroy()
    assert dump(world) == before


def test_a_subnet_moves_to_the_table_that_the_file_names(world: World, made: Existing) -> None:
    content = brownfield(made)
    subnet = content["business_vpcs"]["shop"]["zones"][B]["subnets"]["app-b"]
    subnet["route_table"] = {"id": made.ids["table-app-b"]}
    returns_to_before(world, content)


def test_an_existing_subnet_for_the_endpoint_moves_too(world: World, made: Existing) -> None:
    made.subnet("gwlbe-b", "prod", B, "192.168.60.0/24")
    content = brownfield(made)
    zone = content["business_vpcs"]["shop"]["zones"][B]
    zone["gwlbe_subnet"] = {"id": made.ids["gwlbe-b"]}
    returns_to_before(world, content)


def test_direct_eips_are_put_behind_the_firewall_and_out_again(
    world: World, direct: Existing
) -> None:
    returns_to_before(world, direct_eips(direct))


def test_that_comes_back_without_a_record_too(world: World, direct: Existing) -> None:
    before = dump(world)
    stack = world.stack(direct_eips(direct))
    stack.apply()
    world.forget()
    assert stack.changes() == {}
    stack.destroy()
    assert dump(world) == before


def test_a_bystander_keeps_its_internet(world: World, direct: Existing) -> None:
    stack = world.stack(direct_eips(direct))
    at = f"route.bystander/shop/{direct.ids['system']}"
    assert stack.changes()[at] == "create"
    stack.apply()
    assert dump(world)[f"{direct.ids['system']} {ANYWHERE}"]["Type"] == "Custom"


def test_bystanders_stop_the_plan_where_the_file_says_so(world: World, direct: Existing) -> None:
    content = direct_eips(direct)
    content["business_vpcs"]["shop"]["bystanders"] = "refuse"
    said = world.stack(content).refusal()
    assert direct.ids["vtb"] in said
    assert "topology.yaml" in said


def test_a_half_made_cut_over_from_direct_eips_goes_on_and_back(
    world: World, direct: Existing
) -> None:
    before = dump(world)
    content = direct_eips(direct)
    for action in (
        *("AssociateRouteTable", "CreateRouteEntry", "EnableVpcIpv4Gateway", "CreateListener"),
        *("UpdateGatewayRouteTableEntryAttribute", "ModifyRouteEntry"),
    ):
        world.stack(content, spoils(action)).try_apply()
        world.forget()
    stack = world.stack(content)
    stack.apply()
    assert stack.changes() == {}
    world.forget()
    stack.destroy()
    assert dump(world) == before


@pytest.mark.parametrize("forgets", [False, True])
def test_a_zone_of_moved_subnets_leaves_the_file_alone(
    world: World, made: Existing, forgets: bool
) -> None:
    """Without a record nobody knows what its table led to, so that may lose traffic on the way."""
    before = dump(world)
    content = brownfield(made)
    world.stack(content).apply()
    if forgets:
        world.forget()
    del content["business_vpcs"]["shop"]["zones"][C]
    smaller = world.stack(content)
    smaller.apply(whatever=forgets)
    assert smaller.changes() == {}
    now = dump(world)
    assert now[made.ids["app-c"]] == before[made.ids["app-c"]]
    smaller.destroy()
    assert dump(world) == before


def test_a_gateway_of_others_that_is_not_active_stays_so(world: World) -> None:
    made = Existing(world)
    made.vpc("prod", "192.168.0.0/16")
    made.gateway("gateway", "prod")
    for name, (zone, cidr) in SUBNETS.items():
        made.subnet(name, "prod", zone, cidr)
    security(made)
    said = world.stack(brownfield(made)).refusal()
    assert "would-activate" in said

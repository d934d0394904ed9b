"""The listings that discovery makes: of which parents, in which accounts, how many."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from gwlbfw.address import Address
from gwlbfw.cloud.backoff import LOOPBACK_BACKOFF
from gwlbfw.cloud.call import Json
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.clock import ManualClock
from gwlbfw.cloud.transport import BoundCall
from gwlbfw.discovery.fetch import Fetcher
from gwlbfw.discovery.listing import Snapshot, fetch_snapshot
from gwlbfw.discovery.live import live_state
from gwlbfw.discovery.scope import Scope
from gwlbfw.errors import Missing
from gwlbfw.resources.tags import ADDRESS_TAG, STACK_TAG
from tests.unit.blueprint.examples import example_with
from tests.unit.discovery.listed import STACK, scope, tags
from tests.unit.execute.fake_transport import EMPTY, FakeTransport, refused
from tests.unit.samples import topology


def ours(kind: str, at: str, **fields: Json) -> Mapping[str, Json]:
    """An object with the stack's tags."""
    return {**fields, **dict(tags({STACK_TAG: STACK, ADDRESS_TAG: at}, kind))}


def page(path: str, *items: Mapping[str, Json]) -> Mapping[str, Json]:
    """The one page of a listing."""
    reply: Json = list(items)
    for name in reversed(path.split(".")):
        reply = {name: reply}
    assert isinstance(reply, Mapping)
    return {**reply, "TotalCount": len(items)}


async def seen(far_end: FakeTransport, of: Scope) -> Snapshot:
    api = ApiClient(far_end, ManualClock(), LOOPBACK_BACKOFF, "cn-wulanchabu")
    try:
        return await fetch_snapshot(Fetcher(api), of)
    finally:
        api.close()


def asked(far_end: FakeTransport, action: str, parameter: str) -> list[Json]:
    return [each.params.get(parameter) for each in far_end.calls if each.action == action]


VPCS = page(
    "Vpcs.Vpc",
    ours("vpc", "vpc.business/shop", VpcId="vpc-shop"),
    ours("vpc", "vpc.security", VpcId="vpc-sec"),
    {"VpcId": "vpc-stranger"},
)


async def test_only_the_stacks_vpcs_are_listed_further() -> None:
    far_end = FakeTransport(DescribeVpcs=VPCS)
    await seen(far_end, scope())
    assert sorted(asked(far_end, "DescribeVSwitches", "VpcId"), key=str) == ["vpc-sec", "vpc-shop"]


async def test_routes_and_tables_of_business_vpcs_alone_are_listed() -> None:
    far_end = FakeTransport(DescribeVpcs=VPCS)
    await seen(far_end, scope())
    assert asked(far_end, "DescribeRouteTableList", "VpcId") == ["vpc-shop"]


async def test_vpc_that_file_or_state_names_is_listed_further() -> None:
    for of in (
        scope(named={"vpc-stranger": "vpc.business/theirs"}),
        scope(recorded={"vpc-stranger": "vpc.business/theirs"}),
    ):
        far_end = FakeTransport(DescribeVpcs=VPCS)
        await seen(far_end, of)
        assert "vpc-stranger" in asked(far_end, "DescribeRouteTableList", "VpcId")


async def test_vpc_with_a_resource_of_the_stack_is_listed_further() -> None:
    far_end = FakeTransport(
        DescribeVpcs=VPCS,
        ListVpcEndpoints=page(
            "Endpoints",
            ours("endpoint", "endpoint.x/b", EndpointId="ep-1", VpcId="vpc-stranger"),
        ),
    )
    await seen(far_end, scope())
    assert "vpc-stranger" in asked(far_end, "DescribeRouteTableList", "VpcId")


async def test_routes_of_each_sort_of_table_are_listed_by_its_own_call() -> None:
    tables = page(
        "RouterTableList.RouterTableListType",
        {"RouteTableId": "vtb-1", "VpcId": "vpc-shop", "AssociateType": "VSwitch"},
        {"RouteTableId": "vtb-2", "VpcId": "vpc-shop", "AssociateType": "Gateway"},
    )
    far_end = FakeTransport(DescribeVpcs=VPCS, DescribeRouteTableList=tables)
    await seen(far_end, scope())
    assert asked(far_end, "DescribeRouteEntryList", "RouteTableId") == ["vtb-1"]
    assert asked(far_end, "ListGatewayRouteTableEntries", "GatewayRouteTableId") == ["vtb-2"]


def groups(*, theirs_in: str) -> FakeTransport:
    """A security group of the stack, one that a named instance is in, and a stranger's."""

    def by_vpc(call: BoundCall) -> Mapping[str, Json]:
        if call.params.get("VpcId") != "vpc-sec":
            return EMPTY
        return page(
            "SecurityGroups.SecurityGroup",
            ours(
                "security_group",
                "security_group.appliances",
                SecurityGroupId="sg-1",
                VpcId="vpc-sec",
            ),
            {"SecurityGroupId": "sg-2", "VpcId": "vpc-sec"},
            {"SecurityGroupId": "sg-3", "VpcId": "vpc-sec"},
        )

    def instances(call: BoundCall) -> Mapping[str, Json]:
        if call.params.get("VpcId") != "vpc-sec":
            return EMPTY
        member = {"SecurityGroupIds": {"SecurityGroupId": [theirs_in]}}
        return page("Instances.Instance", {"InstanceId": "i-fw", "VpcId": "vpc-sec", **member})

    return FakeTransport(
        DescribeVpcs=VPCS, DescribeSecurityGroups=by_vpc, DescribeInstances=instances
    )


async def test_rules_of_own_groups_and_of_those_of_named_instances_are_listed() -> None:
    far_end = groups(theirs_in="sg-2")
    await seen(far_end, scope(named={"i-fw": "instance.appliance/fw"}))
    of = asked(far_end, "DescribeSecurityGroupAttribute", "SecurityGroupId")
    assert sorted(of, key=str) == ["sg-1", "sg-2"]
    strangers = groups(theirs_in="sg-3")
    await seen(strangers, scope())
    assert asked(strangers, "DescribeSecurityGroupAttribute", "SecurityGroupId") == ["sg-1"]


async def test_listeners_of_many_load_balancers_are_listed_in_one_call() -> None:
    balancers = page(
        "LoadBalancers",
        *(
            ours("load_balancer", f"load_balancer.{n}", LoadBalancerId=f"gwlb-{n}")
            for n in range(25)
        ),
    )
    far_end = FakeTransport(ListLoadBalancers=balancers)
    await seen(far_end, scope())
    batches = asked(far_end, "ListListeners", "LoadBalancerIds")
    assert sorted(len(each) for each in batches if isinstance(each, list)) == [5, 20]


async def test_details_are_joined_to_their_object() -> None:
    far_end = FakeTransport(
        ListLoadBalancers=page(
            "LoadBalancers",
            ours("load_balancer", "load_balancer.main", LoadBalancerId="gwlb-1"),
            ours("load_balancer", "load_balancer.more", LoadBalancerId="gwlb-2"),
        ),
        GetLoadBalancerAttribute=lambda call: {
            "TrafficMode": f"of {call.params['LoadBalancerId']}"
        },
    )
    found = (await seen(far_end, scope()))["load_balancer"]
    parts = [each.parts["GetLoadBalancerAttribute"][0]["TrafficMode"] for each in found]
    assert parts == ["of gwlb-1", "of gwlb-2"]


async def test_parent_that_is_gone_meanwhile_has_nothing_in_it() -> None:
    gone = refused("InvalidVpcId.NotFound", 404)
    far_end = FakeTransport(DescribeVpcs=VPCS, DescribeVSwitches=gone)
    assert (await seen(far_end, scope()))["vswitch"] == []


async def test_refused_list_of_a_whole_account_is_no_empty_account() -> None:
    far_end = FakeTransport(DescribeVpcs=refused("InvalidVpcId.NotFound", 404))
    with pytest.raises(Missing):
        await seen(far_end, scope())


async def test_every_account_is_listed_for_its_side_only() -> None:
    far_end = FakeTransport()
    of = replace(scope(), business_accounts=frozenset({"a", "b"}), security_account="sec")
    await seen(far_end, of)
    accounts = {
        action: sorted(each.account for each in far_end.calls if each.action == action)
        for action in far_end.actions
    }
    assert accounts["DescribeVpcs"] == ["a", "b", "sec"]
    assert accounts["ListVpcEndpoints"] == ["a", "b"]
    assert accounts["ListLoadBalancers"] == ["sec"]


async def test_empty_region_costs_a_few_listings() -> None:
    far_end = FakeTransport()
    api = ApiClient(far_end, ManualClock(), LOOPBACK_BACKOFF, "cn-wulanchabu")
    nothing = Scope.of(topology(), {}, frozenset())
    live = live_state(nothing, await fetch_snapshot(Fetcher(api), nothing))
    api.close()
    assert (live.nodes, live.others) == ({}, {})
    assert len(far_end.calls) == 7


class TestScope:
    def test_scope_has_the_ids_that_the_file_names(self) -> None:
        named = Scope.of(topology("brownfield"), {}, frozenset()).named
        assert named["vpc-existing-business"] == "vpc.business/shop"
        assert named["ipv4gw-existing"] == "ipv4_gateway.shop"
        assert named["vsw-existing-app-b"] == "vswitch.business/shop/app-b"
        assert named["vsw-existing-sec-c"] == "vswitch.security/cn-wulanchabu-c"
        assert named["i-existing-fw-1"] == "instance.appliance/fw-1"
        assert "" not in named
        assert Scope.of(topology(), {}, frozenset()).named == {}

    def test_scope_has_ids_from_every_place_of_the_file(self, tmp_path: Path) -> None:
        def edit(content: dict[str, dict[str, dict[str, dict[str, object]]]]) -> None:
            shop = content["business_vpcs"]["shop"]
            zone = shop["zones"]["cn-wulanchabu-b"]
            assert isinstance(zone, dict)
            zone["gwlbe_subnet"] = {"id": "vsw-gwlbe"}
            zone["subnets"]["app-b"]["route_table"] = {"id": "vtb-app"}
            shop["gateway_route_table"] = {"id": "vtb-gate"}
            shop["security_group"] = {"id": "sg-servers"}
            shop["servers"] = {"web": {"id": "i-web", "eip": {"id": "eip-web"}}}
            content["security_vpc"]["security_group"] = {"id": "sg-appliances"}  # type: ignore[dict-item]

        named = Scope.of(example_with(tmp_path, edit, "brownfield"), {}, frozenset()).named
        assert {
            "vsw-gwlbe": "vswitch.gwlbe/shop/cn-wulanchabu-b",
            "vtb-app": "route_table.business/shop/app-b",
            "vtb-gate": "route_table.gateway/shop",
            "sg-servers": "security_group.servers/shop",
            "i-web": "instance.server/shop/web",
            "eip-web": "eip.shop/web",
            "sg-appliances": "security_group.appliances",
        }.items() <= named.items()

    def test_scope_has_both_addresses_of_what_moved(self, tmp_path: Path) -> None:
        def edit(content: dict[str, object]) -> None:
            content["moved"] = [
                {"from": "instance.server/shop/web", "to": "instance.server/shop/ecs-b-01"}
            ]

        moves = Scope.of(example_with(tmp_path, edit), {}, frozenset()).moves
        was = Address("instance.server/shop/web")
        assert moves.target(was) == "instance.server/shop/ecs-b-01"

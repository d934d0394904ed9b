"""The addresses and owners of live objects."""

import pytest

from gwlbfw.address import Address
from gwlbfw.discovery.live import live_state
from gwlbfw.errors import PlanError
from gwlbfw.original_state import tag_key
from gwlbfw.resources import Eip, Route, RouteTableAssociation, VSwitch
from gwlbfw.resources.graph import Live
from gwlbfw.resources.tags import STACK_TAG
from tests.unit.discovery.listed import listed_object, scope, snapshot, tags, vswitch

VPC = listed_object("vpc", "vpc-1", "vpc.business/shop", CidrBlock="192.168.0.0/16")
APP = "vswitch.business/shop/app"
TABLE = "route_table.business/shop/app"


class TestAddresses:
    def test_tags_of_the_stack_give_an_object_its_address(self) -> None:
        live = live_state(scope(), snapshot(VPC, vswitch("vsw-1", APP)))
        assert live.addresses == {"vpc-1": "vpc.business/shop", "vsw-1": APP}
        node = live.nodes[Address(APP)]
        assert (node.id, node.owned) == ("vsw-1", True)
        assert isinstance(node.resource, VSwitch)
        assert node.resource.vpc == "vpc.business/shop"
        assert live.raw[Address(APP)]["VSwitchId"] == "vsw-1"

    def test_objects_of_another_stack_are_unmanaged(self) -> None:
        kind, found = vswitch("vsw-1")
        raw = {**found.raw, **dict(tags({STACK_TAG: "other", "gwlbfw:address": APP}, kind))}
        live = live_state(scope(), snapshot((kind, type(found)(raw, ""))))
        assert live.nodes == {}
        assert not live.others["vsw-1"].owned

    def test_file_gives_an_existing_object_its_address(self) -> None:
        live = live_state(scope(named={"vsw-1": APP}), snapshot(vswitch("vsw-1")))
        assert live.nodes[Address(APP)].id == "vsw-1"
        assert not live.nodes[Address(APP)].owned

    def test_object_without_its_tags_is_known_from_the_state_and_owned(self) -> None:
        known = scope(recorded={"vsw-1": APP}, owned=frozenset({APP}))
        live = live_state(known, snapshot(vswitch("vsw-1")))
        assert live.nodes[Address(APP)].owned

    def test_file_prevails_over_tags(self) -> None:
        named = scope(named={"vsw-1": "vswitch.business/shop/named"})
        live = live_state(named, snapshot(vswitch("vsw-1", APP)))
        assert list(live.nodes) == ["vswitch.business/shop/named"]

    def test_moved_address_leads_to_the_same_object(self) -> None:
        new = "vswitch.business/shop/new"
        for known in (scope(moved={APP: new}), scope(recorded={"vsw-1": APP}, moved={APP: new})):
            assert list(live_state(known, snapshot(vswitch("vsw-1", APP))).nodes) == [new]

    def test_file_that_exchanges_the_id_of_an_address_is_refused(self) -> None:
        known = scope(named={"vsw-2": APP}, recorded={"vsw-1": APP})
        with pytest.raises(PlanError) as caught:
            live_state(known, snapshot(vswitch("vsw-1"), vswitch("vsw-2")))
        (problem,) = caught.value.diagnostics()
        expected = f"the file names vsw-2 as {APP}, which was vsw-1 when last applied"
        assert (problem.code, problem.message) == ("names-another", expected)

    def test_two_objects_with_one_address_are_refused_by_name(self) -> None:
        with pytest.raises(PlanError) as caught:
            live_state(scope(), snapshot(vswitch("vsw-1", APP), vswitch("vsw-2", APP)))
        (problem,) = caught.value.diagnostics()
        assert problem.message == f"both vsw-1 and vsw-2 claim to be {APP}"
        assert problem.subject == APP
        assert problem.hint

    def test_object_that_is_being_deleted_is_left_out(self) -> None:
        going = listed_object("vpc", "vpc-2", "vpc.business/shop", CidrBlock="x", Status="Deleting")
        assert live_state(scope(), snapshot(going)).nodes == {}
        assert live_state(scope(), snapshot(VPC, going)).nodes.keys() == {"vpc.business/shop"}

    def test_tags_in_the_form_of_ecs_give_an_object_its_address(self) -> None:
        server = listed_object("instance", "i-1", "instance.server/shop/web", InstanceType="t")
        assert live_state(scope(), snapshot(server)).nodes.keys() == {"instance.server/shop/web"}


class TestTablesByPlace:
    def kept(self, *things: tuple[str, object], **named: str) -> dict[str, str]:
        listed = snapshot(VPC, *things, listed_object("route_table", "vtb-1", VpcId="vpc-1"))  # type: ignore[arg-type]
        live = live_state(scope(named={"vsw-1": APP, **named}), listed)
        return {node.id: at for at, node in live.nodes.items() if at.kind == "route_table"}

    def test_existing_subnet_keeps_its_table(self) -> None:
        assert self.kept(vswitch("vsw-1", table="vtb-1")) == {"vtb-1": TABLE}

    def test_table_that_two_subnets_of_a_zone_share_is_named_after_the_first(self) -> None:
        other = vswitch("vsw-0", table="vtb-1", CidrBlock="192.168.2.0/24")
        found = self.kept(
            vswitch("vsw-1", table="vtb-1"), other, **{"vsw-0": "vswitch.business/shop/zzz"}
        )
        assert found == {"vtb-1": TABLE}

    def test_table_that_an_unmanaged_subnet_uses_too_is_not_kept(self) -> None:
        stranger = vswitch("vsw-9", table="vtb-1")
        assert self.kept(vswitch("vsw-1", table="vtb-1"), stranger) == {}

    def test_table_of_subnets_of_two_zones_is_not_kept(self) -> None:
        far = vswitch("vsw-0", table="vtb-1", ZoneId="zone-c")
        found = self.kept(
            vswitch("vsw-1", table="vtb-1"), far, **{"vsw-0": "vswitch.business/shop/far"}
        )
        assert found == {}

    def test_system_table_is_not_kept(self) -> None:
        assert self.kept(vswitch("vsw-1")) == {}

    def test_table_of_a_gwlbe_subnet_is_not_kept(self) -> None:
        found = self.kept(vswitch("vsw-0", table="vtb-1"), **{"vsw-0": "vswitch.gwlbe/shop/zone-b"})
        assert found == {}

    def test_second_table_beside_that_of_the_state_is_not_kept(self) -> None:
        listed = snapshot(
            VPC,
            vswitch("vsw-1", table="vtb-2"),
            listed_object("route_table", "vtb-1", VpcId="vpc-1"),
            listed_object("route_table", "vtb-2", VpcId="vpc-1"),
        )
        live = live_state(scope(named={"vsw-1": APP}, recorded={"vtb-1": TABLE}), listed)
        assert live.nodes[Address(TABLE)].id == "vtb-1"
        assert "vtb-2" in live.others

    def test_table_of_an_existing_gateway_is_the_gateways_table(self) -> None:
        gateway = listed_object(
            "ipv4_gateway", "ipv4gw-1", VpcId="vpc-1", Ipv4GatewayRouteTableId="vtb-1"
        )
        found = self.kept(gateway, **{"ipv4gw-1": "ipv4_gateway.shop"})
        assert found == {"vtb-1": "route_table.gateway/shop"}

    def test_own_gateway_table_prevails_over_that_of_the_gateway(self) -> None:
        gateway = listed_object(
            "ipv4_gateway", "ipv4gw-1", VpcId="vpc-1", Ipv4GatewayRouteTableId="vtb-1"
        )
        own = listed_object("route_table", "vtb-2", "route_table.gateway/shop", VpcId="vpc-1")
        found = self.kept(gateway, own, **{"ipv4gw-1": "ipv4_gateway.shop"})
        assert found == {"vtb-2": "route_table.gateway/shop"}

    def test_ids_in_the_tags_of_an_endpoint_get_their_addresses(self) -> None:
        kind, found = listed_object("endpoint", "ep-1", "endpoint.shop/b", VpcId="vpc-1")
        at = Address("route.business/shop/app")
        memory = {
            STACK_TAG: "demo",
            "gwlbfw:address": "endpoint.shop/b",
            tag_key(at): "Ipv4Gateway:ipv4gw-1@vtb-1",
        }
        raw = {**found.raw, **dict(tags(memory, kind))}
        listed = snapshot(
            (kind, type(found)(raw, "")), listed_object("route_table", "vtb-1", VpcId="vpc-1")
        )
        assert live_state(scope(), listed).nodes[Address(TABLE)].id == "vtb-1"


def entry(destination: str, hop: str, kind: str = "Custom", parent: str = "vtb-1") -> object:
    return listed_object(
        "route",
        "",
        parent=parent,
        DestinationCidrBlock=destination,
        Type=kind,
        Status="Available",
        NextHops={"NextHop": [{"NextHopId": hop, "NextHopType": "Ipv4Gateway"}]},
    )


class TestWithinParents:
    """What has no tags is known by where it stands."""

    def live(self, *more: object, table: str = TABLE) -> Live:
        listed = snapshot(
            VPC,
            vswitch("vsw-1", APP, table="vtb-1"),
            listed_object("route_table", "vtb-1", table, VpcId="vpc-1", AssociateType="VSwitch"),
            *more,  # type: ignore[arg-type]
        )
        return live_state(scope(), listed)

    def test_default_route_is_named_like_its_table(self) -> None:
        route = self.live(entry("0.0.0.0/0", "ipv4gw-1")).nodes[Address("route.business/shop/app")]
        assert isinstance(route.resource, Route)
        assert (route.resource.next_hop, route.resource.table) == ("ipv4gw-1", TABLE)
        assert route.owned

    def test_other_route_has_its_destination_in_its_address(self) -> None:
        live = self.live(entry("10.0.0.0/8", "ngw-1"))
        assert Address("route.copied/shop/app/10.0.0.0_8") in live.nodes

    def test_system_entry_is_no_route(self) -> None:
        live = self.live(entry("100.64.0.0/10", "", "System"))
        assert [at for at in live.nodes if at.kind == "route"] == []

    def test_route_of_an_unmanaged_table_is_unmanaged(self) -> None:
        live = self.live(entry("0.0.0.0/0", "ipv4gw-1", parent="vtb-9"))
        assert [at for at in live.nodes if at.kind == "route"] == []
        assert any(isinstance(each.resource, Route) for each in live.others.values())

    def test_entry_of_a_gateway_table_is_named_after_its_subnet(self) -> None:
        gateway_table = listed_object(
            "route_table",
            "vtb-2",
            "route_table.gateway/shop",
            VpcId="vpc-1",
            AssociateType="Gateway",
        )
        turned = {"NextHopType": "EcsInstance", "NextHopId": "i-1"}
        found = self.live(
            gateway_table,
            listed_object(
                "route", "", parent="vtb-2", DestinationCidrBlock="192.168.1.0/24", **turned
            ),
            listed_object(
                "route", "", parent="vtb-2", DestinationCidrBlock="10.9.0.0/16", **turned
            ),
            listed_object(
                "route", "", parent="vtb-2", DestinationCidrBlock="10.8.0.0/16", NextHopType="Local"
            ),
        ).nodes
        assert [at for at in found if at.kind == "route"] == [
            "route.gateway/shop/app",
            "route.gateway/shop/10.9.0.0_16",
        ]
        route = found[Address("route.gateway/shop/app")].resource
        assert isinstance(route, Route)
        assert (route.next_hop_type, route.next_hop) == ("Instance", "i-1")
        assert route.in_gateway_table

    def test_association_is_named_after_its_subnet(self) -> None:
        at = Address("route_table_association.business/shop/app")
        node = self.live().nodes[at]
        assert isinstance(node.resource, RouteTableAssociation)
        assert (node.resource.table, node.owned) == (TABLE, True)

    def test_subnet_on_the_system_table_has_no_association(self) -> None:
        live = live_state(scope(), snapshot(VPC, vswitch("vsw-1", APP)))
        assert [at for at in live.nodes if at.kind == "route_table_association"] == []

    def test_eip_refers_to_its_server_by_address(self) -> None:
        server = listed_object("instance", "i-1", "instance.server/shop/web", InstanceType="t")
        eip = listed_object("eip", "eip-1", "eip.shop/web", InstanceId="i-1", Bandwidth="5")
        resource = (
            live_state(scope(), snapshot(server, eip)).nodes[Address("eip.shop/web")].resource
        )
        assert isinstance(resource, Eip)
        assert resource.instance == "instance.server/shop/web"

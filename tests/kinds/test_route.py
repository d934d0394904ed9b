from typing import ClassVar

from gwlbfw.address import Ref
from gwlbfw.resources import Route
from gwlbfw.resources.next_hop import ENDPOINT, GATEWAY, Hop
from gwlbfw.resources.route import DEFAULT
from tests.kinds.conformance import Conformance, Stated
from tests.kinds.fixtures import GATE, SERVED, SHOP, B, C


class TestRoute(Conformance):
    at = "route.business/shop/app-b"
    stated = Stated(
        heading="Routing",
        rank=3,
        severity="critical",
        effect="traffic may pass uninspected, or be lost",
    )
    sample = Route(
        vpc=SHOP,
        table=Ref("route_table.business/shop/app-b"),
        destination=DEFAULT,
        next_hop_type=ENDPOINT,
        next_hop=Ref(f"endpoint.shop/{B}"),
        name="to-firewall",
    )
    variants = (sample.model_copy(update={"staged": Hop(type=GATEWAY, ref=GATE)}),)
    beside = SERVED
    updates: ClassVar = {
        "next hop": {"next_hop": Ref(f"endpoint.shop/{C}")},
        "type of next hop": {"next_hop": GATE, "next_hop_type": GATEWAY},
        "name": {"name": "out"},
    }
    identity: ClassVar = {
        "vpc": Ref("vpc-1"),
        "table": Ref("vtb-1"),
        "destination": "10.0.0.0/8",
        "in_gateway_table": True,
    }
    never = frozenset({"tags"})

    def test_routes_of_one_destination_in_one_table_conflict(self) -> None:
        assert self.sample.conflicts_with(self.changed({"next_hop": GATE}))
        assert not self.sample.conflicts_with(self.changed({"destination": "10.0.0.0/8"}))
        assert not self.sample.conflicts_with(self.changed({"table": Ref("vtb-1")}))


class TestRouteOfGatewayTable(Conformance):
    at = "route.gateway/shop/app-b"
    sample = Route(
        vpc=SHOP,
        table=Ref("route_table.gateway/shop"),
        in_gateway_table=True,
        destination="192.168.1.0/24",
        next_hop_type=ENDPOINT,
        next_hop=Ref(f"endpoint.shop/{B}"),
    )
    beside = (
        *SERVED,
        "route_table_association.gateway/shop",
        "vswitch.business/shop/app-b",
        "instance.server/shop/web-1",
    )
    updates: ClassVar = {
        "next hop": {"next_hop": Ref(f"endpoint.shop/{C}")},
        "type of next hop": {
            "next_hop": Ref("instance.server/shop/web-1"),
            "next_hop_type": "Instance",
        },
    }
    identity: ClassVar = {
        "vpc": Ref("vpc-1"),
        "table": Ref("vtb-1"),
        "destination": "10.0.0.0/8",
        "in_gateway_table": False,
    }
    never = frozenset({"tags", "name"})

    def test_gateway_route_changes_its_next_hop_by_way_of_local(self) -> None:
        phases = list(self.sample.update(self.address, self.sample, frozenset({"next_hop"})))
        assert [each.call.params["NextHopType"] for each in phases] == ["Local", ENDPOINT]

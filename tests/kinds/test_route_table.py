from typing import ClassVar

from gwlbfw.address import Ref
from gwlbfw.resources import RouteTable
from tests.kinds.conformance import Conformance, Stated
from tests.kinds.fixtures import SHOP


class TestRouteTable(Conformance):
    at = "route_table.business/shop/new"
    stated = Stated(
        heading="Routing",
        rank=1,
        severity="high",
        effect="the route table of these routes is missing or different",
    )
    sample = RouteTable(
        vpc=SHOP, serves="VSwitch", name="app", description="of the servers", tags={"team": "net"}
    )
    updates: ClassVar = {
        "name": {"name": "app-2"},
        "description": {"description": "of the application servers"},
        "tags": {"tags": {"owner": "ops"}},
    }
    replacements: ClassVar = {
        "vpc": {"vpc": Ref("vpc.business/other")},
        "serves": {"serves": "Gateway"},
    }
    identity: ClassVar = {"system": True}

    def test_a_vpc_has_one_gateway_table_at_most(self) -> None:
        gateways = RouteTable(vpc=SHOP, serves="Gateway")
        assert gateways.conflicts_with(gateways)
        assert not gateways.conflicts_with(self.sample)
        assert not gateways.conflicts_with(RouteTable(vpc=Ref("vpc-1"), serves="Gateway"))

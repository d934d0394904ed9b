from typing import ClassVar

from gwlbfw.address import Ref
from gwlbfw.resources import RouteTableAssociation
from tests.kinds.conformance import Conformance
from tests.kinds.ground import GATE, SHOP


class TestAssociationOfVSwitch(Conformance):
    at = "route_table_association.business/shop/app-b"
    sample = RouteTableAssociation(
        vpc=SHOP,
        table=Ref("route_table.business/shop/app-b"),
        subject=Ref("vswitch.business/shop/app-b"),
    )
    updates: ClassVar = {"table": {"table": Ref("route_table.gwlbe/shop")}}
    identity: ClassVar = {"vpc": Ref("vpc-1"), "subject": Ref("vsw-1")}
    never = frozenset({"tags"})

    def test_a_subnet_leaves_one_table_before_it_joins_another(self) -> None:
        moved = self.sample.model_copy(update={"table": Ref("vtb-2")})
        phases = list(moved.update(self.address, self.sample, frozenset({"table"})))
        assert [each.call.action for each in phases] == [
            "UnassociateRouteTable",
            "AssociateRouteTable",
        ]
        assert [each.releases for each in phases] == [True, False]


class TestAssociationOfGateway(Conformance):
    at = "route_table_association.gateway/shop"
    sample = RouteTableAssociation(vpc=SHOP, table=Ref("route_table.gateway/shop"), subject=GATE)
    identity: ClassVar = {"vpc": Ref("vpc-1"), "subject": Ref("ipv4gw-1")}
    never = frozenset({"tags", "table"})

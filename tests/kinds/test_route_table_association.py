from typing import ClassVar

from gwlbfw.address import Ref
from gwlbfw.resources import RouteTableAssociation
from tests.kinds.conformance import Conformance, Stated
from tests.kinds.fixtures import GATE, SHOP


class TestAssociationOfVSwitch(Conformance):
    at = "route_table_association.business/shop/app-b"
    stated = Stated(
        heading="Routing",
        rank=2,
        severity="critical",
        effect="the subnet uses a different route table: traffic is uninspected, or lost",
    )
    sample = RouteTableAssociation(
        vpc=SHOP,
        table=Ref("route_table.business/shop/app-b"),
        subject=Ref("vswitch.business/shop/app-b"),
    )
    updates: ClassVar = {"table": {"table": Ref("route_table.gwlbe/shop")}}
    identity: ClassVar = {"vpc": Ref("vpc-1"), "subject": Ref("vsw-1")}
    never = frozenset({"tags"})

    def test_a_subnet_moves_in_one_call_and_leaves_its_table_before_only_if_that_is_refused(
        self,
    ) -> None:
        moved = self.sample.model_copy(update={"table": Ref("vtb-2")})
        phases = list(moved.update(self.address, self.sample, frozenset({"table"})))
        assert [(each.name, each.call.action, each.attempt, each.unless) for each in phases] == [
            ("move", "AssociateRouteTable", True, ""),
            ("dissociate", "UnassociateRouteTable", False, "move"),
            ("associate", "AssociateRouteTable", False, "move"),
        ]
        assert phases[0].call == phases[2].call


class TestAssociationOfGateway(Conformance):
    at = "route_table_association.gateway/shop"
    sample = RouteTableAssociation(vpc=SHOP, table=Ref("route_table.gateway/shop"), subject=GATE)
    identity: ClassVar = {"vpc": Ref("vpc-1"), "subject": Ref("ipv4gw-1")}
    never = frozenset({"tags", "table"})

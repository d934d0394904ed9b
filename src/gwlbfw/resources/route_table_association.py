"""The association of a vSwitch, or an IPv4 gateway, with its route table."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar, Self

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Call, Value, Wait, value_at
from gwlbfw.resources.durations import POLLED, Durations, takes
from gwlbfw.resources.facts import LINKED, DriftImpact, Forwarding, PlanGroup, PlanPosition, Verbs
from gwlbfw.resources.forwarding import AssociationFact, ForwardingFact
from gwlbfw.resources.names import Names
from gwlbfw.resources.resource import (
    VPC,
    Fixed,
    Found,
    Phase,
    Resource,
    register,
    value_of,
)
from gwlbfw.resources.route_table import RouteTable
from gwlbfw.resources.vpc import Vpc


@register
class RouteTableAssociation(Resource):
    """Absent means the VPC's system table for a vSwitch, and no table for a gateway."""

    kind: ClassVar = "route_table_association"
    seen_in: ClassVar = ("vswitch", "ipv4_gateway")
    watched: ClassVar = frozenset({"table"})
    owners: ClassVar = frozenset({"table", "subject"})
    forwarding: ClassVar = Forwarding.SUBNET_PATH
    interrupts_traffic: ClassVar = True
    affects_health: ClassVar = False
    vpc_side: ClassVar = None
    plan_position: ClassVar = PlanPosition(PlanGroup.ROUTING, 2)
    verbs: ClassVar[Verbs] = {**LINKED, "move": "moved"}
    durations: ClassVar[Durations] = takes("associate", "dissociate", "move", status=POLLED)
    drift: ClassVar = DriftImpact(
        "critical", "the subnet uses a different route table: traffic is uninspected, or lost"
    )
    original_state_letter: ClassVar = "a"
    refusal_loses_traffic: ClassVar = True
    output: ClassVar = None
    dependents: ClassVar = ()

    vpc: Fixed[Ref[Vpc]]
    subject: Fixed[Ref[Any]]
    table: Ref[RouteTable]

    @classmethod
    def address(cls, found: Found, names: Names) -> Address | None:
        return names.association(found.text("VSwitchId") or found.text("Ipv4GatewayId"))

    @classmethod
    def present(cls, found: Found) -> bool:
        if found.text("Ipv4GatewayId"):
            return bool(found.text("Ipv4GatewayRouteTableId"))
        return value_at(found.raw, "RouteTable.RouteTableType") == "Custom"

    @classmethod
    def read(cls, found: Found, names: Names) -> Self:
        table = found.text("Ipv4GatewayRouteTableId") or str(
            value_at(found.raw, "RouteTable.RouteTableId") or ""
        )
        return cls(
            vpc=names.ref(found.text("VpcId")),
            table=names.ref(table),
            subject=names.ref(found.text("VSwitchId") or found.text("Ipv4GatewayId")),
        )

    def after(self, phase: str, was: Self | None = None) -> Self | None:
        del was
        return None if phase == "dissociate" else self

    @property
    def of_gateway(self) -> bool:
        """True for a gateway's table, False for a vSwitch's."""
        address = self.subject.address
        return address.kind == "ipv4_gateway" if address else self.subject.startswith("ipv4gw-")

    def forwarding_facts(self, at: Ref[Any]) -> tuple[ForwardingFact, ...]:
        del at
        return (AssociationFact(self.subject, self.table),)

    def create(self, at: Address) -> Iterator[Phase]:
        del at
        yield self._phase("associate", self.table)

    def update(self, at: Address, was: Self, changed: frozenset[str]) -> Iterator[Phase]:
        del at, changed
        if self.of_gateway:
            yield self._phase("dissociate", was.table)
            yield self._phase("associate", self.table)
            return
        # Whether a vSwitch can move from one custom table to another in one call is UNVERIFIED:
        # it is tried, and on refusal the vSwitch is taken off the first table before.
        yield replace(self._phase("associate", self.table), name="move", attempt=True)
        yield replace(self._phase("dissociate", was.table), unless="move")
        yield replace(self._phase("associate", self.table), unless="move")

    def delete(self, at: Address) -> Iterator[Phase]:
        del at
        yield self._phase("dissociate", self.table)

    def undo(self, at: Address, phase: str, was: Resource | None) -> Phase | None:
        del at, was
        return self._phase("dissociate" if phase == "associate" else "associate", self.table)

    def _phase(self, name: str, table: Ref[RouteTable]) -> Phase:
        joins = name == "associate"
        target: dict[str, Value] = {"RouteTableId": value_of(table)}
        if self.of_gateway:
            action = (
                "AssociateRouteTableWithGateway" if joins else "DissociateRouteTableFromGateway"
            )
            target |= {"GatewayId": value_of(self.subject), "GatewayType": "Ipv4Gateway"}
        else:
            action = "AssociateRouteTable" if joins else "UnassociateRouteTable"
            target["VSwitchId"] = value_of(self.subject)
        wait = self._joined(table) if joins else self._left()
        serial = f"network {self.vpc}"
        return Phase(
            name, VPC.call(action, **target), (wait,), serial, releases=not joins, removes=not joins
        )

    def _joined(self, table: Ref[RouteTable]) -> Wait:
        until: dict[str, list[Value]]
        if self.of_gateway:
            until = {"Status": ["Created"], "Ipv4GatewayRouteTableId": [value_of(table)]}
        else:
            until = {"Status": ["Available"], "RouteTable.RouteTableId": [value_of(table)]}
        return Wait(*self._where(), until=until)

    def _left(self) -> Wait:
        until: dict[str, list[Value]]
        if self.of_gateway:
            until = {"Status": ["Created"], "Ipv4GatewayRouteTableId": ["", "None"]}
        else:
            until = {"Status": ["Available"], "RouteTable.RouteTableType": ["System"]}
        return Wait(*self._where(), until=until)

    def _where(self) -> tuple[Call, str]:
        if self.of_gateway:
            return VPC.call("GetIpv4GatewayAttribute", Ipv4GatewayId=value_of(self.subject)), ""
        return VPC.call("DescribeVSwitches", VSwitchId=value_of(self.subject)), "VSwitches.VSwitch"

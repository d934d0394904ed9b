"""Routes: custom entries of a vSwitch table, and redirected entries of a gateway table."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Call, Value, Wait, value_at
from gwlbfw.resources.base import (
    VPC,
    Fixed,
    Found,
    Listing,
    Names,
    Phase,
    Resource,
    register,
    value_of,
)
from gwlbfw.resources.route_table import RouteTable
from gwlbfw.resources.vpc import Vpc

DEFAULT = "0.0.0.0/0"
ENDPOINT = "GatewayLoadBalancerEndpoint"
GATEWAY = "Ipv4Gateway"
_READ = {"Instance": "EcsInstance"}
"""What ListGatewayRouteTableEntries answers where the update takes another word (VPC API)."""


def _of_gateway_table(found: Found) -> bool:
    return found.text("AssociateType") == "Gateway"


@register
class Route(Resource):
    """A route's table and destination are fixed; its next hop changes in place.

    The system makes an entry for every vSwitch's CIDR in a gateway table, with next hop `Local`;
    such an entry can only be redirected, so here it exists as long as it is not `Local`.
    """

    kind: ClassVar = "route"
    listings: ClassVar = (
        Listing(
            VPC.call("DescribeRouteEntryList"),
            "RouteEntrys.RouteEntry",
            of="business",
            per="route_table",
            parent_param="RouteTableId",
            parents=lambda table: not _of_gateway_table(table),
        ),
        Listing(
            VPC.call("ListGatewayRouteTableEntries"),
            "GatewayRouteEntryModels",
            of="business",
            per="route_table",
            parent_param="GatewayRouteTableId",
            parents=_of_gateway_table,
        ),
    )
    watched: ClassVar = frozenset({"next_hop_type", "next_hop"})
    owners: ClassVar = frozenset({"table"})

    vpc: Fixed[Ref[Vpc]]
    table: Fixed[Ref[RouteTable]]
    destination: Fixed[str]
    in_gateway_table: Fixed[bool] = False
    next_hop_type: str
    next_hop: Ref[Any]
    name: str | None = None

    @classmethod
    def address(cls, found: Found, names: Names) -> Address | None:
        table = names.ref(found.parent).address
        if table is None:
            return None
        destination = found.text("DestinationCidrBlock")
        suffix = destination.replace("/", "_")
        if table.path[0] == "gateway":
            owner = names.resource(found.parent)
            subnet = names.subnet(owner.vpc, destination) if isinstance(owner, RouteTable) else None
            last = subnet.path[-1] if subnet and subnet.path[0] == "business" else suffix
            return Address.of(cls.kind, *table.path, last)
        return Address.of(cls.kind, *table.path, *([] if destination == DEFAULT else [suffix]))

    @classmethod
    def present(cls, found: Found) -> bool:
        if "Type" not in found.raw:  # an entry of a gateway table
            return _hop(found)[0] != "Local"
        return found.text("Type") == "Custom" and found.text("Status") != "Deleting"

    @classmethod
    def read(cls, found: Found, names: Names) -> Self:
        table = names.resource(found.parent)
        kind, hop = _hop(found)
        gateway = isinstance(table, RouteTable) and table.serves == "Gateway"
        return cls(
            vpc=table.vpc if isinstance(table, RouteTable) else Ref(""),
            table=names.ref(found.parent),
            destination=found.text("DestinationCidrBlock"),
            in_gateway_table=gateway,
            next_hop_type=kind,
            next_hop=names.ref(hop),
            name=None if gateway else found.text("RouteEntryName"),
        )

    def create(self, at: Address) -> Iterator[Phase]:
        del at
        if self.in_gateway_table:
            yield self._redirect("redirect", self.next_hop_type, value_of(self.next_hop))
            return
        call = VPC.call(
            "CreateRouteEntry",
            RouteTableId=value_of(self.table),
            DestinationCidrBlock=self.destination,
            NextHopType=self.next_hop_type,
            NextHopId=value_of(self.next_hop),
            RouteEntryName=self.name,
        )
        yield Phase("create", call, (self._stands(),), serial=f"network {self.vpc}")

    def update(self, at: Address, was: Self, changed: frozenset[str]) -> Iterator[Phase]:
        del at, was
        if self.in_gateway_table:
            yield from self._redirect_again()
            return
        turns = bool(changed & {"next_hop", "next_hop_type"})
        call = VPC.call(
            "ModifyRouteEntry",
            RouteTableId=value_of(self.table),
            DestinationCidrBlock=self.destination,
            NewNextHopType=self.next_hop_type if turns else None,
            NewNextHopId=value_of(self.next_hop) if turns else None,
            RouteEntryName=self.name if "name" in changed else None,
        )
        yield Phase("modify", call, (self._stands(),), serial=f"network {self.vpc}")

    def _redirect_again(self) -> Iterator[Phase]:
        """From one next hop to another: through `Local`, during which inbound is not inspected.

        The API says so for instances (OperationDenied.UpdateGatewayRouteEntry); that it holds for
        endpoints too is UNVERIFIED and assumed.
        """
        yield self._redirect("to-local", "Local", None)
        yield self._redirect("redirect", self.next_hop_type, value_of(self.next_hop))

    def delete(self, at: Address) -> Iterator[Phase]:
        del at
        if self.in_gateway_table:
            yield self._redirect("to-local", "Local", None)
            return
        call = VPC.call(
            "DeleteRouteEntry",
            RouteTableId=value_of(self.table),
            DestinationCidrBlock=self.destination,
            NextHopId=value_of(self.next_hop),
        )
        gone = Wait(self._read(), "RouteEntrys.RouteEntry", gone=True)
        yield Phase("delete", call, (gone,), serial=f"network {self.vpc}")

    def _redirect(self, phase: str, hop_type: str, hop: "Value | None") -> Phase:
        """That the API takes an endpoint here is UNVERIFIED (only the console documents it).

        It is the one way there is: the entry can't be made by CreateRouteEntry.
        """
        call = VPC.call(
            "UpdateGatewayRouteTableEntryAttribute",
            GatewayRouteTableId=value_of(self.table),
            DestinationCidrBlock=self.destination,
            NextHopType=hop_type,
            NextHopId=hop,
        )
        read = VPC.call(
            "ListGatewayRouteTableEntries",
            GatewayRouteTableId=value_of(self.table),
            DestinationCidrBlock=self.destination,
        )
        reads = list[Value]({hop_type: None, _READ.get(hop_type, hop_type): None})
        until: dict[str, list[Value]] = {"Status": ["Available"], "NextHopType": reads}
        if hop is not None:
            until["NextHopId"] = [hop]
        wait = Wait(
            read,
            "GatewayRouteEntryModels",
            where={"DestinationCidrBlock": self.destination},
            until=until,
        )
        serial = f"network {self.vpc}"
        return Phase(phase, call, (wait,), serial, releases=phase == "to-local")

    def _read(self) -> Call:
        return VPC.call(
            "DescribeRouteEntryList",
            RouteTableId=value_of(self.table),
            DestinationCidrBlock=self.destination,
        )

    def _stands(self) -> Wait:
        return Wait(
            self._read(),
            "RouteEntrys.RouteEntry",
            where={"DestinationCidrBlock": self.destination},
            until={
                "Status": ["Available"],
                "NextHops.NextHop.NextHopId": [value_of(self.next_hop)],
            },
        )

    def clashes(self, other: Resource) -> bool:
        return isinstance(other, Route) and (other.table, other.destination) == (
            self.table,
            self.destination,
        )


def _hop(found: Found) -> tuple[str, str]:
    """Type and id of the next hop, in the words of the writing calls."""
    nested = "NextHops" if "Type" not in found.raw else "NextHops.NextHop"
    kind = found.text("NextHopType") or str(value_at(found.raw, f"{nested}.NextHopType") or "")
    hop = found.text("NextHopId") or str(value_at(found.raw, f"{nested}.NextHopId") or "")
    return {**{read: written for written, read in _READ.items()}, "": "Local"}.get(kind, kind), hop

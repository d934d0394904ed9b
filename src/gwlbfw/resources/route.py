"""Routes: custom entries of a vSwitch table, and redirected entries of a gateway table."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Call, Value, Wait
from gwlbfw.cloud.reply_fields import text_at
from gwlbfw.resources.durations import VPC_CREATE, Duration, Durations, takes
from gwlbfw.resources.facts import (
    MADE,
    MODIFIED,
    DriftImpact,
    Forwarding,
    PlanGroup,
    PlanPosition,
    Verbs,
)
from gwlbfw.resources.next_hop import ENDPOINT, LOCAL, Hop, listed_type, written_type
from gwlbfw.resources.resource import (
    VPC,
    Fixed,
    Found,
    Listing,
    Names,
    Phase,
    Resource,
    Unread,
    register,
    value_of,
)
from gwlbfw.resources.route_table import RouteTable
from gwlbfw.resources.vpc import Vpc

DEFAULT = "0.0.0.0/0"
_ENTRY = Duration(3.0, "terraform-provider-alicloud: pause between tries of a route entry")


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
    forwarding: ClassVar = Forwarding.SUBNET_PATH
    interrupts_traffic: ClassVar = True
    affects_health: ClassVar = False
    vpc_side: ClassVar = None
    plan_position: ClassVar = PlanPosition(PlanGroup.ROUTING, 3)
    verbs: ClassVar[Verbs] = {
        **MADE,
        **MODIFIED,
        "rename": "renamed",
        "redirect": "redirected",
        "reset-to-local": "reset to local",
        "pre-route": "created, bypassing the firewall",
        "cut-over": "cut over",
        "roll-back": "rolled back",
    }
    durations: ClassVar[Durations] = {
        **takes("create", "pre-route", call=VPC_CREATE, status=_ENTRY),
        **takes("modify", "cut-over", "roll-back", "delete", status=_ENTRY),
        **takes("redirect", "reset-to-local", status=Duration(3.0)),
        **takes("rename"),
    }
    drift: ClassVar = DriftImpact("critical", "traffic may pass uninspected, or be lost")
    original_state_letter: ClassVar = "r"
    refusal_loses_traffic: ClassVar = False
    output: ClassVar = None
    dependents: ClassVar = ()

    vpc: Fixed[Ref[Vpc]]
    table: Fixed[Ref[RouteTable]]
    destination: Fixed[str]
    in_gateway_table: Fixed[bool] = False
    next_hop_type: str
    next_hop: Ref[Any]
    name: str | None = None
    managed: Unread[bool] = False
    """True if another service made it."""
    staged: Unread[Hop | None] = None
    """Its next hop before it is cut over, and again before it is deleted."""
    fills: Unread[bool] = False
    """True if it exists before a subnet moves to its table, so that the subnet loses nothing."""

    @classmethod
    def address(cls, found: Found, names: Names) -> Address | None:
        if _managed(found):
            return None
        return names.route(found.parent, found.text("DestinationCidrBlock"))

    @classmethod
    def present(cls, found: Found) -> bool:
        if "Type" not in found.raw:  # an entry of a gateway table
            return _hop(found)[0] != LOCAL
        return found.text("Type") != "System" and found.text("Status") != "Deleting"

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
            managed=_managed(found),
        )

    def create(self, at: Address) -> Iterator[Phase]:
        del at
        if self.in_gateway_table:
            yield self._redirect("redirect", self.next_hop_type, value_of(self.next_hop))
            return
        first = self.staged or self._hop
        call = VPC.call(
            "CreateRouteEntry",
            RouteTableId=value_of(self.table),
            DestinationCidrBlock=self.destination,
            NextHopType=first.type,
            NextHopId=value_of(first.ref),
            RouteEntryName=self.name,
        )
        name = "pre-route" if self.staged else "create"
        inspects = not self.staged and self.next_hop_type == ENDPOINT
        yield Phase(name, call, (self._leads(first),), self._serial, cuts_over=inspects)
        if self.staged:
            yield self._set_next_hop("cut-over", self._hop)

    def update(self, at: Address, was: Self, changed: frozenset[str]) -> Iterator[Phase]:
        del at, was
        if self.in_gateway_table:
            yield from self._redirect_again()
        elif changed & {"next_hop", "next_hop_type"}:
            yield self._set_next_hop("modify", self._hop)
        if "name" in changed:
            call = VPC.call(
                "ModifyRouteEntry",
                RouteTableId=value_of(self.table),
                DestinationCidrBlock=self.destination,
                RouteEntryName=self.name,
            )
            yield Phase("rename", call, (self._leads(self._hop),), self._serial)

    @property
    def _hop(self) -> Hop:
        return Hop(type=self.next_hop_type, ref=self.next_hop)

    @property
    def _serial(self) -> str:
        return f"network {self.vpc}"

    def _set_next_hop(self, name: str, hop: Hop) -> Phase:
        """The next hop changes in place, without a moment in which there is no route."""
        call = VPC.call(
            "ModifyRouteEntry",
            RouteTableId=value_of(self.table),
            DestinationCidrBlock=self.destination,
            NewNextHopType=hop.type,
            NewNextHopId=value_of(hop.ref),
        )
        return Phase(name, call, (self._leads(hop),), self._serial, cuts_over=True)

    def _redirect_again(self) -> Iterator[Phase]:
        """The next hop changes by way of `Local`, during which inbound is not inspected.

        The API says so for instances (OperationDenied.UpdateGatewayRouteEntry); that it holds for
        endpoints too is UNVERIFIED and assumed.
        """
        yield self._redirect("reset-to-local", LOCAL, None)
        yield self._redirect("redirect", self.next_hop_type, value_of(self.next_hop))

    def delete(self, at: Address) -> Iterator[Phase]:
        del at
        if self.in_gateway_table:
            yield self._redirect("reset-to-local", LOCAL, None)
            return
        last = self._hop
        if self.staged and self.staged != self._hop:
            yield self._set_next_hop("roll-back", self.staged)
            last = self.staged
        call = VPC.call(
            "DeleteRouteEntry",
            RouteTableId=value_of(self.table),
            DestinationCidrBlock=self.destination,
            NextHopId=value_of(last.ref),
        )
        gone = Wait(self._read(), "RouteEntrys.RouteEntry", gone=True)
        yield Phase("delete", call, (gone,), self._serial, cuts_over=last.type == ENDPOINT)

    def _redirect(self, phase: str, hop_type: str, hop: "Value | None") -> Phase:
        """An endpoint as the next hop is UNVERIFIED here (only the console documents it).

        CreateRouteEntry can't make the entry, so there is no other call.
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
        reads = list[Value]({hop_type: None, listed_type(hop_type): None})
        until: dict[str, list[Value]] = {"Status": ["Available"], "NextHopType": reads}
        if hop is not None:
            until["NextHopId"] = [hop]
        wait = Wait(
            read,
            "GatewayRouteEntryModels",
            where={"DestinationCidrBlock": self.destination},
            until=until,
        )
        resets = phase == "reset-to-local"
        return Phase(phase, call, (wait,), self._serial, releases=resets, cuts_over=True)

    def _read(self) -> Call:
        return VPC.call(
            "DescribeRouteEntryList",
            RouteTableId=value_of(self.table),
            DestinationCidrBlock=self.destination,
        )

    def _leads(self, hop: Hop) -> Wait:
        return Wait(
            self._read(),
            "RouteEntrys.RouteEntry",
            where={"DestinationCidrBlock": self.destination},
            until={"Status": ["Available"], "NextHops.NextHop.NextHopId": [value_of(hop.ref)]},
        )

    def after(self, phase: str) -> Self | None:
        if phase in ("pre-route", "roll-back") and self.staged:
            hop = {"next_hop_type": self.staged.type, "next_hop": self.staged.ref}
            return self.model_copy(update=hop)
        return None if phase in ("delete", "reset-to-local") else self

    def undo(self, at: Address, was: "Route | None") -> Phase:
        """The phase that rolls a cut-over back: to the route's former next hop, or to none."""
        if self.in_gateway_table:
            # Another endpoint could be set only by way of Local, so that is where it ends.
            return self._redirect("reset-to-local", LOCAL, None)
        before = Hop(type=was.next_hop_type, ref=was.next_hop) if was else self.staged
        if before is not None:
            return self._set_next_hop("roll-back", before)
        return next(self.model_copy(update={"staged": None}).delete(at))

    def conflicts_with(self, other: Resource) -> bool:
        if not isinstance(other, Route):
            return False
        return (other.table, other.destination) == (self.table, self.destination)


def _managed(found: Found) -> bool:
    """True if it was propagated by another service (BGP, CEN, ECR), not made by a user."""
    return found.text("Type") not in ("", "Custom")


def _hop(found: Found) -> tuple[str, str]:
    """Type and id of the next hop, in the words of the writing calls."""
    nested = "NextHops" if "Type" not in found.raw else "NextHops.NextHop"
    kind = found.text("NextHopType") or text_at(found.raw, f"{nested}.NextHopType")
    hop = found.text("NextHopId") or text_at(found.raw, f"{nested}.NextHopId")
    return written_type(kind), hop

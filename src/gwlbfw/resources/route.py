"""Routes: custom entries of a vSwitch table, and redirected entries of a gateway table."""

from collections.abc import Hashable, Iterator
from typing import Any, ClassVar, Self

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Call, Value, Wait
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
from gwlbfw.resources.forwarding import EntryFact, ForwardingFact
from gwlbfw.resources.names import Names
from gwlbfw.resources.next_hop import ENDPOINT, LOCAL, Hop, listed_hop, listed_type
from gwlbfw.resources.resource import (
    VPC,
    Fixed,
    Found,
    Listing,
    Phase,
    Resource,
    Unread,
    register,
    value_of,
)
from gwlbfw.resources.route_table import RouteTable, serves_gateway
from gwlbfw.resources.vpc import Vpc

DEFAULT = "0.0.0.0/0"
_ENTRY = Duration(3.0, "terraform-provider-alicloud: pause between tries of a route entry")


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
            parents=lambda table: not serves_gateway(table),
        ),
        Listing(
            VPC.call("ListGatewayRouteTableEntries"),
            "GatewayRouteEntryModels",
            of="business",
            per="route_table",
            parent_param="GatewayRouteTableId",
            parents=serves_gateway,
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
    turned: Unread[bool] = False
    """True if it is never staged when it is made: the subnets that move to it are inspected."""

    @classmethod
    def address(cls, found: Found, names: Names) -> Address | None:
        if _managed(found):
            return None
        return names.route(found.parent, found.text("DestinationCidrBlock"))

    @classmethod
    def present(cls, found: Found) -> bool:
        if "Type" not in found.raw:  # an entry of a gateway table
            return listed_hop(found.raw)[0] != LOCAL
        return found.text("Type") != "System" and found.text("Status") != "Deleting"

    @classmethod
    def read(cls, found: Found, names: Names) -> Self:
        table = names.resource(found.parent)
        kind, hop = listed_hop(found.raw)
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

    def forwarding_facts(self, at: Ref[Any]) -> tuple[ForwardingFact, ...]:
        del at
        entry = EntryFact(self.table, self.destination, self.next_hop_type, self.next_hop)
        return (entry,) if self.destination and ":" not in self.destination else ()

    def create(self, at: Address) -> Iterator[Phase]:
        del at
        if self.in_gateway_table:
            yield self._redirect("redirect", self.hop)
            return
        staged = None if self.turned else self.staged
        first = staged or self.hop
        call = VPC.call(
            "CreateRouteEntry",
            RouteTableId=value_of(self.table),
            DestinationCidrBlock=self.destination,
            NextHopType=first.type,
            NextHopId=value_of(first.ref),
            RouteEntryName=self.name,
        )
        inspects = not (staged or self.turned) and self.next_hop_type == ENDPOINT
        name = "pre-route" if staged else "create"
        yield Phase(name, call, (self._leads(first),), self._serial, cuts_over=inspects)
        if staged:
            yield self._set_next_hop("cut-over", self.hop)

    def update(self, at: Address, was: Self, changed: frozenset[str]) -> Iterator[Phase]:
        del at, was
        if self.in_gateway_table:
            # By way of Local, during which inbound is not inspected: the API says so for instances
            # (OperationDenied.UpdateGatewayRouteEntry); for endpoints it is UNVERIFIED and assumed.
            yield self._redirect("reset-to-local")
            yield self._redirect("redirect", self.hop)
        elif changed & {"next_hop", "next_hop_type"}:
            yield self._set_next_hop("modify", self.hop)
        if "name" in changed:
            call = VPC.call(
                "ModifyRouteEntry",
                RouteTableId=value_of(self.table),
                DestinationCidrBlock=self.destination,
                RouteEntryName=self.name,
            )
            yield Phase("rename", call, (self._leads(self.hop),), self._serial)

    @property
    def hop(self) -> Hop:
        """Its next hop."""
        return Hop(type=self.next_hop_type, ref=self.next_hop)

    @property
    def _last(self) -> Hop:
        """Its next hop when it is deleted."""
        return self.staged or self.hop

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

    def delete(self, at: Address) -> Iterator[Phase]:
        del at
        if self.in_gateway_table:
            yield self._redirect("reset-to-local")
            return
        last = self._last
        if last != self.hop:
            yield self._set_next_hop("roll-back", last)
        call = VPC.call(
            "DeleteRouteEntry",
            RouteTableId=value_of(self.table),
            DestinationCidrBlock=self.destination,
            NextHopId=value_of(last.ref),
        )
        gone = Wait(self._read(), "RouteEntrys.RouteEntry", gone=True)
        yield Phase("delete", call, (gone,), self._serial, cuts_over=last.type == ENDPOINT)

    def _redirect(self, phase: str, hop: Hop | None = None) -> Phase:
        """The redirection to a next hop, or to Local; CreateRouteEntry can't make the entry.

        That it may be an endpoint is UNVERIFIED: only the console documents it.
        """
        hop_type = hop.type if hop else LOCAL
        call = VPC.call(
            "UpdateGatewayRouteTableEntryAttribute",
            GatewayRouteTableId=value_of(self.table),
            DestinationCidrBlock=self.destination,
            NextHopType=hop_type,
            NextHopId=value_of(hop.ref) if hop else None,
        )
        read = VPC.call(
            "ListGatewayRouteTableEntries",
            GatewayRouteTableId=value_of(self.table),
            DestinationCidrBlock=self.destination,
        )
        reads = list[Value]({hop_type: None, listed_type(hop_type): None})
        until: dict[str, list[Value]] = {"Status": ["Available"], "NextHopType": reads}
        if hop is not None:
            until["NextHopId"] = [value_of(hop.ref)]
        wait = Wait(
            read,
            "GatewayRouteEntryModels",
            where={"DestinationCidrBlock": self.destination},
            until=until,
        )
        return Phase(phase, call, (wait,), self._serial, releases=hop is None, cuts_over=True)

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

    def after(self, phase: str, was: Self | None = None) -> Self | None:
        del was
        if phase in ("pre-route", "roll-back") and (hop := self.staged):
            return self.model_copy(update={"next_hop_type": hop.type, "next_hop": hop.ref})
        return None if phase in ("delete", "reset-to-local") else self

    def undo(self, at: Address, phase: str, was: Resource | None) -> Phase | None:
        before = was if isinstance(was, Route) else self
        if phase == "reset-to-local":
            return self._redirect("redirect", before.hop)
        if self.in_gateway_table:
            return self._redirect("reset-to-local")
        if phase == "delete":
            hop = {"next_hop_type": self._last.type, "next_hop": self._last.ref, "staged": None}
            again = self.model_copy(update={**hop, "name": self.name or None})
            return next(again.create(at))
        if phase == "create":
            return next(self.model_copy(update={"staged": None}).delete(at))
        staged = self.staged if phase == "cut-over" else None
        return self._set_next_hop("roll-back", staged or before.hop)

    @property
    def takes(self) -> Hashable:
        return self.table, self.destination


def _managed(found: Found) -> bool:
    """True if it was propagated by another service (BGP, CEN, ECR), not made by a user."""
    return found.text("Type") not in ("", "Custom")

"""Gateway Load Balancer endpoint: where a business VPC's traffic goes to be inspected."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Call, Field, Wait
from gwlbfw.resources.durations import (
    FIRST_POLL,
    POLLED,
    PRIVATELINK_CREATE,
    TAGGING,
    Duration,
    Durations,
    takes,
)
from gwlbfw.resources.endpoint_service import SERIAL, EndpointService
from gwlbfw.resources.facts import (
    MADE,
    MODIFIED,
    TAGGED,
    DriftImpact,
    Forwarding,
    Output,
    PlanGroup,
    PlanPosition,
    TagForm,
    Verbs,
)
from gwlbfw.resources.forwarding import EndpointFact, ForwardingFact
from gwlbfw.resources.names import Names
from gwlbfw.resources.resource import (
    PRIVATELINK,
    Fixed,
    Found,
    Listing,
    Phase,
    Product,
    Resource,
    Unread,
    register,
    value_of,
)
from gwlbfw.resources.tags import pairs, tagging, tags_of
from gwlbfw.resources.vpc import Vpc
from gwlbfw.resources.vswitch import VSwitch

CONNECTED = "Connected"
"""The status of an endpoint's connection, and of each of its zones, in which it takes packets."""
DISCONNECTED = "Disconnected"
_ZONES = "ListVpcEndpointZones"
_ACTIVE = Duration(30.0, f"{FIRST_POLL} (60 s), halved as it is polled once")
_ZONE = f"{FIRST_POLL} (60 s)"


@register
class Endpoint(Resource):
    """One endpoint has one zone here: several in one are possible in the API, but UNVERIFIED.

    It has no security group: every deployment that was found has none, and works.
    """

    kind: ClassVar = "endpoint"
    id_field: ClassVar = "EndpointId"
    tag_type: ClassVar = "vpcendpoint"
    tag_form: ClassVar = TagForm(path="Tags")
    product: ClassVar[Product] = PRIVATELINK
    listings: ClassVar = (
        Listing(
            PRIVATELINK.call("ListVpcEndpoints", EndpointType="GatewayLoadBalancer"),
            "Endpoints",
            of="business",
        ),
        Listing(
            PRIVATELINK.call(_ZONES),
            "Zones",
            of="business",
            per="endpoint",
            parent_param="EndpointId",
        ),
    )
    forwarding: ClassVar = Forwarding.ENDPOINT
    interrupts_traffic: ClassVar = True
    affects_health: ClassVar = False
    vpc_side: ClassVar = "business"
    plan_position: ClassVar = PlanPosition(PlanGroup.FIREWALL, 8)
    verbs: ClassVar[Verbs] = {
        **MADE,
        **MODIFIED,
        **TAGGED,
        "zone": "zone added",
        "remove-zone": "zone removed",
        "accept": "accepted",
    }
    durations: ClassVar[Durations] = {
        **takes("create", call=PRIVATELINK_CREATE, status=_ACTIVE),
        **takes("zone", status=Duration(40.0, f"{_ZONE}, two of three statuses")),
        **takes("accept", status=Duration(20.0, f"{_ZONE}, one of three statuses")),
        **takes("remove-zone", "delete", status=POLLED),
        **takes("modify"),
        **TAGGING,
    }
    drift: ClassVar = DriftImpact("critical", "the zone's traffic may not reach the firewall")
    original_state_letter: ClassVar = ""
    refusal_loses_traffic: ClassVar = False
    output: ClassVar = Output("endpoint")
    dependents: ClassVar = ()

    vpc: Fixed[Ref[Vpc]]
    service: Fixed[Ref[EndpointService]]
    zones: dict[str, Ref[VSwitch]]
    connected: bool = True
    auto_accept: Unread[bool] = True
    service_account: Unread[str] = ""
    """The account that the service belongs to, which accepts the connection."""
    name: str | None = None
    description: str | None = None

    @classmethod
    def read(cls, found: Found, names: Names) -> Self:
        zones = [
            each for each in found.parts.get(_ZONES, ()) if each.get("ZoneStatus") != "Deleting"
        ]
        return cls(
            vpc=names.ref(found.text("VpcId")),
            service=names.ref(found.text("ServiceId")),
            zones={str(z["ZoneId"]): names.ref(str(z["VSwitchId"])) for z in zones},
            connected=found.text("ConnectionStatus") == CONNECTED
            and all(each.get("ZoneStatus") == CONNECTED for each in zones),
            name=found.text("EndpointName"),
            description=found.text("EndpointDescription"),
            tags=tags_of(cls, found),
        )

    @classmethod
    def present(cls, found: Found) -> bool:
        return found.text("EndpointStatus") != "Deleting"

    def forwarding_facts(self, at: Ref[Any]) -> tuple[ForwardingFact, ...]:
        zones = tuple(sorted((zone, str(subnet)) for zone, subnet in self.zones.items()))
        return (EndpointFact(at, self.vpc, self.service, zones, self.connected),)

    def create(self, at: Address) -> Iterator[Phase]:
        call = PRIVATELINK.call(
            "CreateVpcEndpoint",
            EndpointType="GatewayLoadBalancer",
            VpcId=value_of(self.vpc),
            ServiceId=value_of(self.service),
            EndpointName=self.name,
            EndpointDescription=self.description,
            Tag=pairs(self.tags),
        )
        active = Wait(_read(at), until={"EndpointStatus": ["Active"]})
        yield Phase("create", call, (active,), SERIAL, through=False)
        yield from self._add_zones(at, self.zones)
        if not self.auto_accept:
            yield self._accept(at)

    def _add_zones(self, at: Address, zones: dict[str, Ref[VSwitch]]) -> Iterator[Phase]:
        for zone, vswitch in sorted(zones.items()):
            call = PRIVATELINK.call(
                "AddZoneToVpcEndpoint",
                EndpointId=Field(at, "EndpointId"),
                ZoneId=zone,
                VSwitchId=value_of(vswitch),
            )
            reached = [CONNECTED] if self.auto_accept else ["Wait", CONNECTED]
            there = Wait(_zones(at), "Zones", {"ZoneId": zone}, {"ZoneStatus": reached})
            waits = (there, _connected(at)) if self.auto_accept else (there,)
            yield Phase("zone", call, waits, SERIAL, through=False)

    def _accept(self, at: Address) -> Phase:
        call = PRIVATELINK.call(
            "EnableVpcEndpointConnection",
            ServiceId=value_of(self.service),
            EndpointId=Field(at, "EndpointId"),
        )
        whose = Call(call.product, call.action, call.params, self.service_account)
        there = Wait(
            _zones(at), "Zones", until={"ZoneStatus": [CONNECTED]}, at_least=len(self.zones)
        )
        return Phase("accept", whose, (there, _connected(at)), SERIAL, through=False)

    def update(self, at: Address, was: Self, changed: frozenset[str]) -> Iterator[Phase]:
        if changed & {"name", "description"}:
            call = PRIVATELINK.call(
                "UpdateVpcEndpointAttribute",
                EndpointId=Field(at, "EndpointId"),
                EndpointName=self.name,
                EndpointDescription=self.description,
            )
            yield Phase("modify", call, serial=SERIAL)
        if "zones" in changed:
            stale = {z: v for z, v in was.zones.items() if self.zones.get(z) != v}
            yield from _remove_zones(at, stale)
            missing = {z: v for z, v in self.zones.items() if was.zones.get(z) != v}
            yield from self._add_zones(at, missing)
        if "connected" in changed and (was.zones or not self.auto_accept):
            yield self._accept(at)
        if "tags" in changed:
            yield from tagging(self, at, was)

    def after(self, phase: str, was: Self | None = None) -> Self | None:
        del was
        if phase in ("create", "remove-zone"):
            return self.model_copy(update={"zones": {}, "connected": False})
        return None if phase == "delete" else self

    def delete(self, at: Address) -> Iterator[Phase]:
        yield from _remove_zones(at, self.zones)
        call = PRIVATELINK.call("DeleteVpcEndpoint", EndpointId=Field(at, "EndpointId"))
        yield Phase("delete", call, (Wait(_read(at), gone=True),), SERIAL, through=False)


def _remove_zones(at: Address, zones: dict[str, Ref[VSwitch]]) -> Iterator[Phase]:
    for zone in sorted(zones):
        call = PRIVATELINK.call(
            "RemoveZoneFromVpcEndpoint", EndpointId=Field(at, "EndpointId"), ZoneId=zone
        )
        gone = Wait(_zones(at), "Zones", {"ZoneId": zone}, gone=True)
        yield Phase(
            "remove-zone", call, (gone,), SERIAL, through=False, releases=True, removes=True
        )


def _read(at: Address) -> Call:
    return PRIVATELINK.call("GetVpcEndpointAttribute", EndpointId=Field(at, "EndpointId"))


def _zones(at: Address) -> Call:
    return PRIVATELINK.call(_ZONES, EndpointId=Field(at, "EndpointId"))


def _connected(at: Address) -> Wait:
    return Wait(_read(at), until={"ConnectionStatus": [CONNECTED]})

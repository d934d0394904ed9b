"""The load balancer, attached to the endpoint service in one zone."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Raw, Value, Wait, objects
from gwlbfw.resources.dependents import DependentListing
from gwlbfw.resources.durations import POLLED, Durations, takes
from gwlbfw.resources.endpoint import CONNECTED
from gwlbfw.resources.endpoint_service import SERIAL, EndpointService
from gwlbfw.resources.facts import MADE, DriftImpact, Forwarding, PlanGroup, PlanPosition, Verbs
from gwlbfw.resources.forwarding import ForwardingFact, ServiceResourceFact
from gwlbfw.resources.load_balancer import LoadBalancer
from gwlbfw.resources.names import Names
from gwlbfw.resources.resource import (
    PRIVATELINK,
    Fixed,
    Found,
    Listing,
    Phase,
    Product,
    Resource,
    register,
    value_of,
)

_LISTED = "ListVpcEndpointServiceResources"


@register
class EndpointServiceResource(Resource):
    """An endpoint can only be in a zone in which the service has such a resource."""

    kind: ClassVar = "endpoint_service_resource"
    product: ClassVar[Product] = PRIVATELINK
    owners: ClassVar = frozenset({"service"})
    listings: ClassVar = (
        Listing(
            PRIVATELINK.call(_LISTED),
            "Resources",
            of="security",
            per="endpoint_service",
            parent_param="ServiceId",
        ),
    )
    forwarding: ClassVar = Forwarding.INSPECTION
    interrupts_traffic: ClassVar = True
    affects_health: ClassVar = False
    vpc_side: ClassVar = None
    plan_position: ClassVar = PlanPosition(PlanGroup.FIREWALL, 7)
    verbs: ClassVar[Verbs] = {**MADE}
    durations: ClassVar[Durations] = takes("create", "delete", status=POLLED)
    drift: ClassVar = DriftImpact("critical", "the zone's endpoint has no service to connect to")
    original_state_letter: ClassVar = ""
    refusal_loses_traffic: ClassVar = False
    output: ClassVar = None
    dependents: ClassVar = (
        DependentListing(
            PRIVATELINK.call("ListVpcEndpointConnections"),
            "Connections",
            "EndpointId",
            "ServiceId",
            lambda raw, call: not _is_connected(raw, call.params.get("ZoneId")),
            remedy="disable its connection, or have its owner delete it",
        ),
    )

    service: Fixed[Ref[EndpointService]]
    load_balancer: Fixed[Ref[LoadBalancer]]
    zone: Fixed[str]

    @classmethod
    def address(cls, found: Found, names: Names) -> Address | None:
        service = names.ref(found.parent).address
        return service and service.child(cls.kind, found.text("ZoneId"))

    @classmethod
    def read(cls, found: Found, names: Names) -> Self:
        return cls(
            service=names.ref(found.parent),
            zone=found.text("ZoneId"),
            load_balancer=names.ref(found.text("ResourceId")),
        )

    def forwarding_facts(self, at: Ref[Any]) -> tuple[ForwardingFact, ...]:
        del at
        return (ServiceResourceFact(self.service, self.zone, self.load_balancer),)

    def create(self, at: Address) -> Iterator[Phase]:
        del at
        yield self._phase("create", "AttachResourceToVpcEndpointService", gone=False)

    def delete(self, at: Address) -> Iterator[Phase]:
        del at
        yield self._phase("delete", "DetachResourceFromVpcEndpointService", gone=True)

    def _phase(self, name: str, action: str, *, gone: bool) -> Phase:
        call = PRIVATELINK.call(
            action,
            ServiceId=value_of(self.service),
            ResourceType="gwlb",
            ZoneId=self.zone,
            ResourceId=value_of(self.load_balancer),
        )
        where: dict[str, Value] = {
            "ResourceId": value_of(self.load_balancer),
            "ZoneId": self.zone,
        }
        read = PRIVATELINK.call(_LISTED, ServiceId=value_of(self.service))
        return Phase(name, call, (Wait(read, "Resources", where=where, gone=gone),), SERIAL)


def _is_connected(connection: Raw, zone: object) -> bool:
    """True if an endpoint's connection uses the service's resource in a zone."""
    zones = objects(connection, "Zones")
    return any((e.get("ZoneId"), e.get("ZoneStatus")) == (zone, CONNECTED) for e in zones)

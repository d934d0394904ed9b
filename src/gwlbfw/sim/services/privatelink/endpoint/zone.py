"""Zone of an endpoint: its interface in a vSwitch, and the load balancer that it is joined to.

Source: PrivateLink API, AddZoneToVpcEndpoint, RemoveZoneFromVpcEndpoint, ListVpcEndpointZones;
help page "GWLB quick start" (zones of an endpoint are among those of its service's resources).
"""

from collections.abc import Collection
from dataclasses import dataclass

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.network_interface import NetworkInterface, attach_interface
from gwlbfw.sim.services.privatelink.concurrency import claim
from gwlbfw.sim.services.privatelink.endpoint.record import Endpoint
from gwlbfw.sim.services.privatelink.endpoint_service.record import EndpointService
from gwlbfw.sim.services.privatelink.endpoint_service_resource import (
    EndpointServiceResource,
    attached_resources,
)
from gwlbfw.sim.services.privatelink.errors import vswitch_elsewhere, zone_not_supported
from gwlbfw.sim.services.privatelink.parameters import list_page
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Lifecycle, Region
from gwlbfw.sim.wire import Json, Reply

_CODES = ("EniIpUnavailable", "ResourceNotEnough.VSwitchIp")


@dataclass(kw_only=True, eq=False)
class EndpointZone(Record, Lifecycle, kind="endpoint_zone", prefix="epzone", product="privatelink"):
    """One zone of one endpoint."""

    endpoint_id: str = ""
    zone_id: str = ""
    vswitch_id: str = ""
    interface_id: str = ""
    attachment_id: str = ""
    """The service's resource in this zone."""
    resource_id: str = ""
    """The load balancer of this resource."""

    @property
    def implicit(self) -> bool:
        return True

    def uses(self) -> Collection[str]:
        return (self.endpoint_id, self.attachment_id)

    def on_delete(self, region: Region) -> None:
        interface = region.find(NetworkInterface, self.interface_id)
        if interface is not None:
            region.remove(interface)


def zones_of(region: Region, endpoint: Endpoint) -> list[EndpointZone]:
    """The zones of an endpoint of any account."""
    return region.home_of(endpoint).where(EndpointZone, endpoint_id=endpoint.id)


@action("privatelink", "AddZoneToVpcEndpoint")
def add_zone_to_vpc_endpoint(region: Region, request: Request) -> Reply:
    """Add a zone; it waits for the provider unless the service accepts automatically."""
    endpoint = region.require(Endpoint, request.text("EndpointId"))
    service = endpoint.service(region)
    if service is None:
        raise ApiError("EndpointServiceDeleted", f"{endpoint.service_id} has been deleted.")
    connects = service.auto_accept and not endpoint.rejected
    claim(region, endpoint.id, transitions=2 if connects else 1)
    create_zone(region, endpoint, service, request)
    return {}


@action("privatelink", "RemoveZoneFromVpcEndpoint")
def remove_zone_from_vpc_endpoint(region: Region, request: Request) -> Reply:
    """Remove a zone; without its last zone an endpoint is disconnected."""
    endpoint = region.require(Endpoint, request.text("EndpointId"))
    zone = require_zone(region, endpoint, request.text("ZoneId"))
    claim(region, endpoint.id)
    region.transition(zone, "Deleting", DELETED)
    others = [each for each in zones_of(region, endpoint) if each is not zone]
    if not others and endpoint.connection == "Connected":
        region.transition(endpoint, "Disconnecting", "Disconnected", field="connection")
    return {}


@action("privatelink", "ListVpcEndpointZones")
def list_vpc_endpoint_zones(region: Region, request: Request) -> Reply:
    """The zones of an endpoint."""
    endpoint = region.require(Endpoint, request.text("EndpointId"))
    return list_page(request, "Zones", zones_of(region, endpoint), lambda each: _view(region, each))


def require_zone(
    region: Region, endpoint: Endpoint, zone_id: str, status: int = 400
) -> EndpointZone:
    """An endpoint's zone by the zone's id."""
    for each in zones_of(region, endpoint):
        if each.zone_id == zone_id:
            return each
    raise ApiError("EndpointZoneNotFound", f"{endpoint.id} is not in the zone {zone_id}.", status)


def create_zone(
    region: Region, endpoint: Endpoint, service: EndpointService, params: Params, after: int = 0
) -> None:
    """Add a zone to an endpoint, which connects after `after` further transitions."""
    zone_id = params.require("ZoneId")
    if any(each.zone_id == zone_id for each in zones_of(region, endpoint)):
        raise ApiError("EndpointZoneDuplicated", f"{endpoint.id} is in {zone_id} already.")
    attachment = _attachment(region, service, zone_id)
    vswitch = _vswitch(region, endpoint, params, zone_id)
    interface = NetworkInterface(
        owner=endpoint.id, service="privatelink", security_group_ids=endpoint.security_group_ids
    )
    attach_interface(region, vswitch, interface, _CODES, params.text("ip"))
    zone = EndpointZone(
        endpoint_id=endpoint.id,
        zone_id=zone_id,
        vswitch_id=vswitch.id,
        interface_id=interface.id,
        attachment_id=attachment.id,
        resource_id=attachment.resource_id,
    )
    _connect(region, endpoint, service, region.add(zone), after)


def _connect(
    region: Region, endpoint: Endpoint, service: EndpointService, zone: EndpointZone, after: int
) -> None:
    """Connect a zone, if the service accepts automatically (UNVERIFIED once rejected)."""
    wait = ("Creating",) * after
    if endpoint.rejected or not service.auto_accept:
        region.transition(zone, "Creating", *wait, "Wait")
        return
    region.transition(zone, "Creating", *wait, "Connecting", "Connected")
    if endpoint.connection != "Connected":
        idle = ("Disconnected",) * after
        region.transition(
            endpoint, "Disconnected", *idle, "Connecting", "Connected", field="connection"
        )


def _attachment(region: Region, service: EndpointService, zone_id: str) -> EndpointServiceResource:
    """The first of the service's resources in a zone that may be given to new endpoints."""
    for each in attached_resources(region, service):
        if each.zone_id == zone_id and each.auto_allocated and each.status == "Attached":
            return each
    raise zone_not_supported(service.id, zone_id)


def _vswitch(region: Region, endpoint: Endpoint, params: Params, zone_id: str) -> VSwitch:
    vswitch = region.require(VSwitch, params.require("VSwitchId"), "VSwitchNotFound", 400)
    if (vswitch.vpc_id, vswitch.zone_id) != (endpoint.vpc_id, zone_id):
        raise vswitch_elsewhere(vswitch.id, zone_id)
    if vswitch.status != "Available":
        raise ApiError("VSwitchStatusNotAllowed", f"The vSwitch is {vswitch.status}.")
    return vswitch


def _view(region: Region, zone: EndpointZone) -> Json:
    interface = region.find(NetworkInterface, zone.interface_id)
    return {
        "ZoneId": zone.zone_id,
        "ZoneStatus": zone.status,
        "ZoneDomain": zone_domain(region, zone),
        "VSwitchId": zone.vswitch_id,
        "EniId": zone.interface_id,
        "EniIp": interface.ip if interface else "",
        "RegionId": zone.region,
        "ZoneIpv6Address": "",
    }


def zone_domain(region: Region, zone: EndpointZone) -> str:
    """The name by which an endpoint is found in one zone."""
    endpoint = region.state.find(zone.endpoint_id)
    service_id = endpoint.service_id if isinstance(endpoint, Endpoint) else ""
    where = f"{zone.region}.privatelink.aliyuncs.com"
    return f"{zone.endpoint_id}-{zone.zone_id}.{service_id}.{where}"

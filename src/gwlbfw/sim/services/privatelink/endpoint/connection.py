"""Connections of endpoints to a service, as its provider lists, accepts and ends them.

Source: PrivateLink API, EnableVpcEndpointConnection, DisableVpcEndpointConnection, the same for
one zone, UpdateVpcEndpointConnectionAttribute, ListVpcEndpointConnections.
"""

from collections.abc import Callable, Collection, Iterator, Mapping

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.privatelink.concurrency import account_subject, claim
from gwlbfw.sim.services.privatelink.endpoint.record import Endpoint
from gwlbfw.sim.services.privatelink.endpoint.zone import (
    EndpointZone,
    require_zone,
    zone_domain,
    zones_of,
)
from gwlbfw.sim.services.privatelink.endpoint_service.record import EndpointService
from gwlbfw.sim.services.privatelink.endpoint_service_resource import zones_of as zones_of_service
from gwlbfw.sim.services.privatelink.errors import connection_denies
from gwlbfw.sim.services.privatelink.parameters import list_page, with_total_as_text
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

NOT_CONNECTED = ("Wait", "Disconnected")
"""Statuses of a zone that can be connected."""


@action("privatelink", "EnableVpcEndpointConnection")
def enable_vpc_endpoint_connection(region: Region, request: Request) -> Reply:
    """Accept a connection, with all zones that are not connected.

    An endpoint without a zone is connected to a service without a resource:
    terraform-provider-alicloud, resource_alicloud_privatelink_vpc_endpoint_connection_test.go.
    """
    service, endpoint = _service_and_endpoint(region, request)
    its_zones = zones_of(region, endpoint)
    zones = [each for each in its_zones if each.status in NOT_CONNECTED]
    _set_bandwidth(request, endpoint)
    _claim(region, endpoint)
    offered = set(zones_of_service(region, service))
    nowhere = not its_zones and not offered and endpoint.connection in NOT_CONNECTED
    if not nowhere and not offered & {each.zone_id for each in zones}:
        _refuse_connection(region, endpoint)
    endpoint.rejected = False
    for each in zones:
        region.transition(each, "Connecting", "Connected")
    if endpoint.connection != "Connected":
        region.transition(endpoint, "Connecting", "Connected", field="connection")
    return {}


@action("privatelink", "DisableVpcEndpointConnection")
def disable_vpc_endpoint_connection(region: Region, request: Request) -> Reply:
    """End a connection; from then on nothing is accepted automatically."""
    _, endpoint = _service_and_endpoint(region, request)
    _claim(region, endpoint)
    if endpoint.connection != "Connected":
        raise connection_denies(endpoint.id, endpoint.connection)
    endpoint.rejected = True
    for each in zones_of(region, endpoint):
        if each.status == "Connected":
            region.transition(each, "Disconnecting", "Disconnected")
    region.transition(endpoint, "Disconnecting", "Disconnected", field="connection")
    return {}


@action("privatelink", "EnableVpcEndpointZoneConnection")
def enable_vpc_endpoint_zone_connection(region: Region, request: Request) -> Reply:
    """Accept one more zone of an established connection."""
    zone = _zone(region, request)
    if zone.status not in NOT_CONNECTED:
        raise connection_denies(zone.endpoint_id, zone.status)
    region.transition(zone, "Connecting", "Connected")
    return {}


@action("privatelink", "DisableVpcEndpointZoneConnection")
def disable_vpc_endpoint_zone_connection(region: Region, request: Request) -> Reply:
    """End one zone of a connection, which stays established (UNVERIFIED for its last zone)."""
    zone = _zone(region, request)
    if zone.status != "Connected":
        raise connection_denies(zone.endpoint_id, zone.status)
    region.transition(zone, "Disconnecting", "Disconnected")
    return {}


@action("privatelink", "UpdateVpcEndpointConnectionAttribute")
def update_vpc_endpoint_connection_attribute(region: Region, request: Request) -> Reply:
    """Change a connection's nominal bandwidth."""
    _, endpoint = _service_and_endpoint(region, request)
    _claim(region, endpoint)
    _set_bandwidth(request, endpoint)
    return {}


def _service_and_endpoint(
    region: Region, request: Request, status: int = 400
) -> tuple[EndpointService, Endpoint]:
    """A service of the account, and an endpoint of any account that is for it."""
    service = region.require(EndpointService, request.text("ServiceId"), status=status)
    endpoint = region.state.find(request.text("EndpointId"))
    if not isinstance(endpoint, Endpoint) or endpoint.service_id != service.id:
        raise ApiError(
            "EndpointConnectionNotFound",
            f"{request.text('EndpointId')} has no connection to {service.id}.",
            status,
        )
    return service, endpoint


def _zone(region: Region, request: Request) -> EndpointZone:
    """The zone that a call names, of an established connection."""
    _, endpoint = _service_and_endpoint(region, request, status=404)
    zone = require_zone(region, endpoint, request.text("ZoneId"), status=404)
    _claim(region, endpoint)
    if endpoint.connection != "Connected":
        raise connection_denies(endpoint.id, endpoint.connection)
    return zone


def _claim(region: Region, endpoint: Endpoint) -> None:
    claim(region, account_subject(region), endpoint.service_id, endpoint.id)


def _refuse_connection(region: Region, endpoint: Endpoint) -> None:
    """Refuse to connect. UNVERIFIED: the codes where no zone is left to connect."""
    zones = zones_of(region, endpoint)
    if zones and all(each.status in NOT_CONNECTED for each in zones):
        raise ApiError(
            "OperationDenied.NoAvailableServiceResource",
            f"{endpoint.service_id} has no resource in the zones of {endpoint.id}.",
        )
    raise connection_denies(endpoint.id, endpoint.connection)


def _set_bandwidth(request: Request, endpoint: Endpoint) -> None:
    """In the mode Scalability, the one for gwlb, the bandwidth has no effect."""
    request.one_of("TrafficControlMode", (endpoint.traffic_control_mode,))
    endpoint.bandwidth = request.number("Bandwidth", endpoint.bandwidth, 100, 25000)


_Zones = Collection[EndpointZone]
_FILTERS: Mapping[str, Callable[[Endpoint, _Zones], Collection[str]]] = {
    "ServiceId": lambda endpoint, _: (endpoint.service_id,),
    "EndpointId": lambda endpoint, _: (endpoint.id,),
    "EndpointOwnerId": lambda endpoint, _: (endpoint.account,),
    "ConnectionStatus": lambda endpoint, _: (endpoint.connection,),
    "ResourceGroupId": lambda endpoint, _: (endpoint.resource_group_id,),
    "ResourceId": lambda _, zones: [each.resource_id for each in zones],
    "EniId": lambda _, zones: [each.interface_id for each in zones],
    "ReplacedResourceId": lambda _, __: (),
}


@action("privatelink", "ListVpcEndpointConnections")
def list_vpc_endpoint_connections(region: Region, request: Request) -> Reply:
    """The connections to the account's services that match the filters."""
    wanted = {name: text for name in _FILTERS if (text := request.text(name))}
    found = [
        each
        for each in _connections(region)
        if all(
            text in _FILTERS[name](each, zones_of(region, each)) for name, text in wanted.items()
        )
    ]
    reply = list_page(request, "Connections", found, lambda each: _view(region, each))
    return with_total_as_text(reply)


def _connections(region: Region) -> Iterator[Endpoint]:
    for record in region.state:
        if isinstance(record, Endpoint) and record.region == region.name:
            service = record.service(region)
            if service is not None and service.account == region.account:
                yield record


def _view(region: Region, endpoint: Endpoint) -> Json:
    return {
        "ServiceId": endpoint.service_id,
        "ServiceRegionId": region.name,
        "EndpointId": endpoint.id,
        "EndpointOwnerId": int(endpoint.account),
        "EndpointVpcId": endpoint.vpc_id,
        "EndpointRegionId": endpoint.region,
        "ConnectionStatus": endpoint.connection,
        "Bandwidth": endpoint.bandwidth,
        "TrafficControlMode": endpoint.traffic_control_mode,
        "ModifiedTime": timestamp(endpoint.connection_changed or endpoint.created),
        "ResourceOwner": endpoint.account == region.account,
        "ResourceGroupId": endpoint.resource_group_id,
        "Zones": [_zone_view(region, each) for each in zones_of(region, endpoint)],
    }


def _zone_view(region: Region, zone: EndpointZone) -> Json:
    return {
        "ZoneId": zone.zone_id,
        "ZoneStatus": zone.status,
        "ZoneDomain": zone_domain(region, zone),
        "VSwitchId": zone.vswitch_id,
        "EniId": zone.interface_id,
        "ResourceId": zone.resource_id,
        "ReplacedEniId": "",
        "ReplacedResourceId": "",
    }

"""ListVpcEndpointConnections: the endpoints of a service as its provider sees them.

Source: PrivateLink API, ListVpcEndpointConnections.
"""

from collections.abc import Callable, Collection, Iterator, Mapping

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.services.privatelink.endpoint.record import Endpoint
from gwlbfw.sim.services.privatelink.endpoint.zone import EndpointZone, zone_domain, zones_of
from gwlbfw.sim.services.privatelink.parameters import listed, total_as_text
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

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
def list_all(region: Region, request: Request) -> Reply:
    """The connections to one's own services that the filters leave."""
    wanted = {name: text for name in _FILTERS if (text := request.text(name))}
    found = [
        each
        for each in _connections(region)
        if all(
            text in _FILTERS[name](each, zones_of(region, each)) for name, text in wanted.items()
        )
    ]
    reply = listed(request, "Connections", found, lambda each: _show(region, each))
    return total_as_text(reply)


def _connections(region: Region) -> Iterator[Endpoint]:
    for record in region.state:
        if isinstance(record, Endpoint) and record.region == region.name:
            service = record.service(region)
            if service is not None and service.account == region.account:
                yield record


def _show(region: Region, endpoint: Endpoint) -> Json:
    return {
        "ServiceId": endpoint.service_id,
        "ServiceRegionId": region.name,
        "EndpointId": endpoint.id,
        "EndpointOwnerId": int(endpoint.account),
        "EndpointVpcId": endpoint.vpc_id,
        "EndpointRegionId": endpoint.region,
        "ConnectionStatus": endpoint.connection,
        "Bandwidth": endpoint.bandwidth,
        "TrafficControlMode": "Scalability",
        "ModifiedTime": timestamp(endpoint.connection_changed or endpoint.created),
        "ResourceOwner": endpoint.account == region.account,
        "ResourceGroupId": endpoint.resource_group_id,
        "Zones": [_show_zone(region, each) for each in zones_of(region, endpoint)],
    }


def _show_zone(region: Region, zone: EndpointZone) -> Json:
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

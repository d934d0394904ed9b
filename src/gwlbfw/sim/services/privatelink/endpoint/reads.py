"""Reading endpoints: the consumer's view.

Source: PrivateLink API, GetVpcEndpointAttribute (without zones, tags and security groups),
ListVpcEndpoints.
"""

from collections.abc import Mapping

from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters
from gwlbfw.sim.services.privatelink.endpoint.record import Endpoint
from gwlbfw.sim.services.privatelink.endpoint_service.record import service_name
from gwlbfw.sim.services.privatelink.parameters import list_page
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import filter_by_tags, tag_list
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

_FILTERS: Mapping[str, TextGetter[Endpoint]] = {
    "EndpointId": lambda each: each.id,
    "EndpointName": lambda each: each.name,
    "EndpointType": lambda each: each.type,
    "EndpointStatus": lambda each: each.status,
    "ConnectionStatus": lambda each: each.connection,
    "AddressIpVersion": lambda each: each.address_ip_version,
    "ServiceName": lambda each: service_name(each.region, each.service_id),
    "ServiceRegionId": lambda each: each.region,
    "VpcId": lambda each: each.vpc_id,
    "ResourceGroupId": lambda each: each.resource_group_id,
}


@action("privatelink", "GetVpcEndpointAttribute")
def get_vpc_endpoint_attribute(region: Region, request: Request) -> Reply:
    """One endpoint."""
    endpoint = region.require(Endpoint, request.text("EndpointId"))
    service = endpoint.service(region)
    return {
        **_view(region, endpoint),
        "Payer": service.payer if service else "",
        "ZonePrivateIpAddressCount": 1,
    }


@action("privatelink", "ListVpcEndpoints")
def list_vpc_endpoints(region: Region, request: Request) -> Reply:
    """The endpoints that match the filters."""
    found = filter_by_parameters(request, filter_by_tags(region.all(Endpoint), request), _FILTERS)
    return list_page(
        request,
        "Endpoints",
        found,
        lambda each: {**_view(region, each), "Tags": tag_list(each.tags)},
        maximum=1000,
    )


def _view(region: Region, endpoint: Endpoint) -> dict[str, Json]:
    service = endpoint.service(region)
    return {
        **endpoint.view(region),
        "EndpointType": endpoint.type,
        "RegionId": endpoint.region,
        "ResourceGroupId": endpoint.resource_group_id,
        "ResourceOwner": service is not None and service.account == endpoint.account,
        "PolicyDocument": endpoint.policy,
        "ProtectedEnabled": endpoint.protected,
    }

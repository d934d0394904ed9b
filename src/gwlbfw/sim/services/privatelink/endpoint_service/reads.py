"""Reading endpoint services: the provider's own, and those that a consumer can connect to.

Source: PrivateLink API, GetVpcEndpointServiceAttribute (without tags), ListVpcEndpointServices,
ListVpcEndpointServicesByEndUser.
"""

from collections.abc import Mapping

from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters
from gwlbfw.sim.services.privatelink.endpoint_service.record import EndpointService
from gwlbfw.sim.services.privatelink.endpoint_service_resource import attached_resources, zones_of
from gwlbfw.sim.services.privatelink.parameters import list_page, with_total_as_text
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import filter_by_tags, tag_list
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

BANDWIDTH = (100, 25000)
"""Least and most Mbit/s of a connection; without effect for gwlb."""

_FILTERS: Mapping[str, TextGetter[EndpointService]] = {
    "ServiceId": lambda each: each.id,
    "ServiceName": lambda each: each.name,
    "ServiceStatus": lambda each: each.status,
    "ServiceBusinessStatus": lambda _: "Normal",
    "ServiceResourceType": lambda each: each.resource_type,
    "ServiceType": lambda each: each.type,
    "AddressIpVersion": lambda each: each.address_ip_version,
    "ResourceGroupId": lambda each: each.resource_group_id,
}


@action("privatelink", "GetVpcEndpointServiceAttribute")
def get_vpc_endpoint_service_attribute(region: Region, request: Request) -> Reply:
    """One service of the account."""
    service = region.require(EndpointService, request.text("ServiceId"))
    return {**_view(service), "Zones": zones_of(region, service)}


@action("privatelink", "ListVpcEndpointServices")
def list_vpc_endpoint_services(region: Region, request: Request) -> Reply:
    """The account's own services that match the filters."""
    found = filter_by_parameters(
        request, filter_by_tags(region.all(EndpointService), request), _FILTERS
    )
    if resource_id := request.text("ResourceId"):
        found = [
            each
            for each in found
            if any(
                resource.resource_id == resource_id for resource in attached_resources(region, each)
            )
        ]
    for name in ("AutoAcceptEnabled", "ZoneAffinityEnabled"):
        if request.text(name):
            found = [each for each in found if each.view()[name] == request.flag(name)]
    return list_page(
        request, "Services", found, lambda each: {**_view(each), "Tags": tag_list(each.tags)}, 1000
    )


@action("privatelink", "ListVpcEndpointServicesByEndUser")
def list_vpc_endpoint_services_by_end_user(region: Region, request: Request) -> Reply:
    """The services of all accounts to which the account may connect; only owners see tags."""
    where = request.text("ServiceRegionId", region.name)
    services = [
        each
        for each in region.state
        if isinstance(each, EndpointService)
        and each.region == where
        and each.admits(region.account)
    ]
    found = filter_by_parameters(request, filter_by_tags(services, request), _FILTERS)
    reply = list_page(request, "Services", found, lambda each: _offer_view(region, each), 1000)
    return with_total_as_text(reply)


def _view(service: EndpointService) -> dict[str, Json]:
    return {
        **service.view(),
        "RegionId": service.region,
        "Payer": service.payer,
        "ServiceResourceType": service.resource_type,
        "ServiceType": service.type,
        "MinBandwidth": BANDWIDTH[0],
        "MaxBandwidth": BANDWIDTH[1],
        "ConnectBandwidth": service.connect_bandwidth,
    }


def _offer_view(region: Region, service: EndpointService) -> Json:
    shown = _view(service)
    own = service.account == region.account
    return {
        **{
            name: shown[name]
            for name in (
                *("AddressIpVersion", "AutoAcceptEnabled", "Payer", "ResourceGroupId"),
                *("ServiceDomain", "ServiceId", "ServiceName", "ServiceResourceType"),
                *("ServiceSupportIPv6", "ServiceType", "ZoneAffinityEnabled"),
            )
        },
        "Tags": tag_list(service.tags) if own else [],
        "VpcEndpointPolicySupported": False,
        "Zones": zones_of(region, service),
    }

"""Endpoint services: create (with resources or without), update, delete.

Source: PrivateLink API, CreateVpcEndpointService, UpdateVpcEndpointServiceAttribute and
DeleteVpcEndpointService.
"""

from collections.abc import Collection

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.privatelink.concurrency import account_subject, claim
from gwlbfw.sim.services.privatelink.endpoint_service.record import EndpointService
from gwlbfw.sim.services.privatelink.endpoint_service_resource import attach_resources
from gwlbfw.sim.services.privatelink.errors import has_endpoints
from gwlbfw.sim.services.privatelink.parameters import description
from gwlbfw.sim.services.privatelink.regions import RESOURCE_TYPES
from gwlbfw.sim.services.privatelink.subscription import refuse_unless_open
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import DEFAULT_GROUP
from gwlbfw.sim.services.tags import requested_tags
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

QUOTA = quota("endpoint_services_per_region", 200)
"""Services of one account (help page "PrivateLink quotas and limits")."""


@action("privatelink", "CreateVpcEndpointService")
def create_vpc_endpoint_service(region: Region, request: Request) -> Reply:
    """Create a service; its resources, if any, are attached by the time it is Active."""
    refuse_unless_open(region)
    if len(region.all(EndpointService)) >= (most := region.quota(QUOTA)):
        raise _too_many(most)
    service = EndpointService(
        resource_type=request.one_of("ServiceResourceType", RESOURCE_TYPES, "slb"),
        payer=request.one_of("Payer", ("Endpoint", "EndpointService"), "Endpoint"),
        resource_group_id=request.text("ResourceGroupId", DEFAULT_GROUP),
        supported_regions=_own_region(region, request, "SupportedRegionList"),
        tags=requested_tags(request),
    )
    configure(service, request)
    region.add(service)
    attach_resources(region, service, request)
    claim(region, service.id)
    region.transition(service, "Creating", "Active")
    return service.view()


@action("privatelink", "UpdateVpcEndpointServiceAttribute")
def update_vpc_endpoint_service_attribute(region: Region, request: Request) -> Reply:
    """Change automatic acceptance, description and the like of an Active service."""
    service = region.require(EndpointService, request.text("ServiceId"))
    claim(region, account_subject(region), service.id)
    configure(service, request)
    service.connect_bandwidth = request.number(
        "ConnectBandwidth", service.connect_bandwidth, 100, 10240
    )
    gone = request.texts("DeleteSupportedRegionSet")
    kept = (each for each in service.supported_regions if each not in gone)
    added = _own_region(region, request, "AddSupportedRegionSet")
    service.supported_regions = tuple(dict.fromkeys((*kept, *added)))
    region.transition(service, "Pending", "Active")
    return {}


def _own_region(region: Region, request: Request, name: str) -> tuple[str, ...]:
    """The regions that a call names; endpoints in others than the service's are not simulated."""
    regions = request.texts(name)
    if other := sorted(set(regions) - {region.name}):
        raise ApiError(
            f"NotSimulated.{name}",
            f"The simulator has no endpoints in {other[0]} of a service in {region.name}: leave it "
            "out or take a real account.",
        )
    return tuple(regions)


def configure(service: EndpointService, request: Request) -> None:
    """Set the attributes of a service that a call gives."""
    service.description = description(request, "ServiceDescription", service.description)
    service.auto_accept = request.flag("AutoAcceptEnabled", default=service.auto_accept)
    service.zone_affinity = request.flag("ZoneAffinityEnabled", default=service.zone_affinity)
    service.supports_ipv6 = request.flag("ServiceSupportIPv6", default=service.supports_ipv6)
    versions = ("IPv4", "DualStack") if service.resource_type in ("nlb", "gwlb") else ("IPv4",)
    service.address_ip_version = request.one_of(
        "AddressIpVersion", versions, service.address_ip_version
    )


@action("privatelink", "DeleteVpcEndpointService")
def delete_vpc_endpoint_service(region: Region, request: Request) -> Reply:
    """Delete a service to which no endpoint is connected and no resource attached."""
    service = region.require(EndpointService, request.text("ServiceId"))
    users = _kinds_of(region.users(service.id))
    if "endpoint" in users:
        raise _has_endpoints(region, service)
    if "endpoint_service_resource" in users:
        raise ApiError(
            "EndpointServiceDependenceViolation", f"{service.id} already contains a resource."
        )
    claim(region, account_subject(region), service.id)
    region.transition(service, "Deleting", DELETED)
    return {}


def _kinds_of(records: Collection[Record]) -> set[str]:
    return {each.kind for each in records}


def _has_endpoints(region: Region, service: EndpointService) -> ApiError:
    """UNVERIFIED which of the two codes is for what."""
    endpoints = (each for each in region.users(service.id) if each.kind == "endpoint")
    if any(getattr(each, "connection", "") != "Disconnected" for each in endpoints):
        return has_endpoints(service.id)
    return ApiError("DeleteFailedDueToEndpointExist", f"{service.id} has endpoints.")


def _too_many(most: int) -> ApiError:
    """UNVERIFIED code."""
    return ApiError("QuotaExceeded.EndpointService", f"The quota of {most} is exceeded.")

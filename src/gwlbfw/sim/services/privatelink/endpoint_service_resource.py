"""Resource of an endpoint service: a load balancer, attached in one zone.

Source: PrivateLink API, AttachResourceToVpcEndpointService, DetachResourceFromVpcEndpointService,
ListVpcEndpointServiceResources; for gwlb there is one call per zone.
"""

from collections.abc import Collection
from dataclasses import dataclass

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.ecs.network_interface import interfaces_of
from gwlbfw.sim.services.gwlb.load_balancer import LoadBalancer
from gwlbfw.sim.services.privatelink.concurrency import claim
from gwlbfw.sim.services.privatelink.endpoint_service.record import EndpointService
from gwlbfw.sim.services.privatelink.errors import (
    balancer_not_in_zone,
    balancer_not_ready,
    has_endpoints,
    no_such_balancer,
)
from gwlbfw.sim.services.privatelink.parameters import list_page
from gwlbfw.sim.services.privatelink.regions import RESOURCE_TYPES
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

AT_CREATION = 10
"""Resources that CreateVpcEndpointService takes."""
QUOTA_PER_ZONE = quota("resources_per_service_and_zone", 100)
"""Resources of a service in one zone (help page "PrivateLink quotas and limits")."""


@dataclass(kw_only=True, eq=False)
class EndpointServiceResource(
    Record, kind="endpoint_service_resource", prefix="epsrvres", product="privatelink"
):
    """One attachment; it is listed once it is Attached."""

    service_id: str = ""
    resource_id: str = ""
    zone_id: str = ""
    auto_allocated: bool = True

    @property
    def implicit(self) -> bool:
        return True

    def uses(self) -> Collection[str]:
        return (self.service_id, self.resource_id)


def attached_resources(region: Region, service: EndpointService) -> list[EndpointServiceResource]:
    """The resources of a service of any account."""
    found = region.home_of(service).where(EndpointServiceResource, service_id=service.id)
    return [each for each in found if each.status != "Attaching"]


def zones_of(region: Region, service: EndpointService) -> list[str]:
    """The zones in which a service can have endpoints."""
    return sorted({each.zone_id for each in attached_resources(region, service)})


def attach_resources(region: Region, service: EndpointService, request: Request) -> None:
    """Attach the resources that CreateVpcEndpointService names."""
    named = request.objects("Resource")
    if len(named) > AT_CREATION:
        raise request.invalid("Resource", f"at most {AT_CREATION}")
    for each in named:
        each.require("ResourceId")
        _attach(region, service, each)


@action("privatelink", "AttachResourceToVpcEndpointService")
def attach_resource_to_vpc_endpoint_service(region: Region, request: Request) -> Reply:
    """Attach a load balancer in one of its zones."""
    service = region.require(EndpointService, request.text("ServiceId"))
    claim(region, service.id)
    _attach(region, service, request)
    return {}


@action("privatelink", "DetachResourceFromVpcEndpointService")
def detach_resource_from_vpc_endpoint_service(region: Region, request: Request) -> Reply:
    """Detach it in one zone, once no endpoint has that zone through it."""
    service = region.require(EndpointService, request.text("ServiceId"))
    resource = _attached_resource(region, service, request)
    if any(each.kind == "endpoint_zone" for each in region.users(resource.id)):
        raise has_endpoints(f"{resource.resource_id} in {resource.zone_id}")
    claim(region, service.id)
    region.transition(resource, "Detaching", DELETED)
    return {}


@action("privatelink", "UpdateVpcEndpointServiceResourceAttribute")
def update_vpc_endpoint_service_resource_attribute(region: Region, request: Request) -> Reply:
    """Enable or disable a resource for new endpoint zones."""
    service = region.require(EndpointService, request.text("ServiceId"))
    resource = _attached_resource(region, service, request)
    claim(region, service.id)
    resource.auto_allocated = request.flag("AutoAllocatedEnabled")
    return {}


@action("privatelink", "ListVpcEndpointServiceResources")
def list_vpc_endpoint_service_resources(region: Region, request: Request) -> Reply:
    """The resources of a service; this listing has no TotalCount."""
    service = region.require(EndpointService, request.text("ServiceId"))
    found = attached_resources(region, service)
    reply = dict(list_page(request, "Resources", found, lambda each: _view(region, each)))
    del reply["TotalCount"]
    return reply


def _attach(region: Region, service: EndpointService, params: Params) -> None:
    kind = params.one_of("ResourceType", RESOURCE_TYPES, service.resource_type)
    if kind != service.resource_type:
        raise ApiError(
            "EndpointServiceResourceTypeNotEqual",
            f"The resources of {service.id} are of type {service.resource_type}.",
        )
    zone = params.require("ZoneId")
    balancer = region.find(LoadBalancer, params.text("ResourceId"))
    if balancer is None:
        raise no_such_balancer(params.text("ResourceId"))
    if balancer.status != "Active":
        raise balancer_not_ready(balancer.id)
    if zone not in balancer.zones:
        raise balancer_not_in_zone(balancer.id, zone)
    _add(region, service, balancer, zone)


def _add(region: Region, service: EndpointService, balancer: LoadBalancer, zone: str) -> None:
    there = region.where(EndpointServiceResource, service_id=service.id, zone_id=zone)
    if any(each.resource_id == balancer.id for each in there):
        raise ApiError(
            "EndpointServiceResourceExist", f"{balancer.id} is attached in {zone} already."
        )
    if len(there) >= region.quota(QUOTA_PER_ZONE):
        raise ApiError("QuotaExceeded.EndpointServiceResource", "The zone has too many resources.")
    resource = EndpointServiceResource(service_id=service.id, resource_id=balancer.id, zone_id=zone)
    region.transition(region.add(resource), "Attaching", "Attached")


def _attached_resource(
    region: Region, service: EndpointService, params: Params
) -> EndpointServiceResource:
    params.one_of("ResourceType", (service.resource_type,))
    wanted = params.text("ResourceId"), params.require("ZoneId")
    for each in attached_resources(region, service):
        if (each.resource_id, each.zone_id) == wanted and each.status == "Attached":
            return each
    raise ApiError(
        "EndpointServiceResourceNotFound", f"{wanted[0]} is not attached in {wanted[1]}."
    )


def _view(region: Region, resource: EndpointServiceResource) -> Json:
    balancer = region.find(LoadBalancer, resource.resource_id)
    vswitch_id = balancer.zones.get(resource.zone_id, "") if balancer else ""
    interfaces = interfaces_of(region, resource.resource_id)
    return {
        "ResourceId": resource.resource_id,
        "ResourceType": "gwlb",
        "ZoneId": resource.zone_id,
        "RegionId": resource.region,
        "VpcId": balancer.vpc_id if balancer else "",
        "VSwitchId": vswitch_id,
        "Ip": next((each.ip for each in interfaces if each.vswitch_id == vswitch_id), ""),
        "AutoAllocatedEnabled": resource.auto_allocated,
        "RelatedEndpointCount": len(
            [each for each in region.users(resource.id) if each.kind == "endpoint_zone"]
        ),
        "RelatedDeprecatedEndpointCount": 0,
        "ResourceSupportIPv6": False,
    }

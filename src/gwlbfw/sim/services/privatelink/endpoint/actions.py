"""Endpoints: create (with zones or without), update, delete.

Source: PrivateLink API, CreateVpcEndpoint, UpdateVpcEndpointAttribute, DeleteVpcEndpoint. Several
zones in one gateway load balancer endpoint are UNVERIFIED, as is what the cloud does with security
groups for one.
"""

from gwlbfw.sim.errors import ApiError, missing_parameter
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.privatelink.concurrency import account_subject, claim
from gwlbfw.sim.services.privatelink.endpoint.record import TYPE, Endpoint
from gwlbfw.sim.services.privatelink.endpoint.security_groups import require_group
from gwlbfw.sim.services.privatelink.endpoint.zone import create_zone
from gwlbfw.sim.services.privatelink.endpoint_service.record import EndpointService
from gwlbfw.sim.services.privatelink.errors import has_routes
from gwlbfw.sim.services.privatelink.parameters import description, endpoint_name
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import DEFAULT_GROUP
from gwlbfw.sim.services.tags import requested_tags
from gwlbfw.sim.services.vpc.vpc.record import Vpc
from gwlbfw.sim.store.record import DELETED
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

ZONES = 10
"""Zones in one call, and security groups too."""
QUOTA = quota("endpoints_per_vpc", 1000)
"""Endpoints in one VPC (help page "PrivateLink quotas and limits")."""
TYPES = ("Interface", "Reverse", TYPE)


@action(
    "privatelink",
    "CreateVpcEndpoint",
    not_simulated="interface and reverse endpoints, other regions",
)
def create_vpc_endpoint(region: Region, request: Request) -> Reply:
    """Create an endpoint for a service that the account may connect to."""
    service = _service(region, request)
    vpc = region.require(Vpc, request.text("VpcId"), "VpcNotFound", 400)
    if len(region.where(Endpoint, vpc_id=vpc.id)) >= (most := region.quota(QUOTA)):
        raise ApiError("QuotaExceeded.totalEpPerVpc", f"The quota of {most} is exceeded.")
    endpoint = _new(request, service, vpc)
    endpoint.security_group_ids = _groups(region, request, vpc)
    region.add(endpoint)
    zones = request.objects("Zone")
    if len(zones) > ZONES:
        raise request.invalid("Zone", f"at most {ZONES}")
    for each in zones:
        create_zone(region, endpoint, service, each, after=1)
    claim(region, endpoint.id, transitions=3 if zones else 1)
    region.transition(endpoint, "Creating", "Active")
    return endpoint.view(region)


@action("privatelink", "UpdateVpcEndpointAttribute")
def update_vpc_endpoint_attribute(region: Region, request: Request) -> Reply:
    """Change name, description, policy and the like."""
    endpoint = region.require(Endpoint, request.text("EndpointId"))
    claim(region, account_subject(region), endpoint.id)
    endpoint.name = endpoint_name(request, endpoint.name)
    endpoint.description = description(request, "EndpointDescription", endpoint.description)
    endpoint.address_ip_version = request.one_of(
        "AddressIpVersion", ("IPv4", "DualStack"), endpoint.address_ip_version
    )
    endpoint.zone_affinity = request.flag("ZoneAffinityEnabled", default=endpoint.zone_affinity)
    policy = request.text("PolicyDocument", endpoint.policy)
    endpoint.policy = "" if request.flag("ResetPolicy") else policy
    region.transition(endpoint, "Pending", "Active")
    return {}


@action("privatelink", "DeleteVpcEndpoint")
def delete_vpc_endpoint(region: Region, request: Request) -> Reply:
    """Delete an endpoint that has no zone and to which no route leads."""
    endpoint = region.require(Endpoint, request.text("EndpointId"))
    if endpoint.protected:
        raise ApiError("EndpointProtected", f"{endpoint.id} is protected by its managed service.")
    users = region.users(endpoint.id)
    if any(each.kind == "endpoint_zone" for each in users):
        raise ApiError("EndpointDependenceViolation", f"{endpoint.id} has dependent zone(s).")
    if any(each.product == "vpc" for each in users):
        raise has_routes(endpoint.id)
    claim(region, endpoint.id)
    endpoint.connection = "Deleting"
    region.transition(endpoint, "Deleting", DELETED)
    return {}


def _new(request: Request, service: EndpointService, vpc: Vpc) -> Endpoint:
    request.number("ZonePrivateIpAddressCount", 1, 1, 1)
    return Endpoint(
        vpc_id=vpc.id,
        service_id=service.id,
        type=service.type,
        bandwidth=service.connect_bandwidth,
        name=endpoint_name(request),
        description=description(request, "EndpointDescription"),
        address_ip_version=request.one_of("AddressIpVersion", ("IPv4", "DualStack"), "IPv4"),
        policy=request.text("PolicyDocument"),
        protected=request.flag("ProtectedEnabled"),
        zone_affinity=request.flag("ZoneAffinityEnabled"),
        resource_group_id=request.text("ResourceGroupId", DEFAULT_GROUP),
        tags=requested_tags(request),
    )


def _service(region: Region, request: Request) -> EndpointService:
    """The service that a call names by its id or its name, whichever account has it."""
    service_id, name = request.text("ServiceId"), request.text("ServiceName")
    if not (service_id or name):
        raise missing_parameter(request.product, "ServiceId")
    service = region.state.find(service_id or name.rpartition(".")[2])
    where = request.text("ServiceRegionId", region.name)
    known = isinstance(service, EndpointService) and service.region == where == region.name
    if not known or not isinstance(service, EndpointService) or name not in ("", service.name):
        raise ApiError("EndpointServiceNotFound", f"{service_id or name} does not exist.")
    _check_service(region, request, service)
    return service


def _check_service(region: Region, request: Request, service: EndpointService) -> None:
    if not service.admits(region.account):
        raise ApiError("EndpointServiceNotAuthorized", f"{service.id} is not for this account.")
    if service.status == "Deleting":
        raise ApiError("EndpointServiceDeleted", f"{service.id} is being deleted.")
    if service.status == "Creating":
        raise ApiError("IncorrectStatus.VpcEndpointService", f"{service.id} is being created.")
    if request.one_of("EndpointType", TYPES, "Interface") != service.type:
        raise ApiError("Mismatch.EndpointType", f"{service.id} is for endpoints of {service.type}.")


def _groups(region: Region, request: Request, vpc: Vpc) -> tuple[str, ...]:
    groups = request.texts("SecurityGroupId")
    if len(groups) > ZONES:
        raise request.invalid("SecurityGroupId", f"at most {ZONES}")
    return tuple(require_group(region, each, vpc.id).id for each in groups)

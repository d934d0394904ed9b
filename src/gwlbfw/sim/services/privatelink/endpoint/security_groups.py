"""Security groups of an endpoint, which its interfaces are in.

Source: PrivateLink API, AttachSecurityGroupToVpcEndpoint, DetachSecurityGroupFromVpcEndpoint,
ListVpcEndpointSecurityGroups. A gateway load balancer endpoint needs none.
"""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.network_interface import interfaces_of
from gwlbfw.sim.services.ecs.security_group.group import SecurityGroup
from gwlbfw.sim.services.privatelink.concurrency import claim
from gwlbfw.sim.services.privatelink.endpoint.record import Endpoint
from gwlbfw.sim.services.privatelink.parameters import list_page
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply


def require_group(region: Region, group_id: str, vpc_id: str) -> SecurityGroup:
    """A security group of an endpoint's VPC (UNVERIFIED code)."""
    group = region.require(SecurityGroup, group_id, "SecurityGroupNotFound", 400)
    if group.vpc_id != vpc_id:
        raise ApiError("SecurityGroupNotFound", f"{group_id} is not in {vpc_id}.")
    return group


@action("privatelink", "AttachSecurityGroupToVpcEndpoint")
def attach_security_group_to_vpc_endpoint(region: Region, request: Request) -> Reply:
    """Add an endpoint to a security group."""
    endpoint = region.require(Endpoint, request.text("EndpointId"))
    group = require_group(region, request.text("SecurityGroupId"), endpoint.vpc_id)
    if group.id in endpoint.security_group_ids:
        raise ApiError("SecurityGroupExist", f"{endpoint.id} is in {group.id} already.")
    claim(region, endpoint.id)
    _set_groups(region, endpoint, (*endpoint.security_group_ids, group.id))
    return {}


@action("privatelink", "DetachSecurityGroupFromVpcEndpoint")
def detach_security_group_from_vpc_endpoint(region: Region, request: Request) -> Reply:
    """Take an endpoint out of a security group."""
    endpoint = region.require(Endpoint, request.text("EndpointId"))
    group_id = request.text("SecurityGroupId")
    if group_id not in endpoint.security_group_ids:
        raise ApiError("SecurityGroupNotFound", f"{endpoint.id} is not in {group_id}.")
    claim(region, endpoint.id)
    _set_groups(region, endpoint, tuple(x for x in endpoint.security_group_ids if x != group_id))
    return {}


@action("privatelink", "ListVpcEndpointSecurityGroups")
def list_vpc_endpoint_security_groups(region: Region, request: Request) -> Reply:
    """The security groups of an endpoint."""
    endpoint = region.require(Endpoint, request.text("EndpointId"))
    return list_page(
        request,
        "SecurityGroups",
        endpoint.security_group_ids,
        lambda each: {"SecurityGroupId": each, "SecurityGroupStatus": "Attached"},
    )


def _set_groups(region: Region, endpoint: Endpoint, groups: tuple[str, ...]) -> None:
    endpoint.security_group_ids = groups
    for interface in interfaces_of(region, endpoint.id):
        interface.security_group_ids = groups

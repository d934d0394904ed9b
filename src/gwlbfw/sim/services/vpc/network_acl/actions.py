"""Actions on network ACLs: create, modify, delete."""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import requested_tags
from gwlbfw.sim.services.vpc.network_acl.entries import default_entries
from gwlbfw.sim.services.vpc.network_acl.reads import attributes
from gwlbfw.sim.services.vpc.network_acl.record import (
    NetworkAcl,
    associations_of,
    require_stable_acl,
)
from gwlbfw.sim.services.vpc.parameters import name_or_description
from gwlbfw.sim.services.vpc.vpc.record import Vpc
from gwlbfw.sim.store.record import DELETED
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

ACLS = quota("network_acls_per_vpc", 20)
"""Network ACLs of one VPC (help page "Network ACL overview"; UNVERIFIED number)."""
STILL_BOUND = "NetworkAclExistBinding"
"""DeleteNetworkAcl while a vSwitch has the ACL (terraform-provider-alicloud,
resource_alicloud_network_acl.go)."""


@action("vpc", "CreateNetworkAcl")
def create_network_acl(region: Region, request: Request) -> Reply:
    """VPC API, CreateNetworkAcl: it accepts everything until its entries are updated."""
    vpc = region.require(Vpc, request.text("VpcId"), "InvalidVpcId.NotFound", 400)
    if vpc.status != "Available":
        raise ApiError("IncorrectStatus.Vpc", f"The VPC {vpc.id} is {vpc.status}.")
    if len(region.where(NetworkAcl, vpc_id=vpc.id)) >= (most := region.quota(ACLS)):
        raise ApiError("QuotaExceed.NetworkAcl", f"A VPC has at most {most} network ACLs.")
    acl = region.add(
        NetworkAcl(
            vpc_id=vpc.id,
            name=name_or_description(request, "NetworkAclName"),
            description=name_or_description(request, "Description"),
            ingress=default_entries(region, vpc),
            egress=default_entries(region, vpc),
            tags=requested_tags(request),
        )
    )
    region.transition(acl, "Modifying", "Available")
    return {"NetworkAclId": acl.id, "NetworkAclAttribute": attributes(region, acl, brief=True)}


@action("vpc", "ModifyNetworkAclAttributes")
def modify_network_acl_attributes(region: Region, request: Request) -> Reply:
    """VPC API, ModifyNetworkAclAttributes: name and description."""
    acl = require_stable_acl(region, request.text("NetworkAclId"))
    acl.name = name_or_description(request, "NetworkAclName", acl.name)
    acl.description = name_or_description(request, "Description", acl.description)
    return {}


@action("vpc", "DeleteNetworkAcl")
def delete_network_acl(region: Region, request: Request) -> Reply:
    """VPC API, DeleteNetworkAcl: refused while a vSwitch has it."""
    acl = region.require(NetworkAcl, request.text("NetworkAclId"))
    if associations_of(region, acl.id):
        raise ApiError(STILL_BOUND, f"A vSwitch has the network ACL {acl.id}.")
    require_stable_acl(region, acl.id)
    region.transition(acl, "Modifying", DELETED)
    return {}

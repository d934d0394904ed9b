"""Association of network ACLs with vSwitches.

Sources: VPC API, AssociateNetworkAcl and UnassociateNetworkAcl, with their error tables.
"""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.vpc.network_acl.record import (
    AclAssociation,
    NetworkAcl,
    require_stable_acl,
)
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.record import DELETED
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

MAX_RESOURCES = 30
"""vSwitches in one call."""


@action("vpc", "AssociateNetworkAcl")
def associate_network_acl(region: Region, request: Request) -> Reply:
    """VPC API, AssociateNetworkAcl: a vSwitch has one ACL at most."""
    acl = require_stable_acl(region, request.text("NetworkAclId"))
    for vswitch in _vswitches(region, request, acl):
        if region.where(AclAssociation, vswitch_id=vswitch.id):
            code = "InvalidResource.BindingExist"
            raise ApiError(code, f"The vSwitch {vswitch.id} has a network ACL.")
        made = region.add(AclAssociation(acl_id=acl.id, vswitch_id=vswitch.id))
        region.transition(made, "BINDING", "BINDED")
    return {}


@action("vpc", "UnassociateNetworkAcl")
def unassociate_network_acl(region: Region, request: Request) -> Reply:
    """VPC API, UnassociateNetworkAcl: of several vSwitches at once."""
    acl = require_stable_acl(region, request.text("NetworkAclId"))
    for vswitch in _vswitches(region, request, acl):
        found = region.where(AclAssociation, vswitch_id=vswitch.id)
        if not found:
            raise ApiError("InvalidResource.NotBinding", f"{vswitch.id} has no network ACL.")
        if found[0].acl_id != acl.id:
            raise ApiError("Mismatch.NetworkAclAndVSwitch", f"{vswitch.id} has another ACL.")
        region.transition(found[0], "UNBINDING", DELETED)
    return {}


def _vswitches(region: Region, request: Request, acl: NetworkAcl) -> list[VSwitch]:
    named = request.objects("Resource")
    if not named:
        raise ApiError("ParameterMissing.Resources", "At least one vSwitch is expected.")
    if len(named) > MAX_RESOURCES:
        raise request.invalid("Resource", f"at most {MAX_RESOURCES} vSwitches")
    if any(each.text("ResourceType") != "VSwitch" for each in named):
        raise ApiError("ParameterIllegal.ResourceType", "Only vSwitches have network ACLs.")
    found = [
        region.require(VSwitch, each.text("ResourceId"), "InvalidResource.NotFound", 400)
        for each in named
    ]
    for vswitch in found:
        if vswitch.vpc_id != acl.vpc_id:
            raise ApiError("InvalidResource.VpcError", f"{vswitch.id} is in another VPC.")
        if vswitch.status != "Available":
            raise ApiError("ResourceStatus.Error", f"The vSwitch {vswitch.id} is being changed.")
    return found

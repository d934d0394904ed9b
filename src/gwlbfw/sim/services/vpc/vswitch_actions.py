"""Actions on vSwitches: create, the default ones too, modify, delete."""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.regions import ZONES
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import requested_tags
from gwlbfw.sim.services.vpc import tasks
from gwlbfw.sim.services.vpc.parameters import name_or_description
from gwlbfw.sim.services.vpc.vpc.ipv6 import require_block
from gwlbfw.sim.services.vpc.vpc.record import Vpc, require_available_vpc
from gwlbfw.sim.services.vpc.vswitch import VSwitch, has_system_table
from gwlbfw.sim.services.vpc.vswitch_cidr import free_cidr, requested_cidr, requested_ipv6_cidr
from gwlbfw.sim.store.record import DELETED
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

DEFAULT_MASK = 20
"""The mask of a default vSwitch (help page "Default VPC and default vSwitch")."""
DEPENDENCIES = {
    "nat_gateway": "DependencyViolation.EnhancedNatgw",
    "snat_entry": "DependencyViolation.SnatEntry",
    "havip": "DependencyViolation.HaVip",
    "network_acl_association": "DependencyViolation.NetworkAcl",
    "network_interface": "DependencyViolation",
    # That a redirected entry of a gateway's table blocks the deletion is UNVERIFIED.
    "gateway_route_entry": "DependencyViolation",
}
"""The code of DeleteVSwitch by the kind of a resource that is left in the vSwitch."""


@action("vpc", "CreateVSwitch")
def create_vswitch(region: Region, request: Request) -> Reply:
    """VPC API, CreateVSwitch: it has the system route table until another is associated."""
    vpc = require_available_vpc(region, request.text("VpcId"))
    _check_zone(region, request.text("ZoneId"))
    vswitch = VSwitch(
        zone_id=request.text("ZoneId"),
        cidr=str(requested_cidr(region, vpc, request)),
        ipv6_cidr=requested_ipv6_cidr(region, vpc, request),
        name=name_or_description(request, "VSwitchName"),
        description=name_or_description(request, "Description"),
        tags=requested_tags(request),
    )
    return {"VSwitchId": _add(region, vpc, vswitch).id}


@action("vpc", "CreateDefaultVSwitch")
def create_default_vswitch(region: Region, request: Request) -> Reply:
    """VPC API, CreateDefaultVSwitch: one in each zone, in the default VPC (UNVERIFIED codes)."""
    zone = request.text("ZoneId")
    _check_zone(region, zone)
    vpcs = [each for each in region.all(Vpc) if each.is_default]
    if not vpcs:
        raise ApiError("InvalidVpcId.NotFound", "The region has no default VPC.", 404)
    vpc = require_available_vpc(region, vpcs[0].id)
    if any(each.is_default for each in region.where(VSwitch, zone_id=zone)):
        code = "OperationDenied.DefaultVSwitchExist"
        raise ApiError(code, f"The zone {zone} has a default vSwitch.")
    vswitch = VSwitch(
        zone_id=zone,
        cidr=str(free_cidr(region, vpc, DEFAULT_MASK)),
        ipv6_cidr=requested_ipv6_cidr(region, vpc, request),
        is_default=True,
    )
    return {"VSwitchId": _add(region, vpc, vswitch).id}


@action("vpc", "ModifyVSwitchAttribute")
def modify_vswitch_attribute(region: Region, request: Request) -> Reply:
    """VPC API, ModifyVSwitchAttribute: name, description, and an IPv6 block where it has none."""
    vswitch = region.require(VSwitch, request.text("VSwitchId"))
    if vswitch.status != "Available":
        raise ApiError("IncorrectStatus.VSwitch", f"The vSwitch is {vswitch.status}.")
    vswitch.name = name_or_description(request, "VSwitchName", vswitch.name)
    vswitch.description = name_or_description(request, "Description", vswitch.description)
    if request.text("VpcIpv6CidrBlock"):
        require_block(region.require(Vpc, vswitch.vpc_id).ipv6_blocks, request)
    enabled = request.flag("EnableIPv6", default=bool(vswitch.ipv6_cidr))
    wanted = request.text("Ipv6CidrBlock") or request.text("Ipv6CidrMask")
    if not enabled:
        if wanted and request.text("EnableIPv6"):
            raise request.invalid("Ipv6CidrBlock", "none is expected where IPv6 is disabled")
        vswitch.ipv6_cidr = ""
    if wanted:
        _enable_ipv6(region, vswitch, request)
    elif enabled and not vswitch.ipv6_cidr:
        # terraform-provider-alicloud, resource_alicloud_vswitch_test.go, names the code.
        raise ApiError("MissingParam.Ipv6CidrBlock", "The parameter Ipv6CidrBlock is mandatory.")
    return {}


@action("vpc", "DeleteVSwitch")
def delete_vswitch(region: Region, request: Request) -> Reply:
    """VPC API, DeleteVSwitch: only when Available and empty, one subnet of a VPC at a time."""
    vswitch = region.require(VSwitch, request.text("VSwitchId"))
    if vswitch.status != "Available":
        raise ApiError("IncorrectVSwitchStatus", f"The vSwitch is {vswitch.status}.")
    kinds = {each.kind for each in region.users(vswitch.id)}
    if not has_system_table(region, vswitch):
        code = "DependencyViolation.RouteTable"
        raise ApiError(code, f"It has the route table {vswitch.route_table_id}.")
    if kinds:
        codes = [code for kind, code in DEPENDENCIES.items() if kind in kinds]
        code = codes[0] if codes else "DependencyViolation"
        raise ApiError(code, f"The vSwitch has {', '.join(sorted(kinds))} left in it.")
    tasks.refuse_if_busy(region, vswitch.vpc_id, "OperationDenied.OtherSubnetProcessing")
    region.transition(vswitch, "Pending", DELETED)
    return {}


def _check_zone(region: Region, zone: str) -> None:
    if zone not in ZONES[region.name]:
        raise ApiError("InvalidZoneId.NotFound", f"The zone {zone} does not exist.", 404)


def _add(region: Region, vpc: Vpc, vswitch: VSwitch) -> VSwitch:
    tasks.refuse_if_busy(region, vpc.id)
    vswitch.vpc_id, vswitch.route_table_id = vpc.id, vpc.system_table_id
    region.add(vswitch)
    region.transition(vswitch, "Pending", "Available")
    return vswitch


def _enable_ipv6(region: Region, vswitch: VSwitch, request: Request) -> None:
    cidr = requested_ipv6_cidr(region, region.require(Vpc, vswitch.vpc_id), request)
    if vswitch.ipv6_cidr:
        # UNVERIFIED code; that the block can't be changed is the SDK's doc comment.
        code = "OperationDenied.Ipv6CidrBlockExist"
        raise ApiError(code, f"The vSwitch has the IPv6 block {vswitch.ipv6_cidr}.")
    vswitch.ipv6_cidr = cidr

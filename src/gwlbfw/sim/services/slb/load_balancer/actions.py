"""Actions that create, change and delete Classic Load Balancers.

Sources: SLB API, CreateLoadBalancer, DeleteLoadBalancer and the Set actions of a balancer; the
fields of their replies in alibaba-cloud-sdk-go, services/slb.
"""

from gwlbfw.sim.errors import ApiError, not_simulated
from gwlbfw.sim.regions import ZONES
from gwlbfw.sim.services.ecs.network_interface import free_address
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import requested_group
from gwlbfw.sim.services.slb.load_balancer.record import VERSION, ClassicLoadBalancer
from gwlbfw.sim.services.tags import requested_tags
from gwlbfw.sim.services.vpc.eip.actions import public_address
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

_CODES = ("InvalidParameter", "VSwitchAvailableIpNotExist")
"""For an address that can't be had, and for a full vSwitch (both UNVERIFIED)."""
_PROTECTION = ("NonProtection", "ConsoleProtection")


@action(
    "slb",
    "CreateLoadBalancer",
    version=VERSION,
    required=("RegionId",),
    optional=(
        *("Address", "AddressIPVersion", "AddressType", "AutoPay", "Bandwidth", "ClientToken"),
        *("DeleteProtection", "Duration", "InstanceChargeType", "InternetChargeType"),
        *("LoadBalancerName", "LoadBalancerSpec", "MasterZoneId", "ModificationProtectionReason"),
        *("ModificationProtectionStatus", "PayType", "PricingCycle", "ResourceGroupId"),
        *("SlaveZoneId", "Tag.1.Key", "Tag.1.Value", "VSwitchId", "VpcId"),
    ),
    not_simulated="subscriptions, IPv6",
    without_effect=("AutoPay", "Duration", "PricingCycle"),
)
def create_load_balancer(region: Region, request: Request) -> Reply:
    """SLB API, CreateLoadBalancer: a public one, or one with an address of a vSwitch."""
    _refuse_other_kinds(request)
    vswitch_id = request.text("VSwitchId")
    # Where a vSwitch is named, the balancer is a private one (SLB API, CreateLoadBalancer).
    kind = request.one_of("AddressType", ("internet", "intranet"), "internet")
    balancer = ClassicLoadBalancer(
        name=request.text("LoadBalancerName"),
        address_type="intranet" if vswitch_id else kind,
        bandwidth=request.number("Bandwidth", 5120, 1, 5120),
        internet_charge_type=request.text("InternetChargeType", "paybytraffic"),
        charge_type=request.one_of("InstanceChargeType", ("PayBySpec", "PayByCLCU"), "PayByCLCU"),
        spec=request.text("LoadBalancerSpec"),
        resource_group_id=requested_group(region, request),
        deletion_protection=request.one_of("DeleteProtection", ("on", "off"), "off") == "on",
        modification_protection=request.one_of(
            "ModificationProtectionStatus", _PROTECTION, _PROTECTION[0]
        ),
        protection_reason=request.text("ModificationProtectionReason"),
        tags=requested_tags(request),
        status="active",
    )
    _place(region, balancer, request)
    region.add(balancer)
    balancer.name = balancer.name or balancer.id
    if balancer.address_type == "internet":
        balancer.address = public_address(balancer.serial)
    return {
        "LoadBalancerId": balancer.id,
        "LoadBalancerName": balancer.name,
        "Address": balancer.address or balancer.ip,
        "AddressIPVersion": "ipv4",
        "NetworkType": "vpc" if balancer.vpc_id else "classic",
        "VpcId": balancer.vpc_id,
        "VSwitchId": balancer.vswitch_id,
        "ResourceGroupId": balancer.resource_group_id,
        "OrderId": 0,
    }


def _refuse_other_kinds(request: Request) -> None:
    if request.one_of("PayType", ("PayOnDemand", "PrePay"), "PayOnDemand") == "PrePay":
        raise not_simulated("PayType", "subscriptions")
    if request.one_of("AddressIPVersion", ("ipv4", "ipv6"), "ipv4") == "ipv6":
        raise not_simulated("AddressIPVersion", "balancers with IPv6")


def _place(region: Region, balancer: ClassicLoadBalancer, request: Request) -> None:
    """Give a balancer its zones, and its address in its vSwitch."""
    zones = ZONES[region.name]
    wanted = request.text("Address")
    if request.text("VSwitchId"):
        vswitch = region.require(VSwitch, request.text("VSwitchId"), "InvalidVSwitchId.NotFound")
        if request.text("VpcId", vswitch.vpc_id) != vswitch.vpc_id:
            raise request.invalid("VpcId", "the VPC of the vSwitch is expected")
        balancer.vpc_id, balancer.vswitch_id = vswitch.vpc_id, vswitch.id
        balancer.ip = free_address(region, vswitch, wanted, _CODES)
        zones = (vswitch.zone_id, *(each for each in zones if each != vswitch.zone_id))
    elif wanted or balancer.address_type == "intranet":
        raise not_simulated("AddressType", "balancers of the classic network")
    balancer.master_zone = request.text("MasterZoneId", zones[0])
    others = [each for each in zones if each != balancer.master_zone]
    balancer.slave_zone = request.text("SlaveZoneId", others[0] if others else "")


@action(
    "slb", "SetLoadBalancerName", version=VERSION, required=("LoadBalancerId", "LoadBalancerName")
)
def set_load_balancer_name(region: Region, request: Request) -> Reply:
    """SLB API, SetLoadBalancerName."""
    balancer = region.require(ClassicLoadBalancer, request.text("LoadBalancerId"))
    balancer.name = request.text("LoadBalancerName")
    return {}


@action(
    "slb",
    "SetLoadBalancerStatus",
    version=VERSION,
    required=("LoadBalancerId", "LoadBalancerStatus"),
)
def set_load_balancer_status(region: Region, request: Request) -> Reply:
    """SLB API, SetLoadBalancerStatus: one that is inactive passes nothing on."""
    balancer = region.require(ClassicLoadBalancer, request.text("LoadBalancerId"))
    balancer.status = request.one_of("LoadBalancerStatus", ("active", "inactive"))
    return {}


@action(
    "slb",
    "SetLoadBalancerDeleteProtection",
    version=VERSION,
    required=("LoadBalancerId", "DeleteProtection"),
)
def set_load_balancer_delete_protection(region: Region, request: Request) -> Reply:
    """SLB API, SetLoadBalancerDeleteProtection."""
    balancer = region.require(ClassicLoadBalancer, request.text("LoadBalancerId"))
    balancer.deletion_protection = request.one_of("DeleteProtection", ("on", "off")) == "on"
    return {}


@action(
    "slb",
    "SetLoadBalancerModificationProtection",
    version=VERSION,
    required=("LoadBalancerId", "ModificationProtectionStatus"),
    optional=("ModificationProtectionReason",),
)
def set_load_balancer_modification_protection(region: Region, request: Request) -> Reply:
    """SLB API, SetLoadBalancerModificationProtection."""
    balancer = region.require(ClassicLoadBalancer, request.text("LoadBalancerId"))
    balancer.modification_protection = request.one_of("ModificationProtectionStatus", _PROTECTION)
    balancer.protection_reason = request.text("ModificationProtectionReason")
    return {}


@action("slb", "DeleteLoadBalancer", version=VERSION, required=("LoadBalancerId",))
def delete_load_balancer(region: Region, request: Request) -> Reply:
    """SLB API, DeleteLoadBalancer: with its listeners; its EIP is free again (UNVERIFIED)."""
    balancer = region.require(ClassicLoadBalancer, request.text("LoadBalancerId"))
    if balancer.deletion_protection:
        # UNVERIFIED code.
        raise ApiError("OperationDenied.DeleteProtectionIsOn", "The balancer is protected.")
    region.remove(balancer)
    return {}

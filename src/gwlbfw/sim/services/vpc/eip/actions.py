"""Actions that allocate, change and release EIPs.

Sources: VPC API, AllocateEipAddress, AllocateEipAddressPro, ModifyEipAddressAttribute,
ModifyEipForwardMode and ReleaseEipAddress, with their error tables.
"""

from ipaddress import IPv4Address

from gwlbfw.sim.errors import ApiError, not_simulated
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import requested_group
from gwlbfw.sim.services.tags import requested_tags
from gwlbfw.sim.services.vpc.address_pool import address_of_pool
from gwlbfw.sim.services.vpc.deletion_protection import refuse_if_protected
from gwlbfw.sim.services.vpc.eip.record import FIRST_ADDRESS, LAST_ADDRESS, Eip
from gwlbfw.sim.services.vpc.parameters import name_or_description
from gwlbfw.sim.store.record import DELETED
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

CHARGE_TYPES = ("PayByBandwidth", "PayByTraffic")
LARGEST = {"PayByBandwidth": 500, "PayByTraffic": 200}
"""Most Mbit/s of a pay-as-you-go EIP, by its metering method."""
MODES = ("NAT", "MULTI_BINDED", "BINDED")
_NO_EFFECT = ("ActivityId", "AutoPay", "Period", "PricingCycle")
"""They concern subscriptions alone, and promotions."""


@action(
    "vpc",
    "AllocateEipAddress",
    "AllocateEipAddressPro",
    not_simulated="subscriptions",
    without_effect=_NO_EFFECT,
)
def allocate_eip_address(region: Region, request: Request) -> Reply:
    """VPC API, AllocateEipAddress: pay-as-you-go; a free address, that asked for, or none."""
    if request.one_of("InstanceChargeType", ("PostPaid", "PrePaid"), "PostPaid") == "PrePaid":
        raise not_simulated("InstanceChargeType", "subscriptions")
    request.one_of("Netmode", ("public",), "public")
    charge = request.one_of("InternetChargeType", CHARGE_TYPES, "PayByBandwidth")
    protection = request.texts("SecurityProtectionTypes")
    if protection not in ([], ["AntiDDoS_Enhanced"]):
        raise request.invalid("SecurityProtectionTypes", "AntiDDoS_Enhanced is expected")
    wanted_id, wanted_address = _wanted(region, request)
    pool_id = request.text("PublicIpAddressPoolId")
    eip = region.add(
        Eip(
            id=wanted_id,
            address=wanted_address or address_of_pool(region, pool_id),
            pool_id=pool_id,
            bandwidth=_bandwidth(request, 5, charge),
            internet_charge_type=charge,
            isp=request.text("ISP", "BGP"),
            name=name_or_description(request, "Name"),
            description=name_or_description(request, "Description"),
            resource_group_id=requested_group(region, request),
            zone=request.text("Zone"),
            security_protection_types=tuple(protection),
            tags=requested_tags(request),
        )
    )
    eip.address = eip.address or public_address(eip.serial)
    return {
        "AllocationId": eip.id,
        "EipAddress": eip.address,
        "ResourceGroupId": eip.resource_group_id,
    }


def public_address(serial: int) -> str:
    """The address that belongs to a record's serial number alone."""
    return str(IPv4Address(FIRST_ADDRESS + serial))


def _wanted(region: Region, request: Request) -> tuple[str, str]:
    """The id or the address that a call asks for; in the cloud, one that was released.

    Which ones an account may ask for is UNVERIFIED: here any that nobody has.
    """
    wanted_id, address = request.text("InstanceId"), request.text("IpAddress")
    if wanted_id and address:
        raise request.invalid("InstanceId", "only one of InstanceId and IpAddress is expected")
    if wanted_id and (not wanted_id.startswith("eip-") or region.state.find(wanted_id)):
        raise ApiError("Invalid.Reserve.Ip", f"The reserve ip {wanted_id} is invalid.")
    if not address:
        return wanted_id, ""
    try:
        number = int(IPv4Address(address))
    except ValueError:
        number = 0
    coming = FIRST_ADDRESS + region.state.next_serial() <= number <= LAST_ADDRESS
    if not IPv4Address(number).is_global or coming:
        raise ApiError("Invalid.Reserve.Ip", f"The reserve ip {address} is invalid.")
    if any(getattr(each, "address", "") == address for each in region.state):
        raise ApiError("Ip.Allocated", f"The reserve ip {address} has been allocated.")
    return "", address


def _bandwidth(request: Request, default: int, charge: str) -> str:
    try:
        return str(request.number("Bandwidth", default, 1, LARGEST[charge]))
    except ApiError as error:
        raise ApiError("InvalidParameter", error.message) from None


@action("vpc", "ModifyEipAddressAttribute")
def modify_eip_address_attribute(region: Region, request: Request) -> Reply:
    """VPC API, ModifyEipAddressAttribute: bandwidth, name and description."""
    eip = require_stable_eip(region, request.text("AllocationId"))
    eip.bandwidth = _bandwidth(request, int(eip.bandwidth), eip.internet_charge_type)
    eip.name = name_or_description(request, "Name", eip.name)
    eip.description = name_or_description(request, "Description", eip.description)
    return {}


@action("vpc", "ModifyEipForwardMode")
def modify_eip_forward_mode(region: Region, request: Request) -> Reply:
    """VPC API, ModifyEipForwardMode: of an interface's EIP, or of one that nothing has.

    terraform-provider-alicloud, resource_alicloud_eip_address_test.go, changes the mode of an EIP
    that nothing has, and reads it back. The code for another holder is UNVERIFIED.
    """
    eip = require_stable_eip(region, request.text("InstanceId"))
    mode = request.one_of("Mode", MODES)
    if eip.instance_type not in ("", "NetworkInterface"):
        raise ApiError("IllegalParam.Mode", f"The EIP belongs to an {eip.instance_type}.")
    eip.mode = mode
    return {}


@action("vpc", "ReleaseEipAddress")
def release_eip_address(region: Region, request: Request) -> Reply:
    """VPC API, ReleaseEipAddress: only one that is Available and not protected."""
    eip = region.require(Eip, request.text("AllocationId"))
    refuse_if_protected(eip)
    if eip.status != "Available":
        raise ApiError("IncorrectEipStatus", f"The EIP is {eip.status}, not Available.")
    region.transition(eip, "Releasing", DELETED)
    return {}


def require_stable_eip(region: Region, allocation_id: str) -> Eip:
    """An EIP that is Available or InUse."""
    eip = region.require(Eip, allocation_id)
    if eip.in_transition():
        raise ApiError("IncorrectEipStatus", f"The EIP is {eip.status}.")
    return eip

"""Internet Shared Bandwidth: what several EIPs share instead of each having its own.

Sources: VPC API, CreateCommonBandwidthPackage, DeleteCommonBandwidthPackage,
DescribeCommonBandwidthPackages, ModifyCommonBandwidthPackageAttribute,
ModifyCommonBandwidthPackageSpec, AddCommonBandwidthPackageIp and RemoveCommonBandwidthPackageIp.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import DEFAULT_GROUP, requested_group
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags, tag_list
from gwlbfw.sim.services.vpc.deletion_protection import refuse_if_protected
from gwlbfw.sim.services.vpc.eip.actions import require_stable_eip
from gwlbfw.sim.services.vpc.eip.record import Eip
from gwlbfw.sim.services.vpc.parameters import name_or_description
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Lifecycle, Region
from gwlbfw.sim.wire import Json, Reply

CHARGE_TYPES = ("PayByTraffic", "PayByBandwidth", "PayBy95", "PayByDominantTraffic")


@dataclass(kw_only=True, eq=False)
class BandwidthPackage(
    Record,
    Lifecycle,
    kind="bandwidth_package",
    prefix="cbwp",
    product="vpc",
    tag_type="COMMONBANDWIDTHPACKAGE",
    not_found=("InvalidBandwidthPackageId.NotFound", 404),
):
    """One shared bandwidth; the EIPs name the one that they are in."""

    name: str = ""
    description: str = ""
    bandwidth: int = 1
    isp: str = "BGP"
    internet_charge_type: str = "PayByBandwidth"
    ratio: int = 100
    zone: str = ""
    security_protection_types: tuple[str, ...] = ()
    resource_group_id: str = DEFAULT_GROUP
    deletion_protection: bool = False

    def on_delete(self, region: Region) -> None:
        for eip in eips_in(region, self.id):
            eip.bandwidth_package_id = ""


def eips_in(region: Region, package_id: str) -> list[Eip]:
    """The EIPs of a shared bandwidth."""
    return region.where(Eip, bandwidth_package_id=package_id)


@action("vpc", "CreateCommonBandwidthPackage")
def create_common_bandwidth_package(region: Region, request: Request) -> Reply:
    """VPC API, CreateCommonBandwidthPackage: Modifying (UNVERIFIED), then Available."""
    package = region.add(
        BandwidthPackage(
            name=name_or_description(request, "Name"),
            description=name_or_description(request, "Description"),
            bandwidth=request.number("Bandwidth", 1, 1, 20000),
            isp=request.text("ISP", "BGP"),
            internet_charge_type=request.one_of(
                "InternetChargeType", CHARGE_TYPES, "PayByBandwidth"
            ),
            ratio=request.number("Ratio", 100, 1, 100),
            zone=request.text("Zone"),
            security_protection_types=tuple(request.texts("SecurityProtectionTypes")),
            resource_group_id=requested_group(region, request),
            tags=requested_tags(request),
        )
    )
    region.transition(package, "Modifying", "Available")
    return {"BandwidthPackageId": package.id, "ResourceGroupId": package.resource_group_id}


def _require(region: Region, request: Request) -> BandwidthPackage:
    """A package that can be changed now."""
    package = region.require(BandwidthPackage, request.text("BandwidthPackageId"))
    if package.status != "Available":
        code = "BandwidthPackageOperation.conflict"
        raise ApiError(code, f"The bandwidth package is {package.status}.")
    return package


@action("vpc", "ModifyCommonBandwidthPackageAttribute")
def modify_common_bandwidth_package_attribute(region: Region, request: Request) -> Reply:
    """VPC API, ModifyCommonBandwidthPackageAttribute: name and description."""
    package = _require(region, request)
    package.name = name_or_description(request, "Name", package.name)
    package.description = name_or_description(request, "Description", package.description)
    return {}


@action("vpc", "ModifyCommonBandwidthPackageSpec")
def modify_common_bandwidth_package_spec(region: Region, request: Request) -> Reply:
    """VPC API, ModifyCommonBandwidthPackageSpec: its bandwidth."""
    package = _require(region, request)
    package.bandwidth = request.number("Bandwidth", package.bandwidth, 1, 20000)
    region.transition(package, "Modifying", "Available")
    return {}


@action("vpc", "AddCommonBandwidthPackageIp")
def add_common_bandwidth_package_ip(region: Region, request: Request) -> Reply:
    """VPC API, AddCommonBandwidthPackageIp: an EIP that is in no other one."""
    package = _require(region, request)
    request.one_of("IpType", ("EIP",), "EIP")
    eip = require_stable_eip(region, request.text("IpInstanceId"))
    if eip.bandwidth_package_id:
        # UNVERIFIED code.
        code = "OperationUnsupported.EipInCbwp"
        raise ApiError(code, f"The EIP is in {eip.bandwidth_package_id}.")
    eip.bandwidth_package_id = package.id
    return {}


@action("vpc", "RemoveCommonBandwidthPackageIp")
def remove_common_bandwidth_package_ip(region: Region, request: Request) -> Reply:
    """VPC API, RemoveCommonBandwidthPackageIp: the EIP has its own bandwidth again."""
    package = _require(region, request)
    eip = require_stable_eip(region, request.text("IpInstanceId"))
    if eip.bandwidth_package_id != package.id:
        code = "OperationUnsupported.IpNotInCbwp"
        raise ApiError(code, "The specified EIP is not in the bandwidth package.")
    eip.bandwidth_package_id = ""
    return {}


@action("vpc", "DeleteCommonBandwidthPackage")
def delete_common_bandwidth_package(region: Region, request: Request) -> Reply:
    """VPC API, DeleteCommonBandwidthPackage: one without EIPs, or with Force."""
    package = _require(region, request)
    refuse_if_protected(package)
    force = request.flag("Force")
    if eips_in(region, package.id) and not force:
        # UNVERIFIED code.
        code = "DependencyViolation.Eip"
        raise ApiError(code, "There are EIPs in the bandwidth package.")
    region.transition(package, "Deleting", DELETED)
    return {}


_FILTERS: Mapping[str, TextGetter[BandwidthPackage]] = {
    "BandwidthPackageId": lambda each: each.id,
    "Name": lambda each: each.name,
    "ResourceGroupId": lambda each: each.resource_group_id,
}


@action("vpc", "DescribeCommonBandwidthPackages", without_effect=("IncludeReservationData",))
def describe_common_bandwidth_packages(region: Region, request: Request) -> Reply:
    """VPC API, DescribeCommonBandwidthPackages: each with its EIPs."""
    found = filter_by_tags(region.all(BandwidthPackage), request)
    found = filter_by_parameters(request, found, _FILTERS)
    if request.text("SecurityProtectionEnabled"):
        wanted = request.flag("SecurityProtectionEnabled")
        found = [each for each in found if bool(each.security_protection_types) is wanted]
    page = page_by_number(request, found)
    listed: list[Json] = [_view(region, each) for each in page.items]
    return {"CommonBandwidthPackages": {"CommonBandwidthPackage": listed}, **page.fields}


def _view(region: Region, package: BandwidthPackage) -> dict[str, Json]:
    addresses: list[Json] = [
        {
            "AllocationId": each.id,
            "IpAddress": each.address,
            "BandwidthPackageIpRelationStatus": "BINDED",
        }
        for each in eips_in(region, package.id)
    ]
    return {
        "BandwidthPackageId": package.id,
        "Name": package.name,
        "Description": package.description,
        "Status": package.status,
        "BusinessStatus": "Normal",
        "Bandwidth": str(package.bandwidth),
        "ISP": package.isp,
        "InternetChargeType": package.internet_charge_type,
        "InstanceChargeType": "PostPaid",
        "Ratio": package.ratio,
        "Zone": package.zone,
        "RegionId": package.region,
        "CreationTime": timestamp(package.created),
        "ResourceGroupId": package.resource_group_id,
        "DeletionProtection": package.deletion_protection,
        "HasReservationData": "false",
        "SecurityProtectionTypes": {
            "SecurityProtectionType": list(package.security_protection_types)
        },
        "PublicIpAddresses": {"PublicIpAddresse": addresses},
        "Tags": {"Tag": tag_list(package.tags)},
    }

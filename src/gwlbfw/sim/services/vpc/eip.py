"""EIP: a public IPv4 address, in use by one instance at most."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, filter_by_values
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags, tag_list
from gwlbfw.sim.services.vpc.parameters import name_or_description
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Lifecycle, Region
from gwlbfw.sim.wire import Json, Reply

FIRST_ADDRESS = int(IPv4Address("8.130.0.1"))
"""Addresses are handed out from here on, each once."""


@dataclass(kw_only=True, eq=False)
class Eip(
    Record,
    Lifecycle,
    kind="eip",
    prefix="eip",
    product="vpc",
    tag_type="EIP",
    not_found=("InvalidAllocationId.NotFound", 404),
):
    """One EIP: Available, or InUse by the instance that it names."""

    address: str = ""
    bandwidth: str = "5"
    internet_charge_type: str = "PayByBandwidth"
    isp: str = "BGP"
    name: str = ""
    description: str = ""
    instance_id: str = ""
    instance_type: str = ""
    private_ip: str = ""
    """The private address that the association named."""
    vpc_id: str = ""
    """The VPC that its holder is in, which is told of a bare address alone."""
    mode: str = ""

    def on_transition(self, region: Region, field: str) -> None:  # noqa: ARG002 - the hook's form
        if field == "status" and self.status == "Available":
            self.release()

    def release(self) -> None:
        """Clear the association."""
        self.instance_id = self.instance_type = self.private_ip = self.vpc_id = self.mode = ""


def eips_of(region: Region, instance_id: str) -> list[Eip]:
    """The EIPs of an instance or interface."""
    return region.where(Eip, instance_id=instance_id)


def release_eips(region: Region, instance_id: str) -> None:
    """Release the EIPs of an instance or interface that is deleted."""
    for eip in eips_of(region, instance_id):
        region.transition(eip, "Available")
        eip.release()


@action("vpc", "AllocateEipAddress", not_simulated="subscriptions")
def allocate_eip_address(region: Region, request: Request) -> Reply:
    """VPC API, AllocateEipAddress: pay-as-you-go only."""
    if request.one_of("InstanceChargeType", ("PostPaid", "PrePaid"), "PostPaid") == "PrePaid":
        raise ApiError("InvalidInstanceChargeType.NotSupport", "The simulator sells nothing ahead.")
    charge = request.one_of(
        "InternetChargeType", ("PayByBandwidth", "PayByTraffic"), "PayByBandwidth"
    )
    eip = region.add(
        Eip(
            bandwidth=str(request.number("Bandwidth", 5, 1, 1000)),
            internet_charge_type=charge,
            isp=request.text("ISP", "BGP"),
            name=name_or_description(request, "Name"),
            description=name_or_description(request, "Description"),
            tags=requested_tags(request),
        )
    )
    eip.address = str(IPv4Address(FIRST_ADDRESS + eip.serial))
    return {
        "AllocationId": eip.id,
        "EipAddress": eip.address,
        "OrderId": 0,
        "ResourceGroupId": "",
    }


@action("vpc", "ModifyEipAddressAttribute")
def modify_eip_address_attribute(region: Region, request: Request) -> Reply:
    """VPC API, ModifyEipAddressAttribute: bandwidth, name and description."""
    eip = region.require(Eip, request.text("AllocationId"))
    if eip.in_transition():
        raise ApiError("IncorrectEipStatus", f"The EIP is {eip.status}.")
    eip.bandwidth = str(request.number("Bandwidth", int(eip.bandwidth), 1, 1000))
    eip.name = name_or_description(request, "Name", eip.name)
    eip.description = name_or_description(request, "Description", eip.description)
    return {}


@action("vpc", "ReleaseEipAddress")
def release_eip_address(region: Region, request: Request) -> Reply:
    """VPC API, ReleaseEipAddress: only one that is Available."""
    eip = region.require(Eip, request.text("AllocationId"))
    if eip.status != "Available":
        raise ApiError("IncorrectEipStatus", f"The EIP is {eip.status}, not Available.")
    region.transition(eip, "Releasing", DELETED)
    return {}


@action("vpc", "DescribeEipAddresses")
def describe_eip_addresses(region: Region, request: Request) -> Reply:
    """VPC API, DescribeEipAddresses: the address is called IpAddress here.

    An EIP of a bare address alone tells its VpcId, and only an association that named a
    PrivateIpAddress has one, which is never that of an instance or a NAT gateway
    (terraform-provider-alicloud, resource_alicloud_eip_association_test.go: what is read back is
    what was given, or the association would be made again).
    """
    for parameter in ("AllocationId", "EipAddress"):
        if len(request.comma_texts(parameter)) > 50:
            raise request.invalid(parameter, "at most 50")
    found = filter_by_parameters(request, filter_by_tags(region.all(Eip), request), _FILTERS)
    found = filter_by_values(found, request.comma_texts("AllocationId"), lambda each: each.id)
    found = filter_by_values(found, request.comma_texts("EipAddress"), lambda each: each.address)
    page = page_by_number(request, found, maximum=100)
    listed: list[Json] = [_view(each) for each in page.items]
    return {"EipAddresses": {"EipAddress": listed}, **page.fields}


_FILTERS: Mapping[str, TextGetter[Eip]] = {
    "AssociatedInstanceId": lambda each: each.instance_id,
    "AssociatedInstanceType": lambda each: each.instance_type,
    "EipName": lambda each: each.name,
    "Status": lambda each: each.status,
}


def _view(eip: Eip) -> dict[str, Json]:
    bound: dict[str, Json] = {
        "InstanceId": eip.instance_id,
        "InstanceType": eip.instance_type,
        "InstanceRegionId": eip.region if eip.instance_id else "",
        "PrivateIpAddress": eip.private_ip,
        "VpcId": eip.vpc_id if eip.instance_type == "IpAddress" else "",
        "Mode": eip.mode,
    }
    return {
        "AllocationId": eip.id,
        "IpAddress": eip.address,
        "Status": eip.status,
        **bound,
        "Bandwidth": eip.bandwidth,
        "EipBandwidth": eip.bandwidth,
        "InternetChargeType": eip.internet_charge_type,
        "ChargeType": "PostPaid",
        "Name": eip.name,
        "Description": eip.description,
        "ISP": eip.isp,
        "Netmode": "public",
        "BusinessStatus": "Normal",
        "DeletionProtection": False,
        "AllocationTime": timestamp(eip.created),
        "RegionId": eip.region,
        "ResourceGroupId": "",
        "OperationLocks": {"LockReason": []},
        "Tags": {"Tag": tag_list(eip.tags)},
    }

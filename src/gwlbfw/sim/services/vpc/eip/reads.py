"""Lists of EIPs.

Sources: VPC API, DescribeEipAddresses, its parameters and the fields of its reply in the SDK.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, filter_by_values
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import filter_by_tags, tag_list
from gwlbfw.sim.services.vpc.eip.record import Eip
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@action("vpc", "DescribeEipAddresses", without_effect=("IncludeReservationData",))
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
    if since := _created_since(request):
        found = [each for each in found if each.created >= since]
    for name, of in _FLAGS.items():
        if request.text(name):
            wanted = request.flag(name)
            found = [each for each in found if of(each) is wanted]
    page = page_by_number(request, found, maximum=100)
    listed: list[Json] = [_view(region, each) for each in page.items]
    return {"EipAddresses": {"EipAddress": listed}, **page.fields}


_FILTERS: Mapping[str, TextGetter[Eip]] = {
    "AssociatedInstanceId": lambda each: each.instance_id,
    "AssociatedInstanceType": lambda each: each.instance_type,
    "ChargeType": lambda _: "PostPaid",
    "EipName": lambda each: each.name,
    "ISP": lambda each: each.isp,
    "LockReason": lambda _: "",
    "PublicIpAddressPoolId": lambda each: each.pool_id,
    "ResourceGroupId": lambda each: each.resource_group_id,
    "SegmentInstanceId": lambda _: "",
    "Status": lambda each: each.status,
}
_FLAGS: Mapping[str, Callable[[Eip], bool]] = {
    "SecurityProtectionEnabled": lambda each: bool(each.security_protection_types),
    "ServiceManaged": lambda _: False,
}


def _created_since(request: Request) -> float:
    """The instant that Filter.N names as CreationStartTime; 0 if it names none."""
    since = 0.0
    for each in request.objects("Filter"):
        if each.text("Key") != "CreationStartTime":
            raise request.invalid("Filter.Key", "CreationStartTime is expected")
        try:
            moment = datetime.strptime(each.text("Value"), "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
        except ValueError:
            raise request.invalid("Filter.Value", "YYYY-MM-DDThh:mmZ is expected") from None
        since = moment.timestamp()
    return since


def _view(region: Region, eip: Eip) -> dict[str, Json]:
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
        **_bandwidths(region, eip),
        "InternetChargeType": eip.internet_charge_type,
        "ChargeType": "PostPaid",
        "Name": eip.name,
        "Description": eip.description,
        # Spelled so beside the right one, as terraform-provider-alicloud reads it.
        "Descritpion": eip.description,
        "ISP": eip.isp,
        "Netmode": "public",
        "PublicIpAddressPoolId": eip.pool_id,
        "Zone": eip.zone,
        "BusinessStatus": "Normal",
        "DeletionProtection": eip.deletion_protection,
        "HDMonitorStatus": eip.monitor_status,
        "HasReservationData": "false",
        "SecurityProtectionTypes": {"SecurityProtectionType": list(eip.security_protection_types)},
        "AllocationTime": timestamp(eip.created),
        "RegionId": eip.region,
        "AvailableRegions": {"AvailableRegion": [eip.region]},
        "ResourceGroupId": eip.resource_group_id,
        "OperationLocks": {"LockReason": []},
        "Tags": {"Tag": tag_list(eip.tags)},
    }


def _bandwidths(region: Region, eip: Eip) -> dict[str, Json]:
    """An EIP's own bandwidth, and that which it shares."""
    package = region.find_any(eip.bandwidth_package_id)
    shared = str(getattr(package, "bandwidth", "")) if package else ""
    return {
        "Bandwidth": shared or eip.bandwidth,
        "EipBandwidth": eip.bandwidth,
        "BandwidthPackageId": eip.bandwidth_package_id,
        "BandwidthPackageBandwidth": shared,
        "BandwidthPackageType": "CommonBandwidthPackage" if package else "",
    }

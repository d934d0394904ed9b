"""Reads of instances.

Sources: ECS API, DescribeInstances, DescribeInstanceStatus, DescribeInstanceAttribute and
DescribeUserData.
"""

import re
from collections.abc import Callable, Collection, Mapping

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.regions import ZONES
from gwlbfw.sim.services.ecs.creation_time import filter_by_time
from gwlbfw.sim.services.ecs.instance.record import Instance, kind_of, primary_interface
from gwlbfw.sim.services.ecs.instance.views import Connectivity, common, listed_instance
from gwlbfw.sim.services.ecs.network_interface import NetworkInterface, interfaces_of
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, filter_by_values
from gwlbfw.sim.services.paging import oldest_first, page_by_either, page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import filter_by_tags
from gwlbfw.sim.services.vpc.eip.record import Eip
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

_JSON = ("InstanceIds", "PrivateIpAddresses", "PublicIpAddresses", "EipAddresses")
_NONE_HAS = ("InnerIpAddresses", "RdmaIpAddresses", "HpcClusterId", "LockReason")
"""Filters by what no instance has here."""


@action("ecs", "DescribeInstances", without_effect=("AdditionalAttributes", "NeedSaleCycle"))
def describe_instances(region: Region, request: Request) -> Reply:
    """The instances that match, of an unknown id none.

    Replies have the fields that AdditionalAttributes asks for in any case.
    """
    for name in _JSON:
        if len(request.json_texts(name)) > 100:
            raise request.invalid(name, "at most 100")
    page = page_by_either(request, _filtered(region, request), default=10, maximum=100)
    views: Json = [listed_instance(region, each) for each in page.items]
    return {**page.fields, "Instances": {"Instance": views}}


@action("ecs", "DescribeInstanceStatus")
def describe_instance_status(region: Region, request: Request) -> Reply:
    """The status of instances, and nothing else; an id that isn't there is refused."""
    zone = request.text("ZoneId")
    if zone and zone not in ZONES[region.name]:
        raise ApiError("InvalidZoneId.NotFound", f"The zone {zone} does not exist.", 404)
    ids = request.texts("InstanceId")
    instances = [region.require(Instance, each) for each in ids] or region.all(Instance)
    found = [each for each in instances if zone in ("", each.zone_id)]
    page = page_by_number(request, found, default=10, maximum=50)
    views: Json = [{"InstanceId": each.id, "Status": each.status} for each in page.items]
    return {**page.fields, "InstanceStatuses": {"InstanceStatus": views}}


@action("ecs", "DescribeInstanceAttribute")
def describe_instance_attribute(region: Region, request: Request) -> Reply:
    """One instance, with its jumbo frames, which lists leave out."""
    instance = region.require(Instance, request.require("InstanceId"))
    return {
        **common(region, instance, Connectivity.of(region, instance)),
        "IoOptimized": "optimized",
        "EnableJumboFrame": instance.jumbo_frames,
        "EnableNetworkEncryption": instance.network_encryption,
        "NetworkOptions": {
            "BandwidthWeighting": instance.bandwidth_weighting,
            "EnableJumboFrame": instance.jumbo_frames,
            "EnableNetworkEncryption": instance.network_encryption,
        },
    }


@action("ecs", "DescribeUserData")
def describe_user_data(region: Region, request: Request) -> Reply:
    """The user data of one instance, as it was given."""
    instance = region.require(Instance, request.require("InstanceId"))
    return {
        "InstanceId": instance.id,
        "RegionId": region.name,
        "UserData": instance.user_data,
    }


_FILTERS: Mapping[str, TextGetter[Instance]] = {
    "Status": lambda each: each.status,
    "ZoneId": lambda each: each.zone_id,
    "ImageId": lambda each: each.image_id,
    "InstanceType": lambda each: each.instance_type,
    "InstanceChargeType": lambda each: each.charge_type,
    "InstanceNetworkType": lambda _: "vpc",
    "InternetChargeType": lambda each: each.internet_charge_type,
    "KeyPairName": lambda each: each.key_pair,
    "ResourceGroupId": lambda each: each.resource_group_id,
    "HttpEndpoint": lambda each: each.metadata.endpoint,
    "HttpTokens": lambda each: each.metadata.tokens,
    "HttpPutResponseHopLimit": lambda each: str(each.metadata.hop_limit),
}
_BY_INTERFACE: Mapping[str, Callable[[NetworkInterface], Collection[str]]] = {
    "VSwitchId": lambda each: (each.vswitch_id,),
    "SecurityGroupId": lambda each: each.security_group_ids,
    "VpcId": lambda each: (each.vpc_id,),
}
"""Filters by the primary interface, the narrowest first."""
_FIELDS = {
    "VSwitchId": "vswitch_id",
    "SecurityGroupId": "security_group_ids",
    "VpcId": "vpc_id",
}
"""The field of an interface by the filter."""


def _filtered(region: Region, request: Request) -> list[Instance]:
    requested = {name: request.json_texts(name) for name in _JSON}
    instances = filter_by_tags(_candidates(region, request), request)
    if family := request.text("InstanceTypeFamily"):
        instances = [each for each in instances if kind_of(region, each).family == family]
    found = filter_by_parameters(request, instances, _FILTERS)
    found = filter_by_values(found, requested["InstanceIds"], lambda each: each.id)
    found = filter_by_values(found, requested["PublicIpAddresses"], lambda each: each.public_ip)
    if pattern := request.text("InstanceName"):
        found = [each for each in found if _name_matches(pattern, each.name)]
    for name, texts in _BY_INTERFACE.items():
        if wanted := request.text(name):
            found = [each for each in found if wanted in texts(primary_interface(region, each))]
    if addresses := requested["PrivateIpAddresses"]:
        found = [each for each in found if primary_interface(region, each).ip in addresses]
    if addresses := request.texts("Ipv6Address"):
        found = [each for each in found if _has_ipv6(region, each, addresses)]
    if addresses := requested["EipAddresses"]:
        found = [each for each in found if _eip_address(region, each) in addresses]
    for name in ("IoOptimized", "DeviceAvailable"):
        if not request.flag(name, default=True):
            found = []
    unmatched = [name for name in _NONE_HAS if request.text(name)]
    return [] if unmatched else filter_by_time(request, found)


def _candidates(region: Region, request: Request) -> list[Instance]:
    """The instances that an index leaves, where there is one for a filter."""
    if ids := request.json_texts("InstanceIds"):
        return region.listed(_known(region, dict.fromkeys(ids)))
    if key_pair := request.text("KeyPairName"):
        return region.listed(region.where(Instance, key_pair=key_pair))
    if addresses := request.json_texts("EipAddresses"):
        eips = [eip for each in addresses for eip in region.where(Eip, address=each)]
        owners = (region.find(NetworkInterface, each.instance_id) for each in eips)
        ids = [one.owner if one else eip.instance_id for one, eip in zip(owners, eips, strict=True)]
        return region.listed(_known(region, dict.fromkeys(ids)))
    if addresses := request.json_texts("PrivateIpAddresses"):
        interfaces = [one for each in addresses for one in region.where(NetworkInterface, ip=each)]
        return region.listed(_owners(region, interfaces))
    for name, field in _FIELDS.items():
        if text := request.text(name):
            interfaces = region.where(NetworkInterface, **{field: text})
            return region.listed(_owners(region, interfaces))
    return region.all(Instance)


def _owners(region: Region, interfaces: list[NetworkInterface]) -> list[Instance]:
    return _known(region, dict.fromkeys(each.instance_id for each in interfaces if each.primary))


def _known(region: Region, ids: Collection[str]) -> list[Instance]:
    found = [one for each in ids if (one := region.find(Instance, each)) is not None]
    return oldest_first(found)


def _has_ipv6(region: Region, instance: Instance, addresses: list[str]) -> bool:
    own = (text for each in interfaces_of(region, instance.id) for text in each.ipv6)
    return any(text in addresses for text in own)


def _eip_address(region: Region, instance: Instance) -> str:
    eip = Connectivity.of(region, instance).eip
    return eip.address if eip else ""


def _name_matches(pattern: str, name: str) -> bool:
    """True if a name matches a pattern, in which `*` stands for any text."""
    return bool(re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name))

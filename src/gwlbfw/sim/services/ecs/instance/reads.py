"""Reads of instances.

Sources: ECS API, DescribeInstances, DescribeInstanceStatus, DescribeInstanceAttribute and
DescribeUserData.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.regions import ZONES
from gwlbfw.sim.services.ecs.image import find_image
from gwlbfw.sim.services.ecs.instance.record import Instance, primary_interface
from gwlbfw.sim.services.ecs.instance_type import INSTANCE_TYPES
from gwlbfw.sim.services.ecs.network_interface import NetworkInterface, private_ips
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, filter_by_values
from gwlbfw.sim.services.paging import page_by_either, page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import filter_by_tags, tag_list
from gwlbfw.sim.services.vpc.eip.record import Eip, eips_of
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

_JSON = ("InstanceIds", "PrivateIpAddresses", "PublicIpAddresses", "EipAddresses")


@dataclass(frozen=True)
class Connectivity:
    """An instance's primary interface and the EIP that it has, if it has one."""

    interface: NetworkInterface
    eip: Eip | None

    @classmethod
    def of(cls, region: Region, instance: Instance) -> "Connectivity":
        interface = primary_interface(region, instance)
        bound = [*eips_of(region, instance.id), *eips_of(region, interface.id)]
        return cls(interface, bound[0] if bound else None)


@action("ecs", "DescribeInstances", without_effect=("AdditionalAttributes",))
def describe_instances(region: Region, request: Request) -> Reply:
    """The instances that match, of an unknown id none.

    Replies have the fields that AdditionalAttributes asks for in any case.
    """
    for name in _JSON:
        if len(request.json_texts(name)) > 100:
            raise request.invalid(name, "at most 100")
    page = page_by_either(request, _filtered(region, request), default=10, maximum=100)
    views: Json = [_view(each, Connectivity.of(region, each)) for each in page.items]
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
        **_common(instance, Connectivity.of(region, instance)),
        "IoOptimized": "optimized",
        "EnableJumboFrame": instance.jumbo_frames,
        "NetworkOptions": {"EnableJumboFrame": instance.jumbo_frames},
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
    "InstanceTypeFamily": lambda each: INSTANCE_TYPES[each.instance_type].family,
    "InstanceChargeType": lambda each: each.charge_type,
    "InstanceNetworkType": lambda _: "vpc",
    "KeyPairName": lambda each: each.key_pair,
    "ResourceGroupId": lambda each: each.resource_group_id,
}


def _filtered(region: Region, request: Request) -> list[Instance]:
    requested = {name: request.json_texts(name) for name in _JSON}
    found = filter_by_parameters(request, filter_by_tags(region.all(Instance), request), _FILTERS)
    found = filter_by_values(found, requested["InstanceIds"], lambda each: each.id)
    found = filter_by_values(found, requested["PublicIpAddresses"], lambda each: each.public_ip)
    if pattern := request.text("InstanceName"):
        found = [each for each in found if _name_matches(pattern, each.name)]
    interfaces = (
        {each.id: primary_interface(region, each) for each in found}
        if _filters_by_network(request)
        else {}
    )
    by_network: Mapping[str, TextGetter[Instance]] = {
        "VpcId": lambda each: interfaces[each.id].vpc_id,
        "VSwitchId": lambda each: interfaces[each.id].vswitch_id,
    }
    found = filter_by_parameters(request, found, by_network)
    found = filter_by_values(
        found, requested["PrivateIpAddresses"], lambda each: interfaces[each.id].ip
    )
    found = filter_by_values(
        found, requested["EipAddresses"], lambda each: _eip_address(region, each)
    )
    if group := request.text("SecurityGroupId"):
        found = [each for each in found if group in interfaces[each.id].security_group_ids]
    return found


def _filters_by_network(request: Request) -> bool:
    """True if a filter concerns the instances' interfaces."""
    return any(
        request.text(name)
        for name in ("VpcId", "VSwitchId", "PrivateIpAddresses", "SecurityGroupId")
    )


def _eip_address(region: Region, instance: Instance) -> str:
    eip = Connectivity.of(region, instance).eip
    return eip.address if eip else ""


def _name_matches(pattern: str, name: str) -> bool:
    """True if a name matches a pattern, in which `*` stands for any text."""
    return bool(re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name))


def _view(instance: Instance, wiring: Connectivity) -> Json:
    interface = wiring.interface
    source = find_image(instance.image_id)
    return {
        **_common(instance, wiring),
        "InstanceTypeFamily": INSTANCE_TYPES[instance.instance_type].family,
        "OSName": source.os if source else "",
        "OSNameEn": source.os if source else "",
        "OSType": source.os_type if source else "",
        "KeyPairName": instance.key_pair,
        "StartTime": timestamp(instance.started)[:-4] + "Z" if instance.started else "",
        "DeletionProtection": instance.protected,
        "DeviceAvailable": True,
        "ResourceGroupId": instance.resource_group_id,
        "SpotStrategy": "NoSpot",
        "NetworkInterfaces": {
            "NetworkInterface": [
                {
                    "NetworkInterfaceId": interface.id,
                    "PrimaryIpAddress": interface.ip,
                    "MacAddress": interface.mac,
                    "Type": "Primary",
                    "PrivateIpSets": private_ips(interface),
                }
            ]
        },
        "Tags": {"Tag": tag_list(instance.tags, "TagKey", "TagValue")},
    }


def _common(instance: Instance, wiring: Connectivity) -> dict[str, Json]:
    """The fields of both a list and DescribeInstanceAttribute."""
    interface = wiring.interface
    kind = INSTANCE_TYPES[instance.instance_type]
    stopped = instance.status == "Stopped"
    return {
        "InstanceId": instance.id,
        "InstanceName": instance.name,
        "Description": instance.description,
        "HostName": instance.host_name,
        "SerialNumber": "",
        "Status": instance.status,
        "StoppedMode": instance.stopped_mode if stopped else "Not-applicable",
        "InstanceType": instance.instance_type,
        "Cpu": kind.cores,
        "Memory": int(kind.memory_gib * 1024),
        "ImageId": instance.image_id,
        "RegionId": instance.region,
        "ZoneId": instance.zone_id,
        "InstanceChargeType": instance.charge_type,
        "InstanceNetworkType": "vpc",
        "InternetChargeType": "PayByTraffic",
        "InternetMaxBandwidthIn": -1,
        "InternetMaxBandwidthOut": instance.bandwidth_out,
        "IoOptimized": True,
        "CreationTime": timestamp(instance.created)[:-4] + "Z",
        "ExpiredTime": "2099-12-31T15:59Z",
        "VpcAttributes": {
            "VpcId": interface.vpc_id,
            "VSwitchId": interface.vswitch_id,
            "PrivateIpAddress": {"IpAddress": [interface.ip]},
            "NatIpAddress": "",
        },
        "SecurityGroupIds": {"SecurityGroupId": list(interface.security_group_ids)},
        "PublicIpAddress": {"IpAddress": [instance.public_ip] if instance.public_ip else []},
        "InnerIpAddress": {"IpAddress": []},
        "EipAddress": _eip(wiring.eip),
        "OperationLocks": {"LockReason": []},
    }


def _eip(eip: Eip | None) -> Json:
    if eip is None:
        return {"AllocationId": "", "IpAddress": "", "InternetChargeType": ""}
    return {
        "AllocationId": eip.id,
        "IpAddress": eip.address,
        "InternetChargeType": eip.internet_charge_type,
        "Bandwidth": int(eip.bandwidth),
        "IsSupportUnassociate": True,
    }

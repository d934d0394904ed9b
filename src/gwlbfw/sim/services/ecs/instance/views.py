"""An instance as the reads show it.

Sources: ECS API, DescribeInstances and DescribeInstanceAttribute.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.services.ecs.instance.record import Instance, kind_of
from gwlbfw.sim.services.ecs.network_interface import NetworkInterface, interfaces_of
from gwlbfw.sim.services.ecs.network_interface.reads import ipv6_sets, private_ips, type_of
from gwlbfw.sim.services.ecs.offer.loading import offer_of
from gwlbfw.sim.services.tags import tag_list
from gwlbfw.sim.services.vpc.eip.record import Eip, eips_of
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json

_DEFAULT_BANDWIDTH_IN = 10
"""Mbit/s inbound of an instance with at most so many outbound (RunInstances)."""


@dataclass(frozen=True)
class Connectivity:
    """An instance's interfaces, the primary one first, and the EIP that it has, if it has one."""

    interfaces: Sequence[NetworkInterface]
    eip: Eip | None

    @classmethod
    def of(cls, region: Region, instance: Instance) -> "Connectivity":
        interfaces = interfaces_of(region, instance.id)
        bound = [*eips_of(region, instance.id), *eips_of(region, interfaces[0].id)]
        return cls(interfaces, bound[0] if bound else None)

    @property
    def primary(self) -> NetworkInterface:
        return self.interfaces[0]


def listed_instance(region: Region, instance: Instance) -> Json:
    """An instance in a list.

    UNVERIFIED: that what AdditionalAttributes can ask for is there without it too.
    """
    source = offer_of(region).image(instance.image_id)
    kind, wiring = kind_of(region, instance), Connectivity.of(region, instance)
    return {
        **common(region, instance, wiring),
        "InstanceTypeFamily": kind.family,
        "OSName": source.os_local if source else "",
        "OSNameEn": source.os if source else "",
        "OSType": source.os_type if source else "",
        "KeyPairName": instance.key_pair,
        "StartTime": timestamp(instance.started)[:-4] + "Z" if instance.started else "",
        "AutoReleaseTime": instance.auto_release,
        "DeletionProtection": instance.protected,
        "Recyclable": instance.recyclable,
        "DeviceAvailable": True,
        "IoOptimized": True,
        "ResourceGroupId": instance.resource_group_id,
        "SpotStrategy": instance.spot.strategy,
        "SpotPriceLimit": instance.spot.price_limit,
        "SpotDuration": instance.spot.duration,
        "SpotInterruptionBehavior": instance.spot.interruption,
        "CpuOptions": instance.cpu.view(kind),
        "MetadataOptions": instance.metadata.view(),
        "DedicatedInstanceAttribute": {
            "Affinity": instance.affinity,
            "Tenancy": instance.tenancy,
        },
        "HibernationOptions": {"Configured": instance.hibernation},
        "ImageOptions": {"LoginAsNonRoot": instance.login_as_non_root},
        "NetworkInterfaces": {"NetworkInterface": [_interface(each) for each in wiring.interfaces]},
        "Tags": {"Tag": tag_list(instance.tags, "TagKey", "TagValue")},
    }


def common(region: Region, instance: Instance, wiring: Connectivity) -> dict[str, Json]:
    """The fields of both a list and DescribeInstanceAttribute."""
    kind = kind_of(region, instance)
    stopped = instance.status == "Stopped"
    return {
        "InstanceId": instance.id,
        "InstanceName": instance.name,
        "Description": instance.description,
        "HostName": instance.host_name,
        "SerialNumber": _serial_number(instance),
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
        "InternetChargeType": instance.internet_charge_type,
        "InternetMaxBandwidthIn": _bandwidth_in(instance),
        "InternetMaxBandwidthOut": instance.bandwidth_out,
        "CreditSpecification": instance.credit,
        "CreationTime": timestamp(instance.created)[:-4] + "Z",
        "ExpiredTime": "2099-12-31T15:59Z",
        **_network(instance, wiring),
        "OperationLocks": {"LockReason": []},
    }


def _network(instance: Instance, wiring: Connectivity) -> dict[str, Json]:
    primary = wiring.primary
    addresses: Json = [primary.ip]
    return {
        "VpcAttributes": {
            "VpcId": primary.vpc_id,
            "VSwitchId": primary.vswitch_id,
            "PrivateIpAddress": {"IpAddress": addresses},
            "NatIpAddress": "",
        },
        "SecurityGroupIds": {"SecurityGroupId": list(primary.security_group_ids)},
        "PublicIpAddress": {"IpAddress": [instance.public_ip] if instance.public_ip else []},
        "InnerIpAddress": {"IpAddress": []},
        "EipAddress": _eip(wiring.eip),
    }


def _bandwidth_in(instance: Instance) -> int:
    if instance.bandwidth_in:
        return instance.bandwidth_in
    # UNVERIFIED for an instance without a public address.
    return max(_DEFAULT_BANDWIDTH_IN, instance.bandwidth_out) if instance.bandwidth_out else -1


def _serial_number(instance: Instance) -> str:
    return str(UUID(bytes=hashlib.sha256(instance.id.encode()).digest()[:16], version=4))


def _interface(interface: NetworkInterface) -> Json:
    return {
        "NetworkInterfaceId": interface.id,
        "PrimaryIpAddress": interface.ip,
        "MacAddress": interface.mac,
        "Type": type_of(interface),
        "PrivateIpSets": private_ips(interface),
        "Ipv6Sets": ipv6_sets(interface),
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

"""Reads of network interfaces.

Sources: ECS API, DescribeNetworkInterfaces and DescribeNetworkInterfaceAttribute.
"""

from collections.abc import Mapping

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.services.ecs.network_interface.record import MANAGERS, NetworkInterface
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters
from gwlbfw.sim.services.paging import oldest_first, page_by_either
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import filter_by_tags, tag_list
from gwlbfw.sim.services.vpc.eip.record import Eip, eips_of
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@action("ecs", "DescribeNetworkInterfaces")
def describe_network_interfaces(region: Region, request: Request) -> Reply:
    """The interfaces that match; an id that isn't there is refused, unlike other filters."""
    ids = request.texts("NetworkInterfaceId")
    if len(ids) > 100:
        raise request.invalid("NetworkInterfaceId", "at most 100 ids")
    interfaces = oldest_first(region.require(NetworkInterface, each) for each in ids)
    if not ids:
        interfaces = _candidates(region, request)
    page = page_by_either(request, _filtered(request, interfaces), default=10, maximum=500)
    sets: Json = [_view(region, each) for each in page.items]
    return {**page.fields, "NetworkInterfaceSets": {"NetworkInterfaceSet": sets}}


@action("ecs", "DescribeNetworkInterfaceAttribute", without_effect=("Tag",))
def describe_network_interface_attribute(region: Region, request: Request) -> Reply:
    """One interface, with its traffic settings."""
    interface = region.require(NetworkInterface, request.require("NetworkInterfaceId"))
    return {
        **_view(region, interface),
        "NetworkInterfaceTrafficConfig": {
            "NetworkInterfaceTrafficMode": interface.traffic_mode,
            "QueueNumber": interface.queues,
            "QueuePairNumber": interface.queue_pairs,
        },
        "ConnectionTrackingConfiguration": {
            "TcpClosedAndTimeWaitTimeout": interface.timeouts[0],
            "TcpEstablishedTimeout": interface.timeouts[1],
            "UdpTimeout": interface.timeouts[2],
        },
    }


def listed_interfaces(region: Region) -> list[NetworkInterface]:
    """The interfaces of a list, service-managed ones included (help page "Managed ENIs").

    The page names NAT gateways as a service that has some; that those of gateway load balancers and
    endpoints, whose ids their APIs tell, are among them is UNVERIFIED.
    """
    return region.all(NetworkInterface)


def type_of(interface: NetworkInterface) -> str:
    """Primary for the one that an instance began with, Secondary for all others."""
    return "Primary" if interface.primary else "Secondary"


_INDEXED = {
    "InstanceId": "owner",
    "VSwitchId": "vswitch_id",
    "SecurityGroupId": "security_group_ids",
    "VpcId": "vpc_id",
}
"""The field of the record by the filter, the narrowest filter first."""
_FILTERS: Mapping[str, TextGetter[NetworkInterface]] = {
    "InstanceId": lambda each: each.instance_id,
    "VpcId": lambda each: each.vpc_id,
    "VSwitchId": lambda each: each.vswitch_id,
    "PrimaryIpAddress": lambda each: each.ip,
    "NetworkInterfaceName": lambda each: each.name,
    "Status": lambda each: each.status,
    "Type": type_of,
    "ResourceGroupId": lambda each: each.resource_group_id,
}


def _candidates(region: Region, request: Request) -> list[NetworkInterface]:
    """The interfaces that the narrowest filter leaves."""
    for name, field in _INDEXED.items():
        if text := request.text(name):
            return region.where(NetworkInterface, **{field: text})
    return listed_interfaces(region)


def _filtered(request: Request, interfaces: list[NetworkInterface]) -> list[NetworkInterface]:
    found = filter_by_parameters(request, filter_by_tags(interfaces, request), _FILTERS)
    if addresses := request.texts("PrivateIpAddress"):
        found = [each for each in found if {each.ip, *each.secondary_ips} & set(addresses)]
    if addresses := request.texts("Ipv6Address"):
        found = [each for each in found if set(each.ipv6) & set(addresses)]
    if group := request.text("SecurityGroupId"):
        found = [each for each in found if group in each.security_group_ids]
    if request.text("ServiceManaged"):
        managed = request.flag("ServiceManaged")
        found = [each for each in found if bool(each.service) is managed]
    return found


def _view(region: Region, interface: NetworkInterface) -> dict[str, Json]:
    eips = public_addresses(region, interface)
    return {
        **described(interface),
        "InstanceId": interface.instance_id,
        "Attachment": attachment(interface),
        "AssociatedPublicIp": eips.get(interface.ip, {}),
        "PrivateIpSets": {
            "PrivateIpSet": [
                {
                    "PrivateIpAddress": each,
                    "Primary": each == interface.ip,
                    "AssociatedPublicIp": eips.get(each, {}),
                }
                for each in (interface.ip, *interface.secondary_ips)
            ]
        },
        "NetworkInterfaceTrafficMode": interface.traffic_mode,
        "QueueNumber": interface.queues,
        "QueuePairNumber": interface.queue_pairs,
        "DeleteOnRelease": interface.delete_on_release,
        "CreationTime": timestamp(interface.created),
    }


def described(interface: NetworkInterface) -> dict[str, Json]:
    """The fields of both the reply to the creation and of reads."""
    return {
        "NetworkInterfaceId": interface.id,
        "NetworkInterfaceName": interface.name,
        "Description": MANAGERS.get(interface.service, interface.description),
        "Status": interface.status,
        "Type": type_of(interface),
        "VpcId": interface.vpc_id,
        "VSwitchId": interface.vswitch_id,
        "ZoneId": interface.zone_id,
        "PrivateIpAddress": interface.ip,
        "PrivateIpSets": private_ips(interface),
        "Ipv6Sets": ipv6_sets(interface),
        "MacAddress": interface.mac,
        "SecurityGroupIds": {"SecurityGroupId": list(interface.security_group_ids)},
        "ServiceManaged": bool(interface.service),
        "OwnerId": interface.account,
        "ResourceGroupId": interface.resource_group_id,
        "SourceDestCheck": interface.source_dest_check,
        "Tags": {"Tag": tag_list(interface.tags, "TagKey", "TagValue")},
    }


def attachment(interface: NetworkInterface) -> Json:
    """The instance that an interface is attached to, and where on it."""
    if not interface.instance_id:
        return {}
    return {
        "InstanceId": interface.instance_id,
        "DeviceIndex": 0,
        "NetworkCardIndex": interface.card,
    }


def private_ips(interface: NetworkInterface) -> Json:
    """The private addresses of an interface."""
    addresses = (interface.ip, *interface.secondary_ips)
    return {
        "PrivateIpSet": [
            {"PrivateIpAddress": each, "Primary": each == interface.ip} for each in addresses
        ]
    }


def ipv6_sets(interface: NetworkInterface) -> Json:
    """The IPv6 addresses of an interface."""
    return {"Ipv6Set": [{"Ipv6Address": each, "Primary": False} for each in interface.ipv6]}


def public_addresses(region: Region, interface: NetworkInterface) -> Mapping[str, Json]:
    """The EIP of each private address that has one, an instance's at its primary interface."""
    bound: list[Eip] = eips_of(region, interface.id)
    if interface.primary:
        bound = [*bound, *eips_of(region, interface.owner)]
    return {
        each.private_ip or interface.ip: {
            "AllocationId": each.id,
            "PublicIpAddress": each.address,
        }
        for each in bound
    }

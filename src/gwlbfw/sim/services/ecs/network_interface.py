"""Network interface: an address in a vSwitch, which an instance, GWLB or endpoint owns.

It comes and goes with its owner. Its use of the vSwitch is what makes DeleteVSwitch answer
DependencyViolation, whoever the owner is.

Source: ECS API, DescribeNetworkInterfaces.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, filter_by_values
from gwlbfw.sim.services.paging import oldest_first, page_by_either
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import filter_by_tags, tag_list
from gwlbfw.sim.services.vpc.eip.record import release_eips
from gwlbfw.sim.services.vpc.vswitch import HOLDERS, VSwitch, usable_addresses
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Lifecycle, Region
from gwlbfw.sim.wire import Json, Reply

MANAGERS = {
    "gwlb": "Gateway Load Balancer",
    "nat": "NAT Gateway",
    "privatelink": "PrivateLink",
}
"""The description of a managed interface by the product that manages it: the service's name (help
page "Managed ENIs"; UNVERIFIED how it is written)."""


@dataclass(kw_only=True, eq=False)
class NetworkInterface(
    Record,
    Lifecycle,
    kind="network_interface",
    prefix="eni",
    product="ecs",
    tag_type="eni",
    not_found=("InvalidEniId.NotFound", 404),
):
    """One interface. `service` names the product that manages it; empty for an instance's."""

    vpc_id: str = ""
    vswitch_id: str = ""
    zone_id: str = ""
    ip: str = ""
    mac: str = ""
    owner: str = ""
    service: str = ""
    resource_group_id: str = ""
    security_group_ids: tuple[str, ...] = ()

    @property
    def implicit(self) -> bool:
        return True

    def uses(self) -> Collection[str]:
        return (self.vswitch_id, *self.security_group_ids)

    def on_delete(self, region: Region) -> None:
        release_eips(region, self.id)


def attach_interface(
    region: Region,
    vswitch: VSwitch,
    interface: NetworkInterface,
    codes: tuple[str, str],
    ip: str = "",
) -> NetworkInterface:
    """Add an interface in a vSwitch, at the next free address or the requested one.

    `interface` has its owner, service and security groups. `codes` are the calling product's: for
    an address that is taken or not usable, and for a full vSwitch.
    """
    interface.vpc_id, interface.vswitch_id = vswitch.vpc_id, vswitch.id
    interface.zone_id = vswitch.zone_id
    interface.ip = free_address(region, vswitch, ip, codes)
    interface.status = "InUse"
    region.add(interface)
    interface.mac = "00:16:3e:" + ":".join(f"{interface.serial >> n & 255:02x}" for n in (16, 8, 0))
    return interface


def interfaces_of(region: Region, owner: str) -> list[NetworkInterface]:
    """The interfaces of an instance, GWLB or endpoint, its primary one first."""
    return region.where(NetworkInterface, owner=owner)


def release_interfaces(region: Region, owner: str) -> None:
    """Remove the interfaces of `owner`."""
    for interface in interfaces_of(region, owner):
        region.remove(interface)


def free_address_count(region: Region, vswitch: VSwitch) -> int:
    """Number of free addresses of a vSwitch."""
    return len(usable_addresses(vswitch.cidr)) - len(used_addresses(region, vswitch.id))


def used_addresses(region: Region, vswitch_id: str) -> set[str]:
    """The addresses of a vSwitch that are in use."""
    users = [each for each in region.users(vswitch_id) if each.kind in HOLDERS]
    return {str(getattr(each, "ip", "")) for each in users}


def free_address(region: Region, vswitch: VSwitch, wanted: str, codes: tuple[str, str]) -> str:
    """The address that is wanted, or the next free one; `codes` as for an interface."""
    taken, full = codes
    used = used_addresses(region, vswitch.id)
    if not wanted:
        for number in usable_addresses(vswitch.cidr):
            if (address := str(IPv4Address(number))) not in used:
                return address
        raise ApiError(full, f"The vSwitch {vswitch.id} has no free address.")
    try:
        within = int(IPv4Address(wanted)) in usable_addresses(vswitch.cidr)
    except ValueError:
        within = False
    if not within or wanted in used:
        raise ApiError(taken, f"The address {wanted} can't be used in the vSwitch {vswitch.id}.")
    return wanted


@action("ecs", "DescribeNetworkInterfaces")
def describe_network_interfaces(region: Region, request: Request) -> Reply:
    """The interfaces that match; an id that isn't there is refused, unlike other filters."""
    ids = request.texts("NetworkInterfaceId")
    if len(ids) > 100:
        raise request.invalid("NetworkInterfaceId", "at most 100 ids")
    interfaces = oldest_first(region.require(NetworkInterface, each) for each in ids)
    if not ids:
        interfaces = listed_interfaces(region)
    page = page_by_either(request, _filtered(request, interfaces), default=10, maximum=500)
    sets: Json = [_view(each) for each in page.items]
    return {**page.fields, "NetworkInterfaceSets": {"NetworkInterfaceSet": sets}}


def listed_interfaces(region: Region) -> list[NetworkInterface]:
    """The interfaces of a list, service-managed ones included (help page "Managed ENIs").

    The page names NAT gateways as a service that has some; that those of gateway load balancers and
    endpoints, whose ids their APIs tell, are among them is UNVERIFIED.
    """
    return region.all(NetworkInterface)


def type_of(interface: NetworkInterface) -> str:
    """Primary for an instance's; the simulator attaches no further ones to instances."""
    return "Secondary" if interface.service else "Primary"


_FILTERS: Mapping[str, TextGetter[NetworkInterface]] = {
    "InstanceId": lambda each: "" if each.service else each.owner,
    "VpcId": lambda each: each.vpc_id,
    "VSwitchId": lambda each: each.vswitch_id,
    "PrimaryIpAddress": lambda each: each.ip,
    "Status": lambda each: each.status,
    "Type": type_of,
    "ResourceGroupId": lambda each: each.resource_group_id,
}


def _filtered(request: Request, interfaces: list[NetworkInterface]) -> list[NetworkInterface]:
    found = filter_by_parameters(request, filter_by_tags(interfaces, request), _FILTERS)
    found = filter_by_values(found, request.texts("PrivateIpAddress"), lambda each: each.ip)
    if group := request.text("SecurityGroupId"):
        found = [each for each in found if group in each.security_group_ids]
    if "ServiceManaged" in request:
        managed = request.flag("ServiceManaged")
        found = [each for each in found if bool(each.service) is managed]
    return found


def _view(interface: NetworkInterface) -> Json:
    instance = "" if interface.service else interface.owner
    return {
        "NetworkInterfaceId": interface.id,
        "NetworkInterfaceName": "",
        "Description": MANAGERS.get(interface.service, ""),
        "Status": interface.status,
        "Type": type_of(interface),
        "InstanceId": instance,
        "Attachment": {"InstanceId": instance, "DeviceIndex": 0} if instance else {},
        "VpcId": interface.vpc_id,
        "VSwitchId": interface.vswitch_id,
        "ZoneId": interface.zone_id,
        "PrivateIpAddress": interface.ip,
        "PrivateIpSets": private_ips(interface),
        "MacAddress": interface.mac,
        "SecurityGroupIds": {"SecurityGroupId": list(interface.security_group_ids)},
        "ServiceManaged": bool(interface.service),
        "OwnerId": interface.account,
        "ResourceGroupId": interface.resource_group_id,
        "SourceDestCheck": False,
        "DeleteOnRelease": True,
        "CreationTime": timestamp(interface.created),
        "Tags": {"Tag": tag_list(interface.tags, "TagKey", "TagValue")},
    }


def private_ips(interface: NetworkInterface) -> Json:
    """The set of an interface's addresses, of which the simulator gives it one."""
    return {"PrivateIpSet": [{"PrivateIpAddress": interface.ip, "Primary": True}]}

"""DescribeNetworkInterfaces (ECS API)."""

from collections.abc import Mapping

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.services.ecs.network_interface import NetworkInterface
from gwlbfw.sim.services.filtering import TextOf, among, matching
from gwlbfw.sim.services.paging import either
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import pairs, tagged
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@action("ecs", "DescribeNetworkInterfaces")
def describe_network_interfaces(region: Region, request: Request) -> Reply:
    """The interfaces that match; an id that isn't there is refused, unlike other filters."""
    asked = request.texts("NetworkInterfaceId")
    if len(asked) > 100:
        raise request.invalid("NetworkInterfaceId", "at most 100 ids")
    interfaces = [region.need(NetworkInterface, each) for each in asked]
    if not asked:
        interfaces = listed(region)
    page = either(request, _matching(request, interfaces), default=10, maximum=500)
    sets: Json = [_view(each) for each in page.items]
    return {**page.fields, "NetworkInterfaceSets": {"NetworkInterfaceSet": sets}}


def listed(region: Region) -> list[NetworkInterface]:
    """What a list shows: service-managed interfaces too.

    UNVERIFIED: no page says whether those of gateway load balancers and their endpoints appear;
    the field ServiceManaged says that some do.
    """
    return region.all(NetworkInterface)


def type_of(interface: NetworkInterface) -> str:
    """Primary for an instance's; the simulator attaches no further ones to instances."""
    return "Secondary" if interface.service else "Primary"


_FILTERS: Mapping[str, TextOf[NetworkInterface]] = {
    "InstanceId": lambda each: "" if each.service else each.owner,
    "VpcId": lambda each: each.vpc_id,
    "VSwitchId": lambda each: each.vswitch_id,
    "PrimaryIpAddress": lambda each: each.ip,
    "Status": lambda each: each.status,
    "Type": type_of,
}


def _matching(request: Request, interfaces: list[NetworkInterface]) -> list[NetworkInterface]:
    found = matching(request, tagged(interfaces, request), _FILTERS)
    found = among(found, request.texts("PrivateIpAddress"), lambda each: each.ip)
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
        "Description": "",
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
        "ResourceGroupId": "",
        "SourceDestCheck": False,
        "DeleteOnRelease": True,
        "CreationTime": timestamp(interface.created),
        "Tags": {"Tag": pairs(interface.tags, "TagKey", "TagValue")},
    }


def private_ips(interface: NetworkInterface) -> Json:
    """The set of an interface's addresses, of which the simulator gives it one."""
    return {"PrivateIpSet": [{"PrivateIpAddress": interface.ip, "Primary": True}]}

"""Adding servers to a group, removing them, and listing them.

Source: GWLB API, AddServersToServerGroup, RemoveServersFromServerGroup, ListServerGroupServers.
"""

from collections import Counter
from ipaddress import IPv4Address, IPv4Network

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.ecs.network_interface import NetworkInterface
from gwlbfw.sim.services.gwlb.errors import already_member, over_quota, require_status
from gwlbfw.sim.services.gwlb.parameters import filter_by_any, list_page
from gwlbfw.sim.services.gwlb.server_group.group import ServerGroup
from gwlbfw.sim.services.gwlb.server_group.server import (
    LEAVING,
    PORT,
    Server,
    address_of,
    interface_of,
    members_of,
)
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.store.record import DELETED
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

IN_ONE_CALL = 200
QUOTA = quota("servers_per_group", 300)
QUOTA_PER_ZONE = quota("servers_per_group_and_zone", 100)
"""Servers of one group in all, and in one zone (help page "GWLB quotas")."""
TYPES = {"Instance": ("Ecs", "Eni", "Eci"), "Ip": ("Ip",)}
ADDRESSES = [
    IPv4Network(each) for each in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")
]
"""Ranges of servers that are named by their address."""


@action("gwlb", "AddServersToServerGroup")
def add_servers_to_server_group(region: Region, request: Request) -> Reply:
    """Add servers; a draining one becomes available again."""
    group = region.require(ServerGroup, request.text("ServerGroupId"))
    require_status(group, "Available")
    for each in _servers(request):
        _check(region, group, each)
        server = _member(region, group, each)
        if server is None:
            server = region.add(_new(group, each))
        elif server.status not in LEAVING:
            raise already_member(group.id, server.server_id)
        region.transition(server, "Adding", "Available")
    _check_quotas(region, group)
    region.transition(group, "Configuring", "Available")
    return {}


@action("gwlb", "RemoveServersFromServerGroup")
def remove_servers_from_server_group(region: Region, request: Request) -> Reply:
    """Remove servers; they drain first if the group has draining enabled."""
    group = region.require(ServerGroup, request.text("ServerGroupId"))
    require_status(group, "Available")
    for each in _servers(request):
        server = _member(region, group, each)
        if server is None or server.status in LEAVING:
            name = each.text("ServerId")
            raise _not_found("BackendServer", f"The server {name} is not in {group.id}.")
        server.drain_s = group.drain.timeout
        region.transition(server, "Removing", "Draining" if group.drain.enabled else DELETED)
    region.transition(group, "Configuring", "Available")
    return {}


@action("gwlb", "ListServerGroupServers")
def list_server_group_servers(region: Region, request: Request) -> Reply:
    """The servers of a group; a deleted group has none (terraform-provider-alicloud)."""
    found = members_of(region, request.text("ServerGroupId"))
    found = filter_by_any(request, found, "ServerIds", lambda each: (each.server_id,), IN_ONE_CALL)
    found = filter_by_any(
        request, found, "ServerIps", lambda each: (address_of(region, each),), IN_ONE_CALL
    )
    return list_page(request, "Servers", found, lambda each: _view(region, each))


def _view(region: Region, server: Server) -> Json:
    return {
        "ServerGroupId": server.group_id,
        "ServerId": server.server_id,
        "ServerIp": address_of(region, server),
        "ServerType": server.server_type,
        "Port": PORT,
        "Status": server.status,
    }


def _servers(request: Request) -> list[Params]:
    servers = request.objects("Servers")
    if not 1 <= len(servers) <= IN_ONE_CALL:
        raise request.invalid("Servers", f"1 to {IN_ONE_CALL} servers")
    for each in servers:
        each.require("ServerId")
        each.require("ServerType")
        if each.number("Port", PORT) != PORT:
            raise each.invalid("Port", f"{PORT} is the only one")
    return servers


def _member(region: Region, group: ServerGroup, server: Params) -> Server | None:
    wanted = server.text("ServerIp")
    for each in region.where(
        Server,
        group_id=group.id,
        server_id=server.text("ServerId"),
        server_type=server.text("ServerType"),
    ):
        if wanted in ("", address_of(region, each)):
            return each
    return None


def _new(group: ServerGroup, server: Params) -> Server:
    return Server(
        group_id=group.id,
        server_id=server.text("ServerId"),
        server_type=server.text("ServerType"),
        server_ip=server.text("ServerIp"),
    )


def _check(region: Region, group: ServerGroup, server: Params) -> None:
    server_type, server_id = server.text("ServerType"), server.text("ServerId")
    if server_type not in {name for names in TYPES.values() for name in names}:
        raise server.invalid("ServerType")
    if server_type not in TYPES[group.type]:
        raise ApiError("Mismatch.ServerType", f"{group.id} has servers of type {group.type}.")
    if server_type == "Ip":
        _check_address(server)
        return
    interface = interface_of(region, server_type, server_id)
    if interface is None:
        raise _not_found(server_type, f"The specified server {server_id} does not exist.")
    if interface.vpc_id != group.vpc_id:
        raise ApiError("Mismatch.VpcId", f"The server {server_id} is not in {group.vpc_id}.")
    if server.text("ServerIp", interface.ip) != interface.ip:
        raise server.invalid("ServerIp", f"{server_id} has the address {interface.ip}")


def _check_address(server: Params) -> None:
    try:
        ip = IPv4Address(server.text("ServerId"))
    except ValueError:
        raise server.invalid("ServerId", "an IPv4 address is expected") from None
    if not any(ip in each for each in ADDRESSES):
        raise server.invalid("ServerId", "not in a range that servers can be in")


def _not_found(what: str, message: str) -> ApiError:
    # UNVERIFIED: the Network Load Balancer's codes.
    return ApiError(f"ResourceNotFound.{what}", message, 404)


def _check_quotas(region: Region, group: ServerGroup) -> None:
    servers = members_of(region, group.id)
    if len(servers) > (most := region.quota(QUOTA)):
        raise over_quota("ServersPerGroup", most)
    interfaces = {each.ip: each for each in region.where(NetworkInterface, vpc_id=group.vpc_id)}
    ips = (address_of(region, each) for each in servers)
    zones = Counter(interfaces[ip].zone_id for ip in ips if ip in interfaces)
    if max(zones.values(), default=0) > (most := region.quota(QUOTA_PER_ZONE)):
        raise over_quota("ServersPerZone", most)

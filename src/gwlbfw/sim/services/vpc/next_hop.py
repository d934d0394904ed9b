"""Next hops: the types of a route entry's next hop, and checks of one.

Sources: VPC API, CreateRouteEntry (types and codes) and UpdateGatewayRouteTableEntryAttribute.
"""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.network_interface import interfaces_of
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Region

KIND_OF_TYPE = {
    "Instance": "instance",
    "HaVip": "havip",
    "NetworkInterface": "network_interface",
    "Ipv4Gateway": "ipv4_gateway",
    "IPv6Gateway": "ipv6_gateway",
    "NatGateway": "nat_gateway",
    "GatewayLoadBalancerEndpoint": "endpoint",
    "RouteTargetGroup": "route_target_group",
}
"""The kind of record for each type of next hop that the simulator has."""
OTHER_TYPES = frozenset(
    {
        *("RouterInterface", "VpnGateway", "Attachment", "VpcPeer"),
        *("GatewayEndpoint", "Ecr"),
    }
)
"""Types that exist in the cloud, of which the simulator has no records."""

_NOT_FOUND = {
    "HaVip": ("InvalidHaVipId.NotFound", 404),
    "Ipv4Gateway": ("ResourceNotFound.Ipv4Gateway", 400),
    "IPv6Gateway": ("InvalidIpv6Gateway.NotFound", 404),
    "GatewayLoadBalancerEndpoint": ("ResourceNotFound.GatewayLoadBalancerEndpoint", 404),
}
_ELSEWHERE = {"Ipv4Gateway": "Mismatch.Ipv4GatewayIdAndRouteTableId"}
_NOT_READY = {
    "Ipv4Gateway": "IncorrectStatus.Ipv4Gateway",
    "Instance": "IncorrectInstanceStatus",
    "HaVip": "IncorrectHaVipStatus",
}
_READY = {
    "Ipv4Gateway": ("Created",),
    "IPv6Gateway": ("Available",),
    "Instance": ("Running", "Stopped"),
    "HaVip": ("Available", "InUse"),
    "GatewayLoadBalancerEndpoint": ("Active",),
}


def check_next_hop(region: Region, vpc_id: str, hop_type: str, hop_id: str) -> None:
    """Refuse a next hop that doesn't exist, is in another VPC, or isn't ready yet."""
    if hop_type not in KIND_OF_TYPE and hop_type not in OTHER_TYPES:
        raise ApiError("InvalidNextHopType", f"The next hop type {hop_type} is not valid.")
    record = region.find_any(hop_id)
    if record is None or record.kind != KIND_OF_TYPE.get(hop_type):
        code, status = _NOT_FOUND.get(hop_type, ("InvalidNextHopId.NotFound", 404))
        raise ApiError(code, f"The next hop {hop_id} does not exist.", status)
    if vpc_of(region, record) != vpc_id:
        code = _ELSEWHERE.get(hop_type, "InvalidNextHop.NotFound")
        raise ApiError(code, f"The next hop {hop_id} is not in the VPC {vpc_id}.")
    ready = record.status in _READY.get(hop_type, (record.status,))
    if not ready or (hop_type == "GatewayLoadBalancerEndpoint" and not _has_zone(region, hop_id)):
        code = _NOT_READY.get(hop_type, "IncorrectStatus.NextHop")
        raise ApiError(code, f"The next hop {hop_id} is {record.status}: it can't be used yet.")


def vpc_of(region: Region, record: Record) -> str:
    """The VPC that a next hop is in; an instance is where its interface is."""
    if record.kind == "instance":
        return next((each.vpc_id for each in interfaces_of(region, record.id)), "")
    return str(getattr(record, "vpc_id", ""))


def _has_zone(region: Region, endpoint_id: str) -> bool:
    # UNVERIFIED what the cloud answers for an endpoint without a zone; the vendor's examples always
    # make the route after the zone.
    return bool(interfaces_of(region, endpoint_id))

"""Behind an endpoint: service, load balancer, listener, server group and healthy appliances.

What each status means for packets is decided here and nowhere else. A status in none of the
lists, and a thing that was not read, is unknown.
Sources: PrivateLink API, ListVpcEndpointZones; GWLB API, GetLoadBalancerAttribute, ListListeners
and GetListenerHealthStatus.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gwlbfw.reachability.model import Balancer, Endpoint, EndpointZone, Member, Network

Fate = Literal["carries", "lost", "unknown"]

ENDPOINT_FATES: Mapping[str, Fate] = {
    "Active": "carries",
    # UNVERIFIED: a change of the endpoint's attributes leaves its connection as it is.
    "Pending": "carries",
    "Creating": "lost",
    "Deleting": "lost",
}
CONNECTION_FATES: Mapping[str, Fate] = {
    "Connected": "carries",
    **dict.fromkeys(
        (
            *("Disconnected", "Pending", "Connecting", "Disconnecting", "Deleting"),
            *("ServiceDeleted", "Creating", "Wait"),
        ),
        "lost",
    ),
}
"""Of an endpoint's connection, and of each of its zones."""
SERVICE_FATES: Mapping[str, Fate] = {
    "Active": "carries",
    # UNVERIFIED: a change of the service leaves the connections of its endpoints as they are.
    "Pending": "carries",
    "Creating": "lost",
    "Deleting": "lost",
}
BALANCER_FATES: Mapping[str, Fate] = {
    "Active": "carries",
    "Provisioning": "lost",
    "Inactive": "lost",
}
LISTENER_FATES: Mapping[str, Fate] = {
    "Running": "carries",
    "Provisioning": "lost",
    "Deleting": "lost",
}
GROUP_FATES: Mapping[str, Fate] = {
    "Available": "carries",
    # UNVERIFIED: servers that stay in the group get packets while others join or leave it.
    "Configuring": "carries",
    "Creating": "lost",
}
HEALTH_FATES: Mapping[str, Fate] = {
    "Healthy": "carries",
    "Unavailable": "carries",  # health checks are off
    "Initial": "lost",
    "Unhealthy": "lost",
    "Unused": "lost",
}
JOINED = frozenset({"Available", "Adding", "Replacing"})
LEAVING = frozenset({"Removing", "Draining"})


@dataclass(frozen=True)
class Inspection:
    """What becomes of packets that enter an endpoint in one zone."""

    fate: Fate
    why: str
    endpoint: str = ""
    zone: str = ""
    subnet: str = ""
    """Where they come out again."""
    inspected: bool = False
    balancer: str = ""
    source: str = ""
    """The load balancer's own address, from which they go to an appliance."""
    appliances: tuple[Member, ...] = ()
    """Those that may get them."""


class _Stopped(Exception):
    """The packets get no further than this."""

    def __init__(self, fate: Fate, why: str) -> None:
        super().__init__(why)
        self.inspection = Inspection(fate, why)


def inspections(network: Network, endpoint: Endpoint) -> tuple[Inspection, ...]:
    """What an endpoint does, once for each zone in which it may do so.

    An endpoint with several zones is UNVERIFIED: packets may enter in any that is connected.
    """
    try:
        _pass("endpoint", endpoint.status, ENDPOINT_FATES)
        _pass("connection", endpoint.connection, CONNECTION_FATES)
        found = [
            _behind(network, endpoint, zone, balancer)
            for zone in _connected(endpoint)
            for balancer in _balancers(network, endpoint, zone)
        ]
    except _Stopped as stop:
        return (stop.inspection,)
    return tuple(found)


def _pass(what: str, status: str, fates: Mapping[str, Fate]) -> None:
    """Go on only where a status lets packets through."""
    fate = fates.get(status, "unknown")
    if fate == "lost":
        raise _Stopped(fate, f"the {what} is {status}")
    if fate == "unknown":
        said = status or "without a status"
        raise _Stopped(fate, f"the {what} is {said}: what it then does is not known")


def _connected(endpoint: Endpoint) -> list[EndpointZone]:
    """The zones in which the endpoint takes packets."""
    if not endpoint.zones:
        raise _Stopped("lost", "the endpoint has no zone")
    for zone in endpoint.zones:
        if zone.status not in CONNECTION_FATES:
            _pass(f"zone {zone.zone}", zone.status, CONNECTION_FATES)
    connected = [each for each in endpoint.zones if CONNECTION_FATES[each.status] == "carries"]
    if not connected:
        said = ", ".join(f"zone {each.zone} is {each.status}" for each in endpoint.zones)
        raise _Stopped("lost", said)
    return connected


def _balancers(network: Network, endpoint: Endpoint, zone: EndpointZone) -> list[str]:
    """The load balancers of the endpoint's service in a zone."""
    label = network.label(endpoint.service)
    service = network.services.get(endpoint.service)
    if service is None:
        raise _unread(network, endpoint.service)
    _pass("endpoint service", service.status, SERVICE_FATES)
    found = [balancer for where, balancer in service.resources if where == zone.zone]
    if not found:
        raise _Stopped("lost", f"{label} has no load balancer in zone {zone.zone}")
    return found


def _unread(network: Network, key: str) -> _Stopped:
    why = network.unread.get(key, "it was not read")
    return _Stopped("unknown", f"what {network.label(key)} does is not known: {why}")


def _behind(network: Network, endpoint: Endpoint, zone: EndpointZone, key: str) -> Inspection:
    """What a load balancer does with the packets."""
    label, balancer = network.label(key), network.balancers.get(key)
    if balancer is None:
        raise _unread(network, key)
    _pass("load balancer", balancer.status, BALANCER_FATES)
    if zone.zone not in balancer.addresses:
        raise _Stopped("lost", f"{label} is not in zone {zone.zone}")
    if balancer.mode == "ByPass":
        why = f"{label} is in traffic mode ByPass and returns packets uninspected"
        return Inspection("carries", why, endpoint.id, zone.zone, zone.subnet, balancer=key)
    if balancer.mode != "LoadBalance":
        raise _Stopped("unknown", f"{label} is in traffic mode {balancer.mode or '(none)'}")
    able = _able(network, balancer)
    return Inspection(
        "carries",
        f"inspected by {' or '.join(network.label(each.server) for each in able)}",
        endpoint.id,
        zone.zone,
        zone.subnet,
        inspected=True,
        balancer=key,
        source=balancer.addresses[zone.zone],
        appliances=able,
    )


def _able(network: Network, balancer: Balancer) -> tuple[Member, ...]:
    """The appliances that may get packets: cross-zone forwarding is always on."""
    listener = balancer.listener
    if listener is None:
        raise _Stopped("lost", f"{network.label(balancer.id)} has no listener")
    _pass("listener", listener.status, LISTENER_FATES)
    group = network.groups.get(listener.group)
    if group is None:
        raise _unread(network, listener.group)
    _pass("server group", group.status, GROUP_FATES)
    ranked = sorted(group.members, key=lambda each: network.label(each.server))
    able = tuple(each for each in ranked if health_fate(each) == "carries")
    if not able:
        label = network.label(group.id)
        if any(health_fate(each) == "unknown" for each in group.members):
            raise _Stopped("unknown", f"no appliance of {label} is known to be healthy")
        raise _Stopped("lost", f"no appliance of {label} is healthy, and it fails closed")
    return able


def health_fate(member: Member) -> Fate:
    """Whether an appliance gets new flows."""
    if member.status in LEAVING:
        return "lost"
    return HEALTH_FATES.get(member.health, "unknown") if member.status in JOINED else "unknown"

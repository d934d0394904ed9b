"""Behind an endpoint: service, load balancer, listener, server group and healthy appliances.

The meaning of each status for packets is decided here and nowhere else. A status in none of the
lists is unknown, as is a thing that was not read. So is what a thing does while it is changed, as
no source says that packets pass meanwhile (`Configuring`, and `Pending` of PrivateLink).
Sources: PrivateLink API, ListVpcEndpointZones; GWLB API, GetLoadBalancerAttribute, ListListeners
and GetListenerHealthStatus.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gwlbfw.reachability.forwarding_model import ForwardingModel
from gwlbfw.reachability.model import (
    Balancer,
    Endpoint,
    EndpointZone,
    Member,
)
from gwlbfw.reachability.rules import GENEVE_PORT
from gwlbfw.resources.endpoint import CONNECTED, DISCONNECTED
from gwlbfw.resources.load_balancer import NORMAL

ForwardingState = Literal["forwards", "drops", "unknown"]

ENDPOINT_STATES: Mapping[str, ForwardingState] = {
    "Active": "forwards",
    "Creating": "drops",
    "Deleting": "drops",
}
CONNECTION_STATES: Mapping[str, ForwardingState] = {
    CONNECTED: "forwards",
    **dict.fromkeys(
        (
            *(DISCONNECTED, "Pending", "Connecting", "Disconnecting", "Deleting"),
            *("ServiceDeleted", "Creating", "Wait"),
        ),
        "drops",
    ),
}
"""Of an endpoint's connection, and of each of its zones."""
SERVICE_STATES: Mapping[str, ForwardingState] = {
    "Active": "forwards",
    "Creating": "drops",
    "Deleting": "drops",
}
BALANCER_STATES: Mapping[str, ForwardingState] = {
    "Active": "forwards",
    "Provisioning": "drops",
    "Inactive": "drops",
}
BUSINESS_STATES: Mapping[str, ForwardingState] = {
    NORMAL: "forwards",
    "FinancialLocked": "drops",  # in arrears
}
"""Of a load balancer."""
PRIVATELINK_BUSINESS_STATES: Mapping[str, ForwardingState] = {NORMAL: "forwards"}
"""Of an endpoint and of a service: UNVERIFIED what one in arrears does."""
LISTENER_STATES: Mapping[str, ForwardingState] = {
    "Running": "forwards",
    "Provisioning": "drops",
    "Deleting": "drops",
}
GROUP_STATES: Mapping[str, ForwardingState] = {
    "Available": "forwards",
    "Creating": "drops",
}


@dataclass(frozen=True)
class Inspection:
    """The effect of an endpoint in one zone on the packets that enter it."""

    state: ForwardingState
    reason: str
    endpoint: str = ""
    zone: str = ""
    subnet: str = ""
    """The subnet in which they come out again."""
    inspected: bool = False
    balancer: str = ""
    source: str = ""
    """The load balancer's own address, from which they go to an appliance."""
    appliances: tuple[Member, ...] = ()
    """Those that may get them."""


class _NotForwarded(Exception):
    """A thing does not, or may not, let packets through."""

    def __init__(self, state: ForwardingState, reason: str) -> None:
        super().__init__(reason)
        self.inspection = Inspection(state, reason)


def inspections(network: ForwardingModel, endpoint: Endpoint) -> tuple[Inspection, ...]:
    """The effects of an endpoint on packets, one for each zone in which they may enter it.

    An endpoint with several zones is UNVERIFIED: packets may enter in any that is connected.
    """
    try:
        _require_forwarding("endpoint", endpoint.business, PRIVATELINK_BUSINESS_STATES)
        _require_forwarding("endpoint", endpoint.status, ENDPOINT_STATES)
        _require_forwarding("connection", endpoint.connection, CONNECTION_STATES)
        found = [
            _inspection(network, endpoint, zone, balancer)
            for zone in _connected(endpoint)
            for balancer in _balancers(network, endpoint, zone)
        ]
    except _NotForwarded as stop:
        return (stop.inspection,)
    return tuple(found)


def _require_forwarding(what: str, status: str, states: Mapping[str, ForwardingState]) -> None:
    """Raise _NotForwarded unless a status lets packets through."""
    state = states.get(status, "unknown")
    if state == "drops":
        raise _NotForwarded(state, f"the {what} is {status}")
    if state == "unknown":
        shown = status or "without a status"
        raise _NotForwarded(state, f"the {what} is {shown}: what it then does is not known")


def _connected(endpoint: Endpoint) -> list[EndpointZone]:
    """The zones in which the endpoint takes packets."""
    if not endpoint.zones:
        raise _NotForwarded("drops", "the endpoint has no zone")
    for zone in endpoint.zones:
        if zone.status not in CONNECTION_STATES:
            _require_forwarding(f"zone {zone.zone}", zone.status, CONNECTION_STATES)
    connected = [each for each in endpoint.zones if CONNECTION_STATES[each.status] == "forwards"]
    if not connected:
        statuses = ", ".join(f"zone {each.zone} is {each.status}" for each in endpoint.zones)
        raise _NotForwarded("drops", statuses)
    return connected


def _balancers(network: ForwardingModel, endpoint: Endpoint, zone: EndpointZone) -> Sequence[str]:
    """The load balancers of the endpoint's service in a zone."""
    label = network.label(endpoint.service)
    service = network.service(endpoint.service)
    if service is None:
        raise _unread(network, endpoint.service)
    _require_forwarding("endpoint service", service.business, PRIVATELINK_BUSINESS_STATES)
    _require_forwarding("endpoint service", service.status, SERVICE_STATES)
    found = network.balancers_behind(service.id, zone.zone)
    if not found:
        raise _NotForwarded("drops", f"{label} has no load balancer in zone {zone.zone}")
    return found


def _unread(network: ForwardingModel, key: str) -> _NotForwarded:
    reason = network.unread_reason(key) or "it was not read"
    return _NotForwarded("unknown", f"what {network.label(key)} does is not known: {reason}")


def _inspection(
    network: ForwardingModel, endpoint: Endpoint, zone: EndpointZone, key: str
) -> Inspection:
    """The effect of a load balancer on packets."""
    label, balancer = network.label(key), network.balancer(key)
    if balancer is None:
        raise _unread(network, key)
    _require_forwarding("load balancer", balancer.business, BUSINESS_STATES)
    _require_forwarding("load balancer", balancer.status, BALANCER_STATES)
    if zone.zone not in balancer.addresses:
        raise _NotForwarded("drops", f"{label} is not in zone {zone.zone}")
    if balancer.mode == "ByPass":
        reason = f"{label} is in traffic mode ByPass and returns packets uninspected"
        return Inspection("forwards", reason, endpoint.id, zone.zone, zone.subnet, balancer=key)
    if balancer.mode != "LoadBalance":
        raise _NotForwarded("unknown", f"{label} is in traffic mode {balancer.mode or '(none)'}")
    healthy = _healthy_members(network, balancer)
    return Inspection(
        "forwards",
        f"inspected by {' or '.join(network.label(each.server) for each in healthy)}",
        endpoint.id,
        zone.zone,
        zone.subnet,
        inspected=True,
        balancer=key,
        source=balancer.addresses[zone.zone],
        appliances=healthy,
    )


def _healthy_members(network: ForwardingModel, balancer: Balancer) -> tuple[Member, ...]:
    """The appliances that may get packets: cross-zone forwarding is always on."""
    listener = network.listener(balancer.id)
    if listener is None:
        raise _NotForwarded("drops", f"{network.label(balancer.id)} has no listener")
    _require_forwarding("listener", listener.status, LISTENER_STATES)
    group = network.group(listener.group)
    if group is None:
        raise _unread(network, listener.group)
    _require_forwarding("server group", group.status, GROUP_STATES)
    fitness = network.fitness(group, [block for _, block in sorted(balancer.addresses.items())])
    label = network.label(group.id)
    if fitness.any_closed:
        whose = (
            " and ".join(network.label(each.server) for each in fitness.closed) or "an appliance"
        )
        reason = f"security groups or network ACLs don't let UDP {GENEVE_PORT} pass between {whose}"
        raise _NotForwarded("drops", f"{reason} and every address of {network.label(balancer.id)}")
    if fitness.any_takes:
        return fitness.takes
    if fitness.any_unknown:
        raise _NotForwarded("unknown", f"no appliance of {label} is known to be healthy")
    raise _NotForwarded("drops", f"no appliance of {label} is healthy, and it fails closed")

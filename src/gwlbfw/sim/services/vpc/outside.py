"""Lists of products beside VPC that its API answers: in the simulator they are always empty.

Source: VPC API, the action of each. Whatever they are filtered by, nothing is found.
"""

from collections.abc import Mapping

from gwlbfw.openapi import catalogue
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

_LISTS: Mapping[str, tuple[str, str]] = {
    "DescribeRouterInterfaces": ("RouterInterfaceSet", "RouterInterfaceType"),
    "DescribeVirtualBorderRouters": ("VirtualBorderRouterSet", "VirtualBorderRouterType"),
    "DescribePhysicalConnections": ("PhysicalConnectionSet", "PhysicalConnectionType"),
    "DescribeVpnGateways": ("VpnGateways", "VpnGateway"),
    "DescribeSslVpnServers": ("SslVpnServers", "SslVpnServer"),
}
"""The list in each action's reply: its place, and its name there."""
_TOKENS: Mapping[str, str] = {
    "ListTrafficMirrorSessions": "TrafficMirrorSessions",
    "ListVpcGatewayEndpoints": "Endpoints",
    "ListDhcpOptionsSets": "DhcpOptionsSets",
}
"""The list in the reply of each action whose pages have tokens."""


def describe_nothing(region: Region, request: Request) -> Reply:
    """VPC API: there are no router interfaces, VPN gateways and the like."""
    del region
    nothing: list[str] = []
    place, name = _LISTS[request.action]
    return {place: {name: []}, **page_by_number(request, nothing).fields}


def list_nothing(region: Region, request: Request) -> Reply:
    """VPC API: there are no traffic mirrors, gateway endpoints or DHCP options sets."""
    del region
    return {_TOKENS[request.action]: [], "NextToken": ""}


for _handler, _names in ((describe_nothing, _LISTS), (list_nothing, _TOKENS)):
    for _name in _names:
        _filters = tuple(catalogue()["vpc", _name].parameters)
        action("vpc", _name, without_effect=_filters)(_handler)

"""The lists that the forwarding model is read from: those of the kinds, and some of its own."""

from gwlbfw.resources import (
    Eip,
    Endpoint,
    EndpointServiceResource,
    Instance,
    Ipv4Gateway,
    Listener,
    LoadBalancer,
    Route,
    RouteTable,
    SecurityGroup,
    ServerGroup,
    ServerGroupMember,
    Vpc,
    VSwitch,
)
from gwlbfw.resources.resource import ECS, GWLB, PRIVATELINK, VPC, Listing

# --- those that discovery reads too ---

(VPCS,) = Vpc.listings
(VSWITCHES,) = VSwitch.listings
(ROUTE_TABLES,) = RouteTable.listings
ENTRIES, GATEWAY_ENTRIES = Route.listings
(GATEWAYS,) = Ipv4Gateway.listings
(INSTANCES,) = Instance.listings
(EIPS,) = Eip.listings
ENDPOINTS, ENDPOINT_ZONES = Endpoint.listings
(SERVICE_RESOURCES,) = EndpointServiceResource.listings
RULES = SecurityGroup.listings[-1]
LOAD_BALANCER = LoadBalancer.listings[-1]  # the single read, which alone has the traffic mode
(LISTENERS,) = Listener.listings
(SERVER_GROUPS,) = ServerGroup.listings
(MEMBERS,) = ServerGroupMember.listings

# --- those of what is no resource: modes, system entries, health, and other ways out ---

VPC_DETAIL = Listing(
    VPC.call("DescribeVpcAttribute"), "", of="business", per="vpc", parent_param="VpcId"
)
"""The mode of a VPC without an active gateway is in the single read alone."""
IPV6_ENTRIES = Listing(
    VPC.call("DescribeRouteEntryList", IpVersion="ipv6"),
    "RouteEntrys.RouteEntry",
    of="business",
    per="route_table",
    parent_param="RouteTableId",
)
"""UNVERIFIED whether the list without a version has IPv6 entries too; an entry that comes twice
counts once."""
INTERFACES = Listing(
    ECS.call("DescribeNetworkInterfaces"),
    "NetworkInterfaceSets.NetworkInterfaceSet",
    of="business",
    per="vpc",
    parent_param="VpcId",
)
EIP_HOLDERS = Listing(
    ECS.call("DescribeNetworkInterfaces"),
    "NetworkInterfaceSets.NetworkInterfaceSet",
    of="business",
    per="network_interface",
    parent_param="NetworkInterfaceId",
    batch=100,
)
"""The interfaces that EIPs name, where they are in none of the VPCs."""
NAT_GATEWAYS = Listing(
    VPC.call("DescribeNatGateways"),
    "NatGateways.NatGateway",
    of="business",
    per="vpc",
    parent_param="VpcId",
)
TARGET_GROUPS = Listing(VPC.call("ListRouteTargetGroups"), "RouteTargetGroups", of="business")
SERVICE = Listing(
    PRIVATELINK.call("GetVpcEndpointServiceAttribute"),
    "",
    of="security",
    per="endpoint_service",
    parent_param="ServiceId",
)
CONNECTIONS = Listing(
    PRIVATELINK.call("ListVpcEndpointConnections"),
    "Connections",
    of="security",
    per="endpoint_service",
    parent_param="ServiceId",
)
HEALTH = Listing(
    GWLB.call("GetListenerHealthStatus"),
    "ListenerHealthStatus.ServerGroupInfos.Servers",
    of="security",
    per="listener",
    parent_param="ListenerId",
)

FORWARDING_LISTINGS = tuple(each for each in globals().values() if isinstance(each, Listing))
"""Every list above."""

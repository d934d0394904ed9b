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
from gwlbfw.resources.resource import ECS, GWLB, PRIVATELINK, VPC, Listing, Product

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
NAT_GATEWAYS = Listing(
    VPC.call("DescribeNatGateways"),
    "NatGateways.NatGateway",
    of="business",
    per="vpc",
    parent_param="VpcId",
)
SNAT_ENTRIES = Listing(
    VPC.call("DescribeSnatTableEntries"),
    "SnatTableEntries.SnatTableEntry",
    of="business",
    per="nat_gateway",
    parent_param="NatGatewayId",
)
FORWARD_ENTRIES = Listing(
    VPC.call("DescribeForwardTableEntries"),
    "ForwardTableEntries.ForwardTableEntry",
    of="business",
    per="nat_gateway",
    parent_param="NatGatewayId",
)
TARGET_GROUPS = Listing(VPC.call("ListRouteTargetGroups"), "RouteTargetGroups", of="business")
NETWORK_ACL = Listing(
    VPC.call("DescribeNetworkAclAttributes"),
    "NetworkAclAttribute",
    of="security",
    per="network_acl",
    parent_param="NetworkAclId",
)
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

# --- those of what EIPs are bound to, where the lists above don't have it ---

INSTANCES_BY_ID = Listing(
    ECS.call("DescribeInstances"),
    "Instances.Instance",
    of="business",
    per="instance",
    parent_param="InstanceIds",
    batch=100,
    batch_form="json",
)
INTERFACES_BY_ID = Listing(
    ECS.call("DescribeNetworkInterfaces"),
    "NetworkInterfaceSets.NetworkInterfaceSet",
    of="business",
    per="network_interface",
    parent_param="NetworkInterfaceId",
    batch=100,
)
BALANCERS_BY_ID = Listing(
    Product("slb").call("DescribeLoadBalancers"),
    "LoadBalancers.LoadBalancer",
    of="business",
    per="classic_load_balancer",
    parent_param="LoadBalancerId",
    batch=10,
    batch_form="commas",
)
"""Classic load balancers (SLB API, DescribeLoadBalancers: ten ids, with commas between them)."""
EVERY_NAT_GATEWAY = Listing(
    VPC.call("DescribeNatGateways"), "NatGateways.NatGateway", of="business"
)
"""Those of all VPCs: the API takes one id or none."""
HA_VIPS = Listing(VPC.call("DescribeHaVips"), "HaVips.HaVip", of="business")
"""Those of all VPCs: how many ids a filter takes is UNVERIFIED."""

FORWARDING_LISTINGS = tuple(each for each in globals().values() if isinstance(each, Listing))
"""Every list above."""

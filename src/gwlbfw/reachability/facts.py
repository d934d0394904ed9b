"""Facts of forwarding: the objects of the cloud's replies, before anything is made of them."""

from dataclasses import dataclass, field

from gwlbfw.cloud.call import Raw
from gwlbfw.cloud.reply_fields import text_at

Raws = list[Raw]


@dataclass(frozen=True)
class NetworkFacts:
    """Everything that forwards packets, as the cloud answers it.

    The objects of a list per parent are kept by the id of the parent.
    """

    vpcs: dict[str, Raw] = field(default_factory=dict)
    vswitches: Raws = field(default_factory=list)
    tables: Raws = field(default_factory=list)
    entries: dict[str, Raws] = field(default_factory=dict)
    gateways: Raws = field(default_factory=list)
    eips: Raws = field(default_factory=list)
    instances: Raws = field(default_factory=list)
    interfaces: Raws = field(default_factory=list)
    eip_holders: dict[str, Raws] = field(default_factory=dict)
    """What EIPs are bound to and the lists don't have, by the type of the holder."""
    nat_gateways: Raws = field(default_factory=list)
    snat_entries: dict[str, Raws] = field(default_factory=dict)
    """By NAT gateway, but for those whose entries could not be read; so are `forward_entries`."""
    forward_entries: dict[str, Raws] = field(default_factory=dict)
    target_groups: Raws = field(default_factory=list)
    endpoints: Raws = field(default_factory=list)
    endpoint_zones: dict[str, Raws] = field(default_factory=dict)
    services: dict[str, Raw] = field(default_factory=dict)
    service_resources: dict[str, Raws] = field(default_factory=dict)
    connections: dict[str, Raws] = field(default_factory=dict)
    """The connections to the stack's own services."""
    balancers: dict[str, Raw] = field(default_factory=dict)
    listeners: Raws = field(default_factory=list)
    groups: Raws = field(default_factory=list)
    members: dict[str, Raws] = field(default_factory=dict)
    health: dict[str, Raws] = field(default_factory=dict)
    """The health of servers, by listener."""
    appliances: Raws = field(default_factory=list)
    """The instances among the servers, wherever they are."""
    rules: dict[str, Raws] = field(default_factory=dict)
    """The inbound rules of the security groups that guard them."""
    firewall_vswitches: Raws = field(default_factory=list)
    """Those of the VPCs of load balancers, which appliances and these may be in."""
    acls: dict[str, Raw] = field(default_factory=dict)
    """The network ACLs of these."""
    unread: dict[str, str] = field(default_factory=dict)
    """The reason of each refusal: by id, or by action where a whole list was refused."""

    @property
    def titles(self) -> dict[str, str]:
        """The name that each thing has in the cloud, by id, where it has one."""
        rows = {
            ("VpcId", "VpcName"): [*self.vpcs.values()],
            ("VSwitchId", "VSwitchName"): [*self.vswitches, *self.firewall_vswitches],
            ("RouteTableId", "RouteTableName"): self.tables,
            ("Ipv4GatewayId", "Ipv4GatewayName"): self.gateways,
            ("AllocationId", "Name"): self.eips,
            ("InstanceId", "InstanceName"): [*self.instances, *self.appliances],
            ("NetworkInterfaceId", "NetworkInterfaceName"): self.interfaces,
            ("NatGatewayId", "Name"): self.nat_gateways,
            ("RouteTargetGroupId", "RouteTargetGroupName"): self.target_groups,
            ("EndpointId", "EndpointName"): self.endpoints,
            ("LoadBalancerId", "LoadBalancerName"): [*self.balancers.values()],
            ("ServerGroupId", "ServerGroupName"): self.groups,
        }
        named = {
            text_at(raw, key): text_at(raw, name)
            for (key, name), listed in rows.items()
            for raw in listed
        }
        return {key: name for key, name in named.items() if key and name}

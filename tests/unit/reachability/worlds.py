"""Networks as the cloud tells of them, small and open to edits."""

from dataclasses import dataclass, field
from typing import Any

from gwlbfw.address import Address
from gwlbfw.cloud.call import Raw
from gwlbfw.reachability import Finding, Network, NetworkFacts, Verdict, judge, parse_network
from gwlbfw.reachability.flows import Flow

B, C = "cn-wulanchabu-b", "cn-wulanchabu-c"
VPC = "vpc-shop"
GATEWAY = ("Ipv4Gateway", "ipv4gw-1")
LOCAL = ("local", "")
Hop = tuple[str, str]


def to(endpoint: str) -> Hop:
    """The next hop that an endpoint is."""
    return ("GatewayLoadBalancerEndpoint", endpoint)


ONE_PORT = {"IpProtocol": "TCP", "ExternalPort": "80", "InternalPort": "8080"}
ALL_PORTS = {"IpProtocol": "Any", "ExternalPort": "Any", "InternalPort": "Any"}
OPEN: dict[str, Any] = {
    "IpProtocol": "all",
    "PortRange": "-1/-1",
    "SourceCidrIp": "0.0.0.0/0",
    "Policy": "accept",
    "Priority": "1",
}


@dataclass
class Subnet:
    cidr: str
    zone: str
    table: str
    status: str = "Available"


@dataclass
class Entry:
    hops: list[Hop]
    type: str = "Custom"
    status: str = "Available"
    enabled: bool = True


@dataclass
class Endpoint:
    zones: dict[str, tuple[str, str]]
    """Subnet and status by zone."""
    service: str = "epsrv-1"
    connection: str = "Connected"
    status: str = "Active"
    business: str = "Normal"


@dataclass
class Balancer:
    zones: list[str]
    mode: str = "LoadBalance"
    status: str = "Active"
    business: str = "Normal"
    listener: str | None = "Running"
    group: str = "Available"
    checked: bool = True
    members: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Status in the group, and health, by instance."""


@dataclass
class World:
    """One VPC and what is behind its endpoints. The system's entries come of themselves."""

    cidr: str = "192.168.0.0/16"
    centralised: bool = True
    gateway: str | None = "Created"
    enabled: bool = True
    gateway_table: bool = True
    subnets: dict[str, Subnet] = field(default_factory=dict)
    tables: dict[str, dict[str, Entry]] = field(default_factory=dict)
    """Custom entries by table and destination; `gateway` is the gateway's."""
    lacks: set[tuple[str, str]] = field(default_factory=set)
    """System entries that are missing, by table and destination."""
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    services: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Zone and load balancer of each resource."""
    service_status: str = "Active"
    service_business: str = "Normal"
    balancers: dict[str, Balancer] = field(default_factory=dict)
    nat_gateways: dict[str, tuple[str, bool, str]] = field(default_factory=dict)
    """Subnet, whether it has an EIP, and status of each NAT gateway."""
    snat: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """SNAT entries by NAT gateway; of one that is not named here, one entry for the whole VPC."""
    forwards: dict[str, list[str]] = field(default_factory=dict)
    """The addresses that DNAT entries of one port lead to, by NAT gateway."""
    mapped: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """DNAT entries of all ports, by NAT gateway."""
    groups: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Active and standby member and status of each route target group."""
    eips: dict[str, dict[str, str]] = field(default_factory=dict)
    eip_holders: dict[str, list[Raw]] = field(default_factory=dict)
    """What was looked up for EIPs, by type."""
    instances: dict[str, dict[str, str]] = field(default_factory=dict)
    interfaces: list[dict[str, Any]] = field(default_factory=list)
    rules: list[dict[str, Any]] = field(default_factory=lambda: [OPEN])
    """The inbound rules of the appliances' security group."""
    ipv6: list[tuple[str, str, Hop]] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    names: dict[str, Address] = field(default_factory=dict)

    # --- edits ---

    def route(self, table: str, destination: str, *hops: Hop, **how: Any) -> "World":
        """Put an entry into a table."""
        self.tables[table][destination] = Entry(list(hops), **how)
        return self

    def unroute(self, table: str, destination: str) -> "World":
        """Take one out; in the gateway's table it is Local then."""
        del self.tables[table][destination]
        return self

    # --- views ---

    def facts(self) -> NetworkFacts:
        """What the cloud says of it."""
        facts = NetworkFacts(
            vpcs={
                VPC: {
                    "VpcId": VPC,
                    "CidrBlock": self.cidr,
                    "SupportIpv4Gateway": self.centralised,
                }
            },
            eip_holders=dict(self.eip_holders),
            unread=dict(self.unread),
        )
        if self.gateway:
            facts.gateways.append(
                {
                    "Ipv4GatewayId": "ipv4gw-1",
                    "VpcId": VPC,
                    "Enabled": self.enabled,
                    "Status": self.gateway,
                    "Ipv4GatewayRouteTableId": "gateway" if self.gateway_table else "",
                }
            )
        self._say_subnets(facts)
        self._say_tables(facts)
        self._say_endpoints(facts)
        self._say_balancers(facts)
        self._say_machines(facts)
        return facts

    def _say_subnets(self, facts: NetworkFacts) -> None:
        for name, subnet in self.subnets.items():
            facts.vswitches.append(
                {
                    "VSwitchId": name,
                    "VpcId": VPC,
                    "ZoneId": subnet.zone,
                    "CidrBlock": subnet.cidr,
                    "Status": subnet.status,
                    "RouteTable": {"RouteTableId": subnet.table, "RouteTableType": "Custom"},
                }
            )

    def _say_tables(self, facts: NetworkFacts) -> None:
        for table, custom in self.tables.items():
            of_gateway = table == "gateway"
            facts.tables.append(
                {
                    "RouteTableId": table,
                    "VpcId": VPC,
                    "Status": "Available",
                    "RouteTableType": "System" if table == "system" else "Custom",
                    "AssociateType": "Gateway" if of_gateway else "VSwitch",
                }
            )
            cidrs = {each.cidr for each in self.subnets.values()}
            local = {
                cidr: Entry([("Local" if of_gateway else "local", "")], "System")
                for cidr in sorted(cidrs)
                if (table, cidr) not in self.lacks
            }
            say = _gateway_entry if of_gateway else _entry
            rows = [say(to_, entry) for to_, entry in {**local, **custom}.items()]
            rows += [_entry(to_, Entry([hop])) for where, to_, hop in self.ipv6 if where == table]
            facts.entries[table] = list(rows)

    def _say_endpoints(self, facts: NetworkFacts) -> None:
        for name, endpoint in self.endpoints.items():
            facts.endpoints.append(
                {
                    "EndpointId": name,
                    "VpcId": VPC,
                    "ServiceId": endpoint.service,
                    "EndpointStatus": endpoint.status,
                    "ConnectionStatus": endpoint.connection,
                    "EndpointBusinessStatus": endpoint.business,
                }
            )
            facts.endpoint_zones[name] = [
                {"ZoneId": zone, "VSwitchId": subnet, "ZoneStatus": status}
                for zone, (subnet, status) in endpoint.zones.items()
            ]
        for name, resources in self.services.items():
            facts.services[name] = {
                "ServiceId": name,
                "ServiceStatus": self.service_status,
                "ServiceBusinessStatus": self.service_business,
            }
            facts.service_resources[name] = [
                {"ZoneId": zone, "ResourceId": balancer} for zone, balancer in resources
            ]
        for name, (subnet, public, status) in self.nat_gateways.items():
            facts.nat_gateways.append(
                {
                    "NatGatewayId": name,
                    "VpcId": VPC,
                    "Status": status,
                    "NetworkType": "internet",
                    "NatGatewayPrivateInfo": {"VswitchId": subnet},
                    "IpLists": {"IpList": [{"IpAddress": f"8.9.0.{len(name)}"}] if public else []},
                }
            )
            everybody = [{"SourceCIDR": self.cidr, "SnatIp": f"8.9.0.{len(name)}"}]
            facts.snat_entries[name] = [
                {"Status": "Available", "SnatIp": f"8.9.0.{len(name)}", **each}
                for each in self.snat.get(name, everybody)
            ]
            facts.forward_entries[name] = [
                {"ExternalIp": f"8.9.0.{len(name)}", "Status": "Available", **each}
                for each in (
                    *({"InternalIp": each, **ONE_PORT} for each in self.forwards.get(name, ())),
                    *({**ALL_PORTS, **each} for each in self.mapped.get(name, ())),
                )
            ]
        for name, (active, standby, status) in self.groups.items():
            members: list[Any] = [
                {"MemberId": active, "Weight": 100},
                {"MemberId": standby, "Weight": 0},
            ]
            facts.target_groups.append(
                {"RouteTargetGroupId": name, "RouteTargetMemberList": members, "Status": status}
            )

    def _say_balancers(self, facts: NetworkFacts) -> None:
        for name, balancer in self.balancers.items():
            facts.balancers[name] = {
                "LoadBalancerId": name,
                "LoadBalancerStatus": balancer.status,
                "LoadBalancerBusinessStatus": balancer.business,
                "TrafficMode": balancer.mode,
                "ZoneMappings": [
                    {
                        "ZoneId": zone,
                        "LoadBalancerAddresses": [{"PrivateIpv4Address": f"10.0.{number}.41"}],
                    }
                    for number, zone in enumerate(balancer.zones, 1)
                ],
            }
            if balancer.listener is None:
                continue
            group = f"sgp-{name}"
            facts.listeners.append(
                {
                    "ListenerId": f"lsn-{name}",
                    "LoadBalancerId": name,
                    "ServerGroupId": group,
                    "ListenerStatus": balancer.listener,
                }
            )
            check = {"HealthCheckEnabled": balancer.checked}
            facts.groups.append(
                {
                    "ServerGroupId": group,
                    "ServerGroupStatus": balancer.group,
                    "HealthCheckConfig": check,
                }
            )
            facts.members[group] = [
                {"ServerId": each, "ServerIp": f"10.0.9.{number}", "Status": status}
                for number, (each, (status, _)) in enumerate(balancer.members.items())
            ]
            facts.appliances.extend(
                {
                    "InstanceId": each,
                    "Status": "Running",
                    "SecurityGroupIds": {"SecurityGroupId": ["sg-fw"]},
                }
                for each in balancer.members
            )
            facts.rules["sg-fw"] = [*self.rules]
            facts.health[f"lsn-{name}"] = [
                {"ServerId": each, "Status": health, "Reason": {"ReasonCode": ""}}
                for each, (_, health) in balancer.members.items()
                if health
            ]

    def _say_machines(self, facts: NetworkFacts) -> None:
        for name, said in self.instances.items():
            public = [said["public"]] if "public" in said else []
            facts.instances.append(
                {
                    "InstanceId": name,
                    "InstanceName": name,
                    "VpcAttributes": {
                        "VpcId": VPC,
                        "VSwitchId": said["subnet"],
                        "PrivateIpAddress": {"IpAddress": [said["ip"]]},
                    },
                    "PublicIpAddress": {"IpAddress": public},
                }
            )
        for address, said in self.eips.items():
            facts.eips.append({"AllocationId": f"eip-{address}", "IpAddress": address, **said})
        facts.interfaces.extend(self.interfaces)

    def network(self, wanted: tuple[Address, ...] = ()) -> Network:
        """The model of it."""
        return parse_network(self.facts(), self.names, wanted)

    def verdict(self) -> Verdict:
        """The verdict on it."""
        return judge(self.network())

    def flows(self, subnet: str, direction: str) -> list[Flow]:
        """The flows of one subnet in one direction."""
        return [
            each
            for each in self.verdict().flows
            if (each.subnet.id, each.direction) == (subnet, direction)
        ]

    def said(self, subnet: str = "app-b") -> tuple[str, str]:
        """The one verdict inbound and the one outbound of a subnet."""
        (inbound,), (outbound,) = (
            {each.verdict for each in self.flows(subnet, way)} for way in ("inbound", "outbound")
        )
        return inbound, outbound


def notable(verdict: Verdict) -> list[Finding]:
    """The findings but for the limits of the proof, which are told of every network in use."""
    return [each for each in verdict.findings if each.subject not in ("load balancers", "servers")]


def _entry(destination: str, entry: Entry) -> dict[str, Any]:
    hops = [
        {"NextHopType": kind, "NextHopId": hop, "Enabled": int(entry.enabled), "Weight": 0}
        for kind, hop in entry.hops
    ]
    return {
        "DestinationCidrBlock": destination,
        "Type": entry.type,
        "Status": entry.status,
        "NextHops": {"NextHop": hops},
    }


def _gateway_entry(destination: str, entry: Entry) -> dict[str, Any]:
    """An entry of a gateway's table, whose listing is flat and knows no type."""
    kind, hop = entry.hops[0]
    return {
        "DestinationCidrBlock": destination,
        "NextHopType": kind,
        "NextHopId": hop,
        "NextHops": [{"NextHopType": kind, "NextHopId": hop, "Enabled": "1", "Weight": "0"}],
        "Status": entry.status,
    }


def ulanqab() -> World:
    """The vendor's scenario with everything in place."""
    world = World(
        subnets={
            "app-b": Subnet("192.168.1.0/24", B, "t-b"),
            "app-c": Subnet("192.168.2.0/24", C, "t-c"),
            "gwlbe-b": Subnet("192.168.101.0/24", B, "t-gwlbe"),
            "gwlbe-c": Subnet("192.168.102.0/24", C, "t-gwlbe"),
        },
        tables={
            "t-b": {"0.0.0.0/0": Entry([to("ep-b")])},
            "t-c": {"0.0.0.0/0": Entry([to("ep-c")])},
            "t-gwlbe": {"0.0.0.0/0": Entry([GATEWAY])},
            "gateway": {
                "192.168.1.0/24": Entry([to("ep-b")]),
                "192.168.2.0/24": Entry([to("ep-c")]),
            },
            "system": {},
        },
        endpoints={
            "ep-b": Endpoint({B: ("gwlbe-b", "Connected")}),
            "ep-c": Endpoint({C: ("gwlbe-c", "Connected")}),
        },
        services={"epsrv-1": [(B, "gwlb-1"), (C, "gwlb-1")]},
        balancers={
            "gwlb-1": Balancer(
                [B, C],
                members={"i-fw-1": ("Available", "Healthy"), "i-fw-2": ("Available", "Healthy")},
            )
        },
    )
    world.instances = {
        "i-b": {"subnet": "app-b", "ip": "192.168.1.153"},
        "i-c": {"subnet": "app-c", "ip": "192.168.2.154"},
    }
    world.eips = {
        "8.130.0.1": {"InstanceId": "i-b", "InstanceType": "EcsInstance", "Mode": "NAT"},
        "8.130.0.2": {"InstanceId": "i-c", "InstanceType": "EcsInstance", "Mode": "NAT"},
    }
    return world


def named(world: World) -> World:
    """The same as part of a stack, whose topology names the subnets it has now."""
    world.names = {
        VPC: Address("vpc.business/shop"),
        "epsrv-1": Address("endpoint_service.main"),
        "gwlb-1": Address("load_balancer.main"),
        "lsn-gwlb-1": Address("listener.main"),
        "sgp-gwlb-1": Address("server_group.main"),
        "i-fw-1": Address("instance.appliance/fw-1"),
        "i-fw-2": Address("instance.appliance/fw-2"),
    }
    for subnet in world.subnets:
        zone = subnet.removeprefix("gwlbe-")
        at = f"gwlbe/shop/{zone}" if zone != subnet else f"business/shop/{subnet}"
        world.names[subnet] = Address(f"vswitch.{at}")
    for endpoint in world.endpoints:
        world.names[endpoint] = Address(f"endpoint.shop/{endpoint.removeprefix('ep-')}")
    return world

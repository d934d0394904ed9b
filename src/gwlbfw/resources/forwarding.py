"""Facts of forwarding: what a kind states of its resources for those who judge packets.

A fact is as small as one call's effect on it. Fields that name resources hold references, or ids of
what is no part of the stack. The kind states facts, and reachability interprets them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class VpcFact:
    """A VPC and its first block; empty where it is not known."""

    vpc: str
    cidr: str


@dataclass(frozen=True)
class DirectAccessFact:
    """Whether public addresses work in a VPC without an IPv4 gateway."""

    vpc: str
    direct: bool


@dataclass(frozen=True)
class SubnetFact:
    """A subnet of a VPC in a zone."""

    subnet: str
    vpc: str
    zone: str
    cidr: str


@dataclass(frozen=True)
class RouteTableFact:
    """A route table, of vSwitches or of a gateway (`serves`)."""

    table: str
    vpc: str
    serves: str
    system: bool


@dataclass(frozen=True)
class AssociationFact:
    """The table that a subnet or an IPv4 gateway goes by."""

    subject: str
    table: str


@dataclass(frozen=True)
class EntryFact:
    """An entry of a route table, in the place of any other for its destination."""

    table: str
    destination: str
    next_hop_type: str
    next_hop: str


@dataclass(frozen=True)
class GatewayFact:
    """A VPC's IPv4 gateway."""

    gateway: str
    vpc: str
    enabled: bool


@dataclass(frozen=True)
class EndpointFact:
    """A Gateway Load Balancer endpoint, with the subnet that it has in each of its zones."""

    endpoint: str
    vpc: str
    service: str
    zones: tuple[tuple[str, str], ...]
    connected: bool


@dataclass(frozen=True)
class ServiceFact:
    """An endpoint service."""

    service: str


@dataclass(frozen=True)
class ServiceResourceFact:
    """A load balancer behind an endpoint service in one zone."""

    service: str
    zone: str
    load_balancer: str


@dataclass(frozen=True)
class LoadBalancerFact:
    """A Gateway Load Balancer with its subnet in each zone; it spreads packets in `LoadBalance`."""

    load_balancer: str
    zones: tuple[tuple[str, str], ...]
    mode: str


@dataclass(frozen=True)
class ListenerFact:
    """The listener of a load balancer, and the server group that gets the packets."""

    listener: str
    load_balancer: str
    server_group: str


@dataclass(frozen=True)
class Probe:
    """The health check of a server group: what an appliance has to answer."""

    enabled: bool
    protocol: str = "TCP"
    port: int = 0
    request: tuple[str, ...] = ()
    """Path, domain and accepted codes of an HTTP request."""


@dataclass(frozen=True)
class ServerGroupFact:
    """A server group and its health check."""

    group: str
    probe: Probe


@dataclass(frozen=True)
class MemberFact:
    """A server in a group."""

    group: str
    server: str


@dataclass(frozen=True)
class MachineFact:
    """An instance in a subnet, with the security groups that guard it; None if not known."""

    machine: str
    subnet: str
    private_ip: str
    name: str
    security_groups: tuple[str, ...] | None
    running: bool


@dataclass(frozen=True)
class InboundRule:
    """An inbound rule of a security group.

    The lowest priority number prevails, and among equal ones a drop (ECS API,
    AuthorizeSecurityGroup: Priority).
    """

    protocol: str
    ports: str
    source: str
    accepts: bool
    priority: int


@dataclass(frozen=True)
class RulesFact:
    """The inbound rules of a security group."""

    security_group: str
    rules: tuple[InboundRule, ...]


@dataclass(frozen=True)
class PublicAddressFact:
    """A public address and the machine that it belongs to; empty where it belongs to none."""

    address: str
    holder: str


ForwardingFact = (
    VpcFact
    | DirectAccessFact
    | SubnetFact
    | RouteTableFact
    | AssociationFact
    | EntryFact
    | GatewayFact
    | EndpointFact
    | ServiceFact
    | ServiceResourceFact
    | LoadBalancerFact
    | ListenerFact
    | ServerGroupFact
    | MemberFact
    | MachineFact
    | RulesFact
    | PublicAddressFact
)

"""The forwarding model: all that decides where a packet goes, and nothing else.

Keys are cloud ids, or addresses of what has no id yet. A thing that was not read is absent from the
mappings; a path that needs it ends in `unknown`.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.reachability.prefixes import HeaderSpace, Lookup, Prefix, union
from gwlbfw.resources.endpoint import CONNECTED

Role = Literal["business", "gwlbe", "bystander", "other"]
"""The role of a subnet in the proof: judged, an endpoint's own, a stranger in a business VPC."""
ROLES: Mapping[layout.Role | None, Role] = {
    layout.Role.BUSINESS: "business",
    layout.Role.GWLBE: "gwlbe",
}
"""The same by the role in the subnet's address."""


class NextHop(NamedTuple):
    """The target of an entry, in the words of the API; `Local` has no id."""

    kind: str
    id: str = ""
    weight: int = 0


class Entry(NamedTuple):
    """One route entry; several next hops share its packets by weight."""

    prefix: Prefix
    hops: tuple[NextHop, ...]
    origin: str = "Custom"
    status: str = "Available"


@dataclass(frozen=True)
class Table:
    """A route table of vSwitches, or of an IPv4 gateway."""

    id: str
    vpc: str
    entries: tuple[Entry, ...] = ()
    serves: str = "VSwitch"
    system: bool = False
    status: str = "Available"
    ipv6: tuple[tuple[str, NextHop], ...] = ()
    """IPv6 destinations and where they go."""
    unreadable: tuple[str, ...] = ()
    """Destinations that are no IPv4 or IPv6 block: where they apply is unknown."""

    @cached_property
    def lookup(self) -> Lookup:
        """Longest-prefix match, compiled once."""
        return Lookup([(each.prefix, (each.hops, each.status)) for each in self.entries])


@dataclass(frozen=True)
class Vpc:
    """A VPC; `centralised` is its mode where no gateway is active: no Internet at all."""

    id: str
    cidrs: tuple[Prefix, ...]
    centralised: bool = False


@dataclass(frozen=True)
class Subnet:
    """A vSwitch, and the route table that it goes by."""

    id: str
    vpc: str
    zone: str
    cidr: Prefix
    table: str
    role: Role = "business"
    status: str = "Available"


@dataclass(frozen=True)
class Gateway:
    """An IPv4 gateway, active or not, and the table by which it forwards what comes in."""

    id: str
    vpc: str
    enabled: bool = True
    table: str = ""
    status: str = "Created"


@dataclass(frozen=True)
class EndpointZone:
    """An endpoint's place in one zone."""

    zone: str
    subnet: str
    status: str = CONNECTED


@dataclass(frozen=True)
class Endpoint:
    """A Gateway Load Balancer endpoint."""

    id: str
    vpc: str
    service: str
    zones: tuple[EndpointZone, ...]
    connection: str = CONNECTED
    status: str = "Active"


@dataclass(frozen=True)
class Service:
    """An endpoint service: the load balancers that stand behind it, by zone."""

    id: str
    resources: tuple[tuple[str, str], ...] = ()
    """Zone and load balancer of each."""
    status: str = "Active"


@dataclass(frozen=True)
class Listener:
    """The one listener of a load balancer."""

    id: str
    group: str
    status: str = "Running"


@dataclass(frozen=True)
class Balancer:
    """A Gateway Load Balancer, with its own address in each of its zones."""

    id: str
    addresses: Mapping[str, str]
    mode: str = "LoadBalance"
    status: str = "Active"
    business: str = "Normal"
    """`FinancialLocked` where the account has not paid."""
    listener: Listener | None = None


@dataclass(frozen=True)
class Member:
    """An appliance in a server group, and what is known of its health."""

    server: str
    ip: str = ""
    status: str = "Available"
    health: str = "Healthy"
    reason: str = ""


@dataclass(frozen=True)
class ServerGroup:
    """The appliances that a listener spreads packets over."""

    id: str
    members: tuple[Member, ...] = ()
    status: str = "Available"
    checked: bool = True
    """True if health checks are on."""


@dataclass(frozen=True)
class NatGateway:
    """A NAT gateway, in the subnet whose table it goes by."""

    id: str
    vpc: str
    subnet: str
    status: str = "Available"
    public: bool = True
    """True if it has a public address to leave by."""


@dataclass(frozen=True)
class TargetGroup:
    """A route target group: an active endpoint, and another that takes over."""

    id: str
    active: str
    standby: str
    status: str = "Available"


@dataclass(frozen=True)
class PublicAddress:
    """A public address, and the private one that it stands for."""

    address: str
    private: str
    holder: str
    """The instance, interface or other thing that has it."""
    vpc: str
    """Empty where nobody says in which VPC the holder is."""
    subnet: str = ""
    mode: str = "NAT"
    id: str = ""
    """The EIP's; empty for an address that the machine was born with."""


@dataclass(frozen=True)
class Machine:
    """An instance in one of the subnets."""

    id: str
    subnet: str
    ip: str = ""
    name: str = ""


@dataclass(frozen=True)
class Network:
    """Everything that forwards packets in some VPCs and behind their endpoints."""

    vpcs: Mapping[str, Vpc] = field(default_factory=dict)
    subnets: Mapping[str, Subnet] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    gateways: Mapping[str, Gateway] = field(default_factory=dict)
    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    balancers: Mapping[str, Balancer] = field(default_factory=dict)
    groups: Mapping[str, ServerGroup] = field(default_factory=dict)
    nat_gateways: Mapping[str, NatGateway] = field(default_factory=dict)
    target_groups: Mapping[str, TargetGroup] = field(default_factory=dict)
    public_ips: tuple[PublicAddress, ...] = ()
    machines: Mapping[str, Machine] = field(default_factory=dict)
    labels: Mapping[str, Address] = field(default_factory=dict)
    """Addresses by id, for what is part of a stack."""
    missing: tuple[Address, ...] = ()
    """Business subnets that should be there and are not."""
    unread: Mapping[str, str] = field(default_factory=dict)
    """The reason for each thing that could not be read."""
    assumed: tuple[str, ...] = ()
    """Sentences on what is taken as good because nobody can know it yet."""

    def label(self, key: str) -> str:
        """The name of a thing for people: its address where it has one, else its id."""
        return self.labels.get(key, key)

    @cached_property
    def gateway_of(self) -> Mapping[str, Gateway]:
        """The IPv4 gateway of each VPC that has one."""
        return {each.vpc: each for each in self.gateways.values()}

    @cached_property
    def subnets_of(self) -> Mapping[str, tuple[Subnet, ...]]:
        """The subnets of each VPC."""
        found: dict[str, list[Subnet]] = defaultdict(list)
        for subnet in self.subnets.values():
            found[subnet.vpc].append(subnet)
        return {vpc: tuple(each) for vpc, each in found.items()}

    @cached_property
    def subnet_space(self) -> Mapping[str, HeaderSpace]:
        """The addresses of each VPC's subnets."""
        return {
            vpc: union(each.cidr.span for each in subnets)
            for vpc, subnets in self.subnets_of.items()
        }

    @cached_property
    def subnets_of_table(self) -> Mapping[str, tuple[Subnet, ...]]:
        """The subnets that go by each table."""
        found: dict[str, list[Subnet]] = defaultdict(list)
        for subnet in self.subnets.values():
            found[subnet.table].append(subnet)
        return {table: tuple(each) for table, each in found.items()}

    @property
    def judged_subnets(self) -> tuple[Subnet, ...]:
        """The subnets that the proof is about, in order of their names."""
        named = (each for each in self.subnets.values() if each.role == "business")
        return tuple(sorted(named, key=lambda each: (self.label(each.vpc), self.label(each.id))))

    def active_gateway(self, vpc: str) -> Gateway | None:
        """The VPC's IPv4 gateway, if it is activated."""
        gateway = self.gateway_of.get(vpc)
        return gateway if gateway and gateway.enabled else None

    def subnet_at(self, vpc: str, address: int) -> Subnet | None:
        """The subnet of a VPC that an address is in."""
        for subnet in self.subnets_of.get(vpc, ()):
            if subnet.cidr.first <= address <= subnet.cidr.last:
                return subnet
        return None

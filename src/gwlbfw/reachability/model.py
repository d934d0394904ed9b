"""The parts of the forwarding model: each thing that decides where a packet goes.

Keys are cloud ids, or addresses of what has no id yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from gwlbfw import layout
from gwlbfw.reachability.prefixes import Lookup, Prefix
from gwlbfw.resources.endpoint import CONNECTED
from gwlbfw.resources.forwarding import InboundRule, Probe
from gwlbfw.resources.load_balancer import NORMAL

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
    acl: str = ""
    """The network ACL that it has; empty for none."""


@dataclass(frozen=True)
class NetworkAcl:
    """A network ACL: the rules of each direction, in their order as priorities.

    The `source` of an outbound rule is the destination that it is about.
    """

    id: str
    inbound: tuple[InboundRule, ...] = ()
    outbound: tuple[InboundRule, ...] = ()


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
    business: str = NORMAL


@dataclass(frozen=True)
class Connection:
    """The connection of somebody else's endpoint to the stack's service."""

    endpoint: Endpoint
    """As the service's side sees it, which says nothing of the endpoint's own status."""
    owner: str
    """The account that the endpoint belongs to; empty where nobody says."""


@dataclass(frozen=True)
class Service:
    """An endpoint service: the load balancers that stand behind it, by zone."""

    id: str
    resources: tuple[tuple[str, str], ...] = ()
    """Zone and load balancer of each."""
    status: str = "Active"
    business: str = NORMAL


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
    business: str = NORMAL
    """`FinancialLocked` where the account has not paid."""
    listener: Listener | None = None
    subnets: tuple[str, ...] = ()
    """Those that it has its addresses in."""


@dataclass(frozen=True)
class Member:
    """An appliance in a server group, and what is known of its health."""

    server: str
    ip: str = ""
    status: str = "Available"
    health: str = "Healthy"
    reason: str = ""


CHECKED = Probe(enabled=True)


@dataclass(frozen=True)
class ServerGroup:
    """The appliances that a listener spreads packets over."""

    id: str
    members: tuple[Member, ...] = ()
    status: str = "Available"
    probe: Probe = CHECKED

    @property
    def checked(self) -> bool:
        """True if health checks are on."""
        return self.probe.enabled


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
    machines: tuple[str, ...] = ()
    """The machines that use it where the holder is none itself: those behind a HaVip."""


@dataclass(frozen=True)
class Machine:
    """An instance in one of the subnets, or an appliance."""

    id: str
    subnet: str
    ip: str = ""
    name: str = ""
    security_groups: tuple[str, ...] | None = None
    """None where they are not known."""
    running: bool = True

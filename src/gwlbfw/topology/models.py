"""The topology as frozen values: the YAML's fields and defaults, nothing derived.

What the file alone can tell to be wrong is in `validation`; here is only what each field may hold.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PrivateAttr

from gwlbfw.diagnostics import Place
from gwlbfw.topology.parts import (
    Created,
    DiskCategory,
    Eip,
    Machine,
    Model,
    RouteTableChoice,
    SecurityGroupChoice,
    Subnet,
    SystemDisk,
)
from gwlbfw.topology.user_data import read_user_data
from gwlbfw.topology.values import (
    AccountId,
    Between,
    Cidr,
    Flag,
    Ports,
    Protocol,
    Whole,
    typed,
)
from gwlbfw.topology.yaml.source import NOWHERE, Source

__all__ = [
    "Account",
    "Appliance",
    "BusinessSubnet",
    "BusinessVpc",
    "BusinessZone",
    "ConnectionDrain",
    "Created",
    "Cutover",
    "DiskCategory",
    "Eip",
    "EndpointService",
    "GatewayLoadBalancer",
    "HealthCheck",
    "IngressRule",
    "Ipv4Gateway",
    "Machine",
    "Model",
    "Moved",
    "RouteTableChoice",
    "SecurityGroupChoice",
    "SecurityVpc",
    "SecurityZone",
    "Server",
    "Subnet",
    "SystemDisk",
    "Topology",
]


class Account(Model):
    """How to act in an account: by assuming a role, or by a profile of the vendor's CLI."""

    role_arn: str | None = Field(
        None, description="Role to assume, such as acs:ram::123456789012****:role/netops."
    )
    external_id: str | None = Field(
        None, description="External id that the role's trust policy asks for.", repr=False
    )
    profile: str | None = Field(None, description="Profile of the vendor's CLI, instead of a role.")


class Moved(Model):
    """An address that another one takes over, so that a renamed key replaces nothing."""

    source: str = Field(alias="from", description="Address before, such as vpc.business/shop.")
    target: str = Field(alias="to", description="Address now.")


class Ipv4Gateway(Created):
    """The VPC's IPv4 gateway: the only way between the Internet and its public addresses."""

    id: str | None = Field(None, description="Id of an IPv4 gateway that exists (ipv4gw-…).")
    on_delete: Literal["public", "private"] = Field(
        "public",
        description="Once the gateway is deleted, EIPs reach the Internet directly or not at all.",
    )


class IngressRule(Model):
    """What the servers' security group lets in."""

    protocol: Protocol = Field(description="Protocol let in.")
    ports: Ports = Field(
        "",
        validate_default=True,
        description="Port or range, such as 80 or 8000-8100; none for icmp, gre and all.",
    )
    source: Cidr = Field(alias="from", description="CIDR block that may connect.")


class BusinessSubnet(Subnet):
    """A business subnet: all of its Internet traffic is to be inspected."""

    route_table: RouteTableChoice | None = Field(None, description="Route table for this subnet.")


class BusinessZone(Model):
    """A zone of a business VPC: its GWLB endpoint and the subnets whose traffic goes through it."""

    gwlbe_subnet: Subnet = Field(
        description="Subnet for the GWLB endpoint alone, with a route table of its own."
    )
    subnets: dict[str, BusinessSubnet] = Field(description="Business subnets by key.")


class Server(Machine):
    """An application server in a business subnet."""

    subnet: str | None = Field(None, description="Key of a business subnet of this VPC.")
    eip: Eip | None = Field(None, description="EIP of the server.")


class BusinessVpc(Created):
    """A VPC whose Internet traffic is to be inspected: created with a `cidr`, or by `id`."""

    cidr: Cidr | None = Field(None, description="CIDR block of the VPC to create.")
    id: str | None = Field(None, description="Id of a VPC that exists (vpc-…).")
    account: str | None = Field(
        None, description="Key of `accounts`; by default the account of the credentials."
    )
    ipv4_gateway: Ipv4Gateway = Field(default_factory=Ipv4Gateway, description="IPv4 gateway.")
    gateway_route_table: RouteTableChoice = Field(
        default_factory=RouteTableChoice, description="Route table of the IPv4 gateway."
    )
    route_tables: Literal["per-zone", "per-subnet"] = Field(
        "per-zone", description="Business route tables: one per zone, or one per subnet."
    )
    bystanders: Literal["allow", "refuse"] = Field(
        "allow",
        description="Subnets not named here keep the Internet they have, or the plan refuses.",
    )
    failover: Literal["none", "route-target-group"] = Field(
        "none",
        description="What takes over for an endpoint that fails; only `none` is supported yet.",
    )
    ingress: tuple[IngressRule, ...] = Field(
        (), description="What the servers' security group lets in."
    )
    security_group: SecurityGroupChoice = Field(
        default_factory=SecurityGroupChoice, description="Security group of the servers."
    )
    zones: dict[str, BusinessZone] = Field(
        description="Zones by id; each must be a zone of the security VPC."
    )
    servers: dict[str, Server] = Field(
        default_factory=dict, description="Application servers by key."
    )


class SecurityZone(Model):
    """A zone of the security VPC."""

    subnet: Subnet = Field(description="Subnet of the GWLB and the appliances.")


class Appliance(Machine):
    """A network virtual appliance behind the GWLB."""

    zone: str | None = Field(None, description="Zone of the security VPC to create it in.")
    bootstrap: Literal["none", "iptables"] = Field(
        "none",
        description="`iptables` makes it return all traffic uninspected, for trials.",
    )


class SecurityVpc(Created):
    """The VPC of the GWLB and the appliances: created with a `cidr`, or by `id`."""

    cidr: Cidr | None = Field(None, description="CIDR block of the VPC to create.")
    id: str | None = Field(None, description="Id of a VPC that exists (vpc-…).")
    account: str | None = Field(
        None, description="Key of `accounts`; by default the account of the credentials."
    )
    zones: dict[str, SecurityZone] = Field(description="Zones by id.")
    security_group: SecurityGroupChoice = Field(
        default_factory=SecurityGroupChoice, description="Security group of the appliances."
    )
    appliances: dict[str, Appliance] = Field(description="Appliances by key.")


class HealthCheck(Model):
    """How the GWLB finds out which appliances work (GWLB API, CreateServerGroup)."""

    enabled: Flag = Field(default=True, description="Whether appliances are checked.")
    protocol: Literal["TCP", "HTTP"] = Field("TCP", description="Protocol of the check.")
    port: Annotated[Whole, Between(1, 65535)] = Field(22, description="Port of the check.")
    interval_s: Annotated[Whole, Between(1, 50)] = Field(10, description="Seconds between checks.")
    timeout_s: Annotated[Whole, Between(1, 300)] = Field(
        5, description="Seconds to wait for an answer."
    )
    healthy_threshold: Annotated[Whole, Between(2, 10)] = Field(
        2, description="Answers in a row that make an appliance healthy."
    )
    unhealthy_threshold: Annotated[Whole, Between(2, 10)] = Field(
        2, description="Failures in a row that make it unhealthy."
    )
    path: str | None = Field(None, description="HTTP only: path that is asked for.")
    domain: str | None = Field(
        None, description="HTTP only: Host header; $SERVER_IP for the appliance's address."
    )
    http_codes: tuple[Literal["http_2xx", "http_3xx", "http_4xx", "http_5xx"], ...] | None = Field(
        None, description="HTTP only: answers that count as healthy."
    )


class ConnectionDrain(Model):
    """How long flows stay on an appliance that leaves (GWLB API, CreateServerGroup)."""

    enabled: Flag = Field(default=True, description="Whether flows are drained.")
    timeout_s: Annotated[Whole, Between(1, 3600)] = Field(300, description="Seconds.")


class GatewayLoadBalancer(Created):
    """The GWLB, its server group and its listener."""

    scheduler: Literal["5TCH", "3TCH", "2TCH"] = Field(
        "5TCH", description="What chooses a flow's appliance: a hash of 5, 3 or 2 of its fields."
    )
    flow_failover: Literal["rebalance", "none"] = Field(
        "rebalance", description="Whether flows of a failed appliance move to others."
    )
    tcp_idle_timeout_s: Annotated[Whole, Between(60, 6000)] = Field(
        350,
        description="Seconds until an idle TCP flow is forgotten; other than 350 only with 5TCH.",
    )
    health_check: HealthCheck = Field(
        default_factory=HealthCheck, description="Health check of the appliances."
    )
    connection_drain: ConnectionDrain = Field(
        default_factory=ConnectionDrain, description="Connection drain."
    )


class EndpointService(Created):
    """The PrivateLink service through which business VPCs reach the GWLB."""

    auto_accept: Flag = Field(
        default=True, description="Whether endpoints are accepted without being asked."
    )
    allowed_accounts: tuple[AccountId, ...] = Field(
        (), description="Account ids that may connect, beside those of the stack."
    )
    payer: Literal["endpoint", "service"] = Field(
        "endpoint", description="Who pays for the endpoints."
    )


class Cutover(Model):
    """How traffic moves to the firewall."""

    strategy: Literal["zone-by-zone", "all-at-once"] = Field(
        "zone-by-zone", description="One zone after the other, or all together."
    )
    order: Literal["inbound-first", "outbound-first"] = Field(
        "inbound-first", description="Which direction of a zone moves first."
    )
    min_healthy_appliances: Annotated[Whole, Between(1, 1000)] = Field(
        1, description="Healthy appliances needed before traffic moves."
    )
    timeout_s: Annotated[Whole, Between(1, 86400)] = Field(
        600, description="Seconds to wait for them."
    )


class Topology(Model):
    """One stack: everything the YAML says, with the places it says it at."""

    version: Annotated[Literal[1], BeforeValidator(typed)] = Field(
        description="Version of this format."
    )
    name: str = Field(description="Name of the stack; unique per account and region.")
    region: str = Field(description="Region id, such as cn-wulanchabu.")
    tags: dict[str, str] = Field(
        default_factory=dict, description="Tags of every object that the stack creates."
    )
    accounts: dict[str, Account] = Field(default_factory=dict, description="Other accounts by key.")
    moved: tuple[Moved, ...] = Field((), description="Addresses that have changed.")
    sensitive: tuple[str, ...] = Field(
        (),
        description="Variables whose values may stand only where they stay out of plans, records "
        "and messages: env:NAME or var:KEY.",
    )
    business_vpcs: dict[str, BusinessVpc] = Field(description="Business VPCs by key.")
    security_vpc: SecurityVpc = Field(description="Security VPC.")
    gateway_load_balancer: GatewayLoadBalancer = Field(
        default_factory=GatewayLoadBalancer, description="Gateway load balancer."
    )
    endpoint_service: EndpointService = Field(
        default_factory=EndpointService, description="Endpoint service."
    )
    cutover: Cutover = Field(default_factory=Cutover, description="Cut-over.")

    _source: Source = PrivateAttr(default=NOWHERE)

    @classmethod
    def load(cls, path: Path | str, variables: Mapping[str, str] | None = None) -> "Topology":
        """The topology in the file at `path`, with the values of its `${var:KEY}`.

        Raises a TopologyError that holds every problem of the file.
        """
        from gwlbfw.topology.load import load  # noqa: PLC0415 - loading needs this class

        return load(path, variables).need()

    def located(self, source: Source) -> Self:
        """The same topology, which knows where it was read from."""
        copy = self.model_copy()
        copy._source = source  # noqa: SLF001 - its own class
        return copy

    @property
    def base(self) -> Path:
        """The folder that relative paths in the file start from."""
        return self._source.base

    @property
    def variables(self) -> frozenset[str]:
        """The variables that the file takes values from, as `env:NAME` and `var:KEY`."""
        return self._source.variables

    def read_user_data(self, owner: Machine) -> bytes | None:
        """The machine's user data as it stands in the file now; None where it has none.

        Raises a TopologyError where its file can't be read or is more than the ECS API takes.
        """
        return read_user_data(owner.user_data, owner.user_data_file, self.base)

    def place(self, *path: str | int) -> Place | None:
        """Where the file says what is at `path`; the nearest place above where it says nothing."""
        return self._source.place(path)

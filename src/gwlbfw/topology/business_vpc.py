"""A business VPC of the topology: its zones, subnets, servers and IPv4 gateway."""

from typing import Literal

from pydantic import Field

from gwlbfw.topology.parts import (
    Eip,
    Machine,
    ManagedObject,
    Model,
    RouteTableChoice,
    SecurityGroupChoice,
    Subnet,
)
from gwlbfw.topology.values import Cidr, Ports, Protocol


class Ipv4Gateway(ManagedObject):
    """The VPC's IPv4 gateway: the only path between the Internet and its public addresses."""

    id: str | None = Field(None, description="Id of an IPv4 gateway that exists (ipv4gw-…).")
    on_delete: Literal["public", "private"] = Field(
        "public",
        description="Once the gateway is deleted, EIPs reach the Internet directly or not at all.",
    )


class IngressRule(Model):
    """A rule of the servers' security group: inbound traffic that it allows."""

    protocol: Protocol = Field(description="Protocol allowed.")
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


class BusinessVpc(ManagedObject):
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
    foreign_routes: Literal["keep", "remove"] = Field(
        "keep",
        description="Routes that something else makes in tables of the stack, such as a cluster's "
        "cloud controller: they stay and are reported, or `apply` removes them.",
    )
    failover: Literal["none", "route-target-group"] = Field(
        "none",
        description="Takeover for an endpoint that fails; only `none` is supported yet.",
    )
    ingress: tuple[IngressRule, ...] = Field(
        (), description="Inbound rules of the servers' security group."
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

"""The security VPC of the topology: its zones and its appliances."""

from typing import Literal

from pydantic import Field

from gwlbfw.topology.parts import Machine, ManagedObject, Model, SecurityGroupChoice, Subnet
from gwlbfw.topology.values import Cidr


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


class SecurityVpc(ManagedObject):
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

"""NAT gateway: what gives a VPC's vSwitches the Internet by the EIPs that are bound to it.

One of type `intranet` (a VPC NAT gateway) has addresses of its own instead (`nat_ip`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.network_interface import release_interfaces
from gwlbfw.sim.services.resource_group import DEFAULT_GROUP
from gwlbfw.sim.services.vpc.eip.record import release_eips
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Lifecycle, Region

PARTS = ("snat_entry", "forward_entry", "nat_ip", "nat_ip_cidr")
"""Kinds of records that a gateway is made of."""


@dataclass(kw_only=True, eq=False)
class NatGateway(
    Record,
    Lifecycle,
    kind="nat_gateway",
    prefix="ngw",
    product="vpc",
    tag_type="NATGATEWAY",
    not_found=("InvalidNatGatewayId.NotFound", 404),
):
    """One gateway; its address in the vSwitch is an interface that it owns."""

    vpc_id: str = ""
    vswitch_id: str = ""
    name: str = ""
    description: str = ""
    resource_group_id: str = DEFAULT_GROUP
    network_type: str = "internet"
    bind_mode: str = "MULTI_BINDED"
    availability_mode: str = "CrossAZ"
    icmp_reply: bool = True
    private_link: bool = False
    access_mode: Mapping[str, str] = field(default_factory=dict)
    """The access that others have by PrivateLink: ModeValue and TunnelType."""
    session_log: bool = False
    log_delivery: Mapping[str, str] = field(default_factory=dict)
    """The destination of session logs: LogDeliveryType and LogDestination."""
    deletion_protection: bool = False
    snat_table_id: str = ""
    forward_table_id: str = ""

    def uses(self) -> Collection[str]:
        return (self.vpc_id, self.vswitch_id)

    def on_delete(self, region: Region) -> None:
        for part in region.users(self.id):
            if part.kind in PARTS:
                region.remove(part)
        release_eips(region, self.id)
        release_interfaces(region, self.id)


def require_idle_gateway(region: Region, gateway_id: str) -> NatGateway:
    """A gateway that can be changed now."""
    gateway = region.require(NatGateway, gateway_id)
    if gateway.status != "Available":
        code = "IncorrectStatus.NatGateway"
        raise ApiError(code, f"The NAT gateway is {gateway.status}.", 404)
    return gateway


def gateway_of_table(region: Region, field_name: str, table_id: str) -> NatGateway:
    """The gateway of an SNAT or a DNAT table, which can be changed now."""
    for gateway in region.where(NatGateway, **{field_name: table_id}):
        if gateway.status != "Available":
            raise ApiError("IncorrectStatus.NATGW", f"The NAT gateway is {gateway.status}.")
        return gateway
    name = "Snat" if field_name == "snat_table_id" else "Forward"
    raise ApiError(f"Invalid{name}TableId.NotFound", f"No {name} table is {table_id}.", 404)

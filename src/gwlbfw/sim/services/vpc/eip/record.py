"""EIP: a public IPv4 address, in use by one instance at most."""

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address

from gwlbfw.sim.services.resource_group import DEFAULT_GROUP
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Lifecycle, Region

FIRST_ADDRESS = int(IPv4Address("8.130.0.1"))
"""Addresses are handed out from here on, each once."""
LAST_ADDRESS = int(IPv4Address("8.255.255.255"))
"""The last of them; an address beyond these is had by asking for it alone."""
DEFAULT_MODE = "NAT"
"""The mode of an EIP of which no call names one (VPC API, AssociateEipAddress)."""


@dataclass(kw_only=True, eq=False)
class Eip(
    Record,
    Lifecycle,
    kind="eip",
    prefix="eip",
    product="vpc",
    tag_type="EIP",
    not_found=("InvalidAllocationId.NotFound", 404),
):
    """One EIP: Available, or InUse by the instance that it names."""

    address: str = ""
    bandwidth: str = "5"
    internet_charge_type: str = "PayByBandwidth"
    isp: str = "BGP"
    name: str = ""
    description: str = ""
    resource_group_id: str = DEFAULT_GROUP
    zone: str = ""
    security_protection_types: tuple[str, ...] = ()
    deletion_protection: bool = False
    monitor_status: str = "OFF"
    """ON while its second-by-second monitoring is written to the log store below."""
    log_project: str = ""
    log_store: str = ""
    pool_id: str = ""
    """The address pool that its address is of."""
    bandwidth_package_id: str = ""
    """The Internet Shared Bandwidth that it is in."""
    instance_id: str = ""
    instance_type: str = ""
    private_ip: str = ""
    """The private address that the association named."""
    vpc_id: str = ""
    """The VPC that its holder is in, which is told of a bare address alone."""
    vswitch_id: str = ""
    ip: str = ""
    """The address of a vSwitch that it takes up beside its NAT gateway's own."""
    mode: str = DEFAULT_MODE

    def uses(self) -> Collection[str]:
        return (self.vswitch_id,)

    def on_transition(self, region: Region, field: str) -> None:  # noqa: ARG002 - the hook's form
        if field == "status" and self.status == "Available":
            self.release()

    def release(self) -> None:
        """Clear the association; that the mode is the default one again is UNVERIFIED."""
        self.instance_id = self.instance_type = self.private_ip = self.vpc_id = ""
        self.vswitch_id = self.ip = ""
        self.mode = DEFAULT_MODE


def eips_of(region: Region, instance_id: str) -> list[Eip]:
    """The EIPs of an instance or interface."""
    return region.where(Eip, instance_id=instance_id)


def release_eips(region: Region, instance_id: str) -> None:
    """Release the EIPs of an instance or interface that is deleted."""
    for eip in eips_of(region, instance_id):
        region.transition(eip, "Available")
        eip.release()

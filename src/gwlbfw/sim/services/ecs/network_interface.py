"""Network interface: an address in a vSwitch, which an instance, GWLB or endpoint owns.

It comes and goes with its owner. Its use of the vSwitch is what makes DeleteVSwitch answer
DependencyViolation, whoever the owner is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from gwlbfw.sim.errors import Refusal
from gwlbfw.sim.services.vpc.eip import free_from
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Region


@dataclass(kw_only=True, eq=False)
class NetworkInterface(
    Record,
    kind="network_interface",
    prefix="eni",
    product="ecs",
    tag_type="eni",
    absent=("InvalidEniId.NotFound", 404),
):
    """One interface. `service` names the product that manages it; empty for an instance's."""

    vpc_id: str = ""
    vswitch_id: str = ""
    zone_id: str = ""
    ip: str = ""
    mac: str = ""
    owner: str = ""
    service: str = ""
    security_group_ids: tuple[str, ...] = ()

    @property
    def implicit(self) -> bool:
        return True

    def uses(self) -> Collection[str]:
        return (self.vswitch_id, *self.security_group_ids)

    def leave(self, region: Region) -> None:
        free_from(region, self.id)


def attach(
    region: Region,
    vswitch: VSwitch,
    owner: str,
    *,
    ip: str = "",
    service: str = "",
    security_groups: Sequence[str] = (),
    codes: tuple[str, str] = ("InvalidIPAddress.AlreadyUsed", "ResourceNotEnough.VSwitchIp"),
) -> NetworkInterface:
    """A new interface for `owner` in a vSwitch, with the next free address or the one asked for.

    `codes` are the calling product's, for an address that can't be had and for a full vSwitch.
    """
    interface = NetworkInterface(
        vpc_id=vswitch.vpc_id,
        vswitch_id=vswitch.id,
        zone_id=vswitch.zone_id,
        ip=_address(region, vswitch, ip, codes),
        owner=owner,
        service=service,
        security_group_ids=tuple(security_groups),
        status="InUse",
    )
    region.add(interface)
    interface.mac = "00:16:3e:" + ":".join(f"{interface.serial >> n & 255:02x}" for n in (16, 8, 0))
    return interface


def owned(region: Region, owner: str) -> list[NetworkInterface]:
    """The interfaces of an instance, GWLB or endpoint, its primary one first."""
    return region.where(NetworkInterface, owner=owner)


def release(region: Region, owner: str) -> None:
    """Let the interfaces of `owner` go with it."""
    for interface in owned(region, owner):
        region.remove(interface)


def usable(cidr: str) -> range:
    """The addresses of a vSwitch that can be used: not the first, nor the last three.

    Source: help page "VPC and vSwitch" (UNVERIFIED: it was in none of the API's pages).
    """
    network = IPv4Network(cidr)
    return range(int(network.network_address) + 1, int(network.broadcast_address) - 2)


def free(region: Region, vswitch: VSwitch) -> int:
    """How many addresses of a vSwitch can still be had."""
    return len(usable(vswitch.cidr)) - len(region.where(NetworkInterface, vswitch_id=vswitch.id))


def _address(region: Region, vswitch: VSwitch, wanted: str, codes: tuple[str, str]) -> str:
    taken, full = codes
    used = {each.ip for each in region.where(NetworkInterface, vswitch_id=vswitch.id)}
    if not wanted:
        for number in usable(vswitch.cidr):
            if (address := str(IPv4Address(number))) not in used:
                return address
        raise Refusal(full, f"The vSwitch {vswitch.id} has no free address.")
    try:
        within = int(IPv4Address(wanted)) in usable(vswitch.cidr)
    except ValueError:
        within = False
    if not within or wanted in used:
        raise Refusal(taken, f"The address {wanted} can't be used in the vSwitch {vswitch.id}.")
    return wanted

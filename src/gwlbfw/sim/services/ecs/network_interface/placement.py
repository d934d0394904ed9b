"""Placing network interfaces in a vSwitch: its free addresses, and handing them out.

Neither looks at the vSwitch's other interfaces one by one.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.network_interface.record import NetworkInterface
from gwlbfw.sim.services.vpc.vswitch import HOLDERS, VSwitch, usable_addresses
from gwlbfw.sim.store.record import RECORD_TYPES, Record
from gwlbfw.sim.store.region import Region


def attach_interface(
    region: Region,
    vswitch: VSwitch,
    interface: NetworkInterface,
    codes: tuple[str, str],
    ip: str = "",
    status: int = 400,
) -> NetworkInterface:
    """Add an interface in a vSwitch, at the next free address or the requested one.

    `interface` has its owner, service and security groups. `codes` are the calling product's: for
    an address that is taken or not usable, and for a full vSwitch; `status` is their HTTP status.
    """
    interface.vpc_id, interface.vswitch_id = vswitch.vpc_id, vswitch.id
    interface.zone_id = vswitch.zone_id
    interface.ip = free_address(region, vswitch, ip, codes, status)
    interface.status = "InUse" if interface.owner else "Available"
    region.add(interface)
    interface.mac = "00:16:3e:" + ":".join(f"{interface.serial >> n & 255:02x}" for n in (16, 8, 0))
    return interface


def free_address_count(region: Region, vswitch: VSwitch) -> int:
    """Number of free addresses of a vSwitch."""
    used = sum(region.count(each, "vswitch_id", vswitch.id) for each in _holders())
    sharing = region.where(NetworkInterface, shared_vswitch_id=vswitch.id)
    used += sum(len(each.secondary_ips) for each in sharing)
    return len(usable_addresses(vswitch.cidr)) - used


def free_address(
    region: Region, vswitch: VSwitch, wanted: str, codes: tuple[str, str], status: int = 400
) -> str:
    """The requested address, or else the next free one after the last one handed out.

    Which one the cloud takes is UNVERIFIED ("randomly": ECS API, CreateNetworkInterface).
    """
    taken, full = codes
    if wanted:
        if not is_usable(vswitch, wanted) or is_taken(region, vswitch, wanted):
            why = f"The address {wanted} can't be used in the vSwitch {vswitch.id}."
            raise ApiError(taken, why, status)
        return wanted
    if free_address_count(region, vswitch) < 1:
        raise ApiError(full, f"The vSwitch {vswitch.id} has no free address.", status)
    address = next(each for each in _round(vswitch) if not is_taken(region, vswitch, each))
    vswitch.next_address = int(IPv4Address(address)) + 1
    return address


def is_usable(vswitch: VSwitch, address: str) -> bool:
    """True if a text is an address of a vSwitch that an interface can have."""
    try:
        return int(IPv4Address(address)) in usable_addresses(vswitch.cidr)
    except ValueError:
        return False


def is_taken(region: Region, vswitch: VSwitch, address: str) -> bool:
    """True if something has an address of a vSwitch."""
    if region.count(NetworkInterface, "places", f"{vswitch.id}/{address}"):
        return True
    return any(
        region.where(each, ip=address, vswitch_id=vswitch.id)
        for each in _holders()
        if each is not NetworkInterface
    )


def used_addresses(region: Region, vswitch_id: str) -> set[str]:
    """The addresses of a vSwitch that are in use."""
    used = {
        str(getattr(each, "ip", ""))
        for cls in _holders()
        for each in region.where(cls, vswitch_id=vswitch_id)
    }
    sharing = region.where(NetworkInterface, shared_vswitch_id=vswitch_id)
    return used | {address for each in sharing for address in each.secondary_ips}


def _holders() -> list[type[Record]]:
    """The types of what has an address of a vSwitch."""
    return [RECORD_TYPES[kind] for kind in HOLDERS]


def _round(vswitch: VSwitch) -> Iterator[str]:
    """Every usable address of a vSwitch, from the next one on and round."""
    usable = usable_addresses(vswitch.cidr)
    first = usable.index(vswitch.next_address) if vswitch.next_address in usable else 0
    for number in range(first, first + len(usable)):
        yield str(IPv4Address(usable[number % len(usable)]))

"""Network interface: addresses in a vSwitch, of an instance, a GWLB, an endpoint or on its own.

Its use of the vSwitch is what makes DeleteVSwitch answer DependencyViolation, whoever the owner is.

Sources: ECS API, CreateNetworkInterface and DescribeNetworkInterfaces.
"""

from collections.abc import Collection
from dataclasses import dataclass

from gwlbfw.sim.services.vpc.eip.record import release_eips
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Lifecycle, Region

MANAGERS = {
    "gwlb": "Gateway Load Balancer",
    "nat": "NAT Gateway",
    "privatelink": "PrivateLink",
}
"""The description of a managed interface by the product that manages it: the service's name (help
page "Managed ENIs"; UNVERIFIED how it is written)."""


@dataclass(kw_only=True, eq=False)
class NetworkInterface(
    Record,
    Lifecycle,
    kind="network_interface",
    prefix="eni",
    product="ecs",
    tag_type="eni",
    not_found=("InvalidEniId.NotFound", 404),
):
    """One interface. `service` names the product that manages it; empty for an instance's."""

    vpc_id: str = ""
    vswitch_id: str = ""
    zone_id: str = ""
    ip: str = ""
    mac: str = ""
    owner: str = ""
    service: str = ""
    resource_group_id: str = ""
    security_group_ids: tuple[str, ...] = ()
    name: str = ""
    description: str = ""
    primary: bool = False
    """True for the one that an instance has from its launch to its release."""
    secondary_ips: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()
    delete_on_release: bool = True
    source_dest_check: bool = False
    traffic_mode: str = "Standard"
    queues: int = 0
    queue_pairs: int = 0
    card: int = 0
    """The index of the network card that it is on."""
    timeouts: tuple[int, int, int] = (3, 910, 30)
    """Seconds until a closed TCP connection, an idle TCP one and a UDP flow are forgotten."""

    @property
    def implicit(self) -> bool:
        return bool(self.owner) and self.delete_on_release

    @property
    def instance_id(self) -> str:
        """The instance that it is attached to, if it is one's."""
        return "" if self.service else self.owner

    @property
    def places(self) -> tuple[str, ...]:
        """Each of its addresses with the vSwitch, by which the interface is found."""
        return tuple(f"{self.vswitch_id}/{each}" for each in (self.ip, *self.secondary_ips))

    @property
    def shared_vswitch_id(self) -> str:
        """The vSwitch, of an interface that has several addresses in it."""
        return self.vswitch_id if self.secondary_ips else ""

    def uses(self) -> Collection[str]:
        return (self.vswitch_id, *self.security_group_ids)

    def on_transition(self, region: Region, field: str) -> None:  # noqa: ARG002
        if field == "status" and self.status == "Available":
            self.owner, self.card = "", 0

    def on_delete(self, region: Region) -> None:
        release_eips(region, self.id)


def interfaces_of(region: Region, owner: str) -> list[NetworkInterface]:
    """The interfaces of an instance, GWLB or endpoint, its primary one first."""
    found = region.where(NetworkInterface, owner=owner)
    return sorted(found, key=lambda each: not each.primary)


def release_interfaces(region: Region, owner: str) -> None:
    """Remove the interfaces of `owner`, but detach those that are to outlive it."""
    for interface in interfaces_of(region, owner):
        if interface.primary or interface.delete_on_release:
            region.remove(interface)
        else:
            region.transition(interface, "Available")
            interface.owner, interface.card = "", 0

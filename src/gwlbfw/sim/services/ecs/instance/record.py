"""ECS instance: a machine with network interfaces and disks.

Sources: ECS API, RunInstances, DescribeInstances, DeleteInstance and their error tables.
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Address

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.disk.record import release_disks
from gwlbfw.sim.services.ecs.instance.options import (
    Cpu,
    Maintenance,
    Metadata,
    PrivatePool,
    Spot,
)
from gwlbfw.sim.services.ecs.network_interface import (
    NetworkInterface,
    interfaces_of,
    release_interfaces,
)
from gwlbfw.sim.services.ecs.offer.loading import offer_of
from gwlbfw.sim.services.ecs.offer.record import InstanceType
from gwlbfw.sim.services.vpc.eip.record import release_eips
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Lifecycle, Region

_FIRST_PUBLIC_IP = int(IPv4Address("47.92.0.1"))
"""Public addresses of instances' own are handed out from here on, each once."""


@dataclass(kw_only=True, eq=False)
class Instance(
    Record,
    Lifecycle,
    kind="instance",
    prefix="i",
    product="ecs",
    tag_type="instance",
    not_found=("InvalidInstanceId.NotFound", 404),
):
    """One instance; its place in the network is its primary interface's."""

    name: str = ""
    description: str = ""
    host_name: str = ""
    instance_type: str = ""
    image_id: str = ""
    zone_id: str = ""
    key_pair: str = ""
    ram_role: str = ""
    user_data: str = ""
    """In Base64."""
    jumbo_frames: bool = False
    network_encryption: bool = False
    bandwidth_weighting: str = "Default"
    protected: bool = False
    recyclable: bool = False
    charge_type: str = "PostPaid"
    stopped_mode: str = "KeepCharging"
    public_ip: str = ""
    internet_charge_type: str = "PayByTraffic"
    bandwidth_out: int = 0
    bandwidth_in: int = 0
    """0 where no call named one."""
    resource_group_id: str = ""
    """The resource group it was given; none where it is in the default one."""
    credit: str = ""
    """Of a burstable instance alone."""
    affinity: str = ""
    tenancy: str = ""
    hibernation: bool = False
    login_as_non_root: bool = False
    spot: Spot = field(default_factory=Spot)
    metadata: Metadata = field(default_factory=Metadata)
    cpu: Cpu = field(default_factory=Cpu)
    private_pool: PrivatePool = field(default_factory=PrivatePool)
    maintenance: Maintenance = field(default_factory=Maintenance)
    auto_release: str = ""
    """The instant at which it is released, as the API writes it; empty for none."""
    started: float = 0.0

    def on_transition(self, region: Region, field: str) -> None:
        if field == "status" and self.status == "Running":
            self.started = region.now
        elif field == "auto_release" and not self.auto_release:
            region.transition(self, "Stopping", DELETED)

    def on_delete(self, region: Region) -> None:
        release_eips(region, self.id)
        release_interfaces(region, self.id)
        release_disks(region, self.id)

    def take_public_ip(self) -> None:
        """Give the instance the public address that it always gets."""
        self.public_ip = str(IPv4Address(_FIRST_PUBLIC_IP + self.serial))


def kind_of(region: Region, instance: Instance) -> InstanceType:
    """The type of an instance."""
    return offer_of(region).instance_types[instance.instance_type]


def primary_interface(region: Region, instance: Instance) -> NetworkInterface:
    """An instance's primary interface, which every instance has."""
    return interfaces_of(region, instance.id)[0]


def require_status(instance: Instance, *statuses: str) -> None:
    """Refuse an operation for which an instance must be in one of these statuses, and stay."""
    if instance.status not in statuses or instance.in_transition():
        raise ApiError(
            "IncorrectInstanceStatus",
            f"The current status of {instance.id}, {instance.status}, does not support this "
            "operation.",
            403,
        )

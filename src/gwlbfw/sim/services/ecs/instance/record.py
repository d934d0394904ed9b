"""ECS instance: a machine with one network interface.

Sources: ECS API, RunInstances, DescribeInstances, DeleteInstance and their error tables.
"""

from dataclasses import dataclass

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.network_interface import (
    NetworkInterface,
    interfaces_of,
    release_interfaces,
)
from gwlbfw.sim.services.vpc.eip.record import release_eips
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Lifecycle, Region


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
    """As it was given, decoded or not."""
    disk_category: str = ""
    disk_size: int = 0
    jumbo_frames: bool = False
    protected: bool = False
    charge_type: str = "PostPaid"
    stopped_mode: str = "KeepCharging"
    public_ip: str = ""
    bandwidth_out: int = 0
    resource_group_id: str = ""
    """The resource group it was given; none where it is in the default one."""
    started: float = 0.0

    def on_transition(self, region: Region, field: str) -> None:
        if field == "status" and self.status == "Running":
            self.started = region.now

    def on_delete(self, region: Region) -> None:
        release_eips(region, self.id)
        release_interfaces(region, self.id)


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

"""Disk: block storage in a zone, of an instance or on its own.

Sources: ECS API, CreateDisk, DescribeDisks and RunInstances (SystemDisk, DataDisk.N).
"""

from dataclasses import dataclass

from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Lifecycle, Region


@dataclass(kw_only=True, eq=False)
class Disk(
    Record,
    Lifecycle,
    kind="disk",
    prefix="d",
    product="ecs",
    tag_type="disk",
    not_found=("InvalidDiskId.NotFound", 404),
):
    """One disk, and the instance that it is attached to."""

    name: str = ""
    description: str = ""
    instance_id: str = ""
    zone_id: str = ""
    type: str = "data"
    """system or data."""
    category: str = ""
    size: int = 0
    performance_level: str = ""
    """Of an ESSD alone."""
    encrypted: bool = False
    kms_key_id: str = ""
    image_id: str = ""
    """Of a system disk alone."""
    device: str = ""
    delete_with_instance: bool = False
    delete_auto_snapshot: bool = False
    enable_auto_snapshot: bool = True
    snapshot_policy_id: str = ""
    provisioned_iops: int = 0
    bursting: bool = False
    multi_attach: str = "Disabled"
    storage_cluster_id: str = ""
    resource_group_id: str = ""
    attached: float = 0.0
    detached: float = 0.0

    @property
    def implicit(self) -> bool:
        return bool(self.instance_id) and self.delete_with_instance

    def on_transition(self, region: Region, field: str) -> None:
        if field == "status" and self.status == "Available" and self.instance_id:
            self.detach(region)

    def attach(self, region: Region, instance_id: str) -> None:
        """Make this a disk of an instance, at the next free device."""
        taken = {each.device for each in disks_of(region, instance_id)}
        names = ["a"] if self.type == "system" else "bcdefghijklmnopqrstuvwxyz"
        devices = (f"/dev/xvd{each}" for each in names)
        self.device = next(each for each in devices if each not in taken)
        self.instance_id, self.attached = instance_id, region.now

    def detach(self, region: Region) -> None:
        """Take this from its instance; it is then no longer released with one (DetachDisk)."""
        self.instance_id, self.device, self.detached = "", "", region.now
        self.delete_with_instance = False


def disks_of(region: Region, instance_id: str) -> list[Disk]:
    """The disks of an instance, its system disk first."""
    found = region.where(Disk, instance_id=instance_id)
    return sorted(found, key=lambda each: each.type != "system")


def release_disks(region: Region, instance_id: str) -> None:
    """Remove the disks of an instance, but detach those that are to outlive it."""
    for disk in disks_of(region, instance_id):
        if disk.delete_with_instance:
            region.remove(disk)
        else:
            disk.detach(region)
            region.transition(disk, "Available")

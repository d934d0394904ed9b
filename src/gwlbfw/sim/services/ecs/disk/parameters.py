"""Parameters of a disk: of an instance's launch, of its own creation, and of a later change.

Sources: ECS API, RunInstances (SystemDisk, DataDisk.N), CreateDisk, ResizeDisk and ModifyDiskSpec,
with their error tables.
"""

from collections.abc import Mapping

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.disk.record import Disk
from gwlbfw.sim.services.ecs.offer.record import Image
from gwlbfw.sim.services.ecs.regions import DISKS
from gwlbfw.sim.services.request import Params

DATA_CATEGORIES = (*DISKS, "cloud")
LEVELS = ("PL0", "PL1", "PL2", "PL3")
MOST_DATA_DISKS = 16
_SIZES: Mapping[str, tuple[int, int]] = {
    "cloud": (5, 2000),
    "cloud_efficiency": (20, 32768),
    "cloud_ssd": (20, 32768),
    "cloud_auto": (1, 65536),
    "cloud_essd_entry": (10, 32768),
    "cloud_essd PL0": (1, 65536),
    "cloud_essd PL1": (20, 65536),
    "cloud_essd PL2": (461, 65536),
    "cloud_essd PL3": (1261, 65536),
}
"""Least and greatest size of a data disk in GiB (CreateDisk)."""
_SYSTEM_LIMITS = {"cloud": 500}
_SYSTEM_LIMIT = 2048
"""Greatest size of a system disk in GiB (RunInstances)."""


def system_disk(params: Params, source: Image, category: str) -> Disk:
    """The system disk that a launch asks for; `category` is the one where it names none."""
    named = params.text("Category")
    disk = Disk(type="system", category=named or category, delete_with_instance=True)
    if disk.category not in DATA_CATEGORIES:
        raise ApiError(
            "InvalidSystemDiskCategory.ValueNotSupported",
            "The specified parameter SystemDisk.Category is not valid.",
        )
    _describe(params, disk)
    if not named and disk.category == "cloud_essd" and not params.text("PerformanceLevel"):
        # RunInstances: the default is a PL0 one since 2026.
        disk.performance_level = "PL0"
    disk.size = system_disk_size(params, source, disk.category)
    disk.image_id = source.id
    return disk


def system_disk_size(params: Params, source: Image, category: str) -> int:
    """The size of a system disk, which the image has to fit in."""
    size = params.number("Size", max(40, source.size_gb))
    if size < source.size_gb:
        raise ApiError(
            "InvalidSystemDiskSize.LessThanImageSize",
            "The specified parameter SystemDisk.Size is less than the image size.",
            404,
        )
    if size > _SYSTEM_LIMITS.get(category, _SYSTEM_LIMIT):
        raise ApiError(
            "InvalidSystemDiskSize.MoreThanMaxSize",
            "The specified SystemDisk.Size parameter exceeds the maximum size.",
            404,
        )
    return size


def data_disk(params: Params) -> Disk:
    """A data disk that a launch asks for."""
    category = params.text("Category", "cloud_efficiency")
    if category not in DATA_CATEGORIES:
        raise ApiError(
            "InvalidDataDiskCategory.ValueNotSupported",
            f'The specified parameter "{params.path}Category" is not valid.',
        )
    disk = Disk(
        category=category,
        delete_with_instance=params.flag("DeleteWithInstance", default=True),
    )
    _describe(params, disk)
    disk.size = params.number("Size", 0)
    low, high = size_limits(disk)
    if not low <= disk.size <= high:
        raise ApiError(
            "InvalidDataDiskSize.ValueNotSupported",
            f"The specified {params.path}Size beyond the permitted range, {low} to {high}.",
        )
    return disk


def size_limits(disk: Disk) -> tuple[int, int]:
    """The least and greatest size of a disk of its category and level."""
    level = f" {disk.performance_level}" if disk.category == "cloud_essd" else ""
    low, high = _SIZES[disk.category + level]
    if disk.type == "system":
        return low, _SYSTEM_LIMITS.get(disk.category, _SYSTEM_LIMIT)
    return low, high


def set_performance(params: Params, disk: Disk) -> None:
    """Set the level of an ESSD, and the provisioned IOPS and bursts of an AutoPL disk."""
    level = params.one_of("PerformanceLevel", LEVELS)
    if disk.category == "cloud_essd":
        disk.performance_level = level or disk.performance_level or "PL1"
    else:
        disk.performance_level = ""
    if disk.category == "cloud_auto":
        disk.provisioned_iops = params.number("ProvisionedIops", disk.provisioned_iops, 0, 50000)
        disk.bursting = params.flag("BurstingEnabled", default=disk.bursting)


def set_encryption(params: Params, disk: Disk) -> None:
    """Set what a call says of a disk's encryption."""
    disk.encrypted = params.flag("Encrypted")
    disk.kms_key_id = params.text("KMSKeyId")
    if disk.kms_key_id and not disk.encrypted:
        raise ApiError(
            "InvalidParameter.EncryptedIllegal",
            "The specified parameter Encrypted must be true when kmsKeyId is not empty.",
        )
    # What it is encrypted with is shown nowhere.
    params.text("EncryptAlgorithm")


def _describe(params: Params, disk: Disk) -> None:
    disk.name = params.text("DiskName")
    disk.description = params.text("Description")
    disk.snapshot_policy_id = params.text("AutoSnapshotPolicyId")
    disk.storage_cluster_id = params.text("StorageClusterId")
    set_performance(params, disk)
    set_encryption(params, disk)

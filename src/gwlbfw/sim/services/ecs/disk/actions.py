"""Actions on disks.

Sources: ECS API, CreateDisk, DeleteDisk, AttachDisk, DetachDisk, ModifyDiskAttribute,
ModifyDiskSpec, ResizeDisk and ReplaceSystemDisk, with their error tables.
"""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.regions import ZONES
from gwlbfw.sim.services.ecs.disk.parameters import (
    DATA_CATEGORIES,
    MOST_DATA_DISKS,
    set_encryption,
    set_performance,
    size_limits,
)
from gwlbfw.sim.services.ecs.disk.record import Disk, disks_of
from gwlbfw.sim.services.ecs.instance.record import Instance, require_status
from gwlbfw.sim.services.ecs.parameters import mandatory
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.services.resource_group import requested_group
from gwlbfw.sim.services.tags import requested_tags
from gwlbfw.sim.store.record import DELETED
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply


@action("ecs", "CreateDisk", without_effect=("EncryptAlgorithm",))
def create_disk(region: Region, request: Request) -> Reply:
    """A data disk of a zone, paid by use; there are no snapshots to make one of."""
    zone = mandatory(request, "ZoneId")
    if zone not in ZONES[region.name]:
        raise ApiError("InvalidZoneId.NotFound", f"The zone {zone} does not exist.", 404)
    disk = Disk(
        zone_id=zone,
        name=request.text("DiskName"),
        description=request.text("Description"),
        category=_category(request, "DiskCategory", "cloud"),
        multi_attach=request.one_of("MultiAttach", ("Disabled", "Enabled"), "Disabled"),
        storage_cluster_id=request.text("StorageClusterId"),
        resource_group_id=requested_group(region, request, ""),
        tags=requested_tags(request),
    )
    set_performance(request, disk)
    set_encryption(request, disk)
    disk.size = request.number("Size", 0)
    _check_size(disk, disk.size)
    region.transition(region.add(disk), "Creating", "Available")
    return {"DiskId": disk.id}


@action("ecs", "DeleteDisk")
def delete_disk(region: Region, request: Request) -> Reply:
    """Release a disk that is attached to nothing."""
    disk = _disk(region, request)
    _require_status(disk, "Available")
    region.transition(disk, "Available", DELETED)
    return {}


@action("ecs", "AttachDisk", without_effect=("Device", "Force"))
def attach_disk(region: Region, request: Request) -> Reply:
    """Attach a disk to an instance of its zone, as its system disk where it has none."""
    disk = _disk(region, request)
    instance = region.require(Instance, request.require("InstanceId"))
    _require_status(disk, "Available")
    own = disks_of(region, instance.id)
    if request.flag("Bootable"):
        require_status(instance, "Stopped")
        if any(each.type == "system" for each in own) or not disk.image_id:
            raise ApiError("IncorrectDiskStatus", "It can't be the system disk there.", 403)
        disk.type = "system"
        instance.key_pair = request.text("KeyPairName", instance.key_pair)
        # A password is kept nowhere.
        request.text("Password")
    else:
        require_status(instance, "Running", "Stopped")
        disk.type = "data"
    if sum(each.type == "data" for each in own) >= MOST_DATA_DISKS:
        raise ApiError("InstanceDiskLimitExceeded", "The instance has the most disks.", 403)
    if disk.zone_id != instance.zone_id:
        raise ApiError("ResourcesNotInSameZone", "Disk and instance are in two zones.", 403)
    disk.delete_with_instance = request.flag("DeleteWithInstance")
    disk.attach(region, instance.id)
    region.transition(disk, "Attaching", "In_use")
    return {}


@action("ecs", "DetachDisk", without_effect=("DeleteWithInstance",))
def detach_disk(region: Region, request: Request) -> Reply:
    """Detach a disk from its instance, which has to be stopped for its system disk."""
    disk = _disk(region, request)
    instance = region.require(Instance, request.require("InstanceId"))
    if disk.instance_id != instance.id:
        raise ApiError(
            "DependencyViolation",
            "The specified disk has not been attached on the specified instance.",
            403,
        )
    _require_status(disk, "In_use")
    require_status(instance, "Stopped", *(["Running"] if disk.type == "data" else []))
    region.transition(disk, "Detaching", "Available")
    return {}


@action("ecs", "ModifyDiskAttribute")
def modify_disk_attribute(region: Region, request: Request) -> Reply:
    """Change the given attributes of one disk or of several."""
    one, several = request.text("DiskId"), request.texts("DiskIds")
    for each in several or [one or request.require("DiskId")]:
        disk = region.require(Disk, each)
        disk.name = request.text("DiskName", disk.name)
        disk.description = request.text("Description", disk.description)
        disk.delete_with_instance = request.flag(
            "DeleteWithInstance", default=disk.delete_with_instance
        )
        disk.delete_auto_snapshot = request.flag(
            "DeleteAutoSnapshot", default=disk.delete_auto_snapshot
        )
        disk.enable_auto_snapshot = request.flag(
            "EnableAutoSnapshot", default=disk.enable_auto_snapshot
        )
        disk.bursting = request.flag("BurstingEnabled", default=disk.bursting)
    return {}


@action("ecs", "ModifyDiskSpec")
def modify_disk_spec(region: Region, request: Request) -> Reply:
    """Change the category or the performance of a disk, at once here."""
    disk = _disk(region, request)
    _require_status(disk, "In_use", "Available")
    disk.category = _category(request, "DiskCategory", disk.category)
    set_performance(request, disk)
    low, high = size_limits(disk)
    if not low <= disk.size <= high:
        raise ApiError(
            "OperationDenied.PerformanceLevelNotMatch",
            f"A disk of {disk.size} GiB can't be of that level: {low} to {high} GiB.",
            403,
        )
    return {}


@action("ecs", "ResizeDisk", without_effect=("Type",))
def resize_disk(region: Region, request: Request) -> Reply:
    """Make a disk larger, at once."""
    disk = _disk(region, request)
    _require_status(disk, "In_use", "Available")
    size = request.number("NewSize", 0)
    if size < disk.size:
        raise ApiError(
            "InvalidDiskSize.TooSmall",
            "Specified new disk size is less than the original disk size.",
            403,
        )
    _check_size(disk, size)
    disk.size = size
    return {}


def _disk(region: Region, request: Request) -> Disk:
    return region.require(Disk, request.require("DiskId"))


def _category(params: Params, name: str, default: str) -> str:
    category = params.text(name, default)
    if category not in DATA_CATEGORIES:
        raise ApiError(
            "InvalidDataDiskCategory.NotSupported", "Specified disk category is not supported.", 403
        )
    return category


def _check_size(disk: Disk, size: int) -> None:
    low, high = size_limits(disk)
    if not low <= size <= high:
        raise ApiError(
            "InvalidDiskSize.NotSupported",
            f"disk size is not supported: {low} to {high} GiB for {disk.category}.",
            403,
        )


def _require_status(disk: Disk, *statuses: str) -> None:
    if disk.status not in statuses or disk.in_transition():
        raise ApiError(
            "IncorrectDiskStatus", "The current disk status does not support this operation.", 403
        )

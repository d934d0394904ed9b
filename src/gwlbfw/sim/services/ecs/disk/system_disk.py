"""Replacement of an instance's system disk.

Source: ECS API, ReplaceSystemDisk, with its error table.
"""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.disk.parameters import set_encryption, system_disk_size
from gwlbfw.sim.services.ecs.disk.record import Disk, disks_of
from gwlbfw.sim.services.ecs.instance.record import Instance, require_status
from gwlbfw.sim.services.ecs.key_pair.record import require_key_pair
from gwlbfw.sim.services.ecs.offer.loading import offer_of
from gwlbfw.sim.services.ecs.parameters import mandatory
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply


@action(
    "ecs",
    "ReplaceSystemDisk",
    without_effect=(
        *("Password", "PasswordInherit", "SecurityEnhancementStrategy"),
        *("UseAdditionalService", "Platform", "Architecture"),
    ),
)
def replace_system_disk(region: Region, request: Request) -> Reply:
    """A new system disk of an image, for an instance that is stopped; the old one is released."""
    instance = region.require(Instance, request.require("InstanceId"))
    require_status(instance, "Stopped")
    image_id = mandatory(request, "ImageId")
    if (source := offer_of(region).image(image_id)) is None:
        raise ApiError("InvalidImageId.NotFound", f"The image {image_id} does not exist.", 404)
    old = next((each for each in disks_of(region, instance.id) if each.type == "system"), None)
    if old is None:
        raise ApiError("InvalidDiskId.NotFound", f"{instance.id} has no system disk.", 404)
    disk = Disk(
        type="system",
        name=old.name,
        description=old.description,
        category=old.category,
        performance_level=old.performance_level,
        size=system_disk_size(request.struct("SystemDisk"), source, old.category),
        zone_id=old.zone_id,
        image_id=source.id,
        delete_with_instance=True,
        snapshot_policy_id=old.snapshot_policy_id,
        provisioned_iops=old.provisioned_iops,
        bursting=old.bursting,
        resource_group_id=old.resource_group_id,
        tags=old.tags,
        status="In_use",
    )
    set_encryption(request, disk)
    region.remove(old)
    region.add(disk).attach(region, instance.id)
    instance.image_id = source.id
    instance.key_pair = require_key_pair(region, request.text("KeyPairName")) or instance.key_pair
    return {"DiskId": disk.id}

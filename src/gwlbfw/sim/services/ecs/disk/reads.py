"""Read of disks.

Source: ECS API, DescribeDisks, with its error table.
"""

from collections.abc import Callable, Mapping

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.services.ecs.creation_time import filter_by_time
from gwlbfw.sim.services.ecs.disk.record import Disk
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, filter_by_values
from gwlbfw.sim.services.paging import oldest_first, page_by_either
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import filter_by_tags, tag_list
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@action("ecs", "DescribeDisks", without_effect=("AdditionalAttributes",))
def describe_disks(region: Region, request: Request) -> Reply:
    """The disks that match, of an unknown id none; none is locked or made of a snapshot here."""
    ids = request.json_texts("DiskIds")
    if len(ids) > 100:
        raise request.invalid("DiskIds", "at most 100")
    if instance_id := request.text("InstanceId"):
        disks = region.where(Disk, instance_id=instance_id)
    elif ids:
        disks = oldest_first(found for each in ids if (found := region.find(Disk, each)))
    else:
        disks = region.all(Disk)
    matching = filter_by_values(_filtered(request, disks), ids, lambda each: each.id)
    page = page_by_either(request, matching, default=10, maximum=500)
    views: Json = [_view(each) for each in page.items]
    return {**page.fields, "Disks": {"Disk": views}}


_FILTERS: Mapping[str, TextGetter[Disk]] = {
    "ZoneId": lambda each: each.zone_id,
    "DiskName": lambda each: each.name,
    "PerformanceLevel": lambda each: each.performance_level,
    "KMSKeyId": lambda each: each.kms_key_id,
    "AutoSnapshotPolicyId": lambda each: each.snapshot_policy_id,
    "MultiAttach": lambda each: each.multi_attach,
    "ResourceGroupId": lambda each: each.resource_group_id,
    "DiskChargeType": lambda _: "PostPaid",
    "SnapshotId": lambda _: "",
    "LockReason": lambda _: "",
}
_ALL_TOO: Mapping[str, TextGetter[Disk]] = {
    "DiskType": lambda each: each.type,
    "Category": lambda each: each.category,
    "Status": lambda each: each.status,
}
"""Filters that have a value for all."""
_FLAGS: Mapping[str, Callable[[Disk], bool]] = {
    "DeleteWithInstance": lambda each: each.delete_with_instance,
    "DeleteAutoSnapshot": lambda each: each.delete_auto_snapshot,
    "EnableAutoSnapshot": lambda each: each.enable_auto_snapshot,
    "EnableAutomatedSnapshotPolicy": lambda each: bool(each.snapshot_policy_id),
    "EnableShared": lambda _: False,
    "Portable": lambda _: True,
}


def _filtered(request: Request, disks: list[Disk]) -> list[Disk]:
    found = filter_by_parameters(request, filter_by_tags(disks, request), _FILTERS)
    for name, of in _ALL_TOO.items():
        wanted = request.text(name, "all")
        found = [each for each in found if wanted.lower() == "all" or of(each) == wanted]
    for name, flag in _FLAGS.items():
        if request.text(name):
            asked = request.flag(name)
            found = [each for each in found if flag(each) is asked]
    if request.flag("Encrypted"):
        found = [each for each in found if each.encrypted]
    return filter_by_time(request, found)


def _view(disk: Disk) -> Json:
    attached = timestamp(disk.attached) if disk.instance_id else ""
    attachment: dict[str, Json] = {
        "InstanceId": disk.instance_id,
        "Device": disk.device,
        "AttachedTime": attached,
    }
    return {
        **attachment,
        "DiskId": disk.id,
        "DiskName": disk.name,
        "Description": disk.description,
        "SerialNumber": disk.id.partition("-")[2],
        "Status": disk.status,
        "Type": disk.type,
        "Category": disk.category,
        "Size": disk.size,
        "PerformanceLevel": disk.performance_level,
        "ProvisionedIops": disk.provisioned_iops,
        "BurstingEnabled": disk.bursting,
        "Encrypted": disk.encrypted,
        "KMSKeyId": disk.kms_key_id,
        "ImageId": disk.image_id,
        "RegionId": disk.region,
        "ZoneId": disk.zone_id,
        "StorageClusterId": disk.storage_cluster_id,
        "ResourceGroupId": disk.resource_group_id,
        "MultiAttach": disk.multi_attach,
        "DiskChargeType": "PostPaid",
        "ExpiredTime": "2999-09-08T16:00Z",
        "CreationTime": timestamp(disk.created),
        "DetachedTime": timestamp(disk.detached) if disk.detached else "",
        **_handling(disk),
        "Attachments": {"Attachment": [attachment] if disk.instance_id else []},
        "OperationLocks": {"OperationLock": []},
        "Tags": {"Tag": tag_list(disk.tags, "TagKey", "TagValue")},
    }


def _handling(disk: Disk) -> dict[str, Json]:
    """The fate of a disk and its snapshots."""
    return {
        "DeleteWithInstance": disk.delete_with_instance,
        "DeleteAutoSnapshot": disk.delete_auto_snapshot,
        "EnableAutoSnapshot": disk.enable_auto_snapshot,
        "EnableAutomatedSnapshotPolicy": bool(disk.snapshot_policy_id),
        "AutoSnapshotPolicyId": disk.snapshot_policy_id,
        "Portable": True,
    }

"""Actions on the options of instances: maintenance, private pool, metadata.

Sources: ECS API, DescribeInstanceMaintenanceAttributes, ModifyInstanceMaintenanceAttributes,
DescribeInstanceAttachmentAttributes, ModifyInstanceAttachmentAttributes and
ModifyInstanceMetadataOptions.
"""

from dataclasses import replace

from gwlbfw.sim.services.ecs.instance.options import PrivatePool
from gwlbfw.sim.services.ecs.instance.record import Instance
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@action("ecs", "DescribeInstanceMaintenanceAttributes")
def describe_instance_maintenance_attributes(region: Region, request: Request) -> Reply:
    """The treatment of instances when their host needs maintenance; of all if none is named."""
    ids = request.texts("InstanceId")
    page = page_by_number(request, _instances(region, ids), default=10, maximum=100)
    views: Json = [{"InstanceId": each.id, **each.maintenance.view()} for each in page.items]
    return {**page.fields, "MaintenanceAttributes": {"MaintenanceAttribute": views}}


@action("ecs", "ModifyInstanceMaintenanceAttributes")
def modify_instance_maintenance_attributes(region: Region, request: Request) -> Reply:
    """Change what is done to instances when their host needs maintenance."""
    for each in request.texts("InstanceId"):
        instance = region.require(Instance, each)
        instance.maintenance = instance.maintenance.changed(request)
    return {}


@action("ecs", "DescribeInstanceAttachmentAttributes")
def describe_instance_attachment_attributes(region: Region, request: Request) -> Reply:
    """The private pools that instances start from."""
    ids = request.json_texts("InstanceIds")
    page = page_by_number(request, _instances(region, ids), default=10, maximum=100)
    views: Json = [
        {
            "InstanceId": each.id,
            "PrivatePoolOptionsMatchCriteria": each.private_pool.criteria,
            "PrivatePoolOptionsId": each.private_pool.pool_id,
        }
        for each in page.items
    ]
    return {**page.fields, "Instances": {"Instance": views}}


@action("ecs", "ModifyInstanceAttachmentAttributes")
def modify_instance_attachment_attributes(region: Region, request: Request) -> Reply:
    """Change the private pool that an instance starts from."""
    instance = region.require(Instance, request.require("InstanceId"))
    instance.private_pool = PrivatePool.requested(request)
    return {}


@action("ecs", "ModifyInstanceMetadataOptions")
def modify_instance_metadata_options(region: Region, request: Request) -> Reply:
    """Change the access to an instance's metadata."""
    instance = region.require(Instance, request.require("InstanceId"))
    changed = instance.metadata.changed(request)
    instance.metadata = replace(changed, tags=request.text("InstanceMetadataTags", changed.tags))
    return {}


def _instances(region: Region, ids: list[str]) -> list[Instance]:
    """The instances of these ids that exist, or all."""
    if not ids:
        return region.all(Instance)
    return [found for each in ids if (found := region.find(Instance, each)) is not None]

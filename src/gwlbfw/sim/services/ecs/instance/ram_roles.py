"""RAM roles of instances.

Sources: ECS API, DescribeInstanceRamRole, AttachInstanceRamRole and DetachInstanceRamRole, with
their error tables.
"""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.instance.parameters import ram_role
from gwlbfw.sim.services.ecs.instance.record import Instance
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.ram.role import account_role
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@action("ecs", "DescribeInstanceRamRole")
def describe_instance_ram_role(region: Region, request: Request) -> Reply:
    """The roles of instances, and which instances have a role; one without is listed with none."""
    ids, role = request.json_texts("InstanceIds"), request.text("RamRoleName")
    if not ids and not role:
        raise ApiError(
            "MissingParameter", "InstanceIds or RamRoleName is mandatory for this action."
        )
    if role and account_role(region, role) is None:
        raise ApiError("InvalidRamRole.NotFound", "The specified RamRoleName does not exist.", 404)
    instances = [region.require(Instance, each) for each in ids]
    found = instances or region.where(Instance, ram_role=role)
    if role:
        found = [each for each in found if each.ram_role == role]
    page = page_by_number(request, found, default=10, maximum=50)
    return {
        "RegionId": region.name,
        "TotalCount": len(found),
        "InstanceRamRoleSets": {"InstanceRamRoleSet": [_view(each) for each in page.items]},
    }


@action("ecs", "AttachInstanceRamRole", without_effect=("Policy",))
def attach_instance_ram_role(region: Region, request: Request) -> Reply:
    """Attach a role to instances that have none."""
    role = ram_role(region, request.require("RamRoleName"))
    results: list[Json] = []
    failed = 0
    for instance in _instances(region, request):
        attached = instance.ram_role in ("", role)
        if attached:
            instance.ram_role = role
        failed += not attached
        results.append({"InstanceId": instance.id, **_result(done=attached)})
    return {
        "RamRoleName": role,
        "TotalCount": len(results),
        "FailCount": failed,
        "AttachInstanceRamRoleResults": {"AttachInstanceRamRoleResult": results},
    }


@action("ecs", "DetachInstanceRamRole")
def detach_instance_ram_role(region: Region, request: Request) -> Reply:
    """Detach the role of instances: whichever they have, unless one is named."""
    role = request.text("RamRoleName")
    if role and account_role(region, role) is None:
        raise ApiError("InvalidRamRole.NotFound", "The specified RamRoleName does not exist.", 404)
    results: list[Json] = []
    failed = 0
    for instance in _instances(region, request):
        before = _view(instance)
        detached = role in ("", instance.ram_role)
        if detached:
            instance.ram_role = ""
        failed += not detached
        results.append(
            {
                "InstanceId": instance.id,
                "InstanceRamRoleSets": {"InstanceRamRoleSet": [before]},
                **_result(done=detached),
            }
        )
    return {
        "RamRoleName": role,
        "TotalCount": len(results),
        "FailCount": failed,
        "DetachInstanceRamRoleResults": {"DetachInstanceRamRoleResult": results},
    }


def _instances(region: Region, request: Request) -> list[Instance]:
    ids = request.json_texts("InstanceIds")
    if len(ids) > 100:
        raise request.invalid("InstanceIds", "at most 100")
    return [region.require(Instance, each) for each in ids]


def _result(*, done: bool) -> dict[str, Json]:
    if done:
        return {"Success": True, "Code": "200", "Message": "success"}
    return {
        "Success": False,
        "Code": "InvalidRamRole.Mismatch",
        "Message": "The instance has another RAM role, or none.",
    }


def _view(instance: Instance) -> Json:
    return {"InstanceId": instance.id, "RamRoleName": instance.ram_role}

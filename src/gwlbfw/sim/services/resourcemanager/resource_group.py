"""Resource groups: two that every account has, and those that it makes.

Sources: Resource Manager API, ListResourceGroups, GetResourceGroup, CreateResourceGroup,
UpdateResourceGroup and DeleteResourceGroup. That a group which is deleted is `PendingDelete` for
days is not simulated: it is gone after a status' usual time.
"""

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import (
    DEFAULT_GROUP,
    OTHER_GROUP,
    ResourceGroup,
    own_groups,
)
from gwlbfw.sim.store.record import DELETED
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

PRODUCT, VERSION = "resourcemanager", "2020-03-31"
_GIVEN = ((DEFAULT_GROUP, "default", "Default Resource Group"), (OTHER_GROUP, "other", "Other"))


@action(
    PRODUCT,
    "ListResourceGroups",
    version=VERSION,
    optional=("Status", "PageNumber", "PageSize", "ResourceGroupId", "Name", "DisplayName"),
)
def list_resource_groups(region: Region, request: Request) -> Reply:
    """Every group, the default one first."""
    wanted = {
        name: request.text(parameter)
        for name, parameter in (
            ("id", "ResourceGroupId"),
            ("name", "Name"),
            ("display_name", "DisplayName"),
            ("status", "Status"),
        )
    }
    found = [
        each
        for each in _groups(region)
        if all(text in ("", getattr(each, name)) for name, text in wanted.items())
    ]
    page = page_by_number(request, found, default=10, maximum=100)
    listed: list[Json] = [_view(region, each) for each in page.items]
    return {"ResourceGroups": {"ResourceGroup": listed}, **page.fields}


@action(PRODUCT, "GetResourceGroup", version=VERSION, required=("ResourceGroupId",))
def get_resource_group(region: Region, request: Request) -> Reply:
    """One group, with its status in each region, of which the simulator names the call's."""
    group = _require(region, request.text("ResourceGroupId"))
    here: Json = {"RegionId": region.name, "Status": group.status}
    view = {**_view(region, group), "RegionStatuses": {"RegionStatus": [here]}}
    return {"ResourceGroup": view}


@action(PRODUCT, "CreateResourceGroup", version=VERSION, required=("Name", "DisplayName"))
def create_resource_group(region: Region, request: Request) -> Reply:
    """A new group, whose name no other has."""
    name = request.text("Name")
    if any(each.name == name for each in _groups(region)):
        raise ApiError("EntityAlreadyExists.ResourceGroup", f"There is a group {name}.", 409)
    group = region.add(ResourceGroup(name=name, display_name=request.text("DisplayName")))
    region.transition(group, "Creating", "OK")
    return {"ResourceGroup": _view(region, group)}


@action(
    PRODUCT, "UpdateResourceGroup", version=VERSION, required=("ResourceGroupId", "NewDisplayName")
)
def update_resource_group(region: Region, request: Request) -> Reply:
    """Change what a group is displayed as; the two that every account has stay as they are."""
    group = _require_own(region, request)
    group.display_name = request.text("NewDisplayName")
    return {"ResourceGroup": _view(region, group)}


@action(PRODUCT, "DeleteResourceGroup", version=VERSION, required=("ResourceGroupId",))
def delete_resource_group(region: Region, request: Request) -> Reply:
    """Delete a group that nothing is in."""
    group = _require_own(region, request)
    if any(getattr(each, "resource_group_id", "") == group.id for each in region.state):
        raise ApiError("DeleteConflict.ResourceGroup.Resource", f"{group.id} is not empty.", 409)
    region.transition(group, "PendingDelete", DELETED)
    return {"ResourceGroup": _view(region, group)}


def _groups(region: Region) -> list[ResourceGroup]:
    given = [
        ResourceGroup(id=group_id, name=name, display_name=display, status="OK")
        for group_id, name, display in _GIVEN
    ]
    return [*given, *own_groups(region)]


def _require(region: Region, group_id: str) -> ResourceGroup:
    for group in _groups(region):
        if group.id == group_id:
            return group
    code, status = ResourceGroup.not_found
    raise ApiError(code, f"The resource group {group_id} does not exist.", status)


def _require_own(region: Region, request: Request) -> ResourceGroup:
    group = _require(region, request.text("ResourceGroupId"))
    if not group.account:
        # UNVERIFIED code.
        raise ApiError("NoPermission.ResourceGroup.Default", f"{group.id} can't be changed.", 403)
    return group


def _view(region: Region, group: ResourceGroup) -> dict[str, Json]:
    return {
        "Id": group.id,
        "Name": group.name,
        "DisplayName": group.display_name,
        "Status": group.status,
        "AccountId": region.account,
        "CreateDate": timestamp(group.created),
    }

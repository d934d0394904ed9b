"""Server group: the servers that a listener forwards to, and how flows are spread over them.

Source: GWLB API, CreateServerGroup to DeleteServerGroup; there is no GetServerGroupAttribute.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.gwlb.errors import over_quota, require_status
from gwlbfw.sim.services.gwlb.parameters import filter_by_any, gwlb_name, list_page
from gwlbfw.sim.services.gwlb.server_group.server import members_of
from gwlbfw.sim.services.gwlb.server_group.settings import (
    ConnectionDrain,
    HealthCheck,
    connection_drain,
    health_check,
)
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import DEFAULT_GROUP
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags, tag_list
from gwlbfw.sim.services.vpc.vpc.record import Vpc
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Lifecycle, Region
from gwlbfw.sim.wire import Json, Reply

QUOTA = quota("server_groups_per_region", 50)
"""Server groups in one region (help page "GWLB quotas")."""
SCHEDULERS = ("5TCH", "3TCH", "2TCH")
FAILOVER_MODES = ("NoRebalance", "Rebalance")


@dataclass(kw_only=True, eq=False)
class ServerGroup(
    Record,
    Lifecycle,
    kind="server_group",
    prefix="sgp",
    product="gwlb",
    tag_type="servergroup",
    not_found=("ResourceNotFound.ServerGroup", 404),
):
    """One server group; its servers are records of their own and go with it."""

    vpc_id: str = ""
    name: str = ""
    type: str = "Instance"
    scheduler: str = "5TCH"
    failover_mode: str = "NoRebalance"
    health_check: HealthCheck = field(default_factory=HealthCheck)
    drain: ConnectionDrain = field(default_factory=ConnectionDrain)
    resource_group_id: str = DEFAULT_GROUP

    def uses(self) -> Collection[str]:
        return (self.vpc_id,)

    def on_delete(self, region: Region) -> None:
        for each in region.users(self.id):
            if each.kind == "server_group_member":
                region.remove(each)


@action("gwlb", "CreateServerGroup")
def create_server_group(region: Region, request: Request) -> Reply:
    """Create an empty server group."""
    request.one_of("Protocol", ("GENEVE",))
    if len(region.all(ServerGroup)) >= (most := region.quota(QUOTA)):
        raise over_quota("ServerGroupsNum", most)
    vpc = region.require(Vpc, request.text("VpcId"), "ResourceNotFound.Vpc", 404)
    group = ServerGroup(
        vpc_id=vpc.id,
        type=request.one_of("ServerGroupType", ("Instance", "Ip"), "Instance"),
        resource_group_id=request.text("ResourceGroupId", DEFAULT_GROUP),
        tags=requested_tags(request),
    )
    _configure(group, request)
    region.transition(region.add(group), "Creating", "Available")
    return {"ServerGroupId": group.id}


@action("gwlb", "UpdateServerGroupAttribute")
def update_server_group_attribute(region: Region, request: Request) -> Reply:
    """Change attributes other than VPC, type and protocol."""
    group = region.require(ServerGroup, request.text("ServerGroupId"))
    require_status(group, "Available")
    _configure(group, request)
    region.transition(group, "Configuring", "Available")
    return {}


def _configure(group: ServerGroup, request: Request) -> None:
    group.name = gwlb_name(request, "ServerGroupName", group.name)
    group.scheduler = request.one_of("Scheduler", SCHEDULERS, group.scheduler)
    group.failover_mode = request.one_of("ServerFailoverMode", FAILOVER_MODES, group.failover_mode)
    group.health_check = health_check(request, group.health_check)
    group.drain = connection_drain(request, group.drain)


@action("gwlb", "DeleteServerGroup")
def delete_server_group(region: Region, request: Request) -> Reply:
    """Delete a server group and its servers; refused while a listener forwards to it."""
    group = region.require(ServerGroup, request.text("ServerGroupId"))
    if any(each.kind == "listener" for each in region.users(group.id)):
        raise ApiError("ResourceInUse.ServerGroup", f"A listener forwards to {group.id}.")
    require_status(group, "Available")
    region.remove(group)
    return {}


@action("gwlb", "ListServerGroups")
def list_server_groups(region: Region, request: Request) -> Reply:
    """The server groups that match the filters."""
    found = filter_by_tags(region.all(ServerGroup), request)
    found = filter_by_any(request, found, "ServerGroupIds", lambda each: (each.id,))
    found = filter_by_any(request, found, "ServerGroupNames", lambda each: (each.name,))
    found = filter_by_any(request, found, "VpcId", lambda each: (each.vpc_id,))
    found = filter_by_any(request, found, "ServerGroupType", lambda each: (each.type,))
    found = filter_by_any(request, found, "ResourceGroupId", lambda each: (each.resource_group_id,))
    return list_page(request, "ServerGroups", found, lambda each: _view(region, each))


def _view(region: Region, group: ServerGroup) -> Json:
    return {
        "ServerGroupId": group.id,
        "ServerGroupName": group.name,
        "ServerGroupType": group.type,
        "ServerGroupStatus": group.status,
        "Protocol": "GENEVE",
        "Scheduler": group.scheduler,
        "ServerFailoverMode": group.failover_mode,
        "VpcId": group.vpc_id,
        "ResourceGroupId": group.resource_group_id,
        "CreateTime": timestamp(group.created),
        "ServerCount": len(members_of(region, group.id)),
        "RelatedLoadBalancerIds": sorted(
            str(getattr(each, "load_balancer_id", ""))
            for each in region.users(group.id)
            if each.kind == "listener"
        ),
        "HealthCheckConfig": group.health_check.view(),
        "ConnectionDrainConfig": group.drain.view(),
        "Tags": tag_list(group.tags),
    }

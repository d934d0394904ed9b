"""Route target group: two GWLB endpoints in different zones, of which one takes the traffic.

Sources: VPC API, CreateRouteTargetGroup and the other actions' pages; help page "Route target
groups" (three failed probes move the traffic to the standby member within 30 s; nothing moves it
back but SwitchActiveRouteTarget). The error codes are in no source at hand: UNVERIFIED, all of
them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.network_interface import interfaces_of
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, listed
from gwlbfw.sim.services.paging import page_by_token
from gwlbfw.sim.services.privatelink.endpoint.record import Endpoint
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import DEFAULT_GROUP, requested_group
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags, tag_list
from gwlbfw.sim.services.vpc.parameters import name_or_description
from gwlbfw.sim.services.vpc.vpc.record import require_available_vpc
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Lifecycle, Region
from gwlbfw.sim.wire import Json, Reply

MEMBER_TYPE = "GatewayLoadBalancerEndpoint"
MODE = "Active-Standby"
PROBES = 3
"""Probes in a row that make a member unhealthy, or healthy again."""
CHANGING = ("Pending", "Switching", "Recovering", "Deleting")
"""Statuses that pass by themselves."""
IN_USE = "DependencyViolation.RouteEntry"


@dataclass(kw_only=True, eq=False)
class RouteTargetGroup(
    Record,
    Lifecycle,
    kind="route_target_group",
    prefix="rtg",
    product="vpc",
    not_found=("ResourceNotFound.RouteTargetGroup", 404),
):
    """One group; `preferred` is the member that was made the active one, `active` the one now."""

    vpc_id: str = ""
    name: str = ""
    description: str = ""
    preferred: str = ""
    standby: str = ""
    active: str = ""
    probe: str = ""
    resource_group_id: str = DEFAULT_GROUP

    def uses(self) -> Collection[str]:
        return (self.vpc_id, self.preferred, self.standby)

    def on_dependency_change(self, region: Region, used: Record) -> None:
        if isinstance(used, Endpoint):
            lasts = PROBES * region.status_duration(self.kind, "probe", self.id)
            region.transition(self, "under way", "done", after=lasts, field="probe")

    def on_transition(self, region: Region, field: str) -> None:
        probed = field == "probe" and self.status not in CHANGING
        settled = field == "status" and self.status in ("Switched", "Available")
        if probed or settled:
            self._update_status(region)

    def _update_status(self, region: Region) -> None:
        """Set the status that follows from the members' health."""
        other = self.standby if self.active == self.preferred else self.preferred
        well = {each: is_healthy(region, each) for each in (self.active, other)}
        if not any(well.values()):
            self.status = "Unavailable"
        elif not well[self.active]:
            self.activate(region, other)
        elif self.active != self.preferred:
            self.status = "Switched"
        else:
            self.status = "Available" if well[other] else "Abnormal"

    def activate(self, region: Region, member: str) -> None:
        """Switch the traffic to a member."""
        self.active = member
        if member == self.preferred:
            region.transition(self, "Recovering", "Available")
        else:
            region.transition(self, "Switching", "Switched")

    def view(self, region: Region) -> dict[str, Json]:
        """The fields of every reply."""
        return {
            "RouteTargetGroupId": self.id,
            "RouteTargetGroupName": self.name,
            "RouteTargetGroupDescription": self.description,
            "ConfigMode": MODE,
            "CreateTime": timestamp(self.created),
            "RegionId": self.region,
            "ResourceGroupId": self.resource_group_id,
            "RouteTargetMemberList": [
                self._member(region, self.preferred, 100),
                self._member(region, self.standby, 0),
            ],
            "Status": self.status,
            "Tags": tag_list(self.tags),
            "VpcId": self.vpc_id,
        }

    def _member(self, region: Region, member: str, weight: int) -> Json:
        return {
            "MemberId": member,
            "MemberType": MEMBER_TYPE,
            "Weight": weight,
            "EnableStatus": "Enable" if member == self.active else "Disable",
            "HealthCheckStatus": "Normal" if is_healthy(region, member) else "Abnormal",
        }


def is_healthy(region: Region, endpoint_id: str) -> bool:
    """True if probes of an endpoint succeed: while it is connected (UNVERIFIED what they try)."""
    endpoint = region.find(Endpoint, endpoint_id)
    return endpoint is not None and endpoint.connection == "Connected"


@action("vpc", "CreateRouteTargetGroup")
def create_route_target_group(region: Region, request: Request) -> Reply:
    """VPC API, CreateRouteTargetGroup: two endpoints in different zones, weights 100 and 0."""
    vpc = require_available_vpc(region, request.text("VpcId"), "IncorrectStatus.Vpc")
    request.one_of("ConfigMode", (MODE,))
    members = _members(request)
    preferred, standby = members[100], members[0]
    if _zone(region, vpc.id, preferred) == _zone(region, vpc.id, standby):
        raise request.invalid("RouteTargetMemberList", "members in different zones are expected")
    group = region.add(
        RouteTargetGroup(
            vpc_id=vpc.id,
            name=name_or_description(request, "RouteTargetGroupName"),
            description=name_or_description(request, "RouteTargetGroupDescription"),
            preferred=preferred,
            standby=standby,
            active=preferred,
            resource_group_id=requested_group(region, request),
            tags=requested_tags(request),
        )
    )
    region.transition(group, "Pending", "Available")
    return {"RouteTargetGroupId": group.id}


@action("vpc", "UpdateRouteTargetGroup")
def update_route_target_group(region: Region, request: Request) -> Reply:
    """VPC API, UpdateRouteTargetGroup: name, description, and the member that isn't enabled."""
    group = _require_stable(region, request)
    group.name = name_or_description(request, "RouteTargetGroupName", group.name)
    group.description = name_or_description(
        request, "RouteTargetGroupDescription", group.description
    )
    if "RouteTargetMemberList" in request:
        members = _members(request)
        if group.active not in members.values():
            raise ApiError("OperationDenied.MemberEnabled", f"{group.active} is enabled.")
        zones = {_zone(region, group.vpc_id, each) for each in members.values()}
        if len(zones) < len(members):
            raise request.invalid("RouteTargetMemberList", "members in different zones")
        group.preferred, group.standby = members[100], members[0]
        region.transition(
            group, "Pending", "Available" if group.active == group.preferred else "Switched"
        )
    return {}


@action("vpc", "SwitchActiveRouteTarget")
def switch_active_route_target(region: Region, request: Request) -> Reply:
    """VPC API, SwitchActiveRouteTarget: the other member takes the traffic, if it is healthy."""
    group = _require_stable(region, request)
    other = group.standby if group.active == group.preferred else group.preferred
    if not is_healthy(region, other):
        raise ApiError("OperationDenied.MemberUnhealthy", f"The member {other} is not healthy.")
    group.activate(region, other)
    return {}


@action("vpc", "DeleteRouteTargetGroup")
def delete_route_target_group(region: Region, request: Request) -> Reply:
    """VPC API, DeleteRouteTargetGroup: refused while a route entry leads to it."""
    group = _require_stable(region, request)
    if region.users(group.id):
        raise ApiError(IN_USE, f"A route entry leads to {group.id}.")
    region.transition(group, "Deleting", DELETED)
    return {}


@action("vpc", "GetRouteTargetGroup")
def get_route_target_group(region: Region, request: Request) -> Reply:
    """VPC API, GetRouteTargetGroup: flat, with each member's health."""
    return region.require(RouteTargetGroup, request.text("RouteTargetGroupId")).view(region)


_FILTERS: Mapping[str, TextGetter[RouteTargetGroup]] = {
    "VpcId": lambda each: each.vpc_id,
    "ResourceGroupId": lambda each: each.resource_group_id,
}


@action("vpc", "ListRouteTargetGroups")
def list_route_target_groups(region: Region, request: Request) -> Reply:
    """VPC API, ListRouteTargetGroups: 50 on a page at most."""
    named = listed(region, RouteTargetGroup, request.texts("RouteTargetGroupIds"))
    own = filter_by_tags(named, request)
    found = filter_by_parameters(request, own, _FILTERS)
    if member := request.text("MemberId"):
        found = [each for each in found if member in each.uses()]
    page = page_by_token(request, found, default=50, maximum=50)
    return {"RouteTargetGroups": [each.view(region) for each in page.items], **page.fields}


def _require_stable(region: Region, request: Request) -> RouteTargetGroup:
    group = region.require(RouteTargetGroup, request.text("RouteTargetGroupId"))
    if group.status in CHANGING:
        raise ApiError("IncorrectStatus.RouteTargetGroup", f"{group.id} is {group.status}.")
    return group


def _members(request: Request) -> dict[int, str]:
    """The two members by their weight."""
    members = {}
    for each in request.objects("RouteTargetMemberList"):
        each.one_of("MemberType", (MEMBER_TYPE,))
        members[each.number("Weight", 0, 0, 100)] = each.require("MemberId")
    if members.keys() != {0, 100} or len(request.objects("RouteTargetMemberList")) != len(members):
        raise request.invalid("RouteTargetMemberList", "two members of weights 100 and 0")
    return members


def _zone(region: Region, vpc_id: str, endpoint_id: str) -> str:
    """The zone of an endpoint that can be a member."""
    code = "ResourceNotFound.GatewayLoadBalancerEndpoint"
    endpoint = region.require(Endpoint, endpoint_id, code, 404)
    interfaces = interfaces_of(region, endpoint.id)
    if endpoint.vpc_id != vpc_id or not interfaces:
        raise ApiError("InvalidNextHop.NotFound", f"{endpoint_id} is in no zone of the VPC.")
    return interfaces[0].zone_id

"""Route target group: two GWLB endpoints in different zones, of which one takes the traffic.

Sources: VPC API, CreateRouteTargetGroup and GetRouteTargetGroup; help page "Route target groups"
(three failed probes move the traffic to the standby member within 30 s; nothing moves it back but
SwitchActiveRouteTarget). The error codes are in no source at hand: UNVERIFIED, all of them.
"""

from collections.abc import Collection
from dataclasses import dataclass

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.services.privatelink.endpoint.record import Endpoint
from gwlbfw.sim.services.tags import pairs
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json

MEMBER_TYPE = "GatewayLoadBalancerEndpoint"
MODE = "Active-Standby"
PROBES = 3
"""Probes in a row that make a member unhealthy, or healthy again."""
CHANGING = ("Pending", "Switching", "Recovering", "Deleting")
"""Statuses that pass by themselves."""


@dataclass(kw_only=True, eq=False)
class RouteTargetGroup(
    Record,
    kind="route_target_group",
    prefix="rtg",
    product="vpc",
    absent=("ResourceNotFound.RouteTargetGroup", 404),
):
    """One group; `preferred` is the member that was made the active one, `active` the one now."""

    vpc_id: str = ""
    name: str = ""
    description: str = ""
    preferred: str = ""
    standby: str = ""
    active: str = ""
    probe: str = ""

    def uses(self) -> Collection[str]:
        return (self.vpc_id, self.preferred, self.standby)

    def follow(self, region: Region, used: Record) -> None:
        if isinstance(used, Endpoint):
            lasts = PROBES * region.lasts(self.kind, "probe", self.id)
            region.begin(self, "under way", "done", after=lasts, field="probe")

    def arrive(self, region: Region, name: str) -> None:
        probed = name == "probe" and self.status not in CHANGING
        settled = name == "status" and self.status in ("Switched", "Available")
        if probed or settled:
            self._judge(region)

    def _judge(self, region: Region) -> None:
        """What the members' health makes of the group."""
        other = self.standby if self.active == self.preferred else self.preferred
        well = {each: healthy(region, each) for each in (self.active, other)}
        if not any(well.values()):
            self.status = "Unavailable"
        elif not well[self.active]:
            self.turn_to(region, other)
        elif self.active != self.preferred:
            self.status = "Switched"
        else:
            self.status = "Available" if well[other] else "Abnormal"

    def turn_to(self, region: Region, member: str) -> None:
        """Have another member take the traffic."""
        self.active = member
        if member == self.preferred:
            region.begin(self, "Recovering", "Available")
        else:
            region.begin(self, "Switching", "Switched")

    def show(self, region: Region) -> dict[str, Json]:
        """What every reply says of it."""
        return {
            "RouteTargetGroupId": self.id,
            "RouteTargetGroupName": self.name,
            "RouteTargetGroupDescription": self.description,
            "ConfigMode": MODE,
            "CreateTime": timestamp(self.created),
            "RegionId": self.region,
            "ResourceGroupId": "",
            "RouteTargetMemberList": [
                self._member(region, self.preferred, 100),
                self._member(region, self.standby, 0),
            ],
            "Status": self.status,
            "Tags": pairs(self.tags),
            "VpcId": self.vpc_id,
        }

    def _member(self, region: Region, member: str, weight: int) -> Json:
        return {
            "MemberId": member,
            "MemberType": MEMBER_TYPE,
            "Weight": weight,
            "EnableStatus": "Enable" if member == self.active else "Disable",
            "HealthCheckStatus": "Normal" if healthy(region, member) else "Abnormal",
        }


def healthy(region: Region, endpoint_id: str) -> bool:
    """Whether probes of an endpoint succeed: while it is connected (UNVERIFIED what they try)."""
    endpoint = region.find(Endpoint, endpoint_id)
    return endpoint is not None and endpoint.connection == "Connected"

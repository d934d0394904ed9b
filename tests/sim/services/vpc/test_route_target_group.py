"""Route target groups: which of two endpoints takes the traffic, and when it changes."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.sim.cloud import TRANSITION, Cloud
from tests.sim.services.gwlb.calls import ZONE_B, ZONE_C, Firewall
from tests.sim.services.vpc.calls import Vpcs

FAILOVER = 3 * TRANSITION
"""Three probes, each as long as a status."""


@dataclass(frozen=True)
class Pair:
    """A VPC with an endpoint in each of two zones, and a group of both."""

    fw: Firewall
    vpc: str
    vswitches: dict[str, str]
    endpoints: dict[str, str]
    group: str

    @classmethod
    def of(cls, fw: Firewall) -> "Pair":
        vpc = fw.vpcs.vpc("10.0.0.0/16")
        vswitches = {
            ZONE_B: fw.vpcs.vswitch(vpc, "10.0.1.0/24", ZONE_B),
            ZONE_C: fw.vpcs.vswitch(vpc, "10.0.2.0/24", ZONE_C),
        }
        service = fw.service(ZONE_B, ZONE_C, balancer=fw.balancer())
        endpoints = {zone: fw.endpoint(service, vpc) for zone in vswitches}
        for zone, vswitch in vswitches.items():
            fw.add_zone(endpoints[zone], zone, vswitch)
            fw.settle()
        made = fw.vpcs.call("create_route_target_group", **_wanted(vpc, endpoints))
        fw.settle()
        return cls(fw, vpc, vswitches, endpoints, made["RouteTargetGroupId"])

    @property
    def named(self) -> dict[str, str]:
        return {"route_target_group_id": self.group}

    def one(self) -> Any:
        return self.fw.vpcs.call("get_route_target_group", **self.named)

    def active(self) -> list[str]:
        """The zones of the members that are enabled."""
        members = self.one()["RouteTargetMemberList"]
        enabled = [each["MemberId"] for each in members if each["EnableStatus"] == "Enable"]
        return [zone for zone, each in self.endpoints.items() if each in enabled]

    def fail(self, zone: str) -> None:
        self.fw.link("RemoveZoneFromVpcEndpoint", EndpointId=self.endpoints[zone], ZoneId=zone)
        self.fw.tick()

    def mend(self, zone: str) -> None:
        self.fw.add_zone(self.endpoints[zone], zone, self.vswitches[zone])
        self.fw.settle()


def _member(endpoint: str, weight: int) -> Any:
    return {
        "MemberId": endpoint,
        "MemberType": "GatewayLoadBalancerEndpoint",
        "Weight": weight,
    }


def _wanted(vpc: str, endpoints: dict[str, str], **more: Any) -> dict[str, Any]:
    from alibabacloud_vpc20160428 import models  # noqa: PLC0415

    members = [_member(endpoints[ZONE_B], 100), _member(endpoints[ZONE_C], 0)]
    listed = more.pop("members", members)
    model = models.CreateRouteTargetGroupRequestRouteTargetMemberList
    return {
        "vpc_id": vpc,
        "config_mode": "Active-Standby",
        "route_target_member_list": [model().from_map(each) for each in listed],
        **more,
    }


@pytest.fixture
def pair(cloud: Cloud, vpcs: Vpcs) -> Pair:
    return Pair.of(Firewall.of(cloud, vpcs))


def test_route_target_group_prefers_the_member_of_weight_100(pair: Pair) -> None:
    found = pair.one()
    assert found["Status"] == "Available"
    shown = [(each["MemberId"], each["Weight"]) for each in found["RouteTargetMemberList"]]
    assert shown == [(pair.endpoints[ZONE_B], 100), (pair.endpoints[ZONE_C], 0)]
    assert {each["HealthCheckStatus"] for each in found["RouteTargetMemberList"]} == {"Normal"}
    assert pair.active() == [ZONE_B]


def test_standby_member_takes_over_after_three_failed_probes(pair: Pair) -> None:
    pair.fail(ZONE_B)
    assert pair.active() == [ZONE_B]
    pair.fw.tick(FAILOVER)
    assert (pair.one()["Status"], pair.active()) == ("Switching", [ZONE_C])
    pair.fw.tick()
    assert pair.one()["Status"] == "Switched"


def test_traffic_moves_back_by_a_call_only(pair: Pair) -> None:
    pair.fail(ZONE_B)
    pair.fw.settle()
    pair.mend(ZONE_B)
    assert (pair.one()["Status"], pair.active()) == ("Switched", [ZONE_C])
    pair.fw.vpcs.call("switch_active_route_target", **pair.named)
    assert (pair.one()["Status"], pair.active()) == ("Recovering", [ZONE_B])
    pair.fw.tick()
    assert pair.one()["Status"] == "Available"


def test_failed_standby_makes_a_group_abnormal_without_a_switch(pair: Pair) -> None:
    pair.fail(ZONE_C)
    pair.fw.settle()
    assert (pair.one()["Status"], pair.active()) == ("Abnormal", [ZONE_B])
    refused = pair.fw.vpcs.refused("switch_active_route_target", **pair.named)
    assert refused == (400, "OperationDenied.MemberUnhealthy")
    pair.mend(ZONE_C)
    assert pair.one()["Status"] == "Available"


def test_group_with_two_failed_members_is_unavailable(pair: Pair) -> None:
    pair.fail(ZONE_C)
    pair.fail(ZONE_B)
    pair.fw.settle()
    assert pair.one()["Status"] == "Unavailable"


def test_route_target_group_that_is_a_next_hop_is_not_deleted(pair: Pair) -> None:
    table = pair.fw.vpcs.table(pair.vpc)
    entry = pair.fw.vpcs.call(
        "create_route_entry",
        route_table_id=table,
        destination_cidr_block="0.0.0.0/0",
        next_hop_type="RouteTargetGroup",
        next_hop_id=pair.group,
    )["RouteEntryId"]
    pair.fw.settle()
    refused = pair.fw.vpcs.refused("delete_route_target_group", **pair.named)
    assert refused == (400, "DependencyViolation.RouteEntry")
    pair.fw.vpcs.call("delete_route_entry", route_entry_id=entry)
    pair.fw.settle()
    pair.fw.vpcs.call("delete_route_target_group", **pair.named)
    pair.fw.settle()
    gone = pair.fw.vpcs.refused("get_route_target_group", **pair.named)
    assert gone == (404, "ResourceNotFound.RouteTargetGroup")


@pytest.mark.parametrize("members", [1, "same zone", "weights", "stranger"])
def test_route_target_group_needs_two_members_in_different_zones(
    pair: Pair, members: object
) -> None:
    one, other = pair.endpoints[ZONE_B], pair.endpoints[ZONE_C]
    listed = {
        1: [_member(one, 100)],
        "same zone": [_member(one, 100), _member(one, 0)],
        "weights": [_member(one, 100), _member(other, 50)],
        "stranger": [_member(one, 100), _member("ep-none", 0)],
    }[members]
    refused = pair.fw.vpcs.refused(
        "create_route_target_group", **_wanted(pair.vpc, pair.endpoints, members=listed)
    )
    absent = (404, "ResourceNotFound.GatewayLoadBalancerEndpoint")
    wrong = (400, "IllegalParam.RouteTargetMemberList")
    assert refused == (absent if members == "stranger" else wrong)


def test_enabled_member_of_a_group_is_not_replaced(pair: Pair) -> None:
    from alibabacloud_vpc20160428 import models  # noqa: PLC0415

    model = models.UpdateRouteTargetGroupRequestRouteTargetMemberList
    one, other = pair.endpoints[ZONE_B], pair.endpoints[ZONE_C]
    wrong = [model().from_map(each) for each in (_member("ep-x", 100), _member(other, 0))]
    refused = pair.fw.vpcs.refused(
        "update_route_target_group", **pair.named, route_target_member_list=wrong
    )
    assert refused == (400, "OperationDenied.MemberEnabled")
    same = [model().from_map(each) for each in (_member(one, 100), _member(other, 0))]
    pair.fw.vpcs.call(
        "update_route_target_group",
        **pair.named,
        route_target_group_name="new",
        route_target_member_list=same,
    )
    pair.fw.settle()
    assert (pair.one()["RouteTargetGroupName"], pair.active()) == ("new", [ZONE_B])


def test_route_target_groups_are_filtered(pair: Pair) -> None:
    def listed(**filters: Any) -> int:
        return int(pair.fw.vpcs.call("list_route_target_groups", **filters)["TotalCount"])

    assert listed() == 1
    assert listed(vpc_id=pair.vpc, route_target_group_ids=[pair.group]) == 1
    assert listed(member_id=pair.endpoints[ZONE_C]) == 1
    assert listed(member_id="ep-none") == listed(vpc_id="vpc-none") == 0


def test_endpoints_and_vpc_of_a_route_target_group_are_not_deleted(pair: Pair) -> None:
    pair.fail(ZONE_B)
    refused = pair.fw.link.refused("DeleteVpcEndpoint", EndpointId=pair.endpoints[ZONE_B])
    assert refused == (400, "EndpointDependenceViolation")

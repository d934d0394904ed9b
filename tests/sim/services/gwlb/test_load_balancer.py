"""A gateway load balancer: its life, its zones and what stands in the way of its end."""

from ipaddress import ip_address, ip_network

import pytest

from gwlbfw.sim.services.sim.closed_port import VERSION
from tests.sim.services.gwlb.calls import ZONE_B, ZONE_C, Firewall, raw


def test_load_balancer_is_provisioned_then_active(fw: Firewall) -> None:
    made = fw.gwlb("CreateLoadBalancer", VpcId=fw.ecs.vpc, ZoneMappings=fw.mappings(ZONE_B, ZONE_C))
    found = fw.one_balancer(made["LoadBalancerId"])
    assert found["LoadBalancerId"].startswith("gwlb-")
    assert found["LoadBalancerStatus"] == "Provisioning"
    fw.tick()
    assert fw.one_balancer(made["LoadBalancerId"])["LoadBalancerStatus"] == "Active"


def test_load_balancer_has_an_address_in_each_zone(fw: Firewall) -> None:
    found = fw.one_balancer(fw.balancer(LoadBalancerName="main"))
    assert (found["LoadBalancerName"], found["TrafficMode"]) == ("main", "LoadBalance")
    assert found["AddressIpVersion"] == "Ipv4"
    for mapping, cidr in zip(
        found["ZoneMappings"], ("192.168.1.0/24", "192.168.2.0/24"), strict=True
    ):
        (address,) = mapping["LoadBalancerAddresses"]
        assert ip_address(address["PrivateIpv4Address"]) in ip_network(cidr)
        assert address["EniId"].startswith("eni-")


def test_load_balancer_with_one_zone_is_accepted(fw: Firewall) -> None:
    (mapping,) = fw.one_balancer(fw.balancer(ZONE_C))["ZoneMappings"]
    assert mapping["ZoneId"] == ZONE_C


def test_list_of_load_balancers_leaves_traffic_mode_out(fw: Firewall) -> None:
    fw.balancer()
    (found,) = fw.gwlb("ListLoadBalancers")["LoadBalancers"]
    assert "TrafficMode" not in found
    assert len(found["ZoneMappings"]) == 2


@pytest.mark.parametrize(
    ("mappings", "code"),
    [
        ([("zone-b", "vsw-none")], (404, "ResourceNotFound.VSwitch")),
        ([("zone-c", "vswitch-b")], (400, "Mismatch.ZoneIdAndVswitchId")),
        ([("zone-b", "elsewhere")], (400, "Mismatch.VpcId")),
        ([("cn-wulanchabu-a", "vswitch-b")], (400, "InvalidZones")),
        ([("zone-b", "vswitch-b")] * 2, (400, "OperationFailed.DuplicateZones.")),
    ],
)
def test_load_balancer_with_mismatched_zone_and_vswitch_is_refused(
    fw: Firewall, mappings: list[tuple[str, str]], code: tuple[int, str]
) -> None:
    names = {
        "zone-b": ZONE_B,
        "zone-c": ZONE_C,
        "vswitch-b": fw.zones[ZONE_B],
        "elsewhere": fw.vpcs.vswitch(fw.vpcs.vpc("10.0.0.0/16"), "10.0.1.0/24"),
    }
    zones = [
        {"ZoneId": names.get(zone, zone), "VSwitchId": names.get(vswitch, vswitch)}
        for zone, vswitch in mappings
    ]
    refused = fw.gwlb.refused("CreateLoadBalancer", VpcId=fw.ecs.vpc, ZoneMappings=zones)
    assert refused == code
    assert fw.gwlb("ListLoadBalancers")["LoadBalancers"] == []


def test_load_balancer_in_unknown_vpc_is_refused(fw: Firewall) -> None:
    refused = fw.gwlb.refused(
        "CreateLoadBalancer", VpcId="vpc-none", ZoneMappings=fw.mappings(ZONE_B)
    )
    assert refused == (404, "ResourceNotFound.Vpc")


def test_load_balancer_in_pending_vswitch_is_refused(fw: Firewall) -> None:
    made = fw.vpcs.call(
        "create_vswitch", vpc_id=fw.ecs.vpc, zone_id=ZONE_B, cidr_block="192.168.3.0/24"
    )
    zones = [{"ZoneId": ZONE_B, "VSwitchId": made["VSwitchId"]}]
    refused = fw.gwlb.refused("CreateLoadBalancer", VpcId=fw.ecs.vpc, ZoneMappings=zones)
    assert refused == (400, "IncorrectStatus.VSwitch")


def test_load_balancer_in_full_vswitch_is_refused(fw: Firewall) -> None:
    small = fw.vpcs.vswitch(fw.ecs.vpc, "192.168.3.0/29")
    zones = [{"ZoneId": ZONE_B, "VSwitchId": small}]
    for _ in range(4):
        fw.gwlb("CreateLoadBalancer", VpcId=fw.ecs.vpc, ZoneMappings=zones)
    refused = fw.gwlb.refused("CreateLoadBalancer", VpcId=fw.ecs.vpc, ZoneMappings=zones)
    assert refused == (400, "ResourceNotEnough.VSwitchIp")


def test_load_balancer_name_must_begin_with_a_letter(fw: Firewall) -> None:
    refused = fw.gwlb.refused(
        "CreateLoadBalancer",
        VpcId=fw.ecs.vpc,
        ZoneMappings=fw.mappings(ZONE_B),
        LoadBalancerName="1st",
    )
    assert refused == (400, "IllegalParam.LoadBalancerName")


def test_load_balancer_name_and_traffic_mode_change_in_place(fw: Firewall) -> None:
    balancer = fw.balancer()
    fw.gwlb("UpdateLoadBalancerAttribute", LoadBalancerId=balancer, TrafficMode="ByPass")
    assert fw.one_balancer(balancer)["LoadBalancerStatus"] == "Configuring"
    refused = fw.gwlb.refused(
        "UpdateLoadBalancerAttribute", LoadBalancerId=balancer, LoadBalancerName="main"
    )
    assert refused == (400, "IncorrectStatus.LoadBalancer")
    fw.tick()
    fw.gwlb("UpdateLoadBalancerAttribute", LoadBalancerId=balancer, LoadBalancerName="main")
    found = fw.one_balancer(balancer)
    assert (found["LoadBalancerName"], found["TrafficMode"]) == ("main", "ByPass")


def test_load_balancer_zones_are_replaced_as_a_whole(fw: Firewall) -> None:
    balancer = fw.balancer(ZONE_B)
    fw.gwlb("UpdateLoadBalancerZones", LoadBalancerId=balancer, ZoneMappings=fw.mappings(ZONE_C))
    assert fw.one_balancer(balancer)["LoadBalancerStatus"] == "Configuring"
    fw.settle()
    (mapping,) = fw.one_balancer(balancer)["ZoneMappings"]
    assert (mapping["ZoneId"], mapping["VSwitchId"]) == (ZONE_C, fw.zones[ZONE_C])


def test_load_balancer_keeps_addresses_of_remaining_zones(fw: Firewall) -> None:
    balancer = fw.balancer(ZONE_B)
    before = fw.one_balancer(balancer)["ZoneMappings"][0]
    fw.gwlb(
        "UpdateLoadBalancerZones",
        LoadBalancerId=balancer,
        ZoneMappings=fw.mappings(ZONE_B, ZONE_C),
    )
    fw.settle()
    after = fw.one_balancer(balancer)["ZoneMappings"]
    assert after[0] == before
    assert len(after) == 2


def test_removed_zone_releases_its_vswitch_after_the_change(fw: Firewall) -> None:
    balancer = fw.balancer()
    fw.gwlb("UpdateLoadBalancerZones", LoadBalancerId=balancer, ZoneMappings=fw.mappings(ZONE_C))
    vswitch = fw.zones[ZONE_B]
    refused = fw.vpcs.refused("delete_vswitch", v_switch_id=vswitch)
    assert refused == (400, "DependencyViolation")
    fw.settle()
    fw.vpcs.call("delete_vswitch", v_switch_id=vswitch)


def test_zone_of_an_endpoint_service_is_not_removed(fw: Firewall) -> None:
    balancer = fw.balancer()
    fw.service(ZONE_B, balancer=balancer)
    refused = fw.gwlb.refused(
        "UpdateLoadBalancerZones", LoadBalancerId=balancer, ZoneMappings=fw.mappings(ZONE_C)
    )
    assert refused == (400, "OperationDenied.ZoneInUse")
    fw.gwlb("UpdateLoadBalancerZones", LoadBalancerId=balancer, ZoneMappings=fw.mappings(ZONE_B))


def test_deleted_load_balancer_occupies_its_vswitches_a_moment_longer(fw: Firewall) -> None:
    balancer = fw.balancer()
    vswitch = fw.zones[ZONE_B]
    assert fw.vpcs.refused("delete_vswitch", v_switch_id=vswitch)[1] == "DependencyViolation"
    fw.gwlb("DeleteLoadBalancer", LoadBalancerId=balancer)
    refused = fw.gwlb.refused("GetLoadBalancerAttribute", LoadBalancerId=balancer)
    assert refused == (404, "ResourceNotFound.LoadBalancer")
    assert fw.vpcs.refused("delete_vswitch", v_switch_id=vswitch)[1] == "DependencyViolation"
    fw.tick()
    fw.vpcs.call("delete_vswitch", v_switch_id=vswitch)


def test_load_balancer_that_is_not_active_is_not_deleted(fw: Firewall) -> None:
    made = fw.gwlb("CreateLoadBalancer", VpcId=fw.ecs.vpc, ZoneMappings=fw.mappings(ZONE_B))
    refused = fw.gwlb.refused("DeleteLoadBalancer", LoadBalancerId=made["LoadBalancerId"])
    assert refused == (400, "IncorrectStatus.LoadBalancer")


def test_load_balancer_with_a_listener_is_not_deleted(fw: Firewall) -> None:
    balancer = fw.balancer()
    fw.listener(balancer, fw.group())
    refused = fw.gwlb.refused("DeleteLoadBalancer", LoadBalancerId=balancer)
    assert refused == (400, "ResourceInUse.LoadBalancer")


def test_load_balancer_of_an_endpoint_service_is_not_deleted(fw: Firewall) -> None:
    balancer = fw.balancer()
    fw.service(ZONE_B, balancer=balancer)
    refused = fw.gwlb.refused("DeleteLoadBalancer", LoadBalancerId=balancer)
    assert refused[1] == "OperationDenied.LoadBalancerAttachedToEndpointService"


def test_load_balancers_are_filtered(fw: Firewall) -> None:
    both = fw.balancer(LoadBalancerName="both")
    one = fw.balancer(ZONE_C, LoadBalancerName="one", Tag=[{"Key": "team", "Value": "a"}])

    def ids(**filters: object) -> list[str]:
        listed = fw.gwlb("ListLoadBalancers", **filters)["LoadBalancers"]
        return [each["LoadBalancerId"] for each in listed]

    assert ids() == [both, one]
    assert ids(LoadBalancerIds=[one]) == [one]
    assert ids(LoadBalancerIds=["gwlb-none"]) == []
    assert ids(LoadBalancerNames=["both"]) == [both]
    assert ids(ZoneIds=[ZONE_B]) == [both]
    assert ids(VpcIds=["vpc-none"]) == []
    assert ids(Tag=[{"Key": "team", "Value": "a"}]) == [one]
    assert ids(LoadBalancerStatus="Configuring") == []


def test_load_balancer_filter_has_at_most_twenty_values(fw: Firewall) -> None:
    refused = fw.gwlb.refused("ListLoadBalancers", LoadBalancerIds=[str(n) for n in range(21)])
    assert refused == (400, "IllegalParam.LoadBalancerIds")


def test_load_balancers_are_paged(fw: Firewall) -> None:
    made = [fw.balancer(ZONE_B) for _ in range(3)]
    first = fw.gwlb("ListLoadBalancers", MaxResults=2)
    assert (first["TotalCount"], first["MaxResults"]) == (3, 2)
    second = fw.gwlb("ListLoadBalancers", MaxResults=2, NextToken=first["NextToken"])
    assert second["NextToken"] == ""
    listed = [*first["LoadBalancers"], *second["LoadBalancers"]]
    assert [each["LoadBalancerId"] for each in listed] == made
    (last,) = fw.gwlb("ListLoadBalancers", Skip=2)["LoadBalancers"]
    assert last["LoadBalancerId"] == made[2]


def test_load_balancer_moves_between_resource_groups(fw: Firewall) -> None:
    balancer = fw.balancer()
    fw.gwlb(
        "MoveResourceGroup",
        ResourceId=balancer,
        ResourceType="loadbalancer",
        NewResourceGroupId="rg-other",
    )
    assert fw.one_balancer(balancer)["ResourceGroupId"] == "rg-other"
    refused = fw.gwlb.refused(
        "MoveResourceGroup", ResourceId=balancer, ResourceType="x", NewResourceGroupId="rg-other"
    )
    assert refused == (400, "IllegalParam.ResourceType")


def test_load_balancer_is_tagged_and_untagged(fw: Firewall) -> None:
    balancer = fw.balancer(Tag=[{"Key": "a", "Value": "1"}])
    named = {"ResourceType": "loadbalancer", "ResourceId": [balancer]}
    fw.gwlb("TagResources", **named, Tag=[{"Key": "b", "Value": "2"}])
    fw.gwlb("UntagResources", **named, TagKey=["a"])
    assert fw.one_balancer(balancer)["Tags"] == [{"Key": "b", "Value": "2"}]
    (listed,) = fw.gwlb("ListTagResources", **named)["TagResources"]
    assert (listed["TagKey"], listed["TagValue"]) == ("b", "2")


def test_dry_run_of_a_load_balancer_changes_nothing(fw: Firewall) -> None:
    refused = fw.gwlb.refused(
        "CreateLoadBalancer",
        VpcId=fw.ecs.vpc,
        ZoneMappings=fw.mappings(ZONE_B),
        DryRun=True,
    )
    assert refused == (400, "DryRunOperation")
    assert fw.gwlb("ListLoadBalancers")["TotalCount"] == 0


def test_gwlb_regions_and_zones_are_listed(fw: Firewall) -> None:
    zones = fw.gwlb("DescribeZones")["Zones"]
    assert [each["ZoneId"] for each in zones] == [ZONE_B, ZONE_C]
    assert zones[0]["LocalName"] == "Ulanqab Zone B"
    regions = fw.gwlb("DescribeRegions")["Regions"]
    assert "gwlb.cn-wulanchabu.aliyuncs.com" in [each["RegionEndpoint"] for each in regions]


def test_load_balancer_in_arrears_stops_until_the_bill_is_paid(fw: Firewall) -> None:
    balancer = fw.balancer()

    def statuses() -> tuple[str, str]:
        one = fw.one_balancer(balancer)
        return one["LoadBalancerStatus"], one["LoadBalancerBusinessStatus"]

    def locked() -> list[str]:
        found = fw.gwlb("ListLoadBalancers", LoadBalancerBusinessStatus="FinancialLocked")
        return [each["LoadBalancerId"] for each in found["LoadBalancers"]]

    assert (statuses(), locked()) == (("Active", "Normal"), [])
    raw(fw.cloud, "LockLoadBalancer", VERSION, LoadBalancerId=balancer)
    assert (statuses(), locked()) == (("Inactive", "FinancialLocked"), [balancer])
    for action in ("UpdateLoadBalancerAttribute", "DeleteLoadBalancer"):
        refused = fw.gwlb.refused(action, LoadBalancerId=balancer)
        assert refused == (400, "IncorrectStatus.LoadBalancer")
    raw(fw.cloud, "UnlockLoadBalancer", VERSION, LoadBalancerId=balancer)
    assert statuses() == ("Active", "Normal")

"""Lists and targets of products beside VPC, of which there are none."""

from typing import Any

import pytest
from alibabacloud_vpc20160428 import models

from tests.sim.services.vpc.calls import Vpcs


@pytest.mark.parametrize(
    ("action", "place", "filters"),
    [
        ("describe_router_interfaces", "RouterInterfaceSet", {}),
        ("describe_virtual_border_routers", "VirtualBorderRouterSet", {}),
        ("describe_physical_connections", "PhysicalConnectionSet", {}),
        ("describe_vpn_gateways", "VpnGateways", {"vpc_id": "vpc-none"}),
        ("describe_ssl_vpn_servers", "SslVpnServers", {}),
        ("list_traffic_mirror_sessions", "TrafficMirrorSessions", {}),
        ("list_vpc_gateway_endpoints", "Endpoints", {"endpoint_name": "none"}),
        ("list_dhcp_options_sets", "DhcpOptionsSets", {"dhcp_options_set_name": "none"}),
    ],
)
def test_lists_of_what_is_not_simulated_are_empty_whatever_they_are_filtered_by(
    vpcs: Vpcs, action: str, place: str, filters: dict[str, Any]
) -> None:
    found = vpcs.call(action, **filters)[place]
    assert not any(found.values() if isinstance(found, dict) else found)


def test_no_route_entry_is_published_as_there_is_nothing_to_publish_to(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table = vpcs.system_table(vpc)
    vpcs.entry(table, "9.0.0.0/8", "Instance", vpcs.instance(vpcs.vswitch(vpc)))
    target = {"target_type": "CEN", "target_instance_id": "tr-1"}
    listed = vpcs.call("list_vpc_published_route_entries", route_table_id=table, **target)
    assert listed == {"RouteEntries": [], "NextToken": ""}
    entry = models.PublishVpcRouteEntriesRequestRouteEntries
    named = {"route_table_id": table, "destination_cidr_block": "9.0.0.0/8"}
    refusal = vpcs.refused("publish_vpc_route_entries", route_entries=[entry(**named)], **target)
    assert refusal == (404, "ResourceNotFound.TargetInstance")
    entry = models.WithdrawVpcPublishedRouteEntriesRequestRouteEntries
    entries = [entry(**named)]
    refusal = vpcs.refused("withdraw_vpc_published_route_entries", route_entries=entries, **target)
    assert refusal == (404, "ResourceNotFound.TargetInstance")
    entry = models.PublishVpcRouteEntriesRequestRouteEntries
    named["destination_cidr_block"] = "8.0.0.0/8"
    refusal = vpcs.refused("publish_vpc_route_entries", route_entries=[entry(**named)], **target)
    assert refusal == (404, "InvalidRouteEntry.NotFound")


def test_entries_are_counted_by_table_and_type(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table = vpcs.system_table(vpc)
    vpcs.entry(table, "9.0.0.0/8", "Instance", vpcs.instance(vpcs.vswitch(vpc)))
    other = vpcs.table(vpc)

    def summary(kind: str, **more: str) -> dict[str, dict[str, int]]:
        found = vpcs.call("get_vpc_route_entry_summary", vpc_id=vpc, route_entry_type=kind, **more)
        return {
            each["RouteTableId"]: {e["RouteEntryType"]: e["Count"] for e in each["EntrySummarys"]}
            for each in found["RouteEntrySummarys"]
        }

    assert summary("All") == {table: {"Custom": 1, "System": 1}, other: {"System": 1}}
    assert summary("Custom", route_table_id=table) == {table: {"Custom": 1}}

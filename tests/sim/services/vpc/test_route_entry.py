"""Route entries of system and custom tables."""

from typing import Any

import pytest
from alibabacloud_vpc20160428 import models

from tests.sim.services.vpc.calls import ZONE_B, Vpcs

DEFAULT = "0.0.0.0/0"


def test_route_table_has_a_system_entry_for_every_vswitch(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    early = vpcs.vswitch(vpc, "192.168.1.0/24")
    custom = vpcs.table(vpc)
    vpcs.vswitch(vpc, "192.168.2.0/24")
    for table in (vpcs.system_table(vpc), custom):
        entries = vpcs.entries(table)
        found = [(each["DestinationCidrBlock"], each["Type"], each["Status"]) for each in entries]
        assert found == [
            ("192.168.1.0/24", "System", "Available"),
            ("192.168.2.0/24", "System", "Available"),
        ]
        assert len({each["RouteEntryId"] for each in entries}) == 2
    vpcs.call("delete_vswitch", v_switch_id=early)
    vpcs.cloud.settle()
    assert len(vpcs.entries(custom)) == 1


def test_route_entry_is_pending_then_available_then_deleted(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table, gateway = vpcs.table(vpc), vpcs.gateway(vpc)
    hop = {"next_hop_type": "Ipv4Gateway", "next_hop_id": gateway}
    made = vpcs.call(
        "create_route_entry",
        route_table_id=table,
        destination_cidr_block=DEFAULT,
        route_entry_name="out",
        **hop,
    )["RouteEntryId"]
    assert vpcs.entries(table)[0]["Status"] == "Pending"
    vpcs.cloud.settle()
    (entry,) = vpcs.entries(table, route_entry_id=made)
    assert (entry["Status"], entry["RouteEntryName"]) == ("Available", "out")
    assert entry["NextHops"]["NextHop"][0]["NextHopId"] == gateway
    vpcs.call("delete_route_entry", route_entry_id=made)
    assert vpcs.entries(table)[0]["Status"] == "Deleting"
    vpcs.cloud.settle()
    assert vpcs.entries(table) == []
    refusal = vpcs.refused("delete_route_entry", route_entry_id=made)
    assert refusal == (404, "InvalidRouteEntry.NotFound")


def test_route_entry_is_deleted_by_table_destination_and_next_hop(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table, gateway = vpcs.table(vpc), vpcs.gateway(vpc)
    vpcs.entry(table, DEFAULT, "Ipv4Gateway", gateway)
    named = {"route_table_id": table, "destination_cidr_block": DEFAULT}
    refusal = vpcs.refused("delete_route_entry", **named, next_hop_id="ipv4gw-other")
    assert refusal[1] == "InvalidRouteEntry.NotFound"
    vpcs.call("delete_route_entry", **named, next_hop_id=gateway)


def test_route_destinations_are_unique_in_a_table(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table, gateway = vpcs.table(vpc), vpcs.gateway(vpc)
    vpcs.entry(table, DEFAULT, "Ipv4Gateway", gateway)
    again = {"route_table_id": table, "destination_cidr_block": DEFAULT}
    same = {**again, "next_hop_type": "Ipv4Gateway", "next_hop_id": gateway}
    assert vpcs.refused("create_route_entry", **same)[1] == "RouterEntryConflict.Duplicated"
    vpcs.entry(vpcs.system_table(vpc), DEFAULT, "Ipv4Gateway", gateway)


@pytest.mark.parametrize(
    ("destination", "code"),
    [
        ("192.168.1.0/24", "InvalidCidrBlock"),
        ("192.168.1.128/25", "InvalidCidrBlock"),
        ("192.168.1.7", "InvalidCidrBlock"),
        ("100.64.0.0/10", "InvalidCidrBlock"),
        ("100.100.0.0/16", "InvalidCidrBlock"),
        ("10.0.0.1/8", "InvalidCidrBlock.Malformed"),
    ],
)
def test_route_entry_into_a_vswitch_or_the_service_range_is_refused(
    vpcs: Vpcs, destination: str, code: str
) -> None:
    vpc = vpcs.vpc()
    vpcs.vswitch(vpc, "192.168.1.0/24")
    new = {
        "route_table_id": vpcs.table(vpc),
        "destination_cidr_block": destination,
        "next_hop_type": "Ipv4Gateway",
        "next_hop_id": vpcs.gateway(vpc),
    }
    assert vpcs.refused("create_route_entry", **new) == (400, code)


def test_route_destination_may_contain_a_vswitch_or_be_one_address(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vpcs.vswitch(vpc, "192.168.1.0/24")
    table, gateway = vpcs.table(vpc), vpcs.gateway(vpc)
    vpcs.entry(table, "192.168.0.0/16", "Ipv4Gateway", gateway)
    vpcs.entry(table, "8.8.8.8", "Ipv4Gateway", gateway)
    destinations = [each["DestinationCidrBlock"] for each in vpcs.entries(table)]
    assert destinations == ["192.168.1.0/24", "192.168.0.0/16", "8.8.8.8/32"]


@pytest.mark.parametrize(
    ("kind", "refusal"),
    [
        ("GatewayLoadBalancerEndpoint", (404, "ResourceNotFound.GatewayLoadBalancerEndpoint")),
        ("Ipv4Gateway", (400, "ResourceNotFound.Ipv4Gateway")),
        ("Instance", (404, "InvalidNextHopId.NotFound")),
        ("HaVip", (404, "InvalidHaVipId.NotFound")),
        ("RouterInterface", (404, "InvalidNextHopId.NotFound")),
        ("Teleporter", (400, "InvalidNextHopType")),
    ],
)
def test_route_entry_with_unknown_next_hop_is_refused(
    vpcs: Vpcs, kind: str, refusal: tuple[int, str]
) -> None:
    table = vpcs.table(vpcs.vpc())
    new = {"route_table_id": table, "destination_cidr_block": DEFAULT}
    hop = {"next_hop_type": kind, "next_hop_id": "ep-nowhere"}
    assert vpcs.refused("create_route_entry", **new, **hop) == refusal


def test_route_entry_with_next_hop_of_another_vpc_or_status_is_refused(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table, foreign = vpcs.table(vpc), vpcs.gateway(vpcs.vpc())
    new = {
        "route_table_id": table,
        "destination_cidr_block": DEFAULT,
        "next_hop_type": "Ipv4Gateway",
    }
    refusal = vpcs.refused("create_route_entry", **new, next_hop_id=foreign)
    assert refusal[1] == "Mismatch.Ipv4GatewayIdAndRouteTableId"
    young = vpcs.call("create_ipv_4gateway", vpc_id=vpc)["Ipv4GatewayId"]
    refusal = vpcs.refused("create_route_entry", **new, next_hop_id=young)
    assert refusal[1] == "IncorrectStatus.Ipv4Gateway"


def test_route_entry_changes_its_next_hop_in_place(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table = vpcs.table(vpc)
    gateway = vpcs.gateway(vpc)
    entry = vpcs.entry(table, DEFAULT, "Ipv4Gateway", gateway)
    vpcs.call("modify_route_entry", route_entry_id=entry, route_entry_name="n", description="d")
    vpcs.call(
        "modify_route_entry",
        route_entry_id=entry,
        new_next_hop_type="Ipv4Gateway",
        new_next_hop_id=gateway,
    )
    (one,) = vpcs.entries(table)
    assert (one["Status"], one["RouteEntryName"], one["Description"]) == ("Modifying", "n", "d")
    vpcs.cloud.settle()
    assert vpcs.entries(table)[0]["Status"] == "Available"
    refusal = vpcs.refused("modify_route_entry", route_entry_id="rte-none", description="d")
    assert refusal == (404, "InvalidRouteEntryId.NotFound")


def test_system_entry_is_not_changed(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vpcs.vswitch(vpc)
    entry = vpcs.entries(vpcs.system_table(vpc))[0]["RouteEntryId"]
    code = "OperationDenied.ModifyManagedRouteEntry"
    assert vpcs.refused("delete_route_entry", route_entry_id=entry)[1] == code
    assert vpcs.refused("modify_route_entry", route_entry_id=entry, description="d")[1] == code


def test_vpc_changes_one_route_entry_at_a_time(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vswitch = vpcs.vswitch(vpc)
    one, other, gateway = vpcs.table(vpc), vpcs.table(vpc), vpcs.gateway(vpc)
    hop = {"next_hop_type": "Ipv4Gateway", "next_hop_id": gateway}

    def new(table: str, destination: str) -> dict[str, Any]:
        return {"route_table_id": table, "destination_cidr_block": destination, **hop}

    vpcs.call("create_route_entry", **new(one, DEFAULT))
    assert vpcs.refused("create_route_entry", **new(one, "1.0.0.0/8"))[1] == (
        "IncorrectRouteEntryStatus"
    )
    assert vpcs.refused("create_route_entry", **new(other, DEFAULT))[1] == "TaskConflict"
    more = {"vpc_id": vpc, "zone_id": ZONE_B, "cidr_block": "192.168.9.0/24"}
    assert vpcs.refused("create_vswitch", **more)[1] == "TaskConflict"
    both = {"route_table_id": other, "v_switch_id": vswitch}
    assert vpcs.refused("associate_route_table", **both)[1] == "OperationConflict"
    vpcs.cloud.settle()
    vpcs.call("associate_route_table", **both)
    assert vpcs.refused("create_route_entry", **new(other, DEFAULT))[1] == "TaskConflict"


def test_batch_of_route_entries_may_partly_fail(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table, gateway = vpcs.table(vpc), vpcs.gateway(vpc)

    def new(destination: str) -> Any:
        return models.CreateRouteEntriesRequestRouteEntries(
            route_table_id=table, dst_cidr_block=destination,
            next_hop=gateway, next_hop_type="Ipv4Gateway",
        )  # fmt: skip

    made = vpcs.call("create_route_entries", route_entries=[new("1.0.0.0/8"), new("1.0.0.0/8")])
    assert (made["SuccessCount"], made["FailedCount"]) == (1, 1)
    assert made["FailedRouteEntries"][0]["FailedCode"] == "RouterEntryConflict.Duplicated"
    vpcs.cloud.settle()
    gone = models.DeleteRouteEntriesRequestRouteEntries(
        route_table_id=table, route_entry_id=made["RouteEntryIds"][0]
    )
    done = vpcs.call("delete_route_entries", route_entries=[gone])
    assert (done["SuccessCount"], done["FailedCount"]) == (1, 0)
    vpcs.cloud.settle()
    assert vpcs.entries(table) == []


def test_route_entries_are_paged(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table, gateway = vpcs.table(vpc), vpcs.gateway(vpc)
    for number in range(1, 6):
        vpcs.entry(table, f"{number}.0.0.0/8", "Ipv4Gateway", gateway)
    seen, token = [], None
    for _ in range(3):
        page = vpcs.call(
            "describe_route_entry_list", route_table_id=table, max_result=2, next_token=token
        )
        seen += [each["DestinationCidrBlock"] for each in page["RouteEntrys"]["RouteEntry"]]
        token = page["NextToken"]
    assert token == ""
    assert seen == [f"{number}.0.0.0/8" for number in range(1, 6)]

"""Route tables."""

from tests.sim.services.vpc.calls import Vpcs

DEFAULT = "0.0.0.0/0"


def test_route_table_with_entries_or_vswitches_is_not_deleted(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table, gateway, vswitch = vpcs.table(vpc), vpcs.gateway(vpc), vpcs.vswitch(vpc)
    both = {"route_table_id": table, "v_switch_id": vswitch}
    vpcs.call("associate_route_table", **both)
    vpcs.cloud.settle()
    refusal = vpcs.refused("delete_route_table", route_table_id=table)
    assert refusal[1] == "DependencyViolation.VSwitch"
    vpcs.call("unassociate_route_table", **both)
    vpcs.cloud.settle()
    entry = vpcs.entry(table, DEFAULT, "Ipv4Gateway", gateway)
    refusal = vpcs.refused("delete_route_table", route_table_id=table)
    assert refusal[1] == "IncorrectRouteTableStatus.RouteEntryExist"
    vpcs.call("delete_route_entry", route_entry_id=entry)
    vpcs.cloud.settle()
    vpcs.call("delete_route_table", route_table_id=table)
    vpcs.cloud.settle()
    assert vpcs.call("describe_route_table_list", route_table_id=table)["TotalCount"] == 0
    refusal = vpcs.refused("describe_route_entry_list", route_table_id=table)
    assert refusal == (404, "InvalidRouteTable.NotFound")


def test_system_route_table_is_not_deleted(vpcs: Vpcs) -> None:
    table = vpcs.system_table(vpcs.vpc())
    refusal = vpcs.refused("delete_route_table", route_table_id=table)
    assert refusal[1] == "IncorrectRouteTableType"


def test_route_tables_of_a_vpc_are_limited(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    for _ in range(9):
        vpcs.table(vpc)
    refusal = vpcs.refused("create_route_table", vpc_id=vpc)
    assert refusal[1] == "QuotaExceeded.RouteTable"
    vpcs.table(vpc, "Gateway")
    refusal = vpcs.refused("create_route_table", vpc_id=vpc, associate_type="Gateway")
    assert refusal[1] == "QuotaExceeded.GatewayRouteTable"


def test_describe_route_tables_has_flat_next_hops_and_counts_tables(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table, gateway = vpcs.table(vpc), vpcs.gateway(vpc)
    vpcs.entry(table, DEFAULT, "Ipv4Gateway", gateway)
    listed = vpcs.call("describe_route_tables", route_table_id=table)
    assert listed["TotalCount"] == 1
    (entry,) = listed["RouteTables"]["RouteTable"][0]["RouteEntrys"]["RouteEntry"]
    assert (entry["InstanceId"], entry["NextHopType"]) == (gateway, "Ipv4Gateway")

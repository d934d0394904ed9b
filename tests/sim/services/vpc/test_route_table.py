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


def test_gateway_route_table_takes_no_propagated_routes(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vpcs.table(vpc, "Gateway")
    vpcs.table(vpc)
    listed = vpcs.call("describe_route_table_list")["RouterTableList"]["RouterTableListType"]
    taking = {each["AssociateType"]: each["RoutePropagationEnable"] for each in listed}
    assert taking == {"Gateway": False, "VSwitch": True}


def test_entries_of_one_type_are_described_alone(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table = vpcs.system_table(vpc)
    vpcs.entry(table, "9.0.0.0/8", "Instance", vpcs.instance(vpcs.vswitch(vpc)))

    def destinations(**filters: str) -> list[str]:
        reply = vpcs.call("describe_route_tables", route_table_id=table, **filters)
        tables = reply["RouteTables"]["RouteTable"]
        return [
            entry["DestinationCidrBlock"]
            for each in tables
            for entry in each["RouteEntrys"]["RouteEntry"]
        ]

    assert destinations() == ["192.168.1.0/24", "9.0.0.0/8"]
    assert destinations(type="Custom") == ["9.0.0.0/8"]
    assert destinations(router_type="VBR") == []
    assert vpcs.entries(table, service_type="TR") == []

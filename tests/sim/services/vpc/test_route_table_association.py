"""Association of route tables with vSwitches and gateways."""

from tests.sim.services.vpc.calls import Vpcs

DEFAULT = "0.0.0.0/0"


def test_route_table_association_shows_once_the_vswitch_is_available(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table, other, vswitch = vpcs.table(vpc), vpcs.table(vpc), vpcs.vswitch(vpc)
    vpcs.call("associate_route_table", route_table_id=table, v_switch_id=vswitch)
    one = vpcs.one_vswitch(vswitch)
    assert (one["Status"], one["RouteTable"]["RouteTableType"]) == ("Pending", "System")
    vpcs.cloud.settle()
    one = vpcs.one_vswitch(vswitch)
    assert (one["Status"], one["RouteTable"]["RouteTableId"]) == ("Available", table)
    listed = vpcs.call("describe_route_table_list", route_table_id=table)["RouterTableList"]
    assert listed["RouterTableListType"][0]["VSwitchIds"] == {"VSwitchId": [vswitch]}
    refusal = vpcs.refused("associate_route_table", route_table_id=other, v_switch_id=vswitch)
    assert refusal[1] == "ResourceAlreadyAssociated.VSwitch"
    refusal = vpcs.refused("unassociate_route_table", route_table_id=other, v_switch_id=vswitch)
    assert refusal[1] == "OperationFailed.NotExistAssociateRelation"


def test_route_table_to_an_inactive_gateway_is_not_associated(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table, gateway, vswitch = vpcs.table(vpc), vpcs.gateway(vpc), vpcs.vswitch(vpc)
    vpcs.entry(table, DEFAULT, "Ipv4Gateway", gateway)
    both = {"route_table_id": table, "v_switch_id": vswitch}
    refusal = vpcs.refused("associate_route_table", **both)
    assert refusal[1] == "OperationDenied.Ipv4GatewayNotActive"
    vpcs.call("enable_vpc_ipv_4gateway", ipv_4gateway_id=gateway)
    vpcs.cloud.settle()
    vpcs.call("associate_route_table", **both)


def test_gateway_table_is_associated_with_an_active_gateway_only(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    gateway, table = vpcs.gateway(vpc), vpcs.table(vpc, "Gateway")
    both = {"route_table_id": table, "gateway_id": gateway, "gateway_type": "Ipv4Gateway"}
    name = "associate_route_table_with_gateway"
    assert vpcs.refused(name, **both)[1] == "OperationDenied.Ipv4GatewayNotActive"
    vpcs.call("enable_vpc_ipv_4gateway", ipv_4gateway_id=gateway)
    assert vpcs.refused(name, **both)[1] == "IncorrectStatus.Ipv4Gateway"
    vpcs.cloud.settle()
    wrong = {**both, "route_table_id": vpcs.table(vpc)}
    assert vpcs.refused(name, **wrong)[1] == "OperationDenied.RouteTableTypeIncorrect"
    vpcs.call(name, **both)
    one = vpcs.one_gateway(gateway)
    assert (one["Status"], one["Ipv4GatewayRouteTableId"]) == ("Modifying", "")
    vpcs.cloud.settle()
    one = vpcs.one_gateway(gateway)
    assert (one["Status"], one["Ipv4GatewayRouteTableId"]) == ("Created", table)
    assert vpcs.refused(name, **both)[1] == "ResourceAlreadyAssociated.Ipv4Gateway"
    refusal = vpcs.refused("delete_ipv_4gateway", ipv_4gateway_id=gateway)
    assert refusal[1] == "DependencyViolation"
    refusal = vpcs.refused("delete_route_table", route_table_id=table)
    assert refusal[1] == "OperationDenied.GatewayAssociated"


def test_gateway_table_is_dissociated(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    gateway = vpcs.gateway(vpc, active=True)
    table = vpcs.gateway_table(vpc, gateway)
    both = {"route_table_id": table, "gateway_id": gateway}
    vpcs.call("dissociate_route_table_from_gateway", **both)
    vpcs.cloud.settle()
    assert vpcs.one_gateway(gateway)["Ipv4GatewayRouteTableId"] == ""
    refusal = vpcs.refused("dissociate_route_table_from_gateway", **both)
    assert refusal[1] == "OperationFailed.NotExistAssociateRelation"
    vpcs.call("delete_route_table", route_table_id=table)
    vpcs.call("delete_ipv_4gateway", ipv_4gateway_id=gateway)

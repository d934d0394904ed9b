"""IPv4 gateways, their activation, and the route tables of what comes in through them."""

import pytest

from tests.sim.services.vpc.calls import Vpcs


def _internet(vpcs: Vpcs, vpc: str) -> bool:
    """Whether the VPC's Internet access is centralised."""
    return bool(vpcs.call("describe_vpc_attribute", vpc_id=vpc)["SupportIpv4Gateway"])


def test_ipv4_gateway_is_created_and_stays_created_when_active(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    made = vpcs.call("create_ipv_4gateway", vpc_id=vpc, ipv_4gateway_name="door")["Ipv4GatewayId"]
    assert vpcs.one_gateway(made)["Status"] == "Creating"
    vpcs.cloud.settle()
    one = vpcs.one_gateway(made)
    assert (one["Status"], one["Enabled"], one["Ipv4GatewayName"]) == ("Created", False, "door")
    assert not _internet(vpcs, vpc)
    vpcs.call("enable_vpc_ipv_4gateway", ipv_4gateway_id=made)
    one = vpcs.one_gateway(made)
    assert (one["Status"], one["Enabled"]) == ("Activating", False)
    vpcs.cloud.settle()
    one = vpcs.one_gateway(made)
    assert (one["Status"], one["Enabled"]) == ("Created", True)
    assert _internet(vpcs, vpc)
    refusal = vpcs.refused("enable_vpc_ipv_4gateway", ipv_4gateway_id=made)
    assert refusal[1] == "OperationFailed.Ipv4GatewayAlreadyActive."


def test_vpc_has_at_most_one_ipv4_gateway(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    gateway = vpcs.gateway(vpc)
    refusal = vpcs.refused("create_ipv_4gateway", vpc_id=vpc)
    assert refusal == (400, "OperationDenied.VpcExistIpv4Gateway")
    listed = vpcs.call("list_ipv_4gateways", vpc_id=vpc)["Ipv4GatewayModels"]
    assert [each["Ipv4GatewayId"] for each in listed] == [gateway]
    assert vpcs.call("describe_vpc_attribute", vpc_id=vpc)["Ipv4GatewayId"] == gateway


@pytest.mark.parametrize(("mode", "centralised"), [("private", True), ("public", False)])
def test_deleted_ipv4_gateway_leaves_private_or_public_mode(
    vpcs: Vpcs, mode: str, *, centralised: bool
) -> None:
    vpc = vpcs.vpc()
    gateway = vpcs.gateway(vpc, active=True)
    vpcs.call("delete_ipv_4gateway", ipv_4gateway_id=gateway, internet_mode=mode)
    assert vpcs.one_gateway(gateway)["Status"] == "Deleting"
    vpcs.cloud.settle()
    assert _internet(vpcs, vpc) is centralised
    refusal = vpcs.refused("get_ipv_4gateway_attribute", ipv_4gateway_id=gateway)
    assert refusal == (400, "ResourceNotFound.Ipv4Gateway")
    refusal = vpcs.refused("delete_ipv_4gateway", ipv_4gateway_id=gateway)
    assert refusal == (400, "ResourceNotFound.Ipv4Gateway")


def test_ipv4_gateway_that_is_a_next_hop_is_not_deleted(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    gateway = vpcs.gateway(vpc)
    vpcs.entry(vpcs.table(vpc), "0.0.0.0/0", "Ipv4Gateway", gateway)
    refusal = vpcs.refused("delete_ipv_4gateway", ipv_4gateway_id=gateway)
    assert refusal[1] == "DependencyViolation"


def test_activation_adds_a_default_route_to_named_tables_only(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    named, other, gateway = vpcs.table(vpc), vpcs.table(vpc), vpcs.gateway(vpc)
    call = {"ipv_4gateway_id": gateway, "route_table_list": [named]}
    vpcs.call("enable_vpc_ipv_4gateway", **call)
    vpcs.cloud.settle()
    assert [each["DestinationCidrBlock"] for each in vpcs.entries(named)] == ["0.0.0.0/0"]
    assert vpcs.entries(other) == []


def test_activation_with_a_table_that_has_a_default_route_is_refused(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table, gateway = vpcs.table(vpc), vpcs.gateway(vpc)
    vpcs.entry(table, "0.0.0.0/0", "Ipv4Gateway", gateway)
    call = {"ipv_4gateway_id": gateway, "route_table_list": [table]}
    refusal = vpcs.refused("enable_vpc_ipv_4gateway", **call)
    assert refusal[1] == "OperationDenied.ConflictOfAllZeroRouting"
    assert vpcs.one_gateway(gateway)["Status"] == "Created"


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


def test_gateway_table_has_a_local_entry_for_each_vswitch(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vpcs.vswitch(vpc, "192.168.1.0/24")
    table = vpcs.gateway_table(vpc, vpcs.gateway(vpc, active=True))
    vpcs.vswitch(vpc, "192.168.2.0/24")
    entries = vpcs.gateway_entries(table)
    assert [(each["DestinationCidrBlock"], each["NextHopType"]) for each in entries] == [
        ("192.168.1.0/24", "Local"),
        ("192.168.2.0/24", "Local"),
    ]


def test_gateway_entries_of_another_table_are_refused(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    refusal = vpcs.refused(
        "list_gateway_route_table_entries", gateway_route_table_id=vpcs.table(vpc)
    )
    assert refusal == (400, "ResourceNotFound.GatewayRouteTable")


def test_gateway_table_takes_no_custom_entry(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    gateway = vpcs.gateway(vpc, active=True)
    table = vpcs.gateway_table(vpc, gateway)
    new = {"route_table_id": table, "destination_cidr_block": "10.0.0.0/8"}
    hop = {"next_hop_type": "Ipv4Gateway", "next_hop_id": gateway}
    refusal = vpcs.refused("create_route_entry", **new, **hop)
    assert refusal[1] == "OperationDenied.GatewayRouteTableNotPermitted"


@pytest.mark.parametrize(
    ("hop", "code"),
    [
        ({"next_hop_type": "Ipv4Gateway", "next_hop_id": "x"},
         "OperationDenied.NextHopTypeNonsupport"),
        ({"next_hop_type": "Instance", "next_hop_id": "i-none"}, "ResourceNotFound.Instance"),
        ({"next_hop_type": "GatewayLoadBalancerEndpoint", "next_hop_id": "ep-none"},
         "ResourceNotFound.GatewayLoadBalancerEndpoint"),
        ({"next_hop_type": "Local", "next_hop_id": "x"},
         "ExclusiveParam.NextHopTypeAndNextHopId"),
        ({"next_hop_type": "Local", "description": "xx"},
         "OperationDenied.LocalEntryCanOnlyModifyNextHop"),
    ],
)  # fmt: skip
def test_gateway_entry_with_an_invalid_next_hop_is_refused(
    vpcs: Vpcs, hop: dict[str, str], code: str
) -> None:
    vpc = vpcs.vpc()
    vpcs.vswitch(vpc, "192.168.1.0/24")
    table = vpcs.gateway_table(vpc, vpcs.gateway(vpc, active=True))
    call = {"gateway_route_table_id": table, "destination_cidr_block": "192.168.1.0/24", **hop}
    assert vpcs.refused("update_gateway_route_table_entry_attribute", **call)[1] == code
    assert vpcs.gateway_entries(table)[0]["Status"] == "Available"


def test_gateway_entry_of_an_unknown_destination_is_refused(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table = vpcs.gateway_table(vpc, vpcs.gateway(vpc, active=True))
    call = {"gateway_route_table_id": table, "destination_cidr_block": "192.168.1.0/24"}
    name = "update_gateway_route_table_entry_attribute"
    refusal = vpcs.refused(name, **call, next_hop_type="Local")
    assert refusal == (400, "ResourceNotFound.RouteEntry")

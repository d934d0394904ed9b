"""IPv4 gateways."""

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

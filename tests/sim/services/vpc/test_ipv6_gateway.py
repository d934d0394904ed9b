"""IPv6 gateways."""

from tests.sim.services.vpc.calls import Vpcs


def test_an_ipv6_gateway_is_made_renamed_led_to_and_deleted(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc(enable_ipv_6=True)
    made = vpcs.call("create_ipv_6gateway", vpc_id=vpc, name="out")
    gateway = {"ipv_6gateway_id": made["Ipv6GatewayId"]}
    assert vpcs.call("describe_ipv_6gateway_attribute", **gateway)["Status"] == "Pending"
    early = vpcs.refused("modify_ipv_6gateway_attribute", **gateway, name="x")
    assert early == (400, "IncorrectStatus")
    vpcs.cloud.settle()
    vpcs.call("modify_ipv_6gateway_attribute", **gateway, description="to the Internet")
    read = vpcs.call("describe_ipv_6gateway_attribute", **gateway)
    assert (read["Name"], read["Description"]) == ("out", "to the Internet")
    entry = vpcs.entry(vpcs.system_table(vpc), "::/0", "IPv6Gateway", made["Ipv6GatewayId"])
    held = vpcs.refused("delete_ipv_6gateway", **gateway)
    assert held == (400, "DependencyViolation.RouteEntry")
    vpcs.call("delete_route_entry", route_entry_id=entry)
    vpcs.cloud.settle()
    assert vpcs.refused("delete_vpc", vpc_id=vpc)[1] == "DependencyViolation.Ipv6Gateway"
    vpcs.call("delete_ipv_6gateway", **gateway)
    vpcs.cloud.settle()
    assert vpcs.call("describe_ipv_6gateway_attribute", **gateway)["Status"] == ""


def test_a_vpc_with_ipv6_has_one_ipv6_gateway(vpcs: Vpcs) -> None:
    plain, vpc = vpcs.vpc(), vpcs.vpc(enable_ipv_6=True)
    refusal = vpcs.refused("create_ipv_6gateway", vpc_id=plain)
    assert refusal == (400, "OperationDenied.VpcIpv6NotEnabled")
    made = vpcs.call("create_ipv_6gateway", vpc_id=vpc)["Ipv6GatewayId"]
    assert vpcs.refused("create_ipv_6gateway", vpc_id=vpc)[0] == 400
    listed = vpcs.call("describe_ipv_6gateways", vpc_id=vpc)["Ipv6Gateways"]["Ipv6Gateway"]
    assert [each["Ipv6GatewayId"] for each in listed] == [made]
    assert vpcs.call("describe_ipv_6gateways", name="none")["TotalCount"] == 0

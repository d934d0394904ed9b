"""NAT IPs of VPC NAT gateways, and the blocks that they are of."""

from typing import Any

import pytest

from tests.sim.services.vpc.nat import Nat

OWN = "192.168.1.0/24"
OTHER = "10.0.12.0/24"


def _ips(nat: Nat, **filters: Any) -> list[dict[str, Any]]:
    return list(nat.vpcs.call("list_nat_ips", nat_gateway_id=nat.gateway, **filters)["NatIps"])


def _cidrs(nat: Nat, **filters: Any) -> list[dict[str, Any]]:
    listed = nat.vpcs.call("list_nat_ip_cidrs", nat_gateway_id=nat.gateway, **filters)
    return list(listed["NatIpCidrs"])


def _made(nat: Nat, **more: Any) -> dict[str, Any]:
    made = nat.vpcs.call("create_nat_ip", nat_gateway_id=nat.gateway, **more)
    nat.vpcs.cloud.settle()
    return dict(made)


def test_vpc_nat_gateway_has_the_block_of_its_vswitch_and_its_own_address(
    private_nat: Nat,
) -> None:
    (cidr,), (ip,) = _cidrs(private_nat), _ips(private_nat)
    assert (cidr["NatIpCidr"], cidr["IsDefault"]) == (OWN, True)
    own = private_nat.one()["NatGatewayPrivateInfo"]["PrivateIpAddress"]
    assert (ip["NatIp"], ip["NatIpCidr"], ip["IsDefault"]) == (own, OWN, True)
    refused = private_nat.vpcs.refused("delete_nat_ip", nat_ip_id=ip["NatIpId"])
    assert refused == (400, "OperationDenied.DefaultNatIp")


def test_nat_ip_of_the_vswitch_takes_an_address_of_it(private_nat: Nat) -> None:
    nat = private_nat
    made = nat.vpcs.call("create_nat_ip", nat_gateway_id=nat.gateway, nat_ip_cidr=OWN)
    assert made["NatIp"] == "192.168.1.2"
    (one,) = _ips(nat, nat_ip_ids=[made["NatIpId"]])
    assert (one["NatIpStatus"], one["IsDefault"]) == ("Creating", False)
    nat.vpcs.cloud.settle()
    assert _ips(nat, nat_ip_status="Available")[1]["NatIp"] == "192.168.1.2"
    assert nat.vpcs.one_vswitch(nat.vswitch)["AvailableIpAddressCount"] == 250
    interface = nat.vpcs.interface(nat.vpcs.instance(nat.vswitch))
    call = {"nat_gateway_id": nat.gateway, "nat_ip_cidr": OWN, "nat_ip": "192.168.1.3"}
    assert interface
    assert nat.vpcs.refused("create_nat_ip", **call) == (400, "InvalidNatIp.AlreadyUsed")


def test_nat_ip_is_named_described_and_deleted(private_nat: Nat) -> None:
    nat = private_nat
    made = _made(nat, nat_ip_cidr=OWN, nat_ip="192.168.1.77", nat_ip_name="first")
    assert made["NatIp"] == "192.168.1.77"
    call = {"nat_ip_id": made["NatIpId"]}
    nat.vpcs.call("modify_nat_ip_attribute", **call, nat_ip_name="second", nat_ip_description="two")
    (one,) = _ips(nat, nat_ip_name=["second"])
    assert (one["NatIpDescription"], one["NatIpId"]) == ("two", made["NatIpId"])
    held = nat.vpcs.refused("delete_nat_gateway", nat_gateway_id=nat.gateway)
    assert held == (400, "DependencyViolation.NatIp")
    nat.vpcs.call("delete_nat_ip", **call)
    nat.vpcs.cloud.settle()
    assert len(_ips(nat)) == 1
    nat.vpcs.call("delete_nat_gateway", nat_gateway_id=nat.gateway)
    nat.vpcs.cloud.settle()
    assert nat.vpcs.call("describe_nat_gateways")["TotalCount"] == 0
    assert nat.vpcs.refused("delete_nat_ip", **call) == (404, "ResourceNotFound.NatIp")


def test_nat_ip_that_an_entry_uses_is_associated(private_nat: Nat) -> None:
    nat = private_nat
    nat.entry(_made(nat, nat_ip_cidr=OWN)["NatIp"])
    assert [each["NatIpStatus"] for each in _ips(nat)] == ["Available", "Associated"]


def test_further_block_has_addresses_of_its_own(private_nat: Nat) -> None:
    nat = private_nat
    call = {"nat_gateway_id": nat.gateway, "nat_ip_cidr": OTHER}
    nat.vpcs.call("create_nat_ip_cidr", **call, nat_ip_cidr_name="beyond")
    nat.vpcs.call("modify_nat_ip_cidr_attribute", **call, nat_ip_cidr_description="far")
    (one,) = _cidrs(nat, nat_ip_cidr=OTHER)
    assert (one["NatIpCidrName"], one["NatIpCidrDescription"]) == ("beyond", "far")
    assert (one["NatIpCidrStatus"], one["IsDefault"]) == ("Available", False)
    made = _made(nat, nat_ip_cidr=OTHER)
    assert made["NatIp"] == "10.0.12.1"
    used = nat.vpcs.refused("delete_nat_ip_cidr", **call)
    assert used == (400, "DependencyViolation.NatIp")
    nat.vpcs.call("delete_nat_ip", nat_ip_id=made["NatIpId"])
    nat.vpcs.cloud.settle()
    held = nat.vpcs.refused("delete_nat_gateway", nat_gateway_id=nat.gateway)
    assert held == (400, "DependencyViolation.NatIpCidr")
    nat.vpcs.call("delete_nat_ip_cidr", **call)
    assert len(_cidrs(nat)) == 1
    assert nat.vpcs.refused("delete_nat_ip_cidr", **call) == (404, "ResourceNotFound.NatIpCidr")


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("192.168.128.0/17", "InvalidNatIpCidr.Overlapped"),
        ("8.8.8.0/24", "IllegalParam.NatIpCidr"),
        ("10.0.0.0/15", "IllegalParam.NatIpCidr"),
        ("everything", "IllegalParam.NatIpCidr"),
    ],
)
def test_block_of_a_nat_gateway_is_private_and_apart_from_the_vpc(
    private_nat: Nat, block: str, code: str
) -> None:
    call = {"nat_gateway_id": private_nat.gateway, "nat_ip_cidr": block}
    assert private_nat.vpcs.refused("create_nat_ip_cidr", **call) == (400, code)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"nat_ip_cidr": OTHER}, (404, "ResourceNotFound.NatIpCidr")),
        ({"nat_ip": "192.168.2.1"}, (400, "IllegalParam.NatIp")),
        ({"nat_ip": "192.168.1.1"}, (400, "InvalidNatIp.AlreadyUsed")),
        ({"nat_gateway_id": "ngw-none"}, (404, "InvalidNatGatewayId.NotFound")),
        ({"ipv_4prefix_count": 1}, (400, "NotSimulated.Ipv4PrefixCount")),
        ({"dry_run": True}, (400, "DryRunOperation")),
    ],
)
def test_nat_ip_that_cannot_be_had_is_refused(
    private_nat: Nat, wrong: dict[str, Any], refusal: tuple[int, str]
) -> None:
    call = {"nat_gateway_id": private_nat.gateway, "nat_ip_cidr": OWN} | wrong
    assert private_nat.vpcs.refused("create_nat_ip", **call) == refusal


def test_internet_nat_gateway_has_no_nat_ips_and_a_vpc_nat_gateway_no_eips(
    nat: Nat, private_nat: Nat
) -> None:
    call = {"nat_gateway_id": nat.gateway, "nat_ip_cidr": OWN}
    unsupported = (400, "OperationUnsupported.NatGateway")
    assert nat.vpcs.refused("create_nat_ip", **call) == unsupported
    assert nat.vpcs.refused("create_nat_ip_cidr", **call) == unsupported
    eip = nat.vpcs.call("allocate_eip_address")["AllocationId"]
    nat.vpcs.cloud.settle()
    refused = nat.vpcs.refused("associate_eip_address", **private_nat.bound(eip))
    assert refused == (400, "Forbidden.EipCanNotBindGatgw")

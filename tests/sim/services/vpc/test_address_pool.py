"""Public IP address pools, and the EIPs that are taken from them."""

from typing import Any

import pytest

from tests.sim.services.vpc.calls import Vpcs


@pytest.fixture
def pool(vpcs: Vpcs) -> str:
    """A pool without blocks."""
    made = vpcs.call("create_public_ip_address_pool", name="own")
    vpcs.cloud.settle()
    assert made["PulbicIpAddressPoolId"] == made["PublicIpAddressPoolId"]
    return str(made["PublicIpAddressPoolId"])


def _block(vpcs: Vpcs, pool: str, **more: Any) -> str:
    call = {"public_ip_address_pool_id": pool, **more}
    made = vpcs.call("add_public_ip_address_pool_cidr_block", **call)
    vpcs.cloud.settle()
    return str(made["CidrBlock"])


def _one(vpcs: Vpcs) -> Any:
    (found,) = vpcs.call("list_public_ip_address_pools")["PublicIpAddressPoolList"]
    return found


def test_eip_is_taken_from_a_pool(vpcs: Vpcs, pool: str) -> None:
    empty = vpcs.refused("allocate_eip_address", public_ip_address_pool_id=pool)
    assert empty == (400, "ReserveIpFail")
    assert _block(vpcs, pool, cidr_block="47.118.126.0/25") == "47.118.126.0/25"
    made = [
        vpcs.call("allocate_eip_address", public_ip_address_pool_id=pool)["EipAddress"]
        for _ in range(2)
    ]
    assert made == ["47.118.126.0", "47.118.126.1"]
    found = vpcs.call("describe_eip_addresses", public_ip_address_pool_id=pool)
    assert found["TotalCount"] == 2
    one = _one(vpcs)
    assert (one["TotalIpNum"], one["UsedIpNum"], one["IpAddressRemaining"]) == (128, 2, True)
    none = vpcs.refused("allocate_eip_address", public_ip_address_pool_id="pippool-none")
    assert none == (404, "ResourceNotFound.PublicIpAddressPool")


def test_block_in_use_and_pool_with_blocks_stay(vpcs: Vpcs, pool: str) -> None:
    block = _block(vpcs, pool, cidr_mask=28)
    eip = vpcs.call("allocate_eip_address", public_ip_address_pool_id=pool)["AllocationId"]
    call = {"public_ip_address_pool_id": pool}
    named = {**call, "cidr_block": block}
    held = vpcs.refused("delete_public_ip_address_pool_cidr_block", **named)
    assert held == (400, "DependencyViolation.Eip")
    held = vpcs.refused("delete_public_ip_address_pool", **call)
    assert held == (400, "DependencyViolation.CidrBlock")
    vpcs.call("release_eip_address", allocation_id=eip)
    vpcs.cloud.settle()
    vpcs.call("delete_public_ip_address_pool_cidr_block", **named)
    vpcs.cloud.settle()
    listed = vpcs.call("list_public_ip_address_pool_cidr_blocks", **call)
    assert listed["PublicIpPoolCidrBlockList"] == []
    gone = vpcs.refused("delete_public_ip_address_pool_cidr_block", **named)
    assert gone == (404, "ResourceNotFound.CidrBlock")
    vpcs.call("delete_public_ip_address_pool", **call)
    vpcs.cloud.settle()
    assert vpcs.call("list_public_ip_address_pools")["PublicIpAddressPoolList"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"cidr_block": "10.0.0.0/24"},
        {"cidr_block": "everything"},
        {"cidr_block": "47.118.126.0/25", "cidr_mask": 24},
        {"cidr_block": "47.118.127.0/26"},
    ],
)
def test_block_that_cannot_be_had_is_refused(vpcs: Vpcs, pool: str, wrong: dict[str, Any]) -> None:
    _block(vpcs, pool, cidr_block="47.118.127.0/25")
    call = {"public_ip_address_pool_id": pool, **wrong}
    refused = vpcs.refused("add_public_ip_address_pool_cidr_block", **call)
    assert refused == (400, "IllegalParam.CidrBlock")


def test_pools_are_changed_and_filtered(vpcs: Vpcs, pool: str) -> None:
    call = {"public_ip_address_pool_id": pool}
    vpcs.call("update_public_ip_address_pool_attribute", **call, name="new", description="told")
    one = _one(vpcs)
    assert (one["Name"], one["Description"], one["Status"]) == ("new", "told", "Created")
    for filters, count in (
        ({"name": "new", "isp": "BGP", "status": "Created"}, 1),
        ({"public_ip_address_pool_ids": [pool]}, 1),
        ({"name": "own"}, 0),
        ({"security_protection_enabled": True}, 0),
        ({"resource_group_id": "rg-none"}, 0),
    ):
        found = vpcs.call("list_public_ip_address_pools", **filters)
        assert found["TotalCount"] == count

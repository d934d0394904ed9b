"""SNAT entries: whose packets leave by which addresses."""

import pytest

from tests.sim.services.vpc.nat import Nat


def test_snat_entry_uses_eips_of_its_gateway(nat: Nat) -> None:
    eip, address = nat.eip()
    entry = nat.entry(address)
    listed = nat.vpcs.call("describe_snat_table_entries", snat_table_id=nat.table)
    (found,) = listed["SnatTableEntries"]["SnatTableEntry"]
    assert (found["SnatEntryId"], found["SnatIp"]) == (entry, address)
    assert (found["SourceCIDR"], found["Status"]) == ("192.168.1.0/24", "Available")
    used = nat.vpcs.refused("unassociate_eip_address", **nat.bound(eip))
    assert used == (400, "InvalidIpStatus.HasBeenUsedBySnatTable")
    nat.vpcs.call("delete_snat_entry", snat_entry_id=entry, snat_table_id=nat.table)
    nat.vpcs.cloud.settle()
    nat.vpcs.call("unassociate_eip_address", **nat.bound(eip))


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"snat_ip": "1.2.3.4"}, (400, "EIP_NOT_IN_GATEWAY")),
        ({"snat_table_id": "stb-none"}, (404, "InvalidSnatTableId.NotFound")),
        ({"source_cidr": "10.0.0.0/8"}, (400, "IllegalParam.SourceCIDR")),
        ({"source_vswitch_id": "vsw-none"}, (404, "InvalidVSwitchId.NotFound")),
    ],
)
def test_invalid_snat_entry_is_refused(
    nat: Nat, wrong: dict[str, str], refusal: tuple[int, str]
) -> None:
    _, address = nat.eip()
    right = {
        "snat_table_id": nat.table,
        "snat_ip": address,
        "source_vswitch_id": nat.vswitch,
    }
    assert nat.vpcs.refused("create_snat_entry", **{**right, **wrong}) == refusal


def test_snat_entry_is_changed_in_place(nat: Nat) -> None:
    (_, first), (_, second) = nat.eip(), nat.eip()
    entry = nat.entry(first)
    call = {"snat_table_id": nat.table, "snat_entry_id": entry}
    both = f"{first},{second}"
    nat.vpcs.call("modify_snat_entry", **call, snat_ip=both, eip_affinity=1)
    busy = nat.vpcs.refused("delete_snat_entry", **call)
    assert busy == (400, "IncorretSnatEntryStatus")
    nat.vpcs.cloud.settle()
    one = _one(nat)
    assert (one["SnatIp"], one["EipAffinity"], one["Status"]) == (both, "1", "Available")
    none = nat.vpcs.refused("modify_snat_entry", **call, snat_ip="1.2.3.4")
    assert none == (400, "EIP_NOT_IN_GATEWAY")


def _one(nat: Nat, **filters: object) -> dict[str, object]:
    listed = nat.vpcs.call("describe_snat_table_entries", snat_table_id=nat.table, **filters)
    (found,) = listed["SnatTableEntries"]["SnatTableEntry"]
    return dict(found)


def test_vswitch_and_block_have_one_snat_entry_each(nat: Nat) -> None:
    _, address = nat.eip()
    nat.entry(address)
    call = {"snat_table_id": nat.table, "snat_ip": address}
    vswitch = nat.vpcs.refused("create_snat_entry", **call, source_vswitch_id=nat.vswitch)
    assert vswitch == (400, "Forbidden.SourceVSwitchId.Duplicated")
    block = nat.vpcs.refused("create_snat_entry", **call, source_cidr="192.168.1.0/24")
    assert block == (400, "OperationUnsupported.CidrConflict")


def test_snat_entry_of_a_vpc_nat_gateway_uses_its_nat_ips(private_nat: Nat) -> None:
    nat = private_nat
    made = nat.vpcs.call("create_nat_ip", nat_gateway_id=nat.gateway, nat_ip_cidr="192.168.1.0/24")
    nat.vpcs.cloud.settle()
    nat.entry(made["NatIp"])
    assert _one(nat, snat_ip=made["NatIp"])["SourceVSwitchId"] == nat.vswitch
    used = nat.vpcs.refused("delete_nat_ip", nat_ip_id=made["NatIpId"])
    assert used == (400, "DependencyViolation.SnatEntry")


def test_snat_entry_uses_the_addresses_of_an_interface(private_nat: Nat) -> None:
    nat = private_nat
    interface = nat.vpcs.interface(nat.vpcs.instance(nat.vswitch))
    source = {"source_cidr": "10.0.0.0/8", "network_interface_id": interface}
    nat.vpcs.call("create_snat_entry", snat_table_id=nat.table, **source)
    assert _one(nat, network_interface_ids=[interface])["SnatIp"] == "192.168.1.2"


def test_eip_that_is_taken_by_force_leaves_its_snat_entries(nat: Nat) -> None:
    (first, one), (_, two) = nat.eip(), nat.eip()
    nat.entry(f"{one},{two}")
    nat.vpcs.call("unassociate_eip_address", **nat.bound(first), force=True)
    assert _one(nat)["SnatIp"] == two

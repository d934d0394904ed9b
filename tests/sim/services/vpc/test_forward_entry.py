"""DNAT entries: which packets from outside come in, and where they are led."""

from typing import Any

import pytest

from tests.sim.services.vpc.nat import Nat


def _call(nat: Nat, address: str, **more: Any) -> dict[str, Any]:
    usual = {
        "forward_table_id": nat.forward_table,
        "external_ip": address,
        "external_port": "80",
        "internal_ip": "192.168.1.9",
        "internal_port": "8080",
        "ip_protocol": "tcp",
    }
    return usual | more


def _entry(nat: Nat, address: str, **more: Any) -> dict[str, str]:
    """An entry that is there: its table and its id, as actions on it take them."""
    made = nat.vpcs.call("create_forward_entry", **_call(nat, address, **more))
    nat.vpcs.cloud.settle()
    return {"forward_table_id": nat.forward_table, "forward_entry_id": made["ForwardEntryId"]}


def _listed(nat: Nat, **filters: Any) -> list[dict[str, Any]]:
    reply = nat.vpcs.call("describe_forward_table_entries", nat_gateway_id=nat.gateway, **filters)
    return list(reply["ForwardTableEntries"]["ForwardTableEntry"])


def test_forward_entry_leads_from_an_eip_to_a_private_port(nat: Nat) -> None:
    _, address = nat.eip()
    entry = _entry(nat, address, forward_entry_name="web")
    (one,) = _listed(nat)
    assert (one["ForwardEntryId"], one["ForwardEntryName"]) == (entry["forward_entry_id"], "web")
    assert (one["ExternalIp"], one["ExternalPort"]) == (address, "80")
    assert (one["InternalIp"], one["InternalPort"]) == ("192.168.1.9", "8080")
    assert (one["IpProtocol"], one["Status"]) == ("tcp", "Available")
    (used,) = nat.one()["IpLists"]["IpList"]
    assert used["UsingStatus"] == "UsedByForwardTable"
    nat.vpcs.call("delete_forward_entry", **entry)
    assert _listed(nat)[0]["Status"] == "Deleting"
    nat.vpcs.cloud.settle()
    assert _listed(nat) == []
    gone = nat.vpcs.refused("delete_forward_entry", **entry)
    assert gone == (404, "InvalidForwardEntryId.NotFound")


def test_forward_entry_of_a_vpc_nat_gateway_leads_from_a_nat_ip(private_nat: Nat) -> None:
    nat = private_nat
    made = nat.vpcs.call("create_nat_ip", nat_gateway_id=nat.gateway, nat_ip_cidr="192.168.1.0/24")
    nat.vpcs.cloud.settle()
    _entry(nat, made["NatIp"], internal_ip="10.9.9.9")
    (one,) = _listed(nat, internal_ip="10.9.9.9")
    assert one["ExternalIp"] == made["NatIp"]


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"forward_table_id": "ftb-none"}, (404, "InvalidForwardTableId.NotFound")),
        ({"external_ip": "1.2.3.4"}, (400, "InvalidIp.NotInNatgw")),
        ({"external_ip": "here"}, (400, "InvalidExternalIp.Malformed")),
        ({"internal_ip": "there"}, (400, "InvalidInternalIp.Malformed")),
        ({"internal_ip": "10.0.0.1"}, (400, "Forbidden.DestnationIpOutOfVpcCIDR")),
        ({"ip_protocol": "icmp"}, (400, "InvalidProtocal.ValueNotSupported")),
        ({"external_port": "0"}, (400, "InvalidExternalPort.Malformed")),
        ({"external_port": "Any"}, (400, "InvalidExternalPort.Malformed")),
        ({"external_port": "20/10"}, (400, "InvalidExternalPort.Malformed")),
        ({"internal_port": "65536"}, (400, "InvalidInternalPort.Malformed")),
        ({"external_port": "10/20"}, (400, "InvalidInternalPort.Malformed")),
        ({"ip_protocol": "Any"}, (400, "InvalidExternalPort.Malformed")),
    ],
)
def test_invalid_forward_entry_is_refused(
    nat: Nat, wrong: dict[str, str], refusal: tuple[int, str]
) -> None:
    _, address = nat.eip()
    assert nat.vpcs.refused("create_forward_entry", **_call(nat, address, **wrong)) == refusal


def test_range_of_ports_leads_to_one_of_the_same_size(nat: Nat) -> None:
    _, address = nat.eip()
    _entry(nat, address, external_port="10/20", internal_port="80/90")
    inside = _call(nat, address, external_port="15", internal_port="1")
    refused = nat.vpcs.refused("create_forward_entry", **inside)
    assert refused == (400, "OperationUnsupported.ForwardEntry")
    _entry(nat, address, external_port="15", ip_protocol="udp")


def test_two_ports_lead_to_different_ones(nat: Nat) -> None:
    _, address = nat.eip()
    _entry(nat, address)
    refused = nat.vpcs.refused("create_forward_entry", **_call(nat, address, external_port="81"))
    assert refused == (400, "OperationUnsupported.ForwardEntry")


def test_whole_address_is_led_to_one_alone(nat: Nat) -> None:
    _, address = nat.eip()
    whole = {"ip_protocol": "Any", "external_port": "Any", "internal_port": "Any"}
    _entry(nat, address, **whole)
    (used,) = nat.one()["IpLists"]["IpList"]
    assert used["SnatEntryEnabled"] is False
    other = nat.vpcs.refused("create_forward_entry", **_call(nat, address))
    assert other == (400, "OperationUnsupported.ForwardEntry")
    snat = {"snat_table_id": nat.table, "snat_ip": address, "source_vswitch_id": nat.vswitch}
    assert nat.vpcs.refused("create_snat_entry", **snat) == (400, "Forbidden.IpUsedInForwardTable")


def test_address_of_an_snat_entry_has_high_ports_broken_out_alone(nat: Nat) -> None:
    _, address = nat.eip()
    nat.entry(address)
    high = _call(nat, address, external_port="2048")
    refused = nat.vpcs.refused("create_forward_entry", **high)
    assert refused == (400, "Forbidden.ExternalIp.UsedInSnatTable")
    _entry(nat, address, external_port="2048", port_break=True)
    _entry(nat, address, external_port="80", internal_port="81")


def test_forward_entries_of_a_gateway_are_added_one_at_a_time(nat: Nat) -> None:
    _, address = nat.eip()
    nat.vpcs.call("create_forward_entry", **_call(nat, address))
    another = _call(nat, address, external_port="81", internal_port="81")
    assert nat.vpcs.refused("create_forward_entry", **another) == (400, "OperationConflict")
    entry = {"forward_table_id": nat.forward_table}
    entry["forward_entry_id"] = _listed(nat)[0]["ForwardEntryId"]
    busy = nat.vpcs.refused("modify_forward_entry", **entry, external_port="82")
    assert busy == (400, "IncorretForwardEntryStatus")


def test_forward_entry_keeps_what_a_change_does_not_name(nat: Nat) -> None:
    (_, first), (_, second) = nat.eip(), nat.eip()
    entry = _entry(nat, first)
    nat.vpcs.call("modify_forward_entry", **entry, external_ip=second, ip_protocol="udp")
    assert _listed(nat)[0]["Status"] == "Pending"
    nat.vpcs.cloud.settle()
    (one,) = _listed(nat, ip_protocol="udp")
    assert (one["ExternalIp"], one["ExternalPort"], one["InternalPort"]) == (second, "80", "8080")
    assert _listed(nat, ip_protocol="tcp") == []


def test_instance_has_an_eip_or_a_forward_entry(nat: Nat) -> None:
    _, address = nat.eip()
    instance = nat.vpcs.instance(nat.vswitch)
    own = nat.vpcs.call("allocate_eip_address")["AllocationId"]
    nat.vpcs.cloud.settle()
    bind = {"allocation_id": own, "instance_id": instance}
    entry = _entry(nat, address, internal_ip="192.168.1.2")
    refused = nat.vpcs.refused("associate_eip_address", **bind)
    assert refused == (400, "BIND_INSTANCE_HAVE_PORTMAP_OR_BIND_EIP")
    nat.vpcs.call("delete_forward_entry", **entry)
    nat.vpcs.cloud.settle()
    nat.vpcs.call("associate_eip_address", **bind)
    again = _call(nat, address, internal_ip="192.168.1.2")
    assert nat.vpcs.refused("create_forward_entry", **again) == (400, "Forbindden")


def test_eip_of_a_forward_entry_is_taken_by_force_alone(nat: Nat) -> None:
    eip, address = nat.eip()
    _entry(nat, address)
    used = nat.vpcs.refused("unassociate_eip_address", **nat.bound(eip))
    assert used == (400, "InvalidIpStatus.HasBeenUsedByForwardEntry")
    nat.vpcs.call("unassociate_eip_address", **nat.bound(eip), force=True)
    assert _listed(nat) == []


def test_nat_gateway_with_forward_entries_is_deleted_by_force_only(private_nat: Nat) -> None:
    nat = private_nat
    (default,) = nat.vpcs.call("list_nat_ips", nat_gateway_id=nat.gateway)["NatIps"]
    _entry(nat, default["NatIp"])
    refused = nat.vpcs.refused("delete_nat_gateway", nat_gateway_id=nat.gateway)
    assert refused == (400, "DependencyViolation.ForwardEntry")
    nat.vpcs.call("delete_nat_gateway", nat_gateway_id=nat.gateway, force=True)
    nat.vpcs.cloud.settle()
    assert _listed(nat) == []


def test_forward_entries_are_listed_of_a_table_or_a_gateway(nat: Nat) -> None:
    refused = nat.vpcs.refused("describe_forward_table_entries")
    assert refused == (400, "MissingParameter")

"""NAT gateways: their EIPs, their SNAT entries, and what they stand in the way of."""

import pytest
from alibabacloud_vpc20160428.models import CreateNatGatewayRequestAccessMode as AccessMode

from tests.sim.services.vpc.calls import Vpcs
from tests.sim.services.vpc.nat import Nat


def test_nat_gateway_is_created_in_a_vswitch_then_available(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vswitch = vpcs.vswitch(vpc)
    made = vpcs.call("create_nat_gateway", vpc_id=vpc, v_switch_id=vswitch, name="nat")
    request = {"nat_gateway_id": made["NatGatewayId"]}
    (found,) = vpcs.call("describe_nat_gateways", **request)["NatGateways"]["NatGateway"]
    assert (found["Status"], found["Name"]) == ("Creating", "nat")
    vpcs.cloud.settle()
    (found,) = vpcs.call("describe_nat_gateways", **request)["NatGateways"]["NatGateway"]
    assert found["Status"] == "Available"
    assert found["EipBindMode"] == "MULTI_BINDED"
    assert found["NatGatewayPrivateInfo"]["VswitchId"] == vswitch
    assert found["SnatTableIds"] == made["SnatTableIds"]


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({}, (400, "MissingVSwitchId")),
        ({"v_switch_id": "vsw-none"}, (404, "InvalidVSwitchId.NotFound")),
    ],
)
def test_nat_gateway_in_unknown_vswitch_is_refused(
    vpcs: Vpcs, more: dict[str, str], refusal: tuple[int, str]
) -> None:
    assert vpcs.refused("create_nat_gateway", vpc_id=vpcs.vpc(), **more) == refusal


def test_nat_gateway_in_pending_vswitch_is_refused(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    made = vpcs.call(
        "create_vswitch", vpc_id=vpc, zone_id="cn-wulanchabu-b", cidr_block="192.168.1.0/24"
    )
    refusal = vpcs.refused("create_nat_gateway", vpc_id=vpc, v_switch_id=made["VSwitchId"])
    assert refusal == (400, "VswitchStatusError")


def test_eips_of_a_nat_gateway_are_released_with_it(nat: Nat) -> None:
    ids = {nat.eip()[0], nat.eip()[0]}
    assert {each["AllocationId"] for each in nat.one()["IpLists"]["IpList"]} == ids
    refused = nat.vpcs.refused("delete_nat_gateway", nat_gateway_id=nat.gateway)
    assert refused == (400, "DependencyViolation.EIPS")
    nat.vpcs.call("delete_nat_gateway", nat_gateway_id=nat.gateway, force=True)
    nat.vpcs.cloud.settle()
    listed = nat.vpcs.call("describe_eip_addresses")["EipAddresses"]["EipAddress"]
    assert {each["Status"] for each in listed} == {"Available"}
    gone = nat.vpcs.refused("delete_nat_gateway", nat_gateway_id=nat.gateway)
    assert gone == (404, "InvalidNatGatewayId.NotFound")


def test_nat_gateway_with_snat_entries_is_deleted_by_force_only(nat: Nat) -> None:
    _, address = nat.eip()
    entry = nat.entry(address, source_cidr="192.168.0.0/16")
    nat.vpcs.call("delete_nat_gateway", nat_gateway_id=nat.gateway, force=True)
    nat.vpcs.cloud.settle()
    gone = nat.vpcs.refused("delete_snat_entry", snat_entry_id=entry, snat_table_id=nat.table)
    assert gone == (404, "InvalidSnatEntryId.NotFound")


def test_vswitch_and_vpc_of_a_nat_gateway_are_not_deleted(nat: Nat) -> None:
    refused = nat.vpcs.refused("delete_vswitch", v_switch_id=nat.vswitch)
    assert refused == (400, "DependencyViolation.EnhancedNatgw")
    listed = nat.vpcs.call("describe_vpcs", vpc_id=nat.vpc)["Vpcs"]["Vpc"]
    assert listed[0]["NatGatewayIds"]["NatGatewayIds"] == [nat.gateway]


def test_ipv4_gateway_is_activated_beside_nat_eips_in_nat_mode_only(vpcs: Vpcs, nat: Nat) -> None:
    nat.eip()
    gateway = vpcs.gateway(nat.vpc)
    refused = vpcs.refused("enable_vpc_ipv_4gateway", ipv_4gateway_id=gateway)
    assert refused == (400, "OperationDenied.NatgatewayExist")
    fitting = Nat.of(vpcs, eip_bind_mode="NAT")
    fitting.eip()
    vpcs.gateway(fitting.vpc, active=True)


def test_eip_of_a_nat_gateway_in_wrong_mode_is_refused_behind_ipv4_gateway(
    vpcs: Vpcs, nat: Nat
) -> None:
    vpcs.gateway(nat.vpc, active=True)
    eip = vpcs.call("allocate_eip_address")["AllocationId"]
    vpcs.cloud.settle()
    refused = vpcs.refused("associate_eip_address", **nat.bound(eip))
    assert refused == (404, "OperationDenied.VpcIpv4GatewayEnabled")


def test_first_internet_nat_gateway_gets_the_default_route_of_the_system_table(nat: Nat) -> None:
    table = nat.vpcs.system_table(nat.vpc)
    (entry,) = nat.vpcs.entries(table, destination_cidr_block="0.0.0.0/0")
    assert (entry["Type"], entry["Status"]) == ("Custom", "Available")
    (hop,) = entry["NextHops"]["NextHop"]
    assert (hop["NextHopType"], hop["NextHopId"]) == ("NatGateway", nat.gateway)
    custom = nat.vpcs.table(nat.vpc)
    assert nat.vpcs.entries(custom, destination_cidr_block="0.0.0.0/0") == []
    nat.vpcs.call("delete_route_entry", route_entry_id=entry["RouteEntryId"])
    nat.vpcs.cloud.settle()
    call = {"vpc_id": nat.vpc, "v_switch_id": nat.vswitch}
    nat.vpcs.call("create_nat_gateway", **call)
    nat.vpcs.cloud.settle()
    assert nat.vpcs.entries(table, destination_cidr_block="0.0.0.0/0") == []


@pytest.mark.parametrize("network", ["internet", "intranet"])
def test_default_route_that_is_there_stays_and_an_intranet_gateway_gets_none(
    vpcs: Vpcs, network: str
) -> None:
    vpc = vpcs.vpc()
    vswitch, table = vpcs.vswitch(vpc), vpcs.system_table(vpc)
    gateway = vpcs.gateway(vpc)
    if network == "internet":
        vpcs.entry(table, "0.0.0.0/0", "Ipv4Gateway", gateway)
    before = vpcs.entries(table)
    vpcs.call("create_nat_gateway", vpc_id=vpc, v_switch_id=vswitch, network_type=network)
    vpcs.cloud.settle()
    assert vpcs.entries(table) == before


def test_a_nat_gateway_with_routes_to_it_can_be_deleted_and_they_stay(nat: Nat) -> None:
    table = nat.vpcs.table(nat.vpc)
    entry = nat.vpcs.entry(table, "0.0.0.0/0", "NatGateway", nat.gateway)
    nat.vpcs.call("delete_nat_gateway", nat_gateway_id=nat.gateway)
    nat.vpcs.cloud.settle()
    (left,) = nat.vpcs.entries(table, destination_cidr_block="0.0.0.0/0")
    assert (left["RouteEntryId"], left["Status"]) == (entry, "Available")
    assert left["NextHops"]["NextHop"][0]["NextHopId"] == nat.gateway
    other = nat.vpcs.system_table(nat.vpc)
    gone = {"next_hop_type": "NatGateway", "next_hop_id": nat.gateway, "route_table_id": other}
    again = nat.vpcs.refused("create_route_entry", destination_cidr_block="10.1.0.0/16", **gone)
    assert again == (404, "InvalidNextHopId.NotFound")
    nat.vpcs.call("delete_route_entry", route_entry_id=entry)
    nat.vpcs.cloud.settle()
    nat.vpcs.call("delete_route_table", route_table_id=table)


def test_vpc_is_deleted_with_an_entry_that_leads_nowhere(nat: Nat) -> None:
    nat.vpcs.call("delete_nat_gateway", nat_gateway_id=nat.gateway)
    nat.vpcs.cloud.settle()
    nat.vpcs.call("delete_vswitch", v_switch_id=nat.vswitch)
    nat.vpcs.cloud.settle()
    assert len(nat.vpcs.entries(nat.vpcs.system_table(nat.vpc))) == 1
    nat.vpcs.call("delete_vpc", vpc_id=nat.vpc)
    nat.vpcs.cloud.settle()
    assert nat.vpcs.call("describe_vpcs", vpc_id=nat.vpc)["TotalCount"] == 0


def test_nat_gateway_keeps_what_it_was_made_with(vpcs: Vpcs) -> None:
    nat = Nat.of(
        vpcs,
        network_type="intranet",
        availability_mode="SingleAZ",
        icmp_reply_enabled=False,
        private_link_enabled=True,
        access_mode=AccessMode(mode_value="tunnel", tunnel_type="geneve"),
    )
    one = nat.one()
    assert (one["NetworkType"], one["AvailabilityMode"]) == ("intranet", "SingleAZ")
    assert (one["IcmpReplyEnabled"], one["PrivateLinkEnabled"]) == (False, True)
    assert one["AccessMode"] == {"ModeValue": "tunnel", "TunnelType": "geneve"}
    assert (one["PrivateLinkMode"], one["InternetChargeType"]) == ("Geneve", "PayByLcu")
    whole = vpcs.call("get_nat_gateway_attribute", nat_gateway_id=nat.gateway)
    assert whole["AccessMode"] == one["AccessMode"]
    assert whole["PrivateInfo"]["VswitchId"] == nat.vswitch


def test_nat_gateway_is_cross_zone_and_answers_pings_unless_told_otherwise(nat: Nat) -> None:
    one = nat.one()
    assert (one["AvailabilityMode"], one["IcmpReplyEnabled"]) == ("CrossAZ", True)
    assert (one["PrivateLinkEnabled"], one["DeletionProtection"]) == (False, False)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"instance_charge_type": "PrePaid"}, "NotSimulated.InstanceChargeType"),
        ({"internet_charge_type": "PayBySpec"}, "NotSimulated.InternetChargeType"),
        ({"access_mode": AccessMode(mode_value="route")}, "IllegalParam.AccessMode"),
        (
            {"private_link_enabled": True, "access_mode": AccessMode(mode_value="air")},
            "IllegalParam.AccessMode",
        ),
        ({"nat_type": "Normal"}, "IllegalParam.NatType"),
        ({"ipv_4prefix": "192.168.1.0/28"}, "NotSimulated.Ipv4Prefix"),
    ],
)
def test_nat_gateway_that_cannot_be_had_is_refused_by_name(
    vpcs: Vpcs, wrong: dict[str, object], code: str
) -> None:
    vpc = vpcs.vpc()
    call = {"vpc_id": vpc, "v_switch_id": vpcs.vswitch(vpc), **wrong}
    assert vpcs.refused("create_nat_gateway", **call) == (400, code)


def test_eips_of_a_nat_gateway_in_mode_nat_take_up_an_address_each(nat: Nat) -> None:
    eip, _ = nat.eip()
    (one,) = nat.one()["IpLists"]["IpList"]
    assert one["PrivateIpAddress"] == ""
    change = {"nat_gateway_id": nat.gateway, "eip_bind_mode": "NAT"}
    nat.vpcs.call("modify_nat_gateway_attribute", **change)
    nat.vpcs.cloud.settle()
    nat.eip()
    addresses = [each["PrivateIpAddress"] for each in nat.one()["IpLists"]["IpList"]]
    assert addresses == ["192.168.1.2", "192.168.1.3"]
    assert nat.vpcs.one_vswitch(nat.vswitch)["AvailableIpAddressCount"] == 249
    nat.vpcs.call("unassociate_eip_address", **nat.bound(eip))
    nat.vpcs.cloud.settle()
    assert nat.vpcs.one_vswitch(nat.vswitch)["AvailableIpAddressCount"] == 250


def test_full_vswitch_has_no_address_for_an_eip(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vswitch = vpcs.vswitch(vpc, "192.168.1.0/29")
    call = {"vpc_id": vpc, "v_switch_id": vswitch, "eip_bind_mode": "NAT"}
    gateway = vpcs.call("create_nat_gateway", **call)["NatGatewayId"]
    for _ in range(3):
        vpcs.instance(vswitch)
    eip = vpcs.call("allocate_eip_address")["AllocationId"]
    vpcs.cloud.settle()
    bind = {"allocation_id": eip, "instance_id": gateway, "instance_type": "Nat"}
    refused = vpcs.refused("associate_eip_address", **bind)
    assert refused == (400, "OperationDenied.NoAvailablePrivateIp")


def test_nat_gateway_changes_its_name_pings_and_mode_to_nat_alone(nat: Nat) -> None:
    call = {"nat_gateway_id": nat.gateway}
    nat.vpcs.call("modify_nat_gateway_attribute", **call, name="door", icmp_reply_enabled=False)
    one = nat.one()
    assert (one["Name"], one["IcmpReplyEnabled"], one["Status"]) == ("door", False, "Available")
    nat.vpcs.call("modify_nat_gateway_attribute", **call, eip_bind_mode="NAT")
    assert nat.one()["Status"] == "Modifying"
    busy = nat.vpcs.refused("modify_nat_gateway_attribute", **call, name="gate")
    assert busy == (400, "IncorrectStatus.NATGW")
    nat.vpcs.cloud.settle()
    assert nat.one()["EipBindMode"] == "NAT"
    back = nat.vpcs.refused("modify_nat_gateway_attribute", **call, eip_bind_mode="MULTI_BINDED")
    assert back == (400, "IllegalParam.EipBindMode")


def test_enhanced_nat_gateway_paid_by_use_has_neither_specification_nor_other_type(
    nat: Nat,
) -> None:
    call = {"nat_gateway_id": nat.gateway}
    spec = nat.vpcs.refused("modify_nat_gateway_spec", **call, spec="Middle")
    assert spec == (400, "OperationUnsupported.PayByLcu")
    kind = {**call, "nat_type": "Enhanced", "v_switch_id": nat.vswitch}
    refused = nat.vpcs.refused("update_nat_gateway_nat_type", **kind)
    assert refused == (400, "OperationUnsupported.NatType")


def test_protected_nat_gateway_is_not_deleted(nat: Nat) -> None:
    protection = {"instance_id": nat.gateway, "type": "NATGW"}
    nat.vpcs.call("deletion_protection", **protection, protection_enable=True)
    assert nat.one()["DeletionProtection"] is True
    call = {"nat_gateway_id": nat.gateway, "force": True}
    refused = nat.vpcs.refused("delete_nat_gateway", **call)
    assert refused == (400, "InvalidOperation.DeletionProtection")
    nat.vpcs.call("deletion_protection", **protection, protection_enable=False)
    nat.vpcs.call("delete_nat_gateway", **call)


@pytest.mark.parametrize(
    ("fitting", "other"),
    [
        ({"network_type": "internet"}, {"network_type": "intranet"}),
        ({"availability_mode": "CrossAZ"}, {"availability_mode": "SingleAZ"}),
        ({"instance_charge_type": "PostPaid"}, {"instance_charge_type": "PrePaid"}),
        ({"zone_id": "cn-wulanchabu-b"}, {"zone_id": "cn-wulanchabu-c"}),
        ({"resource_group_id": "rg-acfmsimdefault00"}, {"resource_group_id": "rg-none"}),
        ({"nat_type": "Enhanced"}, {"spec": "Small"}),
        ({"status": "Available"}, {"status": "Deleting"}),
    ],
)
def test_nat_gateways_are_filtered(
    nat: Nat, fitting: dict[str, str], other: dict[str, str]
) -> None:
    assert nat.vpcs.call("describe_nat_gateways", **fitting)["TotalCount"] == 1
    assert nat.vpcs.call("describe_nat_gateways", **other)["TotalCount"] == 0


def test_every_zone_has_nat_gateways(vpcs: Vpcs) -> None:
    listed = vpcs.call("list_enhanhced_nat_gateway_available_zones")["Zones"]
    assert "cn-wulanchabu-b" in [each["ZoneId"] for each in listed]

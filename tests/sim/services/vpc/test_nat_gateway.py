"""NAT gateways: their EIPs, their SNAT entries, and what they stand in the way of."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.sim.services.vpc.calls import Vpcs


@dataclass(frozen=True)
class Nat:
    """A NAT gateway in a VPC of its own."""

    vpcs: Vpcs
    vpc: str
    vswitch: str
    gateway: str
    table: str

    @classmethod
    def of(cls, vpcs: Vpcs, **more: Any) -> "Nat":
        vpc = vpcs.vpc()
        vswitch = vpcs.vswitch(vpc)
        made = vpcs.call("create_nat_gateway", vpc_id=vpc, v_switch_id=vswitch, **more)
        vpcs.cloud.settle()
        (table,) = made["SnatTableIds"]["SnatTableId"]
        return cls(vpcs, vpc, vswitch, made["NatGatewayId"], table)

    def one(self) -> Any:
        listed = self.vpcs.call("describe_nat_gateways", nat_gateway_id=self.gateway)
        (found,) = listed["NatGateways"]["NatGateway"]
        return found

    def eip(self) -> tuple[str, str]:
        """An EIP that is bound to the gateway: its id and its address."""
        made = self.vpcs.call("allocate_eip_address")
        self.vpcs.cloud.settle()
        self.bind(made["AllocationId"])
        return made["AllocationId"], made["EipAddress"]

    def bind(self, eip: str) -> None:
        self.vpcs.call("associate_eip_address", **self.bound(eip))
        self.vpcs.cloud.settle()

    def bound(self, eip: str) -> dict[str, str]:
        return {"allocation_id": eip, "instance_id": self.gateway, "instance_type": "Nat"}

    def entry(self, address: str, **more: Any) -> str:
        source = more or {"source_vswitch_id": self.vswitch}
        made = self.vpcs.call(
            "create_snat_entry", snat_table_id=self.table, snat_ip=address, **source
        )
        self.vpcs.cloud.settle()
        return str(made["SnatEntryId"])


@pytest.fixture
def nat(vpcs: Vpcs) -> Nat:
    return Nat.of(vpcs)


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

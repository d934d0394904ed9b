"""Entries of gateway route tables: redirected to an endpoint or instance, and reset."""

from dataclasses import dataclass
from typing import Any

import pytest

from gwlbfw.sim.settings import Settings
from tests.sim.cloud import TRANSITION
from tests.sim.services.vpc.calls import Vpcs

CIDR = "192.168.1.0/24"
UPDATE = "update_gateway_route_table_entry_attribute"


@dataclass(frozen=True)
class GatewayTable:
    """A VPC with an active gateway and its table, and one vSwitch behind it."""

    vpcs: Vpcs
    vpc: str
    vswitch: str
    table: str

    def redirect(self, kind: str, hop: str = "") -> dict[str, Any]:
        """The parameters of a redirect of the vSwitch's entry."""
        return {
            "gateway_route_table_id": self.table,
            "destination_cidr_block": CIDR,
            "next_hop_type": kind,
            "next_hop_id": hop or None,
        }

    def entry(self) -> tuple[str, str, str]:
        """Type, id and status of the vSwitch's entry."""
        (entry,) = self.vpcs.gateway_entries(self.table)
        return entry["NextHopType"], entry["NextHopId"], entry["Status"]


@pytest.fixture
def gateway_table(vpcs: Vpcs) -> GatewayTable:
    vpc = vpcs.vpc()
    vswitch = vpcs.vswitch(vpc, CIDR)
    table = vpcs.gateway_table(vpc, vpcs.gateway(vpc, active=True))
    return GatewayTable(vpcs, vpc, vswitch, table)


def test_gateway_entry_is_redirected_to_an_endpoint_and_reset(gateway_table: GatewayTable) -> None:
    vpcs = gateway_table.vpcs
    endpoint = vpcs.endpoint(gateway_table.vswitch)
    vpcs.call(UPDATE, **gateway_table.redirect("GatewayLoadBalancerEndpoint", endpoint))
    assert gateway_table.entry() == ("GatewayLoadBalancerEndpoint", endpoint, "Modifying")
    again = vpcs.refused(UPDATE, **gateway_table.redirect("Local"))
    assert again[1] == "IncorrectStatus.RouteEntry"
    vpcs.cloud.settle()
    assert gateway_table.entry() == ("GatewayLoadBalancerEndpoint", endpoint, "Available")
    vpcs.call(UPDATE, **gateway_table.redirect("Local"))
    vpcs.cloud.settle()
    assert gateway_table.entry() == ("Local", "", "Available")


def test_gateway_entry_is_reset_to_local_between_two_next_hops(gateway_table: GatewayTable) -> None:
    vpcs = gateway_table.vpcs
    one, other = vpcs.endpoint(gateway_table.vswitch), vpcs.endpoint(gateway_table.vswitch)
    kind = "GatewayLoadBalancerEndpoint"
    vpcs.call(UPDATE, **gateway_table.redirect(kind, one))
    vpcs.cloud.settle()
    refusal = vpcs.refused(UPDATE, **gateway_table.redirect(kind, other))
    assert refusal[1] == "OperationDenied.UpdateGatewayRouteEntry"
    vpcs.call(UPDATE, **gateway_table.redirect(kind, one))
    vpcs.call(UPDATE, **gateway_table.redirect("Local"))
    vpcs.cloud.settle()
    vpcs.call(UPDATE, **gateway_table.redirect(kind, other))


def test_gateway_entry_to_an_instance_reads_back_as_ecs_instance(
    gateway_table: GatewayTable,
) -> None:
    instance = gateway_table.vpcs.instance(gateway_table.vswitch)
    gateway_table.vpcs.call(UPDATE, **gateway_table.redirect("Instance", instance))
    gateway_table.vpcs.cloud.settle()
    assert gateway_table.entry() == ("EcsInstance", instance, "Available")


def test_dry_run_of_a_redirect_leaves_the_entry_local(gateway_table: GatewayTable) -> None:
    endpoint = gateway_table.vpcs.endpoint(gateway_table.vswitch)
    call = gateway_table.redirect("GatewayLoadBalancerEndpoint", endpoint)
    assert gateway_table.vpcs.refused(UPDATE, **call, dry_run=True)[1] == "DryRunOperation"
    assert gateway_table.entry() == ("Local", "", "Available")


def test_vswitch_and_table_of_a_redirected_entry_are_not_deleted(
    gateway_table: GatewayTable,
) -> None:
    vpcs = gateway_table.vpcs
    elsewhere = vpcs.vswitch(gateway_table.vpc, "192.168.2.0/24")
    endpoint = vpcs.endpoint(elsewhere)
    vpcs.call(UPDATE, **gateway_table.redirect("GatewayLoadBalancerEndpoint", endpoint))
    vpcs.cloud.settle()
    refusal = vpcs.refused("delete_vswitch", v_switch_id=gateway_table.vswitch)
    assert refusal == (400, "DependencyViolation")
    gateway = vpcs.call("list_ipv_4gateways")["Ipv4GatewayModels"][0]["Ipv4GatewayId"]
    both = {"route_table_id": gateway_table.table, "gateway_id": gateway}
    vpcs.call("dissociate_route_table_from_gateway", **both)
    vpcs.cloud.settle()
    refusal = vpcs.refused("delete_route_table", route_table_id=gateway_table.table)
    assert refusal[1] == "IncorrectRouteTableStatus.RouteEntryExist"


def test_default_route_is_redirected_to_an_endpoint_in_place(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table, gateway = vpcs.table(vpc), vpcs.gateway(vpc)
    endpoint = vpcs.endpoint(vpcs.vswitch(vpc, CIDR))
    entry = vpcs.entry(table, "0.0.0.0/0", "Ipv4Gateway", gateway)
    vpcs.call(
        "modify_route_entry",
        route_entry_id=entry,
        new_next_hop_type="GatewayLoadBalancerEndpoint",
        new_next_hop_id=endpoint,
    )
    vpcs.cloud.settle()
    (one,) = vpcs.entries(table, next_hop_id=endpoint)
    hop = one["NextHops"]["NextHop"][0]
    assert (one["RouteEntryId"], hop["NextHopType"]) == (entry, "GatewayLoadBalancerEndpoint")


def test_vswitch_with_a_network_interface_is_not_deleted(vpcs: Vpcs) -> None:
    vswitch = vpcs.vswitch(vpcs.vpc(), CIDR)
    instance = vpcs.instance(vswitch)
    assert vpcs.one_vswitch(vswitch)["AvailableIpAddressCount"] == 251
    refusal = vpcs.refused("delete_vswitch", v_switch_id=vswitch)
    assert refusal == (400, "DependencyViolation")
    vpcs.remove(instance)
    vpcs.call("delete_vswitch", v_switch_id=vswitch)


class TestGatewayTablesWithoutEndpoints:
    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(transition=TRANSITION, endpoints_in_gateway_tables=False)

    def test_redirect_to_an_endpoint_is_refused(self, gateway_table: GatewayTable) -> None:
        endpoint = gateway_table.vpcs.endpoint(gateway_table.vswitch)
        call = gateway_table.redirect("GatewayLoadBalancerEndpoint", endpoint)
        refusal = gateway_table.vpcs.refused(UPDATE, **call)
        assert refusal[1] == "OperationDenied.NextHopTypeNonsupport"


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

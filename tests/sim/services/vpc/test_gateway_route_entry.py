"""Traffic turned to an endpoint or instance: out of a vSwitch, and in through the gateway."""

from dataclasses import dataclass
from typing import Any

import pytest

from gwlbfw.sim.settings import Settings
from tests.sim.cloud import TRANSITION
from tests.sim.services.vpc.calls import Vpcs

CIDR = "192.168.1.0/24"
UPDATE = "update_gateway_route_table_entry_attribute"


@dataclass(frozen=True)
class Gatehouse:
    """A VPC with an active gateway and its table, and one vSwitch behind it."""

    vpcs: Vpcs
    vpc: str
    vswitch: str
    table: str

    def turn(self, kind: str, hop: str = "") -> dict[str, Any]:
        """The parameters that turn the vSwitch's entry."""
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
def gatehouse(vpcs: Vpcs) -> Gatehouse:
    vpc = vpcs.vpc()
    vswitch = vpcs.vswitch(vpc, CIDR)
    table = vpcs.gateway_table(vpc, vpcs.gateway(vpc, active=True))
    return Gatehouse(vpcs, vpc, vswitch, table)


def test_gateway_entry_is_redirected_to_an_endpoint_and_reset(gatehouse: Gatehouse) -> None:
    vpcs = gatehouse.vpcs
    endpoint = vpcs.endpoint(gatehouse.vswitch)
    vpcs.call(UPDATE, **gatehouse.turn("GatewayLoadBalancerEndpoint", endpoint))
    assert gatehouse.entry() == ("GatewayLoadBalancerEndpoint", endpoint, "Modifying")
    again = vpcs.refused(UPDATE, **gatehouse.turn("Local"))
    assert again[1] == "IncorrectStatus.RouteEntry"
    vpcs.cloud.settle()
    assert gatehouse.entry() == ("GatewayLoadBalancerEndpoint", endpoint, "Available")
    vpcs.call(UPDATE, **gatehouse.turn("Local"))
    vpcs.cloud.settle()
    assert gatehouse.entry() == ("Local", "", "Available")


def test_gateway_entry_is_reset_to_local_between_two_next_hops(gatehouse: Gatehouse) -> None:
    vpcs = gatehouse.vpcs
    one, other = vpcs.endpoint(gatehouse.vswitch), vpcs.endpoint(gatehouse.vswitch)
    kind = "GatewayLoadBalancerEndpoint"
    vpcs.call(UPDATE, **gatehouse.turn(kind, one))
    vpcs.cloud.settle()
    refusal = vpcs.refused(UPDATE, **gatehouse.turn(kind, other))
    assert refusal[1] == "OperationDenied.UpdateGatewayRouteEntry"
    vpcs.call(UPDATE, **gatehouse.turn(kind, one))
    vpcs.call(UPDATE, **gatehouse.turn("Local"))
    vpcs.cloud.settle()
    vpcs.call(UPDATE, **gatehouse.turn(kind, other))


def test_gateway_entry_to_an_instance_reads_back_as_ecs_instance(gatehouse: Gatehouse) -> None:
    instance = gatehouse.vpcs.instance(gatehouse.vswitch)
    gatehouse.vpcs.call(UPDATE, **gatehouse.turn("Instance", instance))
    gatehouse.vpcs.cloud.settle()
    assert gatehouse.entry() == ("EcsInstance", instance, "Available")


def test_dry_run_of_a_redirect_leaves_the_entry_local(gatehouse: Gatehouse) -> None:
    endpoint = gatehouse.vpcs.endpoint(gatehouse.vswitch)
    call = gatehouse.turn("GatewayLoadBalancerEndpoint", endpoint)
    assert gatehouse.vpcs.refused(UPDATE, **call, dry_run=True)[1] == "DryRunOperation"
    assert gatehouse.entry() == ("Local", "", "Available")


def test_vswitch_and_table_of_a_redirected_entry_are_not_deleted(gatehouse: Gatehouse) -> None:
    vpcs = gatehouse.vpcs
    elsewhere = vpcs.vswitch(gatehouse.vpc, "192.168.2.0/24")
    endpoint = vpcs.endpoint(elsewhere)
    vpcs.call(UPDATE, **gatehouse.turn("GatewayLoadBalancerEndpoint", endpoint))
    vpcs.cloud.settle()
    refusal = vpcs.refused("delete_vswitch", v_switch_id=gatehouse.vswitch)
    assert refusal == (400, "DependencyViolation")
    gateway = vpcs.call("list_ipv_4gateways")["Ipv4GatewayModels"][0]["Ipv4GatewayId"]
    both = {"route_table_id": gatehouse.table, "gateway_id": gateway}
    vpcs.call("dissociate_route_table_from_gateway", **both)
    vpcs.cloud.settle()
    refusal = vpcs.refused("delete_route_table", route_table_id=gatehouse.table)
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

    def test_redirect_to_an_endpoint_is_refused(self, gatehouse: Gatehouse) -> None:
        endpoint = gatehouse.vpcs.endpoint(gatehouse.vswitch)
        call = gatehouse.turn("GatewayLoadBalancerEndpoint", endpoint)
        refusal = gatehouse.vpcs.refused(UPDATE, **call)
        assert refusal[1] == "OperationDenied.NextHopTypeNonsupport"

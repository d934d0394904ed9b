"""VPCs with an active gateway, with an idle one, without any, and half way between."""

import pytest

from tests.unit.reachability.worlds import GATEWAY, World, to, ulanqab


def direct() -> World:
    """The vendor's scenario as it starts: EIPs, no gateway, everything on the system table."""
    world = ulanqab()
    world.gateway, world.centralised, world.enabled = None, False, False
    for subnet in world.subnets.values():
        subnet.table = "system"
    world.endpoints.clear()
    world.services.clear()
    world.tables = {"system": {}}
    return world


def test_public_addresses_work_both_ways_uninspected_without_a_gateway() -> None:
    world = direct()
    assert world.said() == ("bypass", "bypass")
    (flow,) = world.flows("app-b", "inbound")
    assert (flow.symmetric, flow.endpoint, flow.inspected) == (True, None, False)


def test_a_gateway_that_was_never_activated_changes_nothing() -> None:
    world = direct()
    world.gateway = "Created"
    assert world.said() == ("bypass", "bypass")


@pytest.mark.parametrize("status", ["Created", "Creating"])
def test_a_route_to_an_idle_gateway_changes_nothing_either(status: str) -> None:
    world = direct().route("system", "0.0.0.0/0", GATEWAY)
    world.gateway = status
    assert world.said() == ("bypass", "bypass")


def test_activation_without_a_route_takes_the_internet() -> None:
    world = direct()
    world.gateway, world.enabled, world.centralised, world.gateway_table = (
        "Created",
        True,
        True,
        False,
    )
    inbound, outbound = world.said()
    assert outbound == "no_route"
    assert inbound == "bypass"  # it comes in, and nothing goes back


def test_activation_with_a_route_keeps_the_internet() -> None:
    world = direct().route("system", "0.0.0.0/0", GATEWAY)
    world.gateway, world.enabled, world.centralised, world.gateway_table = (
        "Created",
        True,
        True,
        False,
    )
    assert world.said() == ("bypass", "bypass")


@pytest.mark.parametrize("status", ["Activating", "Modifying", "Deleting", "NextYearsState", ""])
def test_a_gateway_in_the_middle_of_something_is_not_known(status: str) -> None:
    world = ulanqab()
    world.gateway = status or "-"
    assert world.said() == ("unknown", "unknown")


def test_an_activation_under_way_is_not_known() -> None:
    world = direct().route("system", "0.0.0.0/0", GATEWAY)
    world.gateway = "Activating"
    assert world.said() == ("unknown", "unknown")


def test_a_vpc_left_private_by_a_deletion_has_no_internet() -> None:
    world = direct()
    world.centralised = True
    assert world.said() == ("no_route", "no_route")


def test_a_new_gateway_in_a_private_vpc_gives_nothing_until_it_is_active() -> None:
    world = direct().route("system", "0.0.0.0/0", GATEWAY)
    world.gateway, world.centralised = "Created", True
    assert world.said() == ("no_route", "black_hole")


def test_a_route_to_an_endpoint_loses_packets_before_the_gateway_is_active() -> None:
    world = ulanqab()
    world.enabled, world.centralised = False, False
    assert world.said() == ("bypass", "black_hole")


@pytest.mark.parametrize("has_eip", [True, False, None], ids=["with", "without", "gone"])
def test_a_public_address_works_past_a_nat_gateway_without_an_ipv4_gateway(
    has_eip: bool | None,
) -> None:
    world = direct().route("system", "0.0.0.0/0", ("NatGateway", "ngw-1"))
    if has_eip is not None:
        world.nat_gateways["ngw-1"] = ("gwlbe-b", has_eip, "Available")
    assert world.said() == ("bypass", "bypass")


def test_a_nat_gateway_after_an_endpoint_needs_no_route_without_an_ipv4_gateway() -> None:
    world = ulanqab().route("t-gwlbe", "0.0.0.0/0", ("NatGateway", "ngw-1"))
    world.enabled, world.centralised = False, False
    world.nat_gateways["ngw-1"] = ("gwlbe-b", True, "Available")
    (out,) = world.flows("app-b", "outbound")
    assert out.forward_path.disposition == "internet"
    assert out.forward_path.nat_gateways == ("ngw-1",)


# --- a zone half turned ---


def test_inbound_first_is_asymmetric_until_the_default_follows() -> None:
    world = ulanqab().route("t-b", "0.0.0.0/0", GATEWAY)
    assert world.said() == ("asymmetric", "bypass")
    assert world.route("t-b", "0.0.0.0/0", to("ep-b")).verdict().proven


def test_outbound_first_is_asymmetric_until_the_entry_follows() -> None:
    world = ulanqab().unroute("gateway", "192.168.1.0/24")
    assert world.said() == ("bypass", "asymmetric")
    assert world.route("gateway", "192.168.1.0/24", to("ep-b")).verdict().proven


def test_the_vendors_module_lets_inbound_traffic_past() -> None:
    """It makes endpoints, business and endpoint routes, and leaves the gateway's entries Local."""
    world = ulanqab()
    world.tables["gateway"].clear()
    verdict = world.verdict()
    assert not verdict.proven
    for subnet in ("app-b", "app-c"):
        assert world.said(subnet) == ("bypass", "asymmetric")

"""Every state of the routes that was tried with real packets, and what became of these."""

from collections.abc import Callable

import pytest

from tests.unit.reachability.worlds import GATEWAY, World, to, ulanqab


def _gateway_entry_local(world: World) -> World:
    return world.unroute("gateway", "192.168.1.0/24")


def _app_default_to_gateway(world: World) -> World:
    return world.route("t-b", "0.0.0.0/0", GATEWAY)


def _app_default_missing(world: World) -> World:
    return world.unroute("t-b", "0.0.0.0/0")


def _gwlbe_default_missing(world: World) -> World:
    return world.unroute("t-gwlbe", "0.0.0.0/0")


def _gwlbe_default_to_itself(world: World) -> World:
    return world.route("t-gwlbe", "0.0.0.0/0", to("ep-b"))


def _gwlbe_table_lacks_subnet(world: World) -> World:
    world.lacks.add(("t-gwlbe", "192.168.1.0/24"))
    return world


def _app_to_other_zone(world: World) -> World:
    return world.route("t-b", "0.0.0.0/0", to("ep-c"))


def _gateway_to_other_zone(world: World) -> World:
    return world.route("gateway", "192.168.1.0/24", to("ep-c"))


def _both_to_other_zone(world: World) -> World:
    return _gateway_to_other_zone(_app_to_other_zone(world))


@pytest.mark.parametrize(
    ("state", "inbound", "outbound"),
    [
        (lambda world: world, "inspected", "inspected"),
        (_gateway_entry_local, "bypass", "asymmetric"),
        (_app_default_to_gateway, "asymmetric", "bypass"),
        (_app_default_missing, "black_hole", "no_route"),
        (_gwlbe_default_missing, "black_hole", "black_hole"),
        (_gwlbe_default_to_itself, "loop", "loop"),
        (_gwlbe_table_lacks_subnet, "loop", "loop"),
        (_app_to_other_zone, "asymmetric", "asymmetric"),
        (_gateway_to_other_zone, "asymmetric", "asymmetric"),
        (_both_to_other_zone, "inspected", "inspected"),
    ],
)
def test_the_proof_agrees_with_what_real_packets_did(
    state: Callable[[World], World], inbound: str, outbound: str
) -> None:
    """Where both requests succeeded although half of the packets went past the appliances too."""
    assert state(ulanqab()).said() == (inbound, outbound)


def test_zone_c_is_no_worse_for_what_is_wrong_in_zone_b() -> None:
    assert _gateway_entry_local(ulanqab()).said("app-c") == ("inspected", "inspected")


def test_appliances_see_one_direction_where_the_gateways_entry_is_local() -> None:
    (inbound,) = _gateway_entry_local(ulanqab()).flows("app-b", "inbound")
    assert not inbound.inspected
    assert [each.endpoint for each in inbound.return_path.inspections] == ["ep-b"]


def test_appliances_see_one_direction_where_the_app_default_is_the_gateway() -> None:
    (inbound,) = _app_default_to_gateway(ulanqab()).flows("app-b", "inbound")
    assert inbound.inspected
    assert not inbound.symmetric
    assert inbound.return_path.inspections == ()


def test_crossing_zones_both_ways_is_proven_with_a_warning() -> None:
    verdict = _both_to_other_zone(ulanqab()).verdict()
    assert verdict.proven
    warnings = [each.message for each in verdict.findings if each.severity == "warning"]
    assert any("crosses zones" in each for each in warnings)

"""The consent that a plan needs, on a firewall that is in place: what leaves, and what does not."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from gwlbfw.address import Address, Ref
from gwlbfw.forecast import transient_flows
from gwlbfw.forecast.forecast import with_forecast
from gwlbfw.plan.forecast import Forecast, TransientFlow
from gwlbfw.resources import Route
from gwlbfw.resources.graph import Live, Node, ResourceGraph
from gwlbfw.resources.next_hop import GATEWAY
from tests.unit.plan.planned import planned
from tests.unit.reachability.graphs import network_of
from tests.unit.samples import B, C, example, live_of

IN_PLACE = live_of(example())
WAY_OUT = Address(f"route.business/shop/{B}")
WAY_IN = Address("route.gateway/shop/app-b")
SUBNET, OTHER = "vswitch.business/shop/app-b", "vswitch.business/shop/app-c"


def forecast(target: ResourceGraph, live: Live = IN_PLACE, *, destroys: bool = False) -> Forecast:
    plan = replace(planned(target, live, known=example()).plan, destroys=destroys)
    found = with_forecast(plan, network_of(live.nodes), live, {**example(), **target}).forecast
    assert found is not None
    return found


def without(*addresses: str) -> dict[Address, Node]:
    return {at: node for at, node in IN_PLACE.nodes.items() if at not in addresses}


def led(graph: ResourceGraph, at: Address, kind: str, to: str) -> dict[Address, Node]:
    """The graph with a route that leads elsewhere."""
    route = graph[at].resource
    assert isinstance(route, Route)
    hop: Ref[object] = Ref(to)
    other = route.model_copy(update={"next_hop_type": kind, "next_hop": hop})
    return {**graph, at: replace(graph[at], resource=other)}


def seen(rows: Iterable[TransientFlow]) -> set[tuple[str, str, str | None, bool]]:
    return {(each.subnet, each.direction, each.reason, each.seconds is None) for each in rows}


def test_plan_that_deletes_a_zones_default_route_loses_its_traffic_for_good() -> None:
    """No moment differs from the end, and yet all of the zone is lost."""
    found = forecast(without(WAY_OUT))
    assert found.worst == "black_hole"
    assert seen(found.consent) == {
        (SUBNET, "inbound", "lost", True),
        (SUBNET, "outbound", "lost", True),
    }
    assert {each.after for each in found.consent} == {(f"{WAY_OUT}:delete",)}
    assert {each.until for each in found.consent} == {()}


def test_zone_that_nobody_uses_loses_nothing() -> None:
    """Both subnets have routes, but only one of them has a server with a public address."""
    live = live_of(without("eip.shop/ecs-b-01"))
    target = {at: node for at, node in live.nodes.items() if at != WAY_OUT}
    found = forecast(target, live)
    assert (found.consent, found.worst) == ((), "none")


def test_traffic_that_is_never_inspected_again_is_accepted_as_an_uninspected_end() -> None:
    past = led(led(IN_PLACE.nodes, WAY_OUT, GATEWAY, "ipv4_gateway.shop"), WAY_IN, "Local", "")
    found = forecast(past)
    assert (SUBNET, "outbound", "uninspected", True) in seen(found.consent)
    assert all(each.accepted_as_uninspected for each in found.consent)
    assert found.worst == "bypass"


def test_asymmetric_moment_of_a_zone_that_is_cut_over_needs_no_consent() -> None:
    """Both ways to another zone's endpoint, as one: stated, and not asked about.

    An entry of the gateway's table gets there by way of `Local`, which is no such moment.
    """
    other = f"endpoint.shop/{C}"
    both = IN_PLACE.nodes
    for at in (WAY_OUT, WAY_IN):
        both = led(both, at, "GatewayLoadBalancerEndpoint", other)
    found = forecast(both)
    moments = [each for each in found.transient_flows if each.verdict == "asymmetric"]
    assert {(each.direction, each.reason) for each in moments} == {("outbound", "uninspected")}
    assert all(each.seconds for each in moments)
    assert {(each.direction, each.verdict) for each in found.consent} == {("inbound", "bypass")}


def test_server_and_address_that_go_are_lost_and_one_that_stays_is_not() -> None:
    gone = forecast(without("instance.server/shop/ecs-b-01", "eip.shop/ecs-b-01"))
    (inbound, outbound) = gone.consent
    assert {each.holder for each in gone.consent} == {"instance.server/shop/ecs-b-01"}
    assert (inbound.direction, inbound.destinations) == ("inbound", ("192.168.1.153/32",))
    assert (outbound.direction, outbound.reason, outbound.seconds) == ("outbound", "lost", None)
    assert gone.worst == "black_hole"
    assert forecast(without("instance.server/shop/ecs-b-01")).worst == "black_hole"
    assert forecast(IN_PLACE.nodes).consent == ()


def test_unjudged_subnet_needs_consent_beside_a_loss_that_comes_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transient_flows, "MOST_STATES", 0)
    found = forecast(without(WAY_OUT, "eip.shop/ecs-c-01"))
    assert found.unjudged == (SUBNET, OTHER)
    assert [each.reason for each in found.consent] == ["lost"] * 2 + ["not_judged"] * 4
    assert found.worst == "black_hole"


class TestDestroy:
    def test_own_servers_may_go(self) -> None:
        assert forecast({}, destroys=True).consent == ()

    def test_servers_of_others_lose_what_the_stack_takes_away(self) -> None:
        """The VPC, its servers and EIPs were there before; the routes were not."""
        theirs = ("vpc", "vswitch", "instance", "eip")
        nodes = {
            at: replace(node, owned=node.owned and at.kind not in theirs)
            for at, node in IN_PLACE.nodes.items()
        }
        live = Live(nodes, addresses=IN_PLACE.addresses)
        found = forecast({}, live, destroys=True)
        assert {each.subnet for each in found.consent} == {SUBNET, OTHER}
        assert found.consent[0].reason == "lost"

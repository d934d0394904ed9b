"""The forecast of a whole plan: its start, its end, and what needs consent."""

from dataclasses import replace
from pathlib import Path

import pytest

from gwlbfw.forecast.forecast import verdict_at_end, with_forecast
from gwlbfw.plan.forecast import Forecast
from gwlbfw.reachability import Network
from gwlbfw.reachability.model import PublicAddress
from gwlbfw.resources.facts import Forwarding
from gwlbfw.resources.graph import Live, Node, ResourceGraph
from gwlbfw.resources.resource import kinds
from tests.unit.forecast.insertion import before
from tests.unit.forecast.test_states import SMALL
from tests.unit.plan.planned import planned
from tests.unit.reachability.graphs import network_of
from tests.unit.samples import live_of


@pytest.fixture
def start(tmp_path: Path) -> tuple[Live, ResourceGraph]:
    """A network without a firewall, and the graph with it."""
    live, plan = before(SMALL, tmp_path)
    return live, {c.address: c.towards for c in plan.changes if c.towards}


def inspects(node: Node) -> bool:
    return node.resource.forwarding is Forwarding.INSPECTION


def forecast(live: Live, seen: Live, target: ResourceGraph) -> Forecast:
    """The forecast of the plan to a graph, from the network as far as it was read."""
    return forecast_of(network_of(seen.nodes), live, target)


def forecast_of(network: Network, live: Live, target: ResourceGraph) -> Forecast:
    found = with_forecast(planned(target, live).plan, network, live, target).forecast
    assert found is not None
    return found


def test_firewall_that_a_plan_puts_in_inspects_at_its_end(
    start: tuple[Live, ResourceGraph],
) -> None:
    live, target = start
    found = forecast(live, live, target)
    assert {each.verdict for each in found.before.flows} == {"bypass"}
    assert found.proven


def test_network_without_public_addresses_has_no_traffic_to_lose(
    start: tuple[Live, ResourceGraph],
) -> None:
    live, target = start
    found = forecast(live, live, target)
    assert (found.transient_flows, found.states, found.worst) == ((), 0, "none")
    network = network_of(live.nodes)
    (subnet,) = (each for each in network.subnets.values() if each.role == "business")
    public = PublicAddress("8.0.0.1", "", "eni-1", subnet.vpc, subnet.id)
    found = forecast_of(replace(network, public_ips=(public,)), live, target)
    assert found.states > 0
    assert (found.worst, found.consent) == ("asymmetric", ())


def test_parts_of_the_firewall_that_no_endpoint_leads_to_yet_count_at_the_end(
    start: tuple[Live, ResourceGraph],
) -> None:
    """The network is read from its endpoints on; what an interrupted run made is not in it."""
    live, target = start
    made = {at: node for at, node in target.items() if inspects(node)}
    assert {at.kind for at in made} >= {"endpoint_service", "load_balancer", "server_group"}
    order = list(kinds())  # as discovery reads them
    nodes = sorted({**live.nodes, **made}.items(), key=lambda each: order.index(each[0].kind))
    found = forecast(live_of(dict(nodes)), live, target)
    assert {each.verdict for each in found.after.flows} == {"inspected"}


def test_plan_from_a_file_has_no_network_at_its_end(start: tuple[Live, ResourceGraph]) -> None:
    live, target = start
    plan = planned(target, live).plan
    found = forecast(live, live, target)
    assert verdict_at_end(replace(plan, forecast=found)).summary() == found.after
    with pytest.raises(AssertionError):
        verdict_at_end(replace(plan, forecast=replace(found, end=None)))

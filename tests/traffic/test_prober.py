"""Under live traffic: what a firewall put in, and taken out again, does to every packet."""

from collections.abc import Callable, Mapping

import pytest

from gwlbfw.plan import Plan
from gwlbfw.plan.forecast import TransientFlow
from tests.scenarios.existing import Existing
from tests.scenarios.testbed import Content, Deployment, Testbed, succeeded
from tests.traffic.naive_order import naive
from tests.traffic.networks import brownfield, direct, direct_eips, network
from tests.traffic.prober import Prober, Sight, probe

Start = tuple[Callable[[Testbed], Existing], Callable[[Existing], Content]]
STARTS: Mapping[str, Start] = {
    "brownfield": (network, brownfield),
    "direct": (direct, direct_eips),
}
OUT = {"inbound-first": False, "outbound-first": True}
"""Which of the two ways passes the firewall alone while a zone is being turned."""


def inserted(
    testbed: Testbed, start: str, order: str = "inbound-first"
) -> tuple[Existing, Content]:
    """A network that serves traffic, and the topology that puts a firewall into it."""
    make, topology = STARTS[start]
    made = make(testbed)
    return made, {**topology(made), "cutover": {"order": order}}


def run(stack: Deployment, prober: Prober, *, destroy: bool = False, plain: bool = False) -> Plan:
    """Plan, and carry that out while the prober looks."""
    plan = stack.plan(destroy=destroy)
    prober.sights.clear()
    succeeded(stack.stack.sync.apply(naive(plan) if plain else plan, prober.hear))
    return plan


@pytest.mark.parametrize(
    ("order", "settles"),
    [("inbound-first", True), ("inbound-first", False), ("outbound-first", False)],
    ids=["settled", "inbound-first", "outbound-first"],
)
@pytest.mark.parametrize("start", STARTS)
def test_traffic_that_works_goes_on_and_is_asymmetric_only_while_its_zone_is_cut_over(
    testbed: Testbed, start: str, order: str, settles: bool
) -> None:
    made, content = inserted(testbed, start, order)
    before = probe(testbed, made)
    assert all(way.connected and not way.inward for way in before.values())

    prober = Prober(made, settles)
    plan = run(testbed.stack(content, prober.watch), prober)
    assert_connected(prober, plan)
    assert_turned_as_one(prober, order)
    end = prober.sights[-1].servers(lambda way: way.inspected)
    assert end == {"server-app-b", "server-app-c"}

    back = Prober(made, settles)
    plan = run(testbed.stack(content, back.watch), back, destroy=True)
    assert_connected(back, plan)
    assert_turned_as_one(back, order)
    assert probe(testbed, made) == before


def assert_connected(prober: Prober, plan: Plan) -> None:
    """Nothing is without connectivity, but where and while the plan says so."""
    assert plan.forecast is not None
    transient = (*plan.forecast.transient_flows, *plan.forecast.transient_if_refused)
    stated = [each for each in transient if each.black_hole]
    names = {made: name for name, made in prober.made.ids.items()}
    for sight in prober.sights:
        for server in sight.servers(lambda way: not way.connected):
            subnet = server.removeprefix("server-")
            said = [e for e in stated if subnet in (e.subnet.split("/")[-1], names.get(e.subnet))]
            assert any(lasts(each, sight) for each in said), (server, sight.call)


def lasts(flow: TransientFlow, sight: Sight) -> bool:
    """True if a transient flow has come and is not over."""
    return sight.started >= set(flow.after) and not sight.done >= set(flow.until)


def assert_turned_as_one(prober: Prober, order: str) -> None:
    """One window a zone, one zone at a time, and one call to open it and one to close it."""
    for name in ("app-b", "app-c"):
        (window,) = prober.windows(f"server-{name}")
        for sight in window:
            ways = [way for way in sight.paths.values() if way.asymmetric]
            assert sight.servers(lambda way: way.asymmetric) == {f"server-{name}"}
            assert all(bool(way.outward) == OUT[order] for way in ways)
            assert all(bool(way.inward) != OUT[order] for way in ways)
    assert not prober.windows("server-by")
    assert not prober.windows("server-vtb")


@pytest.mark.parametrize("start", STARTS)
def test_windows_are_longer_in_plain_order_of_dependency(testbed: Testbed, start: str) -> None:
    """Of two zones: one read and one change each; every further zone adds as much to the latter."""
    made, content = inserted(testbed, start)
    figures = {}
    for how in ("paired", "plain"):
        for way in ("apply", "destroy"):
            prober = Prober(made, settles=True)
            stack = testbed.stack(content, prober.watch)
            run(stack, prober, destroy=way == "destroy", plain=how == "plain")
            figures[how, way] = prober.longest()
    assert figures == {
        ("paired", "apply"): 2,
        ("paired", "destroy"): 2,
        ("plain", "apply"): 4,
        ("plain", "destroy"): 4,
    }


def test_the_prober_sees_a_route_that_is_taken_away(testbed: Testbed) -> None:
    made, _ = inserted(testbed, "brownfield")
    testbed.done(
        "vpc:DeleteRouteEntry",
        RouteTableId=made.ids["table-app-b"],
        DestinationCidrBlock="0.0.0.0/0",
        NextHopId=made.ids["gateway"],
    )
    now = probe(testbed, made)
    lost = {server for (server, _), way in now.items() if not way.connected}
    assert lost == {"server-app-b"}

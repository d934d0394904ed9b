"""A zone turns back as a whole or not at all, and so do the routes to a gateway that goes."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass

import pytest

from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.errors import CloudError, Rejected
from tests.scenarios.dump import dump
from tests.scenarios.existing import Existing
from tests.scenarios.test_brownfield import refusing
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C
from tests.scenarios.testbed import Content, RefusingTransport, Testbed
from tests.traffic.networks import brownfield, direct, direct_eips, network
from tests.traffic.prober import probe
from tests.unit.state.test_crash import Killed

ENDPOINT = "GatewayLoadBalancerEndpoint"
TURNS = ("ModifyRouteEntry", "UpdateGatewayRouteTableEntryAttribute")
Scene = tuple[Existing, Content]


@pytest.fixture(params=["brownfield", "direct"])
def scene(request: pytest.FixtureRequest, testbed: Testbed) -> Scene:
    """A network with servers whose traffic is inspected, and its topology."""
    if request.param == "direct":
        made = direct(testbed)
        content = direct_eips(made)
    else:
        made = network(testbed)
        content = brownfield(made)
    testbed.stack(content).apply()
    return made, content


def without_zone(content: Content) -> Content:
    """The topology without its second zone."""
    edited = deepcopy(content)
    del edited["business_vpcs"]["shop"]["zones"][C]
    return edited


def leads_back(call: BoundCall) -> bool:
    """Whether a call turns a route off the firewall."""
    return call.action in TURNS and ENDPOINT not in call.params.values()


def refused_at(number: int) -> Callable[[Transport], Transport]:
    """A cloud that refuses for good the call of this number that turns a route back."""
    seen: list[BoundCall] = []

    def refuse(call: BoundCall) -> CloudError | None:
        if not leads_back(call):
            return None
        seen.append(call)
        is_it = len(seen) > number and call.params == seen[number].params
        return Rejected(call.name, "Forbidden", "Not this one.", "R-1") if is_it else None

    return lambda inner: RefusingTransport(inner, refuse)


SUBNET_TURNS = (
    *("AssociateRouteTable", "UnassociateRouteTable", "UpdateGatewayRouteTableEntryAttribute"),
)


def refusing_turn(number: int) -> Callable[[Transport], Transport]:
    """A cloud that refuses for good the call of this number that turns a subnet either way."""
    seen: list[BoundCall] = []

    def refuse(call: BoundCall) -> CloudError | None:
        if call.action not in SUBNET_TURNS:
            return None
        seen.append(call)
        refused = len(seen) > number and call.action == seen[number].action
        return Rejected(call.name, "Forbidden", "Not this one.", "R-1") if refused else None

    return lambda inner: RefusingTransport(inner, refuse)


def inspected(made: Existing) -> frozenset[str]:
    """The servers whose traffic is inspected; nobody's is asymmetric, or lost."""
    made.testbed.settle()
    ways = probe(made.testbed, made)
    assert not [server for (server, _), way in ways.items() if way.asymmetric]
    assert all(way.connected for way in ways.values())
    return frozenset(server for (server, _), way in ways.items() if way.inspected)


BOTH = frozenset({"server-app-b", "server-app-c"})


def test_zone_of_which_one_route_is_refused_stays_behind_the_firewall(scene: Scene) -> None:
    made, content = scene
    smaller = made.testbed.stack(without_zone(content), refused_at(1))
    plan = smaller.plan()
    report = smaller.stack.sync.apply(plan, accept_uninspected=True, allow_traffic_loss=True)
    assert report.outcome == "failed"
    assert inspected(made) == BOTH
    for number, left in enumerate((BOTH, BOTH, {"server-app-b"})):
        assert made.testbed.stack(content, refused_at(number)).stack.sync.destroy().failures
        assert inspected(made) == left


def with_bystander(made: Existing) -> Content:
    """The topology with a subnet that was on the system table, in a zone that is inspected."""
    content = direct_eips(made)
    content["business_vpcs"]["shop"]["zones"][B]["subnets"]["by"] = {"id": made.ids["by"]}
    return content


def test_subnet_joins_an_inspected_zone_as_one_and_leaves_it_as_one(testbed: Testbed) -> None:
    made = direct(testbed)
    testbed.stack(direct_eips(made)).apply()
    after = {*BOTH, "server-by"}
    for content, number, before, now in (
        (with_bystander(made), 0, BOTH, after),
        (direct_eips(made), 0, after, BOTH),
        (with_bystander(made), 1, BOTH, after),
        (direct_eips(made), 1, after, BOTH),
    ):
        broken = testbed.stack(content, refusing_turn(number))
        report = broken.stack.sync.apply(broken.plan(), accept_uninspected=True)
        assert report.outcome == "failed"
        assert inspected(made) == before
        plan = testbed.stack(content).plan()
        assert plan.forecast is not None
        assert [each for each in plan.forecast.consent if each.reason != "uninspected"] == []
        testbed.stack(content).stack.sync.apply(plan, accept_uninspected=True)
        assert inspected(made) == now


def test_deletion_of_a_gateway_that_is_refused_gives_everybody_the_routes_to_it_again(
    testbed: Testbed,
) -> None:
    made = direct(testbed)
    before = dump(testbed)
    testbed.stack(direct_eips(made)).apply()
    broken = testbed.stack(direct_eips(made), refusing("DeleteIpv4Gateway"))
    assert broken.stack.sync.destroy().outcome == "failed"
    assert inspected(made) == set()
    testbed.stack(direct_eips(made)).destroy()
    assert dump(testbed) == before


@dataclass
class Watched:
    """Passes calls on until it is dead, and does something once a route has turned back."""

    inner: Transport
    disturb: Callable[["Watched"], None]
    done: bool = False
    dead: bool = False

    def send(self, call: BoundCall) -> Reply:
        if self.dead:
            raise Killed
        reply = self.inner.send(call)
        if leads_back(call) and not self.done:
            self.done = True
            self.disturb(self)
        return reply


def interrupt(_: Watched) -> None:
    """Press Ctrl-C."""
    os.kill(os.getpid(), signal.SIGINT)


def kill(transport: Watched) -> None:
    """End the process before it hears of what it did."""
    transport.dead = True
    raise Killed


def test_destroy_that_is_interrupted_leaves_whole_zones_and_one_that_is_killed_goes_on(
    scene: Scene,
) -> None:
    made, content = scene
    stack = made.testbed.stack(content, lambda inner: Watched(inner, interrupt))
    plan = stack.plan(destroy=True)
    assert stack.stack.sync.apply(plan, heed_signals=True).outcome == "interrupted"
    assert inspected(made) == BOTH
    with suppress(Killed, BaseExceptionGroup):
        made.testbed.stack(content, lambda inner: Watched(inner, kill)).stack.sync.destroy()
    made.testbed.settle()
    made.testbed.stack(content).destroy()
    assert inspected(made) == set()
    assert made.testbed.stack(content).plan(destroy=True).is_empty

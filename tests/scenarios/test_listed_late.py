"""The cloud lists a moment later what an apply has made; what follows at once knows of it."""

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import pytest

from gwlbfw.cloud.error_codes import cloud_error
from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.sim.clock import Clock
from tests.scenarios.testbed import Content, Testbed, example
from tests.unit.state.test_crash import Killed

LAG_S = 1.2
"""Nearly as long as the tool gives a list on a loopback."""


@pytest.fixture
def grown(deployed: Testbed) -> Content:
    """One more server, just made and not listed yet."""
    settings = deployed.simulator.settings
    deployed.simulator.settings = replace(settings, list_lag=LAG_S)
    content = with_one_more_server()
    deployed.stack(content).apply()
    return content


def with_one_more_server() -> Content:
    content = example("ulanqab")
    servers = content["business_vpcs"]["shop"]["servers"]
    servers["ecs-b-02"] = {**servers["ecs-b-01"], "private_ip": "192.168.1.154"}
    return content


def test_apply_creates_nothing_twice_while_lists_lag(deployed: Testbed, grown: Content) -> None:
    assert deployed.stack(grown).changes() == {}


def test_drift_is_empty_after_an_apply_while_lists_lag(deployed: Testbed, grown: Content) -> None:
    assert not deployed.stack(grown).drift().drifted


@dataclass
class LateListener:
    """A transport whose list of listeners lags until a zone has been looked at twice."""

    inner: Transport
    turned: bool = False
    looks: int = 0

    def send(self, call: BoundCall) -> Reply:
        reply = self.inner.send(call)
        self.turned = self.turned or call.action == "UpdateGatewayRouteTableEntryAttribute"
        if call.action != "ListListeners" or not self.turned or self.looks == 2:
            return reply
        self.looks += 1
        return replace(reply, body={**reply.body, "Listeners": [], "TotalCount": 0})


def test_a_zone_is_not_put_back_while_the_list_lacks_its_new_listener(testbed: Testbed) -> None:
    watched: list[LateListener] = []

    def watch(inner: Transport) -> Transport:
        watched.append(LateListener(inner))
        return watched[-1]

    testbed.stack(example("ulanqab"), watch).apply()
    assert watched[0].looks == 2


def test_destroy_leaves_nothing_while_lists_lag(deployed: Testbed, grown: Content) -> None:
    deployed.stack(grown).destroy()
    assert deployed.resources == {}


@dataclass
class RefusedAtFirst:
    """A transport on which addresses are refused for a while; with the first, the process dies."""

    inner: Transport
    clock: Clock
    until: float
    dead: bool = False

    def send(self, call: BoundCall) -> Reply:
        if self.dead:
            raise Killed
        if call.action != "AllocateEipAddress":
            return self.inner.send(call)
        if self.clock.now() < self.until:
            raise cloud_error(call.name, "Throttling.User", "slower")
        self.inner.send(call)
        self.dead = True
        raise Killed


def test_destroy_finds_what_a_create_made_that_was_retried_for_long(deployed: Testbed) -> None:
    settings = deployed.simulator.settings
    deployed.simulator.settings = replace(settings, list_lag=LAG_S)
    refused = partial(RefusedAtFirst, clock=deployed.clock, until=deployed.clock.now() + 4 * LAG_S)
    with suppress(Killed, BaseExceptionGroup):
        deployed.stack(with_one_more_server(), refused).apply()
    deployed.stack(with_one_more_server()).destroy(whatever=True)
    assert deployed.resources == {}


def test_resource_deleted_by_others_is_recreated_once_the_lag_is_over(
    deployed: Testbed, grown: Content
) -> None:
    stack = deployed.stack(grown)
    made = next(e for e in stack.plan().changes if e.address == "eip.shop/ecs-b-02")
    deployed.done("vpc:UnassociateEipAddress", AllocationId=made.id)
    deployed.done("vpc:ReleaseEipAddress", AllocationId=made.id)
    begun = deployed.clock.now()
    assert stack.changes() == {made.address: "create"}
    assert deployed.clock.now() - begun < 5


@dataclass
class DeadAfter:
    """A transport on which the process dies once the cloud has carried out an action."""

    inner: Transport
    action: str
    dead: bool = False

    def send(self, call: BoundCall) -> Reply:
        if self.dead:
            raise Killed
        reply = self.inner.send(call)
        self.dead = call.action == self.action
        if self.dead:
            raise Killed
        return reply


def test_apply_makes_again_what_a_killed_destroy_has_detached_and_lists_still_have(
    deployed: Testbed,
) -> None:
    """The list of a service's resources says nothing of their status."""
    dies = partial(DeadAfter, action="DetachResourceFromVpcEndpointService")
    with suppress(Killed, BaseExceptionGroup):
        deployed.stack(example("ulanqab"), dies).destroy(whatever=True)
    stack = deployed.stack(example("ulanqab"))
    stack.apply(whatever=True)
    assert stack.changes() == {}


def test_nothing_is_made_twice_where_the_file_is_edited_before_lists_show_it(
    testbed: Testbed,
) -> None:
    """The token of a create serves for the same parameters alone."""
    testbed.simulator.settings = replace(testbed.simulator.settings, list_lag=LAG_S)
    dies = partial(DeadAfter, action="RunInstances")
    with suppress(Killed, BaseExceptionGroup):
        testbed.stack(example("ulanqab"), dies).apply()
    edited = example("ulanqab")
    edited["security_vpc"]["appliances"]["ecs-01"]["name"] = "other"
    edited["security_vpc"]["appliances"]["ecs-02"]["name"] = "other"
    stack = testbed.stack(edited)
    stack.apply()
    assert stack.changes() == {}

"""An exchange of appliances that stops while the first one drains goes on, and ends its drain."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field

import pytest

from gwlbfw.cloud.call import objects
from gwlbfw.cloud.reply_fields import text_at
from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.execute import Event
from tests.scenarios.testbed import Content, Recorder, Testbed, example
from tests.unit.state.test_crash import Killed

DRAIN_S = 300.0
EXCHANGE = ("AddServersToServerGroup", "RemoveServersFromServerGroup", "DeleteInstance")


@dataclass
class Drains:
    """Keeps when members are removed and instances deleted; may hide the members that drain."""

    testbed: Testbed
    hides: bool
    removed: dict[str, float] = field(default_factory=dict)
    waited: dict[str, float] = field(default_factory=dict)
    """By instance, the seconds from its removal to its deletion."""
    inner: Transport | None = None
    dead: bool = False

    def watch(self, inner: Transport) -> Transport:
        self.inner, self.dead = inner, False
        return self

    def send(self, call: BoundCall) -> Reply:
        if self.dead or self.inner is None:
            raise Killed
        now = self.testbed.clock.now()
        if call.action == "RemoveServersFromServerGroup":
            (server,) = objects(call.params, "Servers")
            self.removed[text_at(server, "ServerId")] = now
        if call.action == "DeleteInstance":
            instance = text_at(call.params, "InstanceId")
            self.waited[instance] = now - self.removed[instance]
        reply = self.inner.send(call)
        if self.hides and call.action == "ListServerGroupServers":
            there = [e for e in objects(reply.body, "Servers") if e["Status"] != "Draining"]
            return Reply({**reply.body, "Servers": there, "TotalCount": len(there)}, "R")
        return reply


def interrupted(_: Drains) -> None:
    """Ctrl-C."""
    os.kill(os.getpid(), signal.SIGINT)


def killed(drains: Drains) -> None:
    """No call is sent, or answered, any more."""
    drains.dead = True


@pytest.fixture
def renewed() -> Content:
    """A topology whose appliances are all to be recreated."""
    content = deepcopy(example("ulanqab"))
    for appliance in content["security_vpc"]["appliances"].values():
        appliance.pop("bootstrap", None)
        appliance["user_data"] = "#!/bin/sh\n"
    return content


@pytest.mark.parametrize(
    ("end", "hides", "forgets"),
    [
        pytest.param(interrupted, False, False, id="interrupted"),
        pytest.param(interrupted, True, False, id="interrupted, and the cloud lists no drain"),
        pytest.param(killed, True, False, id="killed, and the cloud lists no drain"),
        pytest.param(killed, True, True, id="killed, and the record is lost too"),
    ],
)
def test_appliance_that_drained_when_a_run_stopped_is_deleted_when_it_has_drained(
    deployed: Testbed,
    renewed: Content,
    end: Callable[[Drains], None],
    *,
    hides: bool,
    forgets: bool,
) -> None:
    drains = Drains(deployed, hides)
    first = deployed.stack(renewed, drains.watch)

    def stop(event: Event) -> None:
        if event.step.phase == "drained" and event.type == "started":
            end(drains)

    with suppress(Killed, BaseExceptionGroup):
        first.stack.sync.apply(first.plan(), stop, heed_signals=True)
    (half_gone,) = drains.removed
    assert not drains.waited
    if forgets:
        deployed.forget()
    again = deployed.stack(renewed, drains.watch)
    again.apply()  # which asks for no consent to lose traffic
    assert len(drains.waited) == 2
    assert drains.waited[half_gone] >= DRAIN_S - 1
    assert again.changes() == {}
    assert again.stack.sync.verify().proven


def test_health_check_that_changes_finds_half_of_the_appliances_exchanged_already(
    deployed: Testbed,
) -> None:
    """They need not answer the old probe, nor the others the new one; each is let in meanwhile."""
    content = deepcopy(example("ulanqab"))
    content["gateway_load_balancer"]["health_check"] = {"port": 8080}
    seen: list[tuple[str, list[str]]] = []

    def ports() -> list[str]:
        group = deployed.ids["security_group.appliances"]
        listed = deployed.call("ecs:DescribeSecurityGroupAttribute", SecurityGroupId=group)
        rules = listed["Permissions"]["Permission"]
        return sorted({e["PortRange"].split("/")[0] for e in rules if e["IpProtocol"] == "TCP"})

    class Watched(Recorder):
        def send(self, call: BoundCall) -> Reply:
            if call.action in (*EXCHANGE, "UpdateServerGroupAttribute"):
                seen.append((call.action, ports()))
            return super().send(call)

    stack = deployed.stack(content, Watched)
    plan = stack.plan()
    stack.try_apply(whatever=True).check()
    join, leave, delete, change = (*EXCHANGE, "UpdateServerGroupAttribute")
    assert [action for action, _ in seen] == [leave, delete, join, change, leave, delete, join]
    probed = [open_ for action, open_ in seen if action in (change, leave)]
    assert probed[1:] == [["22", "8080"]] * 2
    assert ports() == ["8080"]
    steps = {each.id: each.needs for each in plan.steps}
    gate = "instance.appliance/ecs-01:healthy"
    assert steps["server_group_member.main/ecs-02:replace-delete"] == {gate}
    assert "server_group.main:modify" in steps[gate]
    assert stack.changes() == {}

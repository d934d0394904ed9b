"""Interruption: calls in flight finish, pauses end, a zone is completed, the next run resumes."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.errors import Busy, LockedError
from gwlbfw.execute import ApplyReport
from gwlbfw.stack import Stack
from gwlbfw.state.local import LocalBackend
from gwlbfw.state.lock import Lock
from tests.scenarios.conftest import served
from tests.scenarios.testbed import Testbed, example

LOCK = "ulanqab-edge.cn-wulanchabu.lock"


@pytest.fixture
def testbed(tmp_path: Path) -> Iterator[Testbed]:
    with served(tmp_path) as made:
        yield made


class Disturbed:
    """Passes calls on, and does something before the first one of an action."""

    def __init__(
        self, inner: Transport, action: str, disturb: Callable[[], Exception | None]
    ) -> None:
        self._inner, self._action, self._disturb = inner, action, disturb
        self.sent: list[str] = []

    def send(self, call: BoundCall) -> Reply:
        first = call.action == self._action and call.action not in self.sent
        self.sent.append(call.action)
        problem = self._disturb() if first else None
        if problem is not None:
            raise problem
        return self._inner.send(call)


Disturb = Callable[[Stack, Lock], Exception | None]


def applied(testbed: Testbed, action: str, disturb: Disturb) -> ApplyReport:
    """Apply, and do something to the stack before the first call of an action."""
    holders: list[tuple[Stack, Lock]] = []

    def watch(inner: Transport) -> Transport:
        return Disturbed(inner, action, lambda: disturb(*holders[0]))

    stack = testbed.stack(example("ulanqab"), watch).stack
    with stack.locked("apply") as lock:
        holders.append((stack, lock))
        observation = stack.sync.observe(lock=lock)
        plan = stack.sync.plan(observation)
        return stack.sync.apply(plan, observation=observation, heed_signals=True)


def stop(*_: object) -> None:
    """What a service manager sends to end a command."""
    os.kill(os.getpid(), signal.SIGTERM)


def test_an_interrupted_run_finishes_the_call_in_flight_and_sends_no_other(
    testbed: Testbed,
) -> None:
    report = applied(testbed, "CreateLoadBalancer", stop)
    assert report.outcome == "interrupted"
    assert any(address == "load_balancer.main" for address in report.ids)
    said: list[str] = []
    stack = testbed.stack(example("ulanqab"), on_message=said.append)
    stack.apply()
    assert stack.changes() == {}
    assert not any("last run" in each for each in said)  # the record has all of it


def test_an_interrupted_run_ends_its_pause_at_once(testbed: Testbed) -> None:
    def busy(*_: object) -> Exception:
        stop()
        return Busy("vpc:CreateVSwitch", "TaskConflict", "busy", "R")

    report = applied(testbed, "CreateVSwitch", busy)
    assert report.outcome == "interrupted"
    assert report.makespan_s < 60
    testbed.stack(example("ulanqab")).apply()


def test_an_interrupted_run_completes_the_zone_that_is_being_cut_over(testbed: Testbed) -> None:
    report = applied(testbed, "UpdateGatewayRouteTableEntryAttribute", stop)
    turned: dict[str, set[str]] = {}
    for each in report.results:
        if each.step.group and not each.step.unless:
            turned.setdefault(each.step.group, set()).add(each.outcome)
    # The first zone stands as a whole or not at all, and the second was never begun.
    assert all(len(outcomes) == 1 for outcomes in turned.values()), turned
    assert {"interrupted"} in turned.values()
    stack = testbed.stack(example("ulanqab"))
    stack.apply()
    assert stack.changes() == {}


def test_a_run_that_loses_its_lock_sends_nothing_more(testbed: Testbed) -> None:
    def broken(stack: Stack, lock: Lock) -> None:
        stack.unlock()
        lock.renew()

    report = applied(testbed, "CreateLoadBalancer", broken)
    assert report.outcome == "failed"
    [problem] = [each.error for each in report.failures]
    assert isinstance(problem, LockedError)
    testbed.stack(example("ulanqab")).apply()
    assert LocalBackend(testbed.state).read(LOCK) is None

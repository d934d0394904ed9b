"""A stack's verbs take what they start from as values, and hold no more than those say."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.errors import StalePlanError
from gwlbfw.stack import Stack
from tests.scenarios.conftest import served
from tests.scenarios.testbed import Testbed, example


@pytest.fixture
def testbed(tmp_path: Path) -> Iterator[Testbed]:
    with served(tmp_path) as made:
        yield made


class LockWatch:
    """Notes before each creating call whether the stack is locked."""

    stack: Stack

    def __init__(self) -> None:
        self.locked: list[bool] = []

    def __call__(self, inner: Transport) -> Transport:
        self._inner = inner
        return self

    def send(self, call: BoundCall) -> Reply:
        if call.action.startswith("Create"):
            self.locked.append(self.stack.fetch_lock() is not None)
        return self._inner.send(call)


@pytest.fixture
def watch(testbed: Testbed) -> LockWatch:
    watch = LockWatch()
    watch.stack = testbed.stack(example("ulanqab"), watch).stack
    return watch


def test_apply_holds_a_lock_of_its_own_where_that_of_the_observation_was_released(
    watch: LockWatch,
) -> None:
    stack = watch.stack
    with stack.locked("plan") as lock:
        observation = stack.sync.observe(lock=lock)
        plan = stack.sync.plan(observation)
    assert stack.sync.apply(plan, observation=observation).outcome == "done"
    assert watch.locked
    assert all(watch.locked)
    assert stack.fetch_lock() is None


def test_plan_and_apply_work_without_an_observation(watch: LockWatch) -> None:
    stack = watch.stack
    assert stack.sync.apply(stack.sync.plan()).outcome == "done"
    assert all(watch.locked)
    assert stack.sync.plan().is_empty


def test_plan_of_an_observation_that_no_longer_holds_is_refused(
    testbed: Testbed, watch: LockWatch
) -> None:
    observation = watch.stack.sync.observe()
    plan = watch.stack.sync.plan(observation)
    testbed.stack(example("ulanqab")).apply()
    with pytest.raises(StalePlanError):
        watch.stack.sync.apply(plan, observation=observation)


def test_observation_without_forwarding_has_no_network(watch: LockWatch) -> None:
    observation = watch.stack.sync.observe(forwarding=False)
    with pytest.raises(ValueError, match="without forwarding"):
        _ = observation.network

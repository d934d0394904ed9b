"""A stack's verbs take what they start from as values, and hold no more than those say."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gwlbfw import Cloud
from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.errors import LockedError, SimulatorError, StalePlanError
from gwlbfw.execute import ApplyReport
from gwlbfw.stack import Stack, SyncStack
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


def test_two_applies_at_once_on_one_stack_are_one_and_an_error(
    testbed: Testbed, watch: LockWatch
) -> None:
    stack = watch.stack

    async def both() -> list[object]:
        plan = await stack.plan()
        return list(
            await asyncio.gather(stack.apply(plan), stack.apply(plan), return_exceptions=True)
        )

    done, refused = asyncio.run(both())
    assert isinstance(done, ApplyReport)
    assert done.outcome == "done"
    assert isinstance(refused, LockedError)
    assert testbed.resources["vpc"] == 2


class Waiting:
    """A stack whose lock somebody else has, until it is let go of."""

    def __init__(self, testbed: Testbed) -> None:
        self.said: list[str] = []
        self.stack = testbed.stack(example("ulanqab"), on_message=self.said.append).stack
        self.stack.lock_timeout_s = 600.0
        self.plan = self.stack.sync.plan()
        self._held = testbed.stack(example("ulanqab")).stack.locked("apply")
        self._held.__enter__()

    async def begin(self, verb: str) -> asyncio.Task[ApplyReport]:
        """Start a verb, and come back while it waits."""
        work = self.stack.apply(self.plan) if verb == "apply" else self.stack.destroy()
        task = asyncio.create_task(work)
        while not self.said:
            await asyncio.sleep(0)
        assert self.said[0].startswith("waiting: the stack is locked by")
        return task

    def let_go(self) -> None:
        self._held.__exit__(None, None, None)


@pytest.mark.parametrize("verb", ["apply", "destroy"])
def test_other_tasks_go_on_while_a_lock_is_waited_for(
    testbed: Testbed, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gwlbfw.state.lock.LOOKED_AT_EVERY_S", 0.001)
    waiting = Waiting(testbed)

    async def main() -> ApplyReport:
        task = await waiting.begin(verb)
        waiting.let_go()
        return await task

    assert asyncio.run(main()).outcome == "done"
    assert waiting.stack.fetch_lock() is None


def test_a_cancelled_wait_for_a_lock_ends_at_once_and_takes_none(testbed: Testbed) -> None:
    waiting = Waiting(testbed)

    async def main() -> None:
        task = await waiting.begin("apply")
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())
    waiting.let_go()
    assert waiting.stack.fetch_lock() is None
    assert testbed.simulator.status().empty


@pytest.mark.parametrize("under", ["the lock", "the observation"])
def test_two_applies_at_once_under_one_lock_are_one_and_an_error(
    testbed: Testbed, watch: LockWatch, under: str
) -> None:
    stack = watch.stack

    async def both() -> list[object]:
        with stack.locked("apply") as lock:
            seen = await stack.observe(lock=lock)
            plan = await stack.plan(seen)
            observation = seen if under == "the observation" else None
            runs = (stack.apply(plan, observation=observation) for _ in range(2))
            return list(await asyncio.gather(*runs, return_exceptions=True))

    done, refused = asyncio.run(both())
    assert isinstance(done, ApplyReport)
    assert isinstance(refused, LockedError)
    assert testbed.resources["vpc"] == 2


def test_a_task_takes_a_lock_once_however_deep(watch: LockWatch) -> None:
    stack = watch.stack
    with stack.locked("edit") as outer, stack.locked("apply") as inner:
        assert inner is outer
        assert stack.sync.apply(stack.sync.plan()).outcome == "done"
        assert outer.is_held
        with ThreadPoolExecutor(1) as another:
            refusal = another.submit(stack.sync.apply, stack.sync.plan()).exception()
        assert isinstance(refusal, LockedError)
    assert stack.fetch_lock() is None
    assert all(watch.locked)


def test_a_task_that_outlives_the_lock_it_began_under_sends_nothing_more(
    testbed: Testbed, watch: LockWatch
) -> None:
    stack = watch.stack

    async def outlived() -> ApplyReport:
        with stack.locked("apply") as lock:
            seen = await stack.observe(lock=lock)
            plan = await stack.plan(seen)
            run = asyncio.create_task(stack.apply(plan, observation=seen))
            await asyncio.sleep(0)
        return await run

    report = asyncio.run(outlived())
    assert report.outcome == "failed"
    assert all(isinstance(each.error, LockedError) for each in report.failures)
    assert testbed.simulator.status().empty


def test_a_stack_that_was_closed_says_so(watch: LockWatch) -> None:
    with watch.stack as stack:
        pass
    with pytest.raises(RuntimeError, match="this stack was closed"):
        stack.sync.plan()


def test_a_blocking_call_in_a_running_loop_says_what_to_write() -> None:
    async def notebook() -> None:
        SyncStack.plan(SyncStack(None))  # type: ignore[arg-type]

    with pytest.raises(RuntimeError, match=r"write `await stack\.plan\(…\)`"):
        asyncio.run(notebook())


def test_observation_without_forwarding_has_no_network(watch: LockWatch) -> None:
    observation = watch.stack.sync.observe(forwarding=False)
    with pytest.raises(ValueError, match="without forwarding"):
        _ = observation.network


def test_a_simulator_that_cannot_be_served_is_an_error_of_the_library(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SimulatorError) as refused:
        Cloud.simulated(tmp_path / "file")
    assert refused.value.diagnostics()[0].code == "simulator"

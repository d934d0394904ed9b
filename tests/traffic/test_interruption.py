"""Whatever stops a run: no zone stays half turned, no call is in flight, and all is recorded."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.execute import Event
from gwlbfw.stack import Stack
from tests.scenarios.existing import Existing, brownfield, network
from tests.scenarios.testbed import Testbed
from tests.traffic.prober import READS, ROUTES, probe


@pytest.fixture
def made(testbed: Testbed) -> Existing:
    return network(testbed)


@dataclass
class Meddler:
    """Passes changing calls on, and does something as the n-th of some actions arrives."""

    meddle: Callable[[], None]
    nth: int = 1
    actions: tuple[str, ...] = ROUTES
    """Empty for all of them."""
    in_flight: int = 0
    sent: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, inner: Transport) -> Transport:
        self._inner = inner
        return self

    def send(self, call: BoundCall) -> Reply:
        if call.action.startswith(READS):
            return self._inner.send(call)
        with self._lock:
            self.sent.append(call.action)
            counted = [each for each in self.sent if not self.actions or each in self.actions]
            hit = len(counted) == self.nth and call.action in (self.actions or {call.action})
            self.in_flight += 1
        try:
            if hit:
                self.meddle()
            return self._inner.send(call)
        finally:
            with self._lock:
                self.in_flight -= 1


SERVERS = ("server-app-b", "server-app-c")


def inspected(testbed: Testbed, made: Existing) -> list[bool]:
    """Whether each server is; one that is not goes direct both ways, as it did before."""
    testbed.settle()
    found = {}
    for (server, _), way in probe(testbed, made).items():
        assert way.connected, server
        assert way.inspected or not (way.inward or way.outward), server
        found[server] = way.inspected
    return [found[each] for each in SERVERS]


def converges(testbed: Testbed, made: Existing) -> None:
    """The next apply resumes, and nothing is left to do."""
    stack = testbed.stack(brownfield(made))
    stack.apply()
    assert inspected(testbed, made) == [True, True]
    assert stack.changes() == {}
    stack.close()


class Cancelled:
    """One apply in a task, which is cancelled as often as is asked for, from any thread."""

    def __init__(self) -> None:
        self._task: asyncio.Task[object] | None = None

    def run(self, stack: Stack, in_the_end: Callable[[], None], *, destroy: bool = False) -> bool:
        """Plan and apply; True if that was cancelled. `in_the_end` runs before the loop ends."""

        async def main() -> bool:
            self._loop = asyncio.get_running_loop()
            plan = await stack.plan(destroy=destroy)
            self._task = asyncio.create_task(stack.apply(plan))
            with suppress(asyncio.CancelledError):
                await self._task
            in_the_end()
            return self._task.cancelled()

        return asyncio.run(main())

    def cancel(self) -> None:
        assert self._task is not None
        self._loop.call_soon_threadsafe(self._task.cancel)


@pytest.mark.parametrize(("nth", "turned"), [(1, False), (2, True)])
def test_a_cancelled_apply_turns_its_zone_or_puts_it_back_and_then_lets_go_of_the_lock(
    testbed: Testbed, made: Existing, nth: int, turned: bool
) -> None:
    cancelled = Cancelled()

    def cancel() -> None:
        held.append(stack.fetch_lock() is not None)
        cancelled.cancel()
        cancelled.cancel()

    held: list[bool] = []
    meddler = Meddler(cancel, nth)
    stack = testbed.stack(brownfield(made), meddler).stack

    def in_the_end() -> None:
        assert meddler.in_flight == 0
        assert stack.fetch_lock() is None

    assert cancelled.run(stack, in_the_end)
    assert held == [True]
    assert inspected(testbed, made) == [turned, False]
    said: list[str] = []
    testbed.stack(brownfield(made), on_message=said.append).plan()
    assert said == []  # the record has all of it
    converges(testbed, made)


def test_an_apply_that_runs_out_of_time_ends_likewise(testbed: Testbed, made: Existing) -> None:
    async def main() -> None:
        plan = await stack.plan()
        async with asyncio.timeout(None) as limit:
            loop = asyncio.get_running_loop()

            def run_out() -> None:
                loop.call_soon_threadsafe(limit.reschedule, loop.time())

            late.append(run_out)
            await stack.apply(plan)

    late: list[Callable[[], None]] = []

    def meddle() -> None:
        late[0]()

    stack = testbed.stack(brownfield(made), Meddler(meddle)).stack
    with pytest.raises(TimeoutError):
        asyncio.run(main())
    assert not all(inspected(testbed, made))


class Hangup(Exception):
    """What a listener raises whose other end is gone."""


@pytest.mark.parametrize("kind", [Hangup, KeyboardInterrupt, asyncio.CancelledError])
def test_a_listener_that_raises_in_a_cutover_ends_the_run_and_is_raised(
    testbed: Testbed, made: Existing, kind: type[BaseException]
) -> None:
    def listen(event: Event) -> None:
        if event.step.group and event.type == "done":
            raise kind

    stack = testbed.stack(brownfield(made)).stack
    with pytest.raises(kind):
        stack.sync.apply(stack.sync.plan(), listen)
    assert stack.fetch_lock() is None
    assert not all(inspected(testbed, made))


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_a_signal_in_a_cutover_leaves_every_zone_whole(
    testbed: Testbed, made: Existing, number: signal.Signals
) -> None:
    """A terminal that goes away sends SIGHUP twice: from the kernel, and from the shell."""

    def hang_up() -> None:
        for _ in range(2 if number == signal.SIGHUP else 1):
            os.kill(os.getpid(), number)

    stack = testbed.stack(brownfield(made), Meddler(hang_up)).stack
    report = stack.sync.apply(stack.sync.plan(), heed_signals=True)
    assert report.outcome == "interrupted"
    assert not all(inspected(testbed, made))


def test_ctrl_c_in_a_blocking_apply_leaves_every_zone_whole(
    testbed: Testbed, made: Existing
) -> None:
    meddler = Meddler(lambda: os.kill(os.getpid(), signal.SIGINT))
    stack = testbed.stack(brownfield(made), meddler).stack
    plan = stack.sync.plan()
    with pytest.raises(KeyboardInterrupt):
        stack.sync.apply(plan)
    assert meddler.in_flight == 0
    assert stack.fetch_lock() is None
    assert not all(inspected(testbed, made))


def test_ctrl_c_again_and_again_in_a_blocking_apply_leaves_every_zone_whole_too(
    testbed: Testbed, made: Existing
) -> None:
    said: list[str] = []

    def insist() -> None:
        for _ in range(3):
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    meddler = Meddler(insist)
    stack = testbed.stack(brownfield(made), meddler, on_message=said.append).stack
    plan = stack.sync.plan()
    with pytest.raises(KeyboardInterrupt):
        stack.sync.apply(plan)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert set(said) == {
        "interrupted: the calls in flight, and a zone that turns, come to their end"
    }
    assert meddler.in_flight == 0
    assert stack.fetch_lock() is None
    assert not all(inspected(testbed, made))
    converges(testbed, made)


CALLS = 23
"""The number of changing calls of such an apply."""


@pytest.mark.parametrize("nth", range(1, CALLS + 1, 1 if os.environ.get("GWLBFW_SWEEP") else 5))
def test_a_cancelled_apply_has_no_call_in_flight_and_the_next_one_converges(
    testbed: Testbed, made: Existing, nth: int
) -> None:
    cancelled = Cancelled()
    meddler = Meddler(cancelled.cancel, nth, ())
    stack = testbed.stack(brownfield(made), meddler).stack

    def in_the_end() -> None:
        assert (meddler.in_flight, stack.fetch_lock()) == (0, None)

    assert cancelled.run(stack, in_the_end)
    inspected(testbed, made)
    converges(testbed, made)


@pytest.mark.parametrize("nth", [1, 2])
def test_a_cancelled_destroy_turns_its_zone_back_or_leaves_it_and_the_next_one_ends_it(
    testbed: Testbed, made: Existing, nth: int
) -> None:
    testbed.stack(brownfield(made)).apply()
    cancelled = Cancelled()
    meddler = Meddler(cancelled.cancel, nth)
    stack = testbed.stack(brownfield(made), meddler).stack

    def in_the_end() -> None:
        assert (meddler.in_flight, stack.fetch_lock()) == (0, None)

    assert cancelled.run(stack, in_the_end, destroy=True)
    assert any(inspected(testbed, made))
    testbed.stack(brownfield(made)).destroy()
    assert not any(inspected(testbed, made))

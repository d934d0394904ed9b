"""Time that passes only while everything waits: a run of minutes takes seconds, and no less of it.

An event loop whose clock jumps to the next timer, and a pool whose calls to a simulator in this
process last as long as its latency profile says. What is computed takes no time at all.
"""

import asyncio
import selectors
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ParamSpec, TypeVar

from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpReply, HttpRequest

P = ParamSpec("P")
T = TypeVar("T")
PATIENCE_S = 30.0
"""Seconds on the machine's clock after which no thread is waited for."""
START = datetime(2026, 1, 1, tzinfo=UTC)


class VirtualTime(asyncio.SelectorEventLoop):
    """An event loop, and the clock of what runs in it, the simulator included."""

    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(_Jumping(self))
        self.set_default_executor(_SameThread())

    def time(self) -> float:
        return self._now

    def now(self) -> float:
        """Seconds since the beginning."""
        return self._now

    def utc(self) -> datetime:
        """The date and time in UTC."""
        return START + timedelta(seconds=self._now)

    async def sleep(self, seconds: float) -> None:
        """Sleep for that many seconds."""
        await asyncio.sleep(seconds)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of what runs in this time."""
        with asyncio.Runner(loop_factory=lambda: self) as runner:
            return runner.run(work)


class SimulatorClock:
    """The time of a loop as a simulator reads it."""

    def __init__(self, loop: VirtualTime) -> None:
        self._loop = loop

    def now(self) -> float:
        return START.timestamp() + self._loop.now()

    def advance(self, seconds: float) -> None:
        self._loop.advance(seconds)


class _Jumping(selectors.DefaultSelector):
    """Waits for nothing: the time until the next timer passes at once."""

    def __init__(self, loop: VirtualTime) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if ready := super().select(0):
            return ready
        if timeout is None:  # a thread is at work, such as that which takes a lock
            if ready := super().select(PATIENCE_S):
                return ready
            raise RuntimeError("everything waits, and nothing will ever happen")
        self._loop.advance(timeout)
        return []


class _SameThread(ThreadPoolExecutor):
    """Carries out what is submitted at once."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        return _outcome(fn, *args, **kwargs)


@dataclass
class TimedSimulator:
    """A simulator that adds up how long its replies take."""

    simulator: Simulator
    delay: float = 0.0

    def handle(self, http: HttpRequest) -> HttpReply:
        reply = self.simulator.handle(http)
        self.delay += reply.delay
        return reply


class TimedPool(Executor):
    """So many calls at a time, each of which is answered after the simulator's delay."""

    def __init__(self, loop: VirtualTime, simulator: TimedSimulator, size: int) -> None:
        self._loop, self._simulator, self._free = loop, simulator, size
        self._waiting: deque[tuple[Future[Any], Callable[[], Future[Any]]]] = deque()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        self._waiting.append((future, lambda: _outcome(fn, *args, **kwargs)))
        self._start()
        return future

    def _start(self) -> None:
        while self._waiting and self._free:
            future, call = self._waiting.popleft()
            self._free -= 1
            self._simulator.delay = 0.0
            done = call()
            self._loop.call_later(self._simulator.delay, self._answer, future, done)

    def _answer(self, future: Future[Any], done: Future[Any]) -> None:
        self._free += 1
        if problem := done.exception():
            future.set_exception(problem)
        else:
            future.set_result(done.result())
        self._start()


def _outcome(fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
    done: Future[T] = Future()
    try:
        done.set_result(fn(*args, **kwargs))
    except BaseException as problem:  # noqa: BLE001 - it is raised where the result is asked for
        done.set_exception(problem)
    return done

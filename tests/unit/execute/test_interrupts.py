"""Signals and cancellation: once to stop in good order; Ctrl-C and SIGTERM twice to leave."""

import asyncio
import os
import signal
import subprocess
import sys
import threading

import pytest

from gwlbfw.cloud.clock import ManualClock
from gwlbfw.execute.interrupts import (
    EXIT_CODE,
    Interrupted,
    StoppableClock,
    graceful_shutdown,
    stopped_by_cancellation,
)


class TestClock:
    async def test_a_sleep_of_the_stoppable_clock_ends_in_its_time(self) -> None:
        clock = ManualClock()
        await StoppableClock(clock, asyncio.Event()).sleep(5)
        assert clock.now() == 5

    async def test_a_stop_ends_a_sleep_at_once(self) -> None:
        stop = asyncio.Event()
        sleeping = asyncio.create_task(StoppableClock(Forever(), stop).sleep(5))
        await asyncio.sleep(0)
        stop.set()
        with pytest.raises(Interrupted):
            await sleeping

    async def test_a_stopped_clock_begins_no_other_sleep(self) -> None:
        stop = asyncio.Event()
        stop.set()
        with pytest.raises(Interrupted):
            await StoppableClock(Forever(), stop).sleep(5)

    def test_a_stoppable_clock_has_the_time_of_its_clock(self) -> None:
        clock = ManualClock()
        stoppable = StoppableClock(clock, asyncio.Event())
        clock.advance(3)
        assert (stoppable.now(), stoppable.utc()) == (3, clock.utc())


class Forever(ManualClock):
    """A clock on which a sleep never ends."""

    async def sleep(self, seconds: float) -> None:
        del seconds
        await asyncio.Event().wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_the_first_signal_stops_the_run_and_says_so(number: int) -> None:
    stop, said = asyncio.Event(), list[str]()
    with graceful_shutdown(stop, said.append):
        os.kill(os.getpid(), number)
        await asyncio.wait_for(stop.wait(), 5)
    assert said == ["interrupted: finishing the calls in flight; interrupt again to leave at once"]


async def test_a_terminal_that_goes_away_stops_the_run_however_often_it_says_so() -> None:
    stop, said = asyncio.Event(), list[str]()
    with graceful_shutdown(stop, said.append):
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGHUP)
            await asyncio.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.01)
    assert len(said) == 1


async def test_a_message_that_nobody_hears_stops_the_run_all_the_same() -> None:
    def gone(_: str) -> None:
        raise BrokenPipeError

    stop = asyncio.Event()
    with graceful_shutdown(stop, gone):
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(stop.wait(), 5)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
async def test_a_signal_that_was_ignored_at_the_start_stays_ignored(number: int) -> None:
    before, stop = signal.signal(number, signal.SIG_IGN), asyncio.Event()
    try:
        with graceful_shutdown(stop, print):
            os.kill(os.getpid(), number)
            await asyncio.sleep(0.01)
        assert not stop.is_set()
        assert signal.getsignal(number) == signal.SIG_IGN
    finally:
        signal.signal(number, before)


async def test_signal_handlers_are_restored_afterwards() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with graceful_shutdown(asyncio.Event(), print):
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_thread_other_than_the_main_one_handles_no_signals() -> None:
    def elsewhere() -> None:
        with graceful_shutdown(asyncio.Event(), print):
            found.append(signal.getsignal(signal.SIGTERM))

    found: list[object] = []
    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert found == [before]


_TWICE = """
import asyncio, os, signal
from gwlbfw.execute.interrupts import graceful_shutdown

async def main():
    stop = asyncio.Event()
    with graceful_shutdown(stop, lambda text: print(text, flush=True)):
        os.kill(os.getpid(), signal.SIGINT)
        await stop.wait()
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def test_the_second_signal_ends_the_process_at_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TWICE], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == EXIT_CODE == 130
    assert done.stdout.splitlines()[-1].startswith("left at once;")


class TestCancellation:
    """Work that a cancellation stops, and that comes to its end."""

    def setup_method(self) -> None:
        self.stop = asyncio.Event()
        self.ended = False

    async def work(self, problem: Exception | None = None) -> str:
        await self.stop.wait()
        await asyncio.sleep(0)
        self.ended = True
        if problem is not None:
            raise problem
        return "result"

    async def test_a_cancellation_stops_the_work_and_is_raised_when_it_has_ended(self) -> None:
        task = asyncio.create_task(stopped_by_cancellation(self.work(), self.stop))
        await asyncio.sleep(0)
        for _ in range(3):
            task.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await task
        assert self.ended

    async def test_a_failure_meanwhile_is_the_cause_of_the_cancellation(self) -> None:
        problem = ValueError()
        task = asyncio.create_task(stopped_by_cancellation(self.work(problem), self.stop))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        assert caught.value.__cause__ is problem

    async def test_work_that_nobody_cancels_gives_its_result_or_its_failure(self) -> None:
        self.stop.set()
        assert await stopped_by_cancellation(self.work(), self.stop) == "result"
        with pytest.raises(KeyError):
            await stopped_by_cancellation(self.work(KeyError()), self.stop)

"""Stopping a run early: its pauses end at once, calls in flight are never cut off."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from gwlbfw.cloud.clock import Clock

EXIT_CODE = 130
"""The exit code by which a shell reports a command that was interrupted."""


class Interrupted(Exception):
    """A pause ended because the run is to stop."""


class StoppableClock:
    """A clock whose sleeps end with `Interrupted` when `stop` is set."""

    def __init__(self, clock: Clock, stop: asyncio.Event) -> None:
        self._clock, self._stop = clock, stop

    def now(self) -> float:
        return self._clock.now()

    def utc(self) -> datetime:
        return self._clock.utc()

    async def sleep(self, seconds: float) -> None:
        tasks = [
            asyncio.ensure_future(self._clock.sleep(seconds)),
            asyncio.ensure_future(self._stop.wait()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in tasks:
                each.cancel()
        if self._stop.is_set():
            raise Interrupted


@contextmanager
def graceful_shutdown(stop: asyncio.Event, notify: Callable[[str], None]) -> Iterator[None]:
    """Until the end of the block, Ctrl-C and SIGTERM set `stop`; a second one leaves at once.

    To leave at once is to die as if killed: the journal has all that is needed to resume, and to
    wait for calls in flight would take time. Only the main thread gets signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signals = 0

    def handle() -> None:
        nonlocal signals
        signals += 1
        if signals > 1:
            notify("left at once; the next command finds out what became of the calls in flight")
            os._exit(EXIT_CODE)
        notify("interrupted: finishing the calls in flight; interrupt again to leave at once")
        stop.set()

    loop = asyncio.get_running_loop()
    previous = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in previous:
        loop.add_signal_handler(number, handle)
    try:
        yield
    finally:
        for number, handler in previous.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)

"""Stopping a run early: its pauses end at once, calls in flight are never cut off.

Signals do that, and cancellation, and a listener that fails.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from gwlbfw.cloud.clock import Clock

T = TypeVar("T")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, what a service manager sends, and a terminal that goes away."""
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


async def stopped_by_cancellation(work: Coroutine[Any, Any, T], stop: asyncio.Event) -> T:
    """The result of work that no cancellation cuts off: it sets `stop`, and is raised at the end.

    What goes wrong with the work then is the cause of the CancelledError.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as problem:
            stop.set()
            cancelled = problem
    if cancelled is not None and not task.cancelled():
        raise cancelled from task.exception()
    return task.result()


@contextmanager
def graceful_shutdown(stop: asyncio.Event, notify: Callable[[str], None]) -> Iterator[None]:
    """Until the end of the block, Ctrl-C, SIGTERM and SIGHUP set `stop`; a second one leaves.

    To leave at once is to die as if killed: the journal has all that is needed to resume, and to
    wait for calls in flight would take time. SIGHUP never does that: as a terminal goes away, it
    comes from the kernel and from the shell. A signal that is ignored, as SIGHUP is below nohup,
    stays ignored. Only the main thread gets signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = {number: signal.getsignal(number) for number in SIGNALS}
    heeded = {number: each for number, each in previous.items() if each != signal.SIG_IGN}
    interruption, loop = _Interruption(stop, notify), asyncio.get_running_loop()
    for number in heeded:
        loop.add_signal_handler(number, partial(interruption.handle, number))
    try:
        yield
    finally:
        for number, handler in heeded.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


class _Interruption:
    """The interruption of one run: the first signal stops it, the second ends the process."""

    def __init__(self, stop: asyncio.Event, notify: Callable[[str], None]) -> None:
        self._stop, self._notify = stop, notify
        self._asked_before = self._said = False

    def handle(self, number: int) -> None:
        """Take in a signal."""
        if self._asked_before and number != signal.SIGHUP:
            self._say("left at once; the next command finds out what became of the calls in flight")
            os._exit(EXIT_CODE)
        self._asked_before = self._asked_before or number != signal.SIGHUP
        self._stop.set()
        if not self._said:
            self._said = True
            self._say(
                "interrupted: finishing the calls in flight; interrupt again to leave at once"
            )

    def _say(self, text: str) -> None:
        with suppress(Exception):  # nobody may be there to hear it any more
            self._notify(text)

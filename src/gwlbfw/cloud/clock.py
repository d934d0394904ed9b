"""Clocks: the machine's, and one that only tests move. This is the one place that reads time."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The time, and sleeping."""

    def now(self) -> float:
        """Monotonic seconds: only differences mean something."""
        ...

    def utc(self) -> datetime:
        """The date and time in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Sleep for that many seconds."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        return time.monotonic()

    def utc(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class ManualClock:
    """A clock that only a sleep moves: to the sleep's end, at once.

    Sleeps that overlap pass together, as real ones do. `on_sleep` gets the seconds by which the
    clock moves, so that a simulator's clock can be advanced with it.
    """

    def __init__(
        self,
        start: datetime = datetime(2026, 1, 1, tzinfo=UTC),
        on_sleep: Callable[[float], None] | None = None,
    ) -> None:
        self._start = start
        self._elapsed = 0.0
        self._on_sleep = on_sleep
        self.sleeps: list[float] = []
        """The length of every sleep, in order."""

    def now(self) -> float:
        return self._elapsed

    def utc(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        end = self._elapsed + seconds
        await asyncio.sleep(0)
        self.advance(end - self._elapsed)

    def advance(self, seconds: float) -> None:
        """Move the clock forward; a negative number does nothing."""
        if seconds <= 0:
            return
        self._elapsed += seconds
        if self._on_sleep:
            self._on_sleep(seconds)

"""The simulator's clock: the time of day, or one that only tests advance."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Seconds since the epoch."""

    def now(self) -> float: ...

    def advance(self, seconds: float) -> None:
        """Advance the clock: transitions that are due by then take place."""


class RealClock:
    """The time of day, which can be advanced."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


class TurnedClock:
    """A clock that stands still until it is advanced."""

    def __init__(self, start: float = 1_750_000_000.0) -> None:
        self._now = start

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += seconds


def timestamp(seconds: float) -> str:
    """An instant as the APIs write it, such as `2026-04-21T08:15:00Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

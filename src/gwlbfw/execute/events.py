"""The events that execution reports while it runs."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gwlbfw.plan.model import Step

EventType = Literal["started", "retrying", "waiting", "done", "failed", "skipped", "interrupted"]


@dataclass(frozen=True)
class Event:
    """One thing that happened to a step, `elapsed_s` seconds after the step was started."""

    type: EventType
    step: Step
    elapsed_s: float = 0.0
    detail: str = ""


OnEvent = Callable[[Event], None]


def ignore_event(_: Event) -> None:
    """Do nothing with an event."""


class GuardedListener:
    """Passes events on to a listener; the first one that it fails at stops the run in good order.

    It gets no further events, and what it raised is kept for the end of the run.
    """

    def __init__(self, on_event: OnEvent, stop: asyncio.Event) -> None:
        self._on_event, self._stop = on_event, stop
        self._problem: BaseException | None = None

    def __call__(self, event: Event) -> None:
        if self._problem is not None:
            return
        try:
            self._on_event(event)
        except BaseException as problem:  # noqa: BLE001 - raised by `check`, once the run has ended
            self._problem = problem
            self._stop.set()

    def check(self) -> None:
        """Raise what the listener raised."""
        if self._problem is not None:
            raise self._problem

"""The events that execution reports while it runs."""

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

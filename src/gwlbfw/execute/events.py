"""All that execution says while it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gwlbfw.plan.model import Step

Said = Literal["started", "retrying", "waiting", "done", "failed", "skipped", "interrupted"]


@dataclass(frozen=True)
class Event:
    """One thing that happened to a step, `elapsed_s` seconds after the step was started."""

    said: Said
    step: Step
    elapsed_s: float = 0.0
    detail: str = ""


OnEvent = Callable[[Event], None]


def ignore_event(_: Event) -> None:
    """Listens to nothing."""

"""One run of a plan, as the value that its steps share."""

import asyncio
import logging
from dataclasses import dataclass

from gwlbfw.cloud.client import ApiClient
from gwlbfw.execute.events import Event, EventType, OnEvent
from gwlbfw.execute.pace import Pace
from gwlbfw.execute.references import Render, ResolvedIds
from gwlbfw.plan.model import Step
from gwlbfw.state.journal import Journal

_log = logging.getLogger(__name__)
_ENDS = ("done", "failed", "skipped", "interrupted")


@dataclass(frozen=True)
class Execution:
    """One run of a plan: its clients, the ids known by now, its journal and its events."""

    stack: str
    api: ApiClient
    """For what has to come to its end."""
    stoppable_api: ApiClient
    """The same, but its pauses raise `Interrupted` once `stop` is set."""
    resolved: ResolvedIds
    render: Render
    journal: Journal
    stop: asyncio.Event
    on_event: OnEvent
    zero: float
    """The clock's reading when the run began."""
    pace: Pace

    def now(self) -> float:
        """Seconds since the run began."""
        return self.api.clock.now() - self.zero

    def emit(self, event: EventType, step: Step, start_s: float, detail: str = "") -> None:
        """Report and log an event of a step that was started at `start_s`."""
        elapsed_s = self.now() - start_s
        level = logging.INFO if event in _ENDS else logging.DEBUG
        _log.log(
            level, "%s: %s after %.1f s%s", step.id, event, elapsed_s, detail and f": {detail}"
        )
        self.on_event(Event(event, step, elapsed_s, detail))

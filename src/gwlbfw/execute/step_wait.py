"""The wait that follows a step's call, until the cloud shows what the step has done."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from math import inf
from typing import Literal

from gwlbfw.cloud.call import Wait, objects
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.wait import Limits, wait_for
from gwlbfw.execute.execution import Execution
from gwlbfw.plan.model import Pause, Step

Found = Literal["neither", "there", "gone"]
"""That what a call makes was there before it, or what it removes was gone."""


@dataclass
class StepWait:
    """The pause and the polls of one step, at the pace of the run."""

    execution: Execution
    step: Step
    api: ApiClient
    tell: Callable[[str], None]
    found: Found
    _begun_s: float = field(init=False, default=0.0)
    _not_ready_s: float | None = field(init=False, default=None)
    """When a poll last found that the cloud does not show it yet."""

    async def run(self) -> None:
        """Wait until all that the step waits for holds; its object is in the run's `raw` then."""
        step, execution = self.step, self.execution
        if step.pause is not None:
            await self._sleep(step.pause)
        self._begun_s = execution.now()
        for wait in step.waits:
            ready = execution.resolved.resolve_wait(wait, execution.render)
            reply = await wait_for(
                self.api,
                ready,
                step.timeout_s,
                partial(self._tell, ready),
                self._limits,
                self._pauses(),
            )
            if found := objects(reply, ready.items):
                execution.resolved.raw[step.address] = found[0]
        if step.waits and self.found == "neither":
            execution.pace.note(step, self._not_ready_s, self._passed_s)

    @property
    def _passed_s(self) -> float:
        return self.execution.now() - self._begun_s

    def _pauses(self) -> Iterator[float]:
        """The pauses before polls; all but the first follow a poll that found it not ready."""
        pace = self.execution.pace
        expected_s = pace.expected_s(self.step) if self.found == "neither" else 0.0
        for number, pause in enumerate(pace.pauses(expected_s, self._passed_s)):
            if number:
                self._not_ready_s = self._passed_s
            yield pause

    def _tell(self, wait: Wait, seen: str) -> None:
        self.tell(f"{seen}; expected: {wait}")

    async def _sleep(self, pause: Pause) -> None:
        """Sleep for what is left of a pause; a moment to come is taken for this one."""
        clock = self.api.clock
        now = clock.utc()
        since = datetime.fromisoformat(pause.since) if pause.since else now
        left = pause.seconds - max((now - since).total_seconds(), 0.0)
        if left > 0:
            self.tell(f"it may take {left:.0f} s more")
            await clock.sleep(left)

    @property
    def _limits(self) -> Limits:
        """What a wait puts up with.

        What existed before a create was made by somebody, and one look decides. A list of what was
        there and changed may lag. A gate waits for what others do.
        """
        lag = self.api.backoff.list_lag_s
        others = 0.0 if self.step.phase == "create" else lag
        is_gate = self.step.call is None
        return Limits(lag * 2, others if self.found == "there" else inf, may_be_empty=is_gate)

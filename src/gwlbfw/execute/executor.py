"""The scheduler: a step starts when its own needs are met; a failure stops what depends on it."""

import asyncio
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from gwlbfw.cloud.client import ApiClient
from gwlbfw.errors import NotInspected
from gwlbfw.execute.attempt import StepAttempt
from gwlbfw.execute.cutover import Confirm, CutOvers, accept_cutover
from gwlbfw.execute.events import OnEvent, ignore_event
from gwlbfw.execute.execution import Execution
from gwlbfw.execute.interrupts import StoppableClock
from gwlbfw.execute.pace import Pace
from gwlbfw.execute.references import Render, ResolvedIds
from gwlbfw.execute.report import ApplyReport, StepResult
from gwlbfw.execute.serial import SerialLock, remaining_s
from gwlbfw.plan.model import Plan, Step
from gwlbfw.state.journal import Journal


@dataclass
class Executor:
    """Carries out one plan.

    Every changing call is in the journal, durable, before it is sent; where that fails, nothing
    more is sent.
    """

    api: ApiClient
    resolved: ResolvedIds
    render: Render
    on_event: OnEvent = ignore_event
    parallelism: int = 10
    """The number of changing calls in flight at once."""
    journal: Journal = field(default_factory=Journal)
    confirm: Confirm = accept_cutover
    """Called once a zone's routes are switched."""
    risky: frozenset[str] = frozenset()
    """Ids of steps that would lose traffic, without consent to that."""
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Once set, no further call is sent; those in flight finish, and pauses end at once."""

    @property
    def stoppable_api(self) -> ApiClient:
        """The APIs, whose pauses raise `Interrupted` once `stop` is set."""
        return self.api.with_clock(StoppableClock(self.api.clock, self.stop))

    async def run(self, plan: Plan) -> ApplyReport:
        """Carry out the plan; never raises for a step that fails."""
        started = self.api.clock.utc()
        execution = Execution(
            stack=plan.stack,
            api=self.api,
            stoppable_api=self.stoppable_api,
            resolved=self.resolved,
            render=self.render,
            journal=self.journal,
            stop=self.stop,
            on_event=self.on_event,
            zero=self.api.clock.now(),
            pace=Pace(self.api.backoff),
        )
        results = await _Scheduler(self, execution, plan).run()
        ids, raw = dict(self.resolved.ids), dict(self.resolved.raw)
        return ApplyReport(results, started, self.api.clock.utc(), ids, raw)


class _Scheduler:
    """The tasks of a run's steps, with their locks."""

    def __init__(self, executor: Executor, execution: Execution, plan: Plan) -> None:
        self._steps, self._risky, self._execution = plan.steps, executor.risky, execution
        self._cutovers = CutOvers(execution, executor.confirm, plan.steps, self._is_declined)
        self._tasks: dict[str, asyncio.Task[StepResult]] = {}
        self._serial: defaultdict[str, SerialLock] = defaultdict(SerialLock)
        self._urgency = remaining_s(plan.steps)
        self._slots = asyncio.Semaphore(executor.parallelism)

    async def run(self) -> tuple[StepResult, ...]:
        """Carry out all steps; their results in the plan's order."""
        try:
            async with asyncio.TaskGroup() as group:
                for step in self._steps:
                    self._tasks[step.id] = group.create_task(self._run_when_ready(step))
        except BaseExceptionGroup as problems:
            if len(problems.exceptions) == 1:
                raise problems.exceptions[0] from None
            raise
        results = [self._tasks[step.id].result() for step in self._steps]
        return tuple(map(self._cutovers.final, results))

    async def _run_when_ready(self, step: Step) -> StepResult:
        """Wait for the steps that a step needs; then run it, unless their results forbid that."""
        for need in sorted(step.needs):
            result = await asyncio.shield(self._tasks[need])
            if result.outcome == "interrupted":
                return StepResult(step, "interrupted")
            if result.outcome != "done":
                cause = result.cause or result.step.id
                self._execution.emit("skipped", step, self._execution.now(), f"because of {cause}")
                return StepResult(step, "skipped", cause=cause)
        now = self._execution.now()
        if step.unless and not self._is_declined(step.unless):
            self._cutovers.pass_over(step)
            return StepResult(step, "done", now, now)
        if step.id in self._risky:
            problem = NotInspected(
                f"the cloud declined {step.unless}, and the alternative loses traffic"
            )
            self._execution.emit("failed", step, now, str(problem))
            return StepResult(step, "failed", now, now, error=problem)
        return await self._run_alone(step)

    def _is_declined(self, attempt: str) -> bool:
        """True if the cloud declined an optional step, which has come to its end."""
        return self._tasks[attempt].result().declined

    async def _run_alone(self, step: Step) -> StepResult:
        """Run a step alone among those of its serial key."""
        async with AsyncExitStack() as locks, AsyncExitStack() as slot:
            if step.serial:
                lock = self._serial[step.serial]
                await locks.enter_async_context(lock.hold(self._urgency[step.id]))
            # A zone that is switched in part is completed at once, even when the run is stopped.
            begun = self._cutovers.has_begun(step.group)
            if not begun:
                await slot.enter_async_context(self._slots)
            if self._execution.stop.is_set() and not begun:
                return StepResult(step, "interrupted")
            api = self._execution.api if begun else self._execution.stoppable_api
            result = await StepAttempt(self._execution, step, api, locks, slot).run()
            return await self._cutovers.conclude(step, result) if step.group else result

"""The scheduler: a step starts when its own needs are met; a failure stops what depends on it."""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from gwlbfw.cloud.api import Api
from gwlbfw.cloud.call import objects
from gwlbfw.cloud.retry import Retry
from gwlbfw.cloud.wait import wait_for
from gwlbfw.errors import CloudError, Exists, GwlbfwError, Missing
from gwlbfw.execute.binding import Bindings, Render
from gwlbfw.execute.events import Event, OnEvent, Said, silence
from gwlbfw.execute.report import ApplyReport, StepResult
from gwlbfw.plan.model import Plan, Step
from gwlbfw.resources.base import kinds


def new_token() -> str:
    """A ClientToken: the cloud carries out calls with the same one once."""
    return f"gwlbfw-{secrets.token_hex(16)}"


@dataclass
class Executor:
    """Carries out one plan."""

    api: Api
    bindings: Bindings
    render: Render
    on_event: OnEvent = silence
    parallelism: int = 10
    token: Callable[[], str] = new_token
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Once set, no further step starts; those under way finish."""

    async def run(self, plan: Plan) -> ApplyReport:
        """Carry it out; never raises for a step that fails."""
        started = self.api.clock.utc()
        run = _Run(self, self.api.clock.now())
        async with asyncio.TaskGroup() as group:
            for step in plan.steps:
                run.tasks[step.id] = group.create_task(run.step(step))
        results = tuple(run.tasks[step.id].result() for step in plan.steps)
        return ApplyReport(results, started, self.api.clock.utc(), dict(self.bindings.ids))


class _Run:
    """One run: the tasks of its steps, its locks and its clock's zero."""

    def __init__(self, executor: Executor, zero: float) -> None:
        self.tasks: dict[str, asyncio.Task[StepResult]] = {}
        self._do = executor
        self._zero = zero
        self._serial: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._slots = asyncio.Semaphore(executor.parallelism)

    def now(self) -> float:
        """Seconds since the run began."""
        return self._do.api.clock.now() - self._zero

    async def step(self, step: Step) -> StepResult:
        """Wait for what the step needs, then do it."""
        for need in sorted(step.needs):
            result = await asyncio.shield(self.tasks[need])
            if result.outcome == "interrupted":
                return StepResult(step, "interrupted")
            if result.outcome != "done":
                cause = result.cause or result.step.id
                self.say("skipped", step, self.now(), f"because of {cause}")
                return StepResult(step, "skipped", cause=cause)
        async with AsyncExitStack() as held:
            if step.serial:
                await held.enter_async_context(self._serial[step.serial])
            await held.enter_async_context(self._slots)
            if self._do.stop.is_set():
                return StepResult(step, "interrupted")
            return await _Attempt(self, self._do, step, held).run()

    def say(self, said: Said, step: Step, start: float, detail: str = "") -> None:
        """Tell whoever listens."""
        self._do.on_event(Event(said, step, self.now() - start, detail))


class _Attempt:
    """One step being done."""

    def __init__(self, run: _Run, do: Executor, step: Step, held: AsyncExitStack) -> None:
        self._run, self._do, self._step, self._held = run, do, step, held
        self._start = run.now()
        self._attempts = 0
        self._request_id = ""

    def _say(self, said: Said, detail: str = "") -> None:
        self._run.say(said, self._step, self._start, detail)

    async def run(self) -> StepResult:
        self._say("started")
        try:
            await self._send()
            await self._wait()
        except GwlbfwError as problem:
            if isinstance(problem, CloudError):
                self._request_id = problem.request_id
            self._say("failed", str(problem))
            return self._result("failed", problem)
        self._say("done")
        return self._result("done", None)

    def _result(self, outcome: Said, problem: GwlbfwError | None) -> StepResult:
        return StepResult(
            self._step,
            "done" if outcome == "done" else "failed",
            self._start,
            self._run.now(),
            self._attempts,
            self._request_id,
            problem,
        )

    async def _send(self) -> None:
        step, do = self._step, self._do
        if step.call is None:
            return
        call = do.bindings.call(step.call, do.render)
        self._attempts = 1
        try:
            reply = await do.api.send_retrying(
                call,
                token=do.token(),
                deadline_s=step.timeout_s,
                repeatable=True,
                on_retry=self._retrying,
            )
        except (Missing, Exists) as problem:
            if not _is_done_already(step, problem):
                raise
            self._request_id = problem.request_id
            return
        self._request_id = reply.request_id
        if step.phase == "create" and (new := kinds()[step.address.kind].new_id(reply.body)):
            do.bindings.ids[step.address] = new

    def _retrying(self, retry: Retry) -> None:
        self._attempts += 1
        self._say("retrying", f"attempt {self._attempts} in {retry.delay_s:.1f} s: {retry.error}")

    async def _wait(self) -> None:
        step, do = self._step, self._do
        if not step.through:
            # The next writer may go on; only the call itself had to be alone.
            held, self._held = self._held, AsyncExitStack()
            await held.pop_all().aclose()
        for wait in step.waits:
            ready = do.bindings.wait(wait, do.render)
            reply = await wait_for(
                do.api, ready, step.timeout_s, lambda seen: self._say("waiting", seen)
            )
            if found := objects(reply, ready.items):
                do.bindings.raw[step.address] = found[0]


_TAKES_AWAY = ("dissociate", "remove-", "leave-", "untag", "revoke")
"""Phases, by how their names begin, that are done where there is nothing to take away."""


def _is_done_already(step: Step, problem: CloudError) -> bool:
    """Whether the refusal means that the work is done; the waits then make sure of it."""
    if isinstance(problem, Missing):
        return step.drops or step.phase.removeprefix("replace-").startswith(_TAKES_AWAY)
    return step.phase != "create" or not kinds()[step.address.kind].id_field

"""The scheduler: a step starts when its own needs are met; a failure stops what depends on it."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace

from gwlbfw.cloud.call import Call, objects
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.retry import Failure, Retry
from gwlbfw.cloud.transport import Reply
from gwlbfw.cloud.wait import poll_once, wait_for
from gwlbfw.errors import (
    Busy,
    CloudError,
    Exists,
    GwlbfwError,
    Missing,
    NotInspected,
    StateError,
    TransportError,
)
from gwlbfw.execute.events import Event, OnEvent, Said, ignore_event
from gwlbfw.execute.idempotency import SHOWN, DeletionBlockers, is_done_already
from gwlbfw.execute.interrupts import Interrupted, StoppableClock
from gwlbfw.execute.references import Render, ResolvedIds
from gwlbfw.execute.report import ApplyReport, Outcome, StepResult
from gwlbfw.plan.model import Plan, Step
from gwlbfw.resources.resource import kinds
from gwlbfw.state.journal import Journal
from gwlbfw.state.replay import CallOutcome, CallResult, Intent, digest

Confirm = Callable[[str, ResolvedIds], Awaitable[str | None]]


async def accept_cutover(group: str, bindings: ResolvedIds) -> str | None:
    """Takes every cut-over as it is."""
    del group, bindings
    return None


@dataclass
class Executor:
    """Carries out one plan.

    Every changing call is in the journal, on the disk, before it is sent; where that can't be,
    nothing more is sent.
    """

    api: ApiClient
    bindings: ResolvedIds
    render: Render
    on_event: OnEvent = ignore_event
    parallelism: int = 10
    journal: Journal = field(default_factory=Journal)
    confirm: Confirm = accept_cutover
    """Asked once a zone's routes are turned: what live routes say against it, or None."""
    risky: frozenset[str] = frozenset()
    """Steps that would lose traffic, which nobody has allowed."""
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Once set, no further call is sent; those in flight finish, and pauses end at once.

    Who can't wait for that cancels `run`: the journal has all that is needed to go on.
    """

    async def run(self, plan: Plan) -> ApplyReport:
        """Carry it out; never raises for a step that fails."""
        started = self.api.clock.utc()
        run = _Run(self, self.api.clock.now(), plan)
        async with asyncio.TaskGroup() as group:
            for step in plan.steps:
                run.tasks[step.id] = group.create_task(run.step(step))
        results = tuple(run.result(step) for step in plan.steps)
        ids, raw = dict(self.bindings.ids), dict(self.bindings.raw)
        return ApplyReport(results, started, self.api.clock.utc(), ids, raw)


class _Run:
    """One run: the tasks of its steps, its locks and its clock's zero."""

    def __init__(self, executor: Executor, zero: float, plan: Plan) -> None:
        self.tasks: dict[str, asyncio.Task[StepResult]] = {}
        self._do = executor
        self.api = executor.api.on_clock(StoppableClock(executor.api.clock, executor.stop))
        self._zero = zero
        self._serial: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._slots = asyncio.Semaphore(executor.parallelism)
        self._turned: defaultdict[str, list[Step]] = defaultdict(list)
        self._sizes = Counter(step.group for step in plan.steps if step.group)
        self.stack = plan.stack
        self.undone: dict[str, str] = {}
        """What was put back again, and what came of that."""

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
        if step.unless and not self.tasks[step.unless].result().declined:
            return StepResult(step, "done", self.now(), self.now())
        if step.id in self._do.risky:
            problem = NotInspected(
                f"the cloud refused to do {step.unless} at once, and the other way loses traffic"
            )
            self.say("failed", step, self.now(), str(problem))
            return StepResult(step, "failed", self.now(), self.now(), error=problem)
        async with AsyncExitStack() as held:
            if step.serial:
                await held.enter_async_context(self._serial[step.serial])
            await held.enter_async_context(self._slots)
            # Whoever stops the run still wants a zone turned as a whole that is half turned.
            begun = bool(self._turned.get(step.group))
            if self._do.stop.is_set() and not begun:
                return StepResult(step, "interrupted")
            api = self._do.api if begun else self.api
            result = await _Attempt(self, self._do, step, held, api).run()
            return await self._cut_over(step, result) if step.group else result

    async def _cut_over(self, step: Step, result: StepResult) -> StepResult:
        """After each step of a zone's cut-over: all of it stands in the end, or none."""
        if result.outcome == "done":
            self._turned[step.group].append(step)
            if len(self._turned[step.group]) < self._sizes[step.group]:
                return result
            reason = await self._do.confirm(step.group, self._do.bindings)
            if reason is None:
                return result
            problem = NotInspected(f"{reason}; the zone's routes are put back")
            self.say("failed", step, result.start_s, str(problem))
            self._do.stop.set()  # no further zone is turned after one that was refuted
            result = replace(result, outcome="failed", error=problem)
        elif result.attempts:
            self._turned[step.group].append(step)
        await self._put_back(step.group)
        return result

    async def _put_back(self, group: str) -> None:
        """Undo what was turned, the last first: the order in which traffic comes back."""
        for step in reversed(self._turned.pop(group, [])):
            if step.undo is None:
                continue
            undo = replace(
                step, id=f"{step.id}:undo", phase="undo", call=step.undo, waits=step.undo_waits
            )
            # Whoever stops the run still wants this: a zone half turned is worse than either.
            attempt = _Attempt(self, self._do, undo, AsyncExitStack(), self._do.api)
            result = await attempt.run()
            self.undone[step.id] = "" if result.error is None else str(result.error)

    def result(self, step: Step) -> StepResult:
        """What came of a step in the end."""
        result = self.tasks[step.id].result()
        if step.id not in self.undone:
            return result
        outcome: Outcome = "undone" if result.outcome == "done" else result.outcome
        return replace(result, outcome=outcome, cause=self.undone[step.id])

    def say(self, said: Said, step: Step, start: float, detail: str = "") -> None:
        """Tell whoever listens."""
        self._do.on_event(Event(said, step, self.now() - start, detail))


class _Attempt:
    """One step being done."""

    def __init__(
        self, run: _Run, do: Executor, step: Step, held: AsyncExitStack, api: ApiClient
    ) -> None:
        self._run, self._do, self._step, self._held, self._api = run, do, step, held, api
        self._start = run.now()
        self._attempts = 0
        self._request_id = ""
        self._unsure = False
        """Whether an attempt may have been carried out although its answer did not say so."""

    def _say(self, said: Said, detail: str = "") -> None:
        self._run.say(said, self._step, self._start, detail)

    async def run(self) -> StepResult:
        self._say("started")
        try:
            await self._send()
            await self._wait()
        except Interrupted:
            self._say("interrupted")
            return self._result("interrupted", None)
        except GwlbfwError as problem:
            if isinstance(problem, StateError):
                if self._do.stop.is_set():  # it is told already
                    return self._result("interrupted", None)
                self._do.stop.set()  # what can't be journaled must not be sent
            if isinstance(problem, CloudError):
                self._request_id = problem.request_id
                if self._step.attempt:
                    self._say("done", f"declined: {problem}")
                    return replace(self._result("done", None), declined=True)
            self._say("failed", str(problem))
            return self._result("failed", problem)
        self._say("done")
        return self._result("done", None)

    def _result(self, outcome: Outcome, problem: GwlbfwError | None) -> StepResult:
        return StepResult(
            self._step,
            outcome,
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
        token = await self._intend(call)
        try:
            new_id = await self._sent(call, token)
        except (GwlbfwError, Interrupted) as problem:
            self._note(problem)
            await self._settle(token, "unknown" if self._unsure else "failed")
            raise
        await self._settle(token, "done", new_id)
        if new_id:
            do.bindings.ids[step.address] = new_id

    async def _intend(self, call: Call) -> str:
        """Have it on the disk that this call is about to be sent; the call's token."""
        step, journal = self._step, self._do.journal
        now = self._do.api.clock.utc()
        intent = Intent(
            step.id,
            step.address,
            call.name,
            "",
            digest(call),
            now.isoformat(),
            creates=step.phase == "create",
            drops=step.drops,
        )
        intent = replace(intent, token=journal.token(intent, now))
        await asyncio.to_thread(journal.intend, intent)
        return intent.token

    async def _sent(self, call: Call, token: str) -> str:
        """Send the call; the id of what it made, if it made something that has one."""
        step = self._step
        self._attempts = 1
        try:
            reply = await self._api.send_retrying(
                call,
                token=token,
                deadline_s=self._patience_s,
                repeatable=True,
                on_retry=self._retrying,
                before_retry=self._before_again,
            )
        except (Missing, Exists) as problem:
            if step.attempt or not is_done_already(step, problem):
                raise
            self._request_id = problem.request_id
            return ""
        self._request_id = reply.request_id
        kind = kinds()[step.address.kind]
        if step.phase != "create" or not kind.id_field:
            return ""
        if new_id := kind.new_id(reply.body):
            return new_id
        raise TransportError(call.name, "the cloud", f"the answer holds no {kind.id_field}")

    async def _before_again(self, failure: Failure) -> Reply | None:
        """The answer, where the call turns out to be done; raises where it never can be."""
        step, do = self._step, self._do
        if step.phase in SHOWN and self._unsure and isinstance(failure, Busy):
            waits = [do.bindings.wait(each, do.render) for each in step.waits]
            if all([await poll_once(self._api, each) for each in waits]):
                return Reply({}, failure.request_id)
        cloud_id = do.bindings.ids.get(step.address)
        if step.drops and step.call and cloud_id:
            ours = frozenset(do.bindings.ids.values())
            inside = DeletionBlockers(self._api, self._run.stack, ours)
            await inside.refuse(failure, step.address.kind, cloud_id, step.call.account or "")
        return None

    @property
    def _patience_s(self) -> float:
        """How long a call is tried: an attempt only past a moment in which the cloud is busy."""
        backoff = self._do.api.backoff
        return backoff.first * ATTEMPT_PAUSES if self._step.attempt else self._step.timeout_s

    async def _settle(self, token: str, came: CallOutcome, new_id: str = "") -> None:
        outcome = CallResult(token, came, new_id, self._request_id)
        await asyncio.to_thread(self._do.journal.settle, outcome)

    def _retrying(self, retry: Retry) -> None:
        self._attempts += 1
        self._note(retry.error)
        self._say("retrying", f"attempt {self._attempts} in {retry.delay_s:.1f} s: {retry.error}")

    def _note(self, problem: Exception) -> None:
        """Remember whether the call may have been carried out in spite of the problem."""
        lost = isinstance(problem, TransportError) and problem.sent
        broken = isinstance(problem, CloudError) and problem.status >= 500
        self._unsure = self._unsure or lost or broken

    async def _wait(self) -> None:
        step, do = self._step, self._do
        if not step.through:
            # The next writer may go on; only the call itself had to be alone.
            held, self._held = self._held, AsyncExitStack()
            await held.pop_all().aclose()
        for wait in step.waits:
            ready = do.bindings.wait(wait, do.render)
            reply = await wait_for(
                self._api, ready, step.timeout_s, lambda seen: self._say("waiting", seen)
            )
            if found := objects(reply, ready.items):
                do.bindings.raw[step.address] = found[0]


ATTEMPT_PAUSES = 10
"""How many of the shortest pauses an attempt is given before a refusal counts as an answer."""

"""The execution of one step: journal its call, send it, and wait until the cloud shows it."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial

from gwlbfw.cloud.call import Call
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.retry import Failure, Retry
from gwlbfw.cloud.transport import Reply
from gwlbfw.cloud.wait import poll_once
from gwlbfw.errors import (
    Busy,
    CloudError,
    Exists,
    Gone,
    GwlbfwError,
    Missing,
    StateError,
    TransportError,
    fault_of,
)
from gwlbfw.execute.events import EventType
from gwlbfw.execute.execution import Execution
from gwlbfw.execute.idempotency import DeletionBlockers, is_already_done
from gwlbfw.execute.interrupts import Interrupted
from gwlbfw.execute.report import Outcome, StepResult
from gwlbfw.execute.step_wait import Found, StepWait
from gwlbfw.plan.model import Step
from gwlbfw.resources.resource import kinds
from gwlbfw.state.replay import CallOutcome, CallResult, Intent, call_digest

OPTIONAL_CALL_PAUSES = 10
"""The shortest pauses for which a call that may be declined is retried."""


class StepAttempt:
    """One step being carried out.

    It holds `locks` until it is over, or its call is where it is not serial through its waits, and
    `slot` until its call is over.
    """

    def __init__(
        self,
        execution: Execution,
        step: Step,
        api: ApiClient,
        locks: AsyncExitStack,
        slot: AsyncExitStack,
    ) -> None:
        self._execution, self._step, self._api = execution, step, api
        self._locks, self._slot = locks, slot
        self._start = execution.now()
        self._attempts = 0
        self._request_id = ""
        self._may_be_done = False
        """True once a call may have been carried out although its reply did not say so."""
        self._found: Found = "neither"
        """What the cloud said of what the call makes or removes."""
        self._intent: Intent | None = None
        """What the journal says of the call, once it is about to be sent."""

    async def run(self) -> StepResult:
        """Carry it out; never raises for a step that fails."""
        self._emit("started")
        try:
            await self._call_and_wait()
        except Interrupted:
            self._emit("interrupted")
            return self._result("interrupted")
        except GwlbfwError as problem:
            return self._failed(problem)
        except Exception as problem:  # noqa: BLE001 - the other steps have to come to their end
            self._execution.stop.set()
            return self._failed(fault_of(problem))
        self._emit("done")
        return self._result("done")

    async def _call_and_wait(self) -> None:
        """Send the call and wait for what it does; once more where that is gone already.

        The token of an interrupted run may bring the id of what was deleted since.
        """
        await self._call()
        await self._slot.aclose()
        try:
            await self._wait()
        except Gone:
            if not await self._forget_created():
                raise
            await self._call(anew=True)
            await self._wait()

    async def _forget_created(self) -> bool:
        """Forget the id that a create has brought; True if an earlier run had sent its token."""
        step, journal = self._step, self._execution.journal
        if step.phase != "create" or step.address not in self._execution.resolved.ids:
            return False
        del self._execution.resolved.ids[step.address]
        token = self._intent.token if self._intent else ""
        await self._write_result(token, "failed")
        return token in journal.previous_runs.intents

    def _failed(self, problem: GwlbfwError) -> StepResult:
        if isinstance(problem, StateError):
            if self._execution.stop.is_set():  # another step has reported it
                return self._result("interrupted")
            self._execution.stop.set()  # what can't be journaled must not be sent
        if isinstance(problem, CloudError):
            self._request_id = problem.request_id
            if self._step.attempt:
                self._emit("done", f"declined: {problem}")
                return replace(self._result("done"), declined=True)
        self._emit("failed", str(problem))
        return self._result("failed", problem)

    def _emit(self, event: EventType, detail: str = "") -> None:
        self._execution.emit(event, self._step, self._start, detail)

    def _result(self, outcome: Outcome, problem: GwlbfwError | None = None) -> StepResult:
        return StepResult(
            self._step,
            outcome,
            self._start,
            self._execution.now(),
            self._attempts,
            self._request_id,
            problem,
        )

    async def _call(self, *, anew: bool = False) -> None:
        """Send the step's call, if it has one, with its intent and its result in the journal.

        `anew` is for a create whose token is not to be used again.
        """
        if self._step.call is None:
            return
        resolved = self._execution.resolved
        call = resolved.resolve_call(self._step.call, self._execution.render)
        token = await self._write_intent(call, anew=anew)
        try:
            new_id = await self._send(call, token)
        except (GwlbfwError, Interrupted) as problem:
            self._note_doubt(problem)
            await self._write_result(token, "unknown" if self._may_be_done else "failed")
            raise
        await self._write_result(token, "done", new_id)
        if new_id:
            resolved.ids[self._step.address] = new_id

    async def _write_intent(self, call: Call, *, anew: bool) -> str:
        """Make durable that the call is about to be sent; the call's token."""
        step, journal = self._step, self._execution.journal
        now = self._execution.api.clock.utc()
        intent = Intent(
            step.id,
            step.address,
            call.name,
            "",
            call_digest(call),
            now.isoformat(),
            creates=step.phase == "create",
            drops=step.drops,
        )
        token = journal.new_token() if anew else journal.token_for(intent, now)
        self._intent = replace(intent, token=token)
        await asyncio.to_thread(journal.write_intent, self._intent)
        return token

    async def _renew_intent(self) -> None:
        """Make durable that a create is sent again: lists lag from when it is carried out."""
        if self._intent and self._intent.creates:
            now = self._execution.api.clock.utc()
            self._intent = replace(self._intent, at=now.isoformat())
            await asyncio.to_thread(self._execution.journal.write_intent, self._intent)

    async def _write_result(self, token: str, outcome: CallOutcome, new_id: str = "") -> None:
        at = self._execution.api.clock.utc().isoformat()
        result = CallResult(token, outcome, new_id, self._request_id, at)
        await asyncio.to_thread(self._execution.journal.write_result, result)

    async def _send(self, call: Call, token: str) -> str:
        """Send the call with retries; the id of what it created, empty where that has none."""
        step = self._step
        self._attempts = 1
        try:
            reply = await self._api.send_retrying(
                call,
                token=token,
                deadline_s=self._deadline_s,
                repeatable=True,
                on_retry=self._on_retry,
                before_retry=self._before_retry,
            )
        except (Missing, Exists) as problem:
            if step.attempt or not is_already_done(step, problem):
                raise
            self._request_id = problem.request_id
            self._found = "there" if isinstance(problem, Exists) else "gone"
            return ""
        self._request_id = reply.request_id
        kind = kinds()[step.address.kind]
        if step.phase != "create" or not kind.id_field:
            return ""
        if new_id := kind.new_id(reply.body):
            return new_id
        raise TransportError(call.name, "the cloud", f"the answer holds no {kind.id_field}")

    @property
    def _deadline_s(self) -> float:
        """Seconds for which a call is retried: one that may be declined, just a moment."""
        shortest = self._execution.api.backoff.first
        return shortest * OPTIONAL_CALL_PAUSES if self._step.attempt else self._step.timeout_s

    async def _before_retry(self, failure: Failure) -> Reply | None:
        """A reply, where the call is found to be done; raises where it never can be."""
        step, resolved = self._step, self._execution.resolved
        if step.busy_when_done and self._may_be_done and isinstance(failure, Busy):
            waits = [resolved.resolve_wait(each, self._execution.render) for each in step.waits]
            if all([await poll_once(self._api, each) for each in waits]):
                return Reply({}, failure.request_id)
        if step.drops and step.call:
            ours = frozenset(resolved.ids.values())
            blockers = DeletionBlockers(self._api, self._execution.stack, ours)
            deletion = resolved.resolve_call(step.call, self._execution.render)
            await blockers.check(failure, step.address.kind, deletion)
        await self._renew_intent()
        return None

    def _on_retry(self, retry: Retry) -> None:
        self._attempts += 1
        self._note_doubt(retry.error)
        self._emit("retrying", f"attempt {self._attempts} in {retry.delay_s:.1f} s: {retry.error}")

    def _note_doubt(self, problem: Exception) -> None:
        """Note that the call may have been carried out, where the problem leaves that open."""
        lost = isinstance(problem, TransportError) and problem.sent
        broken = isinstance(problem, CloudError) and problem.status >= 500
        self._may_be_done = self._may_be_done or lost or broken

    async def _wait(self) -> None:
        """Wait until the cloud shows what the step has done."""
        if not self._step.through:
            # The next writer may start: only the call itself had to be alone.
            await self._locks.pop_all().aclose()
        told = partial(self._emit, "waiting")
        wait = StepWait(self._execution, self._step, self._api, told, self._found)
        await wait.run()

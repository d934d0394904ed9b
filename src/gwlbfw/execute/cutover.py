"""Cut-over groups: the routes of a zone are all switched, or all rolled back."""

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace

from gwlbfw.errors import NotInspected, Occupied, fault_of
from gwlbfw.execute.attempt import StepAttempt
from gwlbfw.execute.execution import Execution
from gwlbfw.execute.references import ResolvedIds
from gwlbfw.execute.report import Outcome, StepResult
from gwlbfw.plan.model import Step

Confirm = Callable[[str, ResolvedIds], Awaitable[str | None]]
"""Fetches the objection of live routes to a group that is switched; None where there is none."""


async def accept_cutover(group: str, resolved: ResolvedIds) -> str | None:
    """Accept every cut-over without a look."""
    del group, resolved
    return None


class CutOvers:
    """The cut-over groups of one run, with the steps of each that have been carried out."""

    def __init__(
        self,
        execution: Execution,
        confirm: Confirm,
        steps: Sequence[Step],
        is_declined: Callable[[str], bool],
    ) -> None:
        self._execution, self._confirm, self._is_declined = execution, confirm, is_declined
        self._sizes = Counter(step.group for step in steps if step.group)
        self._attempts = {step.group: step.unless for step in steps if step.group and step.unless}
        """By group, the attempt without whose success it is needed."""
        self._switched: defaultdict[str, list[Step]] = defaultdict(list)
        self._rolled_back: dict[str, str] = {}
        """By the id of a step that was rolled back, the problem with that, if there was one."""

    def has_begun(self, group: str) -> bool:
        """True if the group is switched in part: then it has to be completed or rolled back."""
        return bool(self._switched.get(group))

    def pass_over(self, step: Step) -> None:
        """Count a step of a group that is not needed."""
        if step.group:
            self._switched[step.group].append(replace(step, undo=None))

    async def conclude(self, step: Step, result: StepResult) -> StepResult:
        """The result of a group's step, once the group is completed, confirmed or rolled back."""
        group = step.group
        if result.outcome == "done":
            self._switched[group].append(step)
            if len(self._switched[group]) < self._sizes[group]:
                return result
            # Traffic that is led off the firewall is not to be inspected.
            reason = None if step.turns_back else await self._objection(group)
            if reason is None:
                return result
            problem = NotInspected(f"{reason}; the zone's routes are rolled back")
            self._execution.emit("failed", step, result.start_s, str(problem))
            self._execution.stop.set()  # no further zone is cut over after one that was refuted
            result = replace(result, outcome="failed", error=problem)
        elif result.attempts and not isinstance(result.error, Occupied):
            self._switched[group].append(step)
        await self._roll_back(group)
        return result

    async def _objection(self, group: str) -> str | None:
        """What stands against a group that is switched; what can't be looked at does, too."""
        try:
            return await self._confirm(group, self._execution.resolved)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the group has to be rolled back
            return f"live routes can't be judged: {fault_of(problem)}"

    async def _roll_back(self, group: str) -> None:
        """Undo what was switched, the last first: the order in which traffic returns."""
        switched = self._switched.pop(group, [])
        better = self._attempts.get(group)
        if better and not self._is_declined(better):
            return  # what its steps clear away is not in use any more
        for step in reversed(switched):
            if step.undo is None:
                continue
            undo = replace(
                step, id=f"{step.id}:undo", phase="undo", call=step.undo, waits=step.undo_waits
            )
            # Not stoppable: a zone that is switched in part is worse than either.
            api = self._execution.api
            attempt = StepAttempt(self._execution, undo, api, AsyncExitStack(), AsyncExitStack())
            result = await attempt.run()
            self._rolled_back[step.id] = "" if result.error is None else str(result.error)

    def final(self, result: StepResult) -> StepResult:
        """The result of a step after all roll-backs."""
        problem = self._rolled_back.get(result.step.id)
        if problem is None:
            return result
        outcome: Outcome = "undone" if result.outcome == "done" else result.outcome
        return replace(result, outcome=outcome, cause=problem)

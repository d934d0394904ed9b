"""The expected durations of a plan's steps, and of the states between them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from gwlbfw.forecast.order import StepOrder, bits_of, numbers_in
from gwlbfw.plan.model import Step
from gwlbfw.resources.durations import AT_ONCE, Duration, PhaseDuration
from gwlbfw.resources.resource import kinds

GATES: Mapping[str, PhaseDuration] = {
    "healthy": PhaseDuration(
        AT_ONCE, Duration(10.0, "help page of GWLB health checks: until the second good probe")
    ),
    "drained": PhaseDuration(
        AT_ONCE, Duration(300.0, "GWLB API, CreateServerGroup: the default ConnectionDrainTimeout")
    ),
}
"""The expected durations of steps that wait and change nothing, by phase."""
_NONE = PhaseDuration(AT_ONCE, AT_ONCE)


def expected_duration(step: Step, *, refused: bool = False) -> PhaseDuration:
    """The expected duration of a step, where the cloud takes what is only tried or refuses it."""
    if step.call is None:
        return GATES[step.phase]
    if step.unless and not refused:
        return _NONE
    known = kinds()[step.address.kind].durations[step.kind_phase]
    return PhaseDuration(known.call, AT_ONCE) if step.attempt and refused else known


@dataclass(frozen=True)
class StepDurations:
    """The expected duration of each step of a plan, by its number."""

    order: StepOrder
    each: Sequence[PhaseDuration]

    def until(self, done: int, ends: Sequence[int]) -> float:
        """Seconds from a state until all of some steps are done: the longest path to them.

        The state is the steps that are done. Nothing that the others need is taken to have begun,
        so this is the longest that the state lasts. Steps run side by side as far as their needs
        allow, and those of one serial key one after the other, in the plan's order: first the
        cut-overs that wait for the key already.
        """
        done = self.order.closure(done)
        needed = bits_of(ends)
        for number in ends:
            needed |= self.order.prerequisites[number]
        needed &= ~done
        ended: dict[int, float] = {}
        free = self._queued(done, needed)
        for number in numbers_in(needed):
            step, lasts = self.order.steps[number], self.each[number]
            starts = [ended.get(self.order.numbers[need], 0.0) for need in step.needs]
            start = max([*starts, free[step.serial] if step.serial else 0.0])
            ended[number] = start + lasts.seconds
            free[step.serial] = ended[number] if step.through else start + lasts.call.seconds
        return round(max(ended.values(), default=0.0), 3)

    def _queued(self, done: int, needed: int) -> defaultdict[str, float]:
        """Seconds that each serial key is held by other cut-overs that can start in a state."""
        held: defaultdict[str, float] = defaultdict(float)
        for number in numbers_in(self._cut_overs & ~done & ~needed):
            waits_for = self.order.prerequisites[number] & ~done
            if not waits_for & (self._cut_overs | needed):
                held[self.order.steps[number].serial] += self.each[number].seconds
        return held

    @cached_property
    def _cut_overs(self) -> int:
        steps = enumerate(self.order.steps)
        return bits_of([number for number, step in steps if step.cuts_over])


def step_durations(order: StepOrder, *, refused: bool = False) -> StepDurations:
    """The durations of a plan's steps."""
    return StepDurations(order, [expected_duration(step, refused=refused) for step in order.steps])

"""The pace of polls: a phase is first looked at when phases of its kind use to be over.

A kind states how long its phases take, mostly without a source. So what this run has seen of a
phase counts more than that, and what it has seen of others tells how far the statements are off:
a simulator's phases may all be over at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from gwlbfw.cloud.backoff import Backoff
from gwlbfw.plan.model import Step
from gwlbfw.resources.resource import kinds

FIRST_POLL = 0.85
"""The part of the expected duration after which the first poll is sent."""
STEPS = 16
"""The pauses between polls into which the expected duration is divided."""
LATE = 1.5
"""The part of the expected duration after which pauses grow."""
EARLIER = 0.9
"""The part by which a phase is expected to be shorter that was over at the first poll."""


@dataclass
class Pace:
    """The durations of phases as far as one run has seen them."""

    backoff: Backoff
    _seen: dict[tuple[str, str], float] = field(default_factory=dict)
    _all_seen_s: float = 0.0
    _all_stated_s: float = 0.0

    def expected_s(self, step: Step) -> float:
        """The expected seconds from a step's call until the cloud shows what it has done."""
        key = (step.address.kind, step.kind_phase)
        if (seen := self._seen.get(key)) is not None:
            return seen
        known = self._all_stated_s
        return stated_s(step) * (self._all_seen_s / known if known else self.backoff.stated)

    def note(self, step: Step, not_ready_s: float | None, ready_s: float) -> None:
        """Note when a phase was last seen not to be over, and when it was seen to be.

        One that takes very long is an exception: others are not to be looked at late for it. A
        gate says nothing of the next one, as it waits for what others do.
        """
        if step.call is None:
            return
        at = ready_s * EARLIER if not_ready_s is None else (not_ready_s + ready_s) / 2
        if (expected_s := self.expected_s(step)) >= self.backoff.first:
            at = min(at, expected_s * LATE)
        key = (step.address.kind, step.kind_phase)
        self._seen[key] = (self._seen.get(key, at) + at) / 2
        if stated := stated_s(step):
            self._all_seen_s += at
            self._all_stated_s += stated

    def pauses(self, expected_s: float, passed_s: float) -> Iterator[float]:
        """The pauses before each poll of a phase whose call was sent so long ago, without end."""
        first = expected_s * FIRST_POLL - passed_s
        if expected_s * FIRST_POLL < self.backoff.first:
            yield 0.0
            yield from self.backoff.delays()
            return
        yield max(first, 0.0)
        pause = max(expected_s / STEPS, self.backoff.first / 3)
        passed_s = max(passed_s, expected_s * FIRST_POLL)
        while True:
            yield pause
            passed_s += pause
            if passed_s > expected_s * LATE:
                pause = min(pause * self.backoff.factor, self.backoff.cap)


def stated_s(step: Step) -> float:
    """The seconds that a phase's status lasts by its kind; none where nothing is stated."""
    known = kinds()[step.address.kind].durations.get(step.kind_phase)
    return known.status.seconds if known and step.call else 0.0

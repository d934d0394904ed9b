"""The exposure of a plan: the flows that its order harms, each times the seconds that it does.

A flow is one direction of a subnet that is in use, or of one server or address that leaves its
place. At a moment it counts once, at its worst: lost, else not judged, else uninspected.

The exposure along an order adds up, for each flow and each moment at which it is harmed, the
expected duration of the step that comes next. Only the steps that decide a flow's harm count time
for it, and what these need meanwhile: all others run beside. The exposure of a plan is the worst
along the orders that it permits. One is less than another if less is lost; where that is equal, if
less is not judged, and then if less is uninspected. Harm that lasts is no part of it: no order
mends that.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, product
from math import prod
from typing import NamedTuple

from gwlbfw.forecast.durations import StepDurations
from gwlbfw.forecast.moments import HarmfulMoments
from gwlbfw.forecast.order import StepOrder, numbers_in
from gwlbfw.forecast.orders import Clause
from gwlbfw.plan.forecast import Reason

REASONS: tuple[Reason, ...] = ("lost", "not_judged", "uninspected")
"""The harms, the worst first."""
Amount = tuple[int, int, int]
"""Milliseconds that flows are harmed, by reason."""
NOTHING: Amount = (0, 0, 0)
MOST_SETS = 1 << 14
"""Of done steps, over which an exposure is found: any order of 12 calls, with two gates beside."""
MOST_SETS_OF_FLOW = 1 << 12
"""Of done steps, over which it is found which of the steps decide a flow's harm."""
Needs = Mapping[int, int]
"""All that must be done before a step, directly or not, as bits."""


MOST_PARTS = 64
"""Of moments that are harmed alike."""


class Part(NamedTuple):
    """The harmful moments of a flow at which these steps are done and those are not."""

    done: int
    undone: int
    reason: Reason

    def is_permitted(self, needs: Needs) -> bool:
        """True if it may come to pass: none of what is done needs any of what is not."""
        return not any(needs[each] & self.undone for each in numbers_in(self.done))

    def may_come_before(self, number: int, needs: Needs) -> bool:
        """True if it may come to pass, and this step be the next."""
        before = self.done | needs[number]
        for each in numbers_in(self.done):
            before |= needs[each]
        return not before & (self.undone | 1 << number)


class TooManySetsError(Exception):
    """Steps can be done in too many orders to judge each."""


def plus(one: Amount, other: Amount) -> Amount:
    """Two amounts together."""
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


@dataclass(frozen=True)
class HarmedFlow:
    """A flow with the moments at which it is harmed, and the steps whose time counts for it."""

    moments: tuple[HarmfulMoments, ...]
    steps: int
    _known: dict[int, int | None] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, moments: tuple[HarmfulMoments, ...], order: StepOrder) -> "HarmedFlow":
        """The flow that is harmed at these moments."""
        asked = 0
        for each in moments:
            asked |= each.relevant
        every = cls(moments, _timed(asked, moments, order))
        sets = [*islice(order.closed_sets([*numbers_in(every.steps)]), MOST_SETS_OF_FLOW + 1)]
        if len(sets) > MOST_SETS_OF_FLOW:
            return every
        return cls(moments, _timed(every._deciding(sets), moments, order))

    def _deciding(self, sets: Sequence[int]) -> int:
        """The steps with which harm begins, ends or changes at some moment."""
        possible, found = {*sets}, 0
        for done in sets:
            for number in numbers_in(self.steps & ~(done | found)):
                after = done | 1 << number
                if after in possible and self.worst_at(done) != self.worst_at(after):
                    found |= 1 << number
        return found

    @cached_property
    def parts(self) -> tuple[Part, ...] | None:
        """The harmful moments in parts; None where these are too many."""
        found: dict[Part, None] = {}
        for each in self.moments:
            clauses = each.region.clauses
            if prod(map(len, clauses)) > MOST_PARTS or each.flow.reason is None:
                return None
            for chosen in product(*clauses):
                done, undone = each.region.done, each.region.undone
                for alternative in chosen:
                    done, undone = done | alternative.done, undone | alternative.undone
                part = Part(done & self.steps, undone & self.steps, each.flow.reason)
                found[part] = None
        return tuple(each for each in found if not each.done & each.undone)

    def worst_at(self, done: int) -> int | None:
        """The worst harm when these steps are done, by its place in REASONS; None where none is."""
        chosen = done & self.steps
        if chosen not in self._known:
            harms = (
                REASONS.index(each.flow.reason)
                for each in self.moments
                if each.flow.reason and self._is_at(each, chosen)
            )
            self._known[chosen] = min(harms, default=None)
        return self._known[chosen]

    def _is_at(self, each: HarmfulMoments, done: int) -> bool:
        """True if moments are those; what counts no time is as the moments have it."""
        clauses: Iterable[Clause] = each.region.clauses
        return self._fits(each.region.done, each.region.undone, done) and all(
            any(self._fits(part.done, part.undone, done) for part in clause) for clause in clauses
        )

    def _fits(self, done: int, undone: int, at: int) -> bool:
        return not (done & self.steps & ~at or undone & at)


def _timed(deciding: int, moments: Sequence[HarmfulMoments], order: StepOrder) -> int:
    """The steps that decide, and those of their needs that may not be done yet amid the harm."""
    always = -1
    for each in moments:
        always &= each.region.done
    return deciding | (order.closure(deciding) & ~always)


@dataclass(frozen=True)
class Stake:
    """Flows that are harmed by the same steps, and no other flow by any of these."""

    flows: tuple[HarmedFlow, ...]
    steps: int
    """With all of each cut-over group of which one is among them."""
    durations: Mapping[int, int]
    """The expected duration of each step, in milliseconds."""

    def cost(self, done: int, number: int) -> Amount:
        """The exposure while a step is under way, when these are done."""
        amounts = [0, 0, 0]
        for flow in self.flows:
            if flow.steps >> number & 1:
                harm = flow.worst_at(done)
                if harm is not None:
                    amounts[harm] += self.durations[number]
        return amounts[0], amounts[1], amounts[2]

    def along(self, numbers: Iterable[int], done: int = 0) -> Amount:
        """The exposure while steps follow one another, when these are done."""
        found = NOTHING
        for number in numbers:
            found = plus(found, self.cost(done, number))
            done |= 1 << number
        return found

    def needs(self, of_all: Needs) -> Needs:
        """The needs of the steps among each other."""
        return {each: of_all[each] & self.steps for each in numbers_in(self.steps)}

    def worst(self, needs: Needs, most: int = MOST_SETS) -> Amount:
        """The worst exposure along the orders that the needs permit. Raises TooManySetsError."""
        amounts, sets = {0: NOTHING}, 0
        for _ in needs:
            after: dict[int, Amount] = {}
            for done, so_far in amounts.items():
                for number in _ready(needs, done):
                    reached = done | 1 << number
                    found = plus(so_far, self.cost(done, number))
                    after[reached] = max(found, after.get(reached, NOTHING))
            amounts = after
            sets += len(amounts)
            if sets > most:
                raise TooManySetsError
        return max(amounts.values())

    def exposure(self, needs: Needs) -> Amount:
        """The worst exposure; with too many orders, the most that it can be."""
        try:
            return self.worst(needs)
        except TooManySetsError:
            by_moment, by_step = self._at_most(), self.at_most_by_step(needs)
            return by_moment if by_step is None else min(by_moment, by_step)

    def at_most_by_step(self, needs: Needs) -> Amount | None:
        """The exposure if each step came at its most harmful moment; None where these are many."""
        found = [0, 0, 0]
        for flow in self.flows:
            if (parts := flow.parts) is None:
                return None
            for number in numbers_in(flow.steps):
                coming = (each for each in parts if each.may_come_before(number, needs))
                harm = min((REASONS.index(each.reason) for each in coming), default=None)
                if harm is not None:
                    found[harm] += self.durations[number]
        return found[0], found[1], found[2]

    def _at_most(self) -> Amount:
        """The exposure of all moments, each at its longest."""
        found = [0, 0, 0]
        for flow in self.flows:
            longest = {each.flow: each.flow.seconds or 0.0 for each in flow.moments}
            for each, seconds in longest.items():
                if each.reason:
                    found[REASONS.index(each.reason)] += round(seconds * 1000)
        return found[0], found[1], found[2]


def _ready(needs: Needs, done: int) -> Iterator[int]:
    """The steps that can come next."""
    return (each for each, all_of in needs.items() if not (done >> each & 1 or all_of & ~done))


def stakes(
    order: StepOrder, durations: StepDurations, moments: Iterable[HarmfulMoments]
) -> list[Stake]:
    """The harmed flows, those that hang on the same steps together."""
    of_flow: defaultdict[tuple[str | None, ...], list[HarmfulMoments]] = defaultdict(list)
    for each in moments:
        flow = each.flow
        of_flow[flow.subnet, flow.holder, flow.direction, flow.source].append(each)
    joined: list[tuple[list[HarmedFlow], int]] = []
    for same in of_flow.values():
        harmed = HarmedFlow.of(tuple(same), order)
        flows, steps = [harmed], with_groups(order, harmed.steps)
        apart = []
        for others, theirs in joined:
            if steps & theirs:
                flows, steps = [*others, *flows], steps | theirs
            else:
                apart.append((others, theirs))
        joined = [*apart, (flows, steps)]
    return [
        Stake(
            tuple(flows),
            steps,
            {each: round(durations.each[each].seconds * 1000) for each in numbers_in(steps)},
        )
        for flows, steps in joined
    ]


def with_groups(order: StepOrder, steps: int) -> int:
    """Some steps, and all of each cut-over group of which one is among them."""
    groups = {order.steps[each].group for each in numbers_in(steps)} - {""}
    return steps | sum(1 << n for n, each in enumerate(order.steps) if each.group in groups)

"""The order of steps with the least exposure, and the fewest edges that see to it.

A cut-over group stays as one: its steps follow one another, and edges lead to its first step and
from its last alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from gwlbfw.forecast.exposure import (
    MOST_SETS,
    NOTHING,
    REASONS,
    Amount,
    Needs,
    Part,
    Stake,
    TooManySetsError,
    plus,
)
from gwlbfw.forecast.order import StepOrder, bits_of, numbers_in
from gwlbfw.plan.forecast import Reason

MOST_TRIES = 2_000
"""Of orders, where there are too many for each."""
MOST_SETS_PER_EDGE = 1 << 10
MOST_EDGES = 200
"""That are tried to do without."""
Unit = tuple[int, ...]
"""A step, or the steps of a cut-over group in turn."""


class BestOrder(NamedTuple):
    """The units of a stake in the best order that was found."""

    units: tuple[Unit, ...]
    exposure: Amount
    is_least: bool
    """True if every order was judged."""
    sets: int
    """Of done steps, that were looked at on the way."""


class Edge(NamedTuple):
    """Two steps in the order that harms least, and the harm of which there is more without it."""

    first: int
    then: int
    reason: Reason


def units_of(order: StepOrder, stake: Stake) -> list[Unit]:
    """The steps of a stake, those of a group together, as they come in the plan."""
    found: dict[object, list[int]] = {}
    for number in numbers_in(stake.steps):
        found.setdefault(order.steps[number].group or number, []).append(number)
    return [tuple(each) for each in found.values()]


def best_order(stake: Stake, units: Sequence[Unit], needs: Needs) -> BestOrder | None:
    """The order of a stake with the least exposure; None where a group can't stay as one."""
    asked = {unit: _needs_of(unit, needs) for unit in units}
    try:
        return _least(stake, asked)
    except TooManySetsError:
        return _improved(stake, asked)


def _needs_of(unit: Unit, needs: Needs) -> int:
    """All that must be done before a unit, as bits."""
    found = 0
    for number in unit:
        found |= needs[number]
    return found & ~bits_of(unit)


def _least(stake: Stake, needs: Mapping[Unit, int]) -> BestOrder | None:
    """The best of all orders: the best way to each set of done steps goes on from the best before.

    Of orders that are as good, the one that is nearest to the plan's. Raises TooManySetsError.
    """
    best: dict[int, tuple[Amount, tuple[Unit, ...]]] = {0: (NOTHING, ())}
    sets = 0
    for _ in needs:
        after: dict[int, tuple[Amount, tuple[Unit, ...]]] = {}
        for done, (so_far, units) in best.items():
            for unit in _ready(needs, done):
                reached = done | bits_of(unit)
                way = plus(so_far, stake.along(unit, done)), (*units, unit)
                if reached not in after or way < after[reached]:
                    after[reached] = way
        best = after
        sets += len(best)
        if sets > MOST_SETS:
            raise TooManySetsError
    found = ((units, amount) for amount, units in best.values())
    return next((BestOrder(*each, is_least=True, sets=sets) for each in found), None)


def _ready(needs: Mapping[Unit, int], done: int) -> Iterator[Unit]:
    """The units that can come next."""
    return (u for u, all_of in needs.items() if not (done >> u[0] & 1 or all_of & ~done))


def _improved(stake: Stake, needs: Mapping[Unit, int]) -> BestOrder | None:
    """The plan's own order, with units moved to other places as long as that makes it better."""
    order = [*needs]
    if not _is_permitted(order, needs):
        return None
    least, tries, better = _along(stake, order), 0, True
    while better:
        better = False
        for at, to in ((a, b) for a in range(len(order)) for b in range(len(order)) if a != b):
            moved = [*order[:at], *order[at + 1 :]]
            moved.insert(to, order[at])
            tries += 1
            if tries > MOST_TRIES:
                break
            if _is_permitted(moved, needs) and (found := _along(stake, moved)) < least:
                order, least, better = moved, found, True
        if tries > MOST_TRIES:
            break
    return BestOrder(tuple(order), least, is_least=False, sets=MOST_SETS)


def _along(stake: Stake, units: Sequence[Unit]) -> Amount:
    return stake.along(number for unit in units for number in unit)


def _is_permitted(units: Sequence[Unit], needs: Mapping[Unit, int]) -> bool:
    done = 0
    for unit in units:
        if needs[unit] & ~done:
            return False
        done |= bits_of(unit)
    return True


def needed_edges(stake: Stake, best: BestOrder, needs: Needs) -> list[Edge]:
    """The edges without which an order that is worse than the best would be permitted."""
    parts = _harmful_parts(stake) if best.exposure == NOTHING else None
    if parts is not None and (edges := _forbidding(parts, best, needs)) is not None:
        return edges
    if _worst(stake, needs, MOST_SETS) == best.exposure:
        return []
    if _worst(stake, needs, MOST_SETS_PER_EDGE) is None:
        edges = _limiting(stake, best, needs)
        if edges is not None:
            return edges
    pairs = sorted(
        (then - first, first, (one[-1], other[0]))
        for (first, one), (then, other) in combinations(enumerate(best.units), 2)
        if not needs[other[0]] >> one[-1] & 1
    )
    kept = {pair: REASONS[_most_harmful(stake)] for _, _, pair in pairs}
    for _, _, pair in pairs[:MOST_EDGES]:
        others = [each for each in kept if each != pair]
        without = _worst(stake, with_edges(needs, others), MOST_SETS_PER_EDGE)
        if without == best.exposure:
            del kept[pair]
        elif without is not None:
            more = zip(REASONS, without, best.exposure, strict=True)
            kept[pair] = next(reason for reason, one, other in more if one != other)
    return [Edge(first, then, reason) for (first, then), reason in sorted(kept.items())]


def _harmful_parts(stake: Stake) -> list[Part] | None:
    """The harmful moments of a stake, in parts; None where these are too many."""
    found: dict[Part, None] = {}
    for flow in stake.flows:
        if flow.parts is None:
            return None
        # No time passes once all is done.
        found.update(dict.fromkeys(each for each in flow.parts if each.undone))
    return [*found]


def _forbidding(parts: Sequence[Part], best: BestOrder, needs: Needs) -> list[Edge] | None:
    """The edges by which no harmful moment can come to pass; None where it takes more than edges.

    In the best order none does: something that is not done then comes before something that is.
    """
    at = {number: place for place, unit in enumerate(best.units) for number in unit}
    kept: dict[tuple[int, int], Reason] = {}
    for part in sorted(parts, key=lambda each: REASONS.index(each.reason)):
        edges = [*kept]
        if part.is_permitted(with_edges(needs, edges)):
            first = min(at[each] for each in numbers_in(part.undone))
            then = max((at[each] for each in numbers_in(part.done)), default=-1)
            if first >= then:
                return None
            kept[best.units[first][-1], best.units[then][0]] = part.reason
    for edge in [*kept]:
        without = with_edges(needs, [each for each in kept if each != edge])
        if not any(part.is_permitted(without) for part in parts):
            del kept[edge]
    return [Edge(first, then, reason) for (first, then), reason in sorted(kept.items())]


class _Excess(NamedTuple):
    """A step that would come at moments at which a flow is harmed more than in the best order."""

    part: Part
    number: int

    def is_permitted(self, needs: Needs) -> bool:
        """True if it may come to pass."""
        return self.part.may_come_before(self.number, needs)


def _limiting(stake: Stake, best: BestOrder, needs: Needs) -> list[Edge] | None:
    """The edges by which no step comes at a worse moment than in the best order.

    None where it takes more than edges. There, something that must not be done yet comes before
    the step, or something that must be done comes after it.
    """
    excesses = _excesses(stake, best)
    if excesses is None:
        return None
    at = {number: place for place, unit in enumerate(best.units) for number in unit}
    kept: dict[tuple[int, int], Reason] = {}
    now = needs
    for each in excesses:
        if each.is_permitted(now):
            place = at[each.number]
            earlier = [at[n] for n in numbers_in(each.part.undone) if at[n] < place]
            later = [at[n] for n in numbers_in(each.part.done) if at[n] > place]
            if not earlier and not later:
                return None
            first, then = (max(earlier), place) if earlier else (place, min(later))
            edge = best.units[first][-1], best.units[then][0]
            kept[edge] = each.part.reason
            now = with_edges(now, [edge])
    for edge in [*kept]:
        without = with_edges(needs, [each for each in kept if each != edge])
        if not any(each.is_permitted(without) for each in excesses):
            del kept[edge]
    return [Edge(first, then, reason) for (first, then), reason in sorted(kept.items())]


def _excesses(stake: Stake, best: BestOrder) -> list[_Excess] | None:
    """The excesses that an order may have, the worst harm first."""
    found: dict[_Excess, None] = {}
    for flow in stake.flows:
        if flow.parts is None:
            return None
        done = 0
        for number in (number for unit in best.units for number in unit):
            harm = flow.worst_at(done)
            least = len(REASONS) if harm is None else harm
            if flow.steps >> number & 1:
                worse = (e for e in flow.parts if REASONS.index(e.reason) < least)
                found.update({_Excess(e, number): None for e in worse if not e.done >> number & 1})
            done |= 1 << number
    return sorted(found, key=lambda each: REASONS.index(each.part.reason))


def _worst(stake: Stake, needs: Needs, most: int) -> Amount | None:
    """The worst exposure of a stake; None where there are too many orders to tell."""
    try:
        return stake.worst(needs, most)
    except TooManySetsError:
        return None


def _most_harmful(stake: Stake) -> int:
    reasons = (each.flow.reason for flow in stake.flows for each in flow.moments)
    return min(REASONS.index(each) for each in reasons if each)


def with_edges(needs: Needs, edges: Sequence[tuple[int, int]]) -> Needs:
    """The needs once further steps must come before others."""
    found = {**needs}
    for first, then in edges:
        if found[then] >> first & 1:
            continue
        before = found[first] | 1 << first
        for each, all_of in found.items():
            if each == then or all_of >> then & 1:
                found[each] = all_of | before
    return found

"""The search for edges by which a plan harms least: what no rule knows, its effects tell.

A plan that harms nothing for a while is left as it is, at no cost.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice, pairwise
from typing import Literal

from gwlbfw.forecast.best_order import Edge, best_order, needed_edges, units_of, with_edges
from gwlbfw.forecast.effects import Effects
from gwlbfw.forecast.exposure import (
    NOTHING,
    REASONS,
    Amount,
    Stake,
    plus,
    stakes,
)
from gwlbfw.forecast.harm import Harm
from gwlbfw.forecast.moments import HarmfulMoments
from gwlbfw.forecast.order import StepOrder, bits_of, numbers_in
from gwlbfw.forecast.transient_flows import Exploration
from gwlbfw.plan.forecast import AddedNeed, Exposure
from gwlbfw.plan.model import Step
from gwlbfw.plan.toposort import topological_order

MOST_EXPLORED = 24
"""Orders of the steps that decide health; each is explored anew."""
MOST_SETS_EXPLORED = 1 << 13
"""Of done steps, in all of these together: the larger a plan, the fewer of its orders are tried."""
_HEALTH = frozenset({"member", "machine", "group", "rules", "balancer"})
"""What health depends on: whether a gate vouches for it hangs on what is done before the gate."""


@dataclass(frozen=True)
class Outlook:
    """What is foreseen of a plan's steps, over all orders that they permit."""

    made: Effects
    seen: Exploration
    harm: Harm

    @property
    def order(self) -> StepOrder:
        """The order of the steps."""
        return self.harm.moves.order

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps."""
        return self.order.steps

    def stakes(self) -> list[Stake]:
        """The flows that are harmed for a while."""
        return stakes(self.order, self.harm.moves.durations, self.moments())

    def exposure(self) -> Amount:
        """The exposure of the plan: the worst along the orders that it permits."""
        needs = dict(enumerate(self.order.prerequisites))
        return reduce(plus, (each.exposure(each.needs(needs)) for each in self.stakes()), NOTHING)

    def moments(self) -> list[HarmfulMoments]:
        """The moments at which flows are harmed, and not for good."""
        return [*self.harm.passing(self.seen.harmful_moments)]


Look = Callable[[tuple[Step, ...]], Outlook]


@dataclass(frozen=True)
class _Found:
    """The edges that make a plan's exposure least, as far as they were searched for."""

    outlook: Outlook
    edges: tuple[Edge, ...]
    exposure: Amount
    is_least: bool
    """True if no order of the same effects has less."""
    chains: tuple[tuple[int, int], ...] = ()
    """The edges of the best order itself, one step after the other."""
    sets: int = 0
    """Of done steps that were looked at."""


def least_exposed(steps: tuple[Step, ...], look: Look) -> tuple[Outlook, Exposure]:
    """The outlook with the edges by which least is harmed, and how much that is.

    The steps are explored once, and again only where something is harmed for a while.
    """
    given = look(steps)
    found = _search(given)
    is_least = found.is_least
    if found.exposure != NOTHING:
        most = min(MOST_EXPLORED, MOST_SETS_EXPLORED // max(found.sets, 1))
        orders = [*islice(_orders(given.order, _health_steps(given)), most + 1)]
        is_least = is_least and len(orders) <= most
        for each in orders[:most] if len(orders) > 1 else ():
            other = _search(look(_with_edges(given.order, [*pairwise(each)])))
            is_least = is_least and other.is_least
            found = min(found, other, key=lambda one: one.exposure)
    outlook = _settled(given, found, look)
    exposure = outlook.exposure()
    is_least = exposure == NOTHING or (is_least and exposure == found.exposure)
    return outlook, _stated(outlook, exposure, _added(given, found, outlook), is_least=is_least)


def _search(outlook: Outlook) -> _Found:
    """The edges for each stake in turn, with those for the stakes before it."""
    own = needs = dict(enumerate(outlook.order.prerequisites))
    edges: list[Edge] = []
    chains: list[tuple[int, int]] = []
    total, is_least, sets = NOTHING, True, 0
    for stake in outlook.stakes():
        units = units_of(outlook.order, stake)
        alone = best_order(stake, units, stake.needs(own))
        now = stake.needs(needs)
        best = alone if now == stake.needs(own) else best_order(stake, units, now)
        if best is None or alone is None:
            total, is_least = plus(total, stake.exposure(now)), False
            continue
        found = needed_edges(stake, best, now)
        edges += found
        chains += [(one[-1], other[0]) for one, other in pairwise(best.units)]
        needs = dict(with_edges(needs, [(each.first, each.then) for each in found]))
        total, sets = plus(total, best.exposure), sets + best.sets
        is_least = is_least and best.is_least and best.exposure == alone.exposure
    return _Found(outlook, tuple(edges), total, is_least, tuple(chains), sets)


def _health_steps(outlook: Outlook) -> list[int]:
    """The steps that decide harm by the health of appliances."""
    asked = 0
    for each in outlook.moments():
        asked |= 0 if each.flow.holder else each.relevant
    return [
        number
        for number in numbers_in(asked)
        if outlook.steps[number].call is None
        or any(slot.what in _HEALTH for slot, _ in outlook.made.fillings.get(number, ()))
    ]


def _orders(order: StepOrder, chosen: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every order of some steps that is permitted."""
    if not chosen:
        yield ()
    for number in chosen:
        others = [each for each in chosen if each != number]
        if not order.prerequisites[number] & bits_of(others):
            yield from ((number, *rest) for rest in _orders(order, others))


def _with_edges(order: StepOrder, edges: Iterable[tuple[int, int]]) -> tuple[Step, ...]:
    steps = order.steps
    known = {(need, step.id) for step in steps for need in step.needs}
    added = {(steps[first].id, steps[then].id) for first, then in edges}
    return topological_order(steps, known | added)


def _settled(given: Outlook, found: _Found, look: Look) -> Outlook:
    """The outlook with the edges found; as it was where they harm no less.

    They may not keep all that they promise: with an edge, a gate can count time that it did not.
    """
    if found.outlook is given and not found.edges:
        return given
    named = [(e.first, e.then) for e in found.edges]
    after = found.outlook.order
    numbers = given.order.numbers
    alone = [(numbers[after.steps[a].id], numbers[after.steps[b].id]) for a, b in named]
    tried = [_with_edges(given.order, alone), _with_edges(after, named)]
    if found.is_least:
        tried.append(_with_edges(after, found.chains))
    best = given
    for steps in tried:
        outlook = look(steps)
        if outlook.exposure() < best.exposure():
            best = outlook
        if best.exposure() <= found.exposure:
            break
    return best


def _added(given: Outlook, found: _Found, outlook: Outlook) -> tuple[AddedNeed, ...]:
    """The needs of the steps that they did not have, each with the harm of which there is less."""
    steps, order = found.outlook.steps, given.order
    reasons = {(steps[e.first].id, steps[e.then].id): e.reason for e in found.edges}
    worst = next(
        (reason for reason, amount in zip(REASONS, given.exposure(), strict=True) if amount),
        REASONS[-1],
    )
    return tuple(
        AddedNeed(step.id, need, reasons.get((need, step.id), worst))
        for step in outlook.steps
        for need in sorted(step.needs)
        if not order.prerequisites[order.numbers[step.id]] >> order.numbers[need] & 1
    )


def _stated(
    outlook: Outlook, amount: Amount, added: tuple[AddedNeed, ...], *, is_least: bool
) -> Exposure:
    unjudged = outlook.harm.unjudged_seconds(outlook.seen)
    lost, not_judged, uninspected = (each / 1000 for each in amount)
    least: Literal["possible", "found"] = "possible" if is_least and not unjudged else "found"
    return Exposure(lost, round(not_judged + unjudged, 3), uninspected, least, added)

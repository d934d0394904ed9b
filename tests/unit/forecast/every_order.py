"""The exposure of random plans along every order that they permit, one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from gwlbfw.forecast.durations import expected_duration, step_durations
from gwlbfw.forecast.effects import Effects
from gwlbfw.forecast.exposure import NOTHING, REASONS, Amount, plus
from gwlbfw.forecast.harm import Harm
from gwlbfw.forecast.judging import judged_flows
from gwlbfw.forecast.order import StepOrder
from gwlbfw.forecast.order_search import Outlook
from gwlbfw.forecast.transient_flows import explore
from gwlbfw.forecast.users import UserMoves
from gwlbfw.plan import Step
from gwlbfw.reachability.usage import directions_in_use
from tests.unit.forecast.one_by_one import Done, OneByOne, flows_of
from tests.unit.forecast.random_plans import RandomPlan

Key = tuple[str, str, str]


def look(plan: RandomPlan, steps: tuple[Step, ...]) -> Outlook:
    """The outlook on a random plan's steps, in whatever order."""
    filled = {plan.steps[number].id: each for number, each in plan.made.fillings.items()}
    fillings = {n: filled[step.id] for n, step in enumerate(steps) if step.id in filled}
    made = Effects(plan.made.start, fillings, plan.made.end)
    moves = UserMoves(plan.start, made, step_durations(StepOrder(steps)))
    idle = [
        key for key, each in plan.start.subnets.items() if not directions_in_use(plan.start, each)
    ]
    return Outlook(made, explore(plan.start, steps, made, idle), Harm(moves))


@dataclass
class EveryOrder:
    """A plan without cut-over groups, and what each of its moments does to each flow."""

    plan: RandomPlan

    @cached_property
    def every(self) -> OneByOne:
        return OneByOne(self.plan)

    @cached_property
    def harms(self) -> dict[Done, dict[Key, int]]:
        """The worst harm to each flow at each moment."""
        found: dict[Done, dict[Key, int]] = {each: {} for each in self.every.sets}
        start, end = self.plan.start, self.plan.made.end
        for key, subnet in start.subnets.items():
            used = directions_in_use(start, subnet)
            before, at_end = flows_of(start, key), flows_of(end, key)
            for done in self.every.sets if used and key in end.subnets else ():
                now = flows_of(self.every.network(done), key)
                for each in judged_flows(before, now, at_end):
                    if each.reason and not each.lasts and each.direction in used:
                        flow = start.label(key), "", each.direction
                        rank = REASONS.index(each.reason)
                        found[done][flow] = min(rank, found[done].get(flow, rank))
        self._add_users(found)
        return found

    def _add_users(self, found: dict[Done, dict[Key, int]]) -> None:
        outlook = look(self.plan, self.plan.steps)
        numbers = {step.id: number for number, step in enumerate(self.plan.steps)}
        for _, each in outlook.harm.moves.harmed_flows():
            after, until = ({numbers[step] for step in ids} for ids in (each.after, each.until))
            for done in found if each.seconds is not None and each.reason else ():
                if after <= done and not until & done:
                    flow = each.subnet, each.holder, each.direction
                    rank = REASONS.index(each.reason)
                    found[done][flow] = min(rank, found[done].get(flow, rank))

    @cached_property
    def timed(self) -> dict[Key, Done]:
        """The steps whose time counts for each flow."""
        found: dict[Key, Done] = {}
        for flow in {flow for each in self.harms.values() for flow in each}:
            deciding = {
                number
                for done, now in self.harms.items()
                for number in done
                if done - {number} in self.harms
                and self.harms[done - {number}].get(flow) != now.get(flow)
            }
            needed = frozenset[int]().union(*(self.every.needs[each] for each in deciding))
            amid = {
                number
                for number in needed
                if any(flow in now and number not in done for done, now in self.harms.items())
            }
            found[flow] = frozenset(deciding | amid)
        return found

    def exposures(self) -> Iterator[Amount]:
        """The exposure along every order."""
        return self._from(frozenset(), NOTHING)

    def _from(self, done: Done, so_far: Amount) -> Iterator[Amount]:
        if len(done) == len(self.plan.steps):
            yield so_far
        for number in range(len(self.plan.steps)):
            if number not in done and self.every.needs[number] <= done:
                yield from self._from(done | {number}, plus(so_far, self._cost(done, number)))

    def _cost(self, done: Done, number: int) -> Amount:
        lasts = round(expected_duration(self.plan.steps[number]).seconds * 1000)
        amounts = [0, 0, 0]
        for flow, rank in self.harms[done].items():
            if number in self.timed[flow]:
                amounts[rank] += lasts
        return amounts[0], amounts[1], amounts[2]

    def orders(self, most: int) -> int:
        """The number of orders, or some number above `most`."""
        count = 0
        todo = [frozenset[int]()]
        while todo and count <= most:
            done = todo.pop()
            count += len(done) == len(self.plan.steps)
            todo += [
                done | {n}
                for n in range(len(self.plan.steps))
                if n not in done and self.every.needs[n] <= done
            ]
        return count


def ungrouped(plan: RandomPlan) -> RandomPlan:
    """The plan with its steps one by one."""
    return replace(plan, steps=tuple(replace(each, group="") for each in plan.steps))

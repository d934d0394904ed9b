"""The moments that a plan can pass through, as far as a question tells them apart.

Steps run in any order that their needs allow, so a moment is a set of done steps that holds all
that they need. They are far too many to list. But what becomes of a packet depends on few facts,
and each fact on few steps: so a region of moments is cut only where an answer depends on it, and
all moments of a region that is not cut are judged at once. None is sampled.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import or_
from typing import Generic, NamedTuple, TypeVar

from gwlbfw.forecast.order import StepOrder, numbers_in

V = TypeVar("V")
R = TypeVar("R")


class Alternative(NamedTuple):
    """Steps that are done, with all that they need, and steps that are not, nor what needs them."""

    done: int
    undone: int


Clause = tuple[Alternative, ...]
"""Alternatives of which one holds at least."""
ALWAYS = Alternative(0, 0)


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that holds at some moments of a plan."""

    holds: Clause
    """It holds where one of these does."""
    fails: tuple[Clause, ...]
    """It fails where all of these hold."""
    steps: int
    """The steps that it depends on."""


TRUE = Condition((ALWAYS,), ((),), 0)
FALSE = Condition((), (), 0)


def both(one: Condition, other: Condition) -> Condition:
    """Both conditions hold."""
    if one is TRUE or other is TRUE:
        return other if one is TRUE else one
    if not one.holds or not other.holds:
        return FALSE
    holds = (
        Alternative(a.done | b.done, a.undone | b.undone)
        for a, b in product(one.holds, other.holds)
    )
    fails = tuple((*a, *b) for a, b in product(one.fails, other.fails))
    possible = tuple(each for each in holds if not each.done & each.undone)
    return Condition(possible, fails, one.steps | other.steps)


def either(conditions: Sequence[Condition]) -> Condition:
    """One of the conditions holds."""
    if any(ALWAYS in each.holds for each in conditions):
        return TRUE
    return Condition(
        tuple(each for one in conditions for each in one.holds),
        tuple(clause for one in conditions for clause in one.fails),
        reduce(or_, (one.steps for one in conditions), 0),
    )


@dataclass(frozen=True)
class Region:
    """A set of moments: those at which these steps are done, those are not, and clauses hold."""

    done: int = 0
    undone: int = 0
    clauses: tuple[Clause, ...] = ()

    def where(self, clauses: Sequence[Clause]) -> "Region | None":
        """The part in which further clauses hold; None if they contradict each other."""
        done, undone = self.done, self.undone
        todo, kept = [*clauses], list(self.clauses)
        while todo:
            left = _left(todo.pop(), done, undone)
            if left is None:
                continue
            if not left:
                return None
            if len(left) > 1:
                kept.append(left)
                continue
            (only,) = left
            changed = (only.done & ~done) | (only.undone & ~undone)
            done, undone = done | only.done, undone | only.undone
            touched = [each for each in kept if _touches(each, changed)]
            if touched:
                kept = [each for each in kept if not _touches(each, changed)]
                todo += touched
        return Region(done, undone, tuple(kept))


def _left(clause: Clause, done: int, undone: int) -> Clause | None:
    """The alternatives of a clause that may hold; None if one holds for certain."""
    left = []
    for each in clause:
        if each.done & undone or each.undone & done:
            continue
        if not (each.done & ~done or each.undone & ~undone):
            return None
        left.append(each)
    return tuple(left)


def _touches(clause: Clause, steps: int) -> bool:
    return any((each.done | each.undone) & steps for each in clause)


class BudgetExceeded(Exception):
    """A question has more answers, or a search more steps, than are allowed."""


@dataclass
class Moments:
    """The moments of a plan's steps, and what is known of each region of them."""

    order: StepOrder
    budget: int
    """The number of tries that may be spent to find a moment in a region."""

    def alternative(self, done: int, undone: int) -> Alternative | None:
        """The alternative that these steps are done and those are not; None if it can't be."""
        above = self.order.closure(done)
        below = self.order.dependents_of(undone)
        return None if above & below else Alternative(above, below)

    def example(self, region: Region) -> int | None:
        """The steps that are done at one moment of a region; None where it has none."""
        everything = (1 << len(self.order.steps)) - 1
        for done in (region.done, everything & ~region.undone):
            if all(_holds(clause, done) for clause in region.clauses):
                return done
        return self._search(region)

    def _search(self, region: Region) -> int | None:
        """Backtrack over the alternatives of the shortest clause. Raises BudgetExceeded."""
        self.budget -= 1
        if self.budget < 0:
            raise BudgetExceeded
        if not region.clauses:
            return region.done
        shortest = min(region.clauses, key=len)
        rest = Region(
            region.done,
            region.undone,
            tuple(each for each in region.clauses if each is not shortest),
        )
        for each in shortest:
            part = rest.where([(each,)])
            found = self._search(part) if part is not None else None
            if found is not None:
                return found
        return None


def _holds(clause: Clause, done: int) -> bool:
    return any(not (each.done & ~done or each.undone & done) for each in clause)


def bounds(order: StepOrder, region: Region, example: int, relevant: int) -> tuple[int, int]:
    """An early and a late moment of a region: with no step less, or more, of those that matter."""

    def inside(done: int) -> bool:
        outside = region.done & ~done or region.undone & done
        return not outside and all(_holds(clause, done) for clause in region.clauses)

    first = last = example
    for number in numbers_in(example & relevant & ~region.done):
        fewer = first & ~order.dependents_of(1 << number)
        first = fewer if inside(fewer) else first
    for number in reversed([*numbers_in(relevant & ~example & ~region.undone)]):
        more = last | order.closure(1 << number)
        last = more if inside(more) else last
    return first, last


@dataclass
class _Fork:
    """A question that was asked: its possible answers by number, and the one that is taken."""

    answers: list[tuple[int, Region]]
    taken: int = 0


class Inquiry:
    """The answers along one way through the questions of a program; forks are remembered."""

    def __init__(self, moments: Moments) -> None:
        self.moments = moments
        self.region = Region()
        self.relevant = 0
        """The steps that the answers so far depend on."""
        self._forks: list[_Fork] = []
        self._at = 0

    @property
    def example(self) -> int:
        """The steps that are done at one of the moments at which the answers are those given."""
        found = self.moments.example(self.region)
        assert found is not None  # noqa: S101 - no answer is taken that leaves no moment
        return found

    def ask(self, answers: Sequence[tuple[V, Sequence[Clause]]], steps: int) -> V:
        """One of several answers, each with the clauses under which it is true.

        `steps` are those that decide. The program must ask the same again after the same answers.
        """
        if self._at == len(self._forks):
            self._forks.append(_Fork(list(self._possible(answers))))
        fork = self._forks[self._at]
        self._at += 1
        self.relevant |= steps
        number, self.region = fork.answers[fork.taken]
        return answers[number][0]

    def holds(self, condition: Condition) -> bool:
        """True or False: whether a condition holds."""
        if not condition.steps:
            return bool(condition.holds)
        return self.ask([(True, (condition.holds,)), (False, condition.fails)], condition.steps)

    def _possible(
        self, answers: Sequence[tuple[V, Sequence[Clause]]]
    ) -> Iterator[tuple[int, Region]]:
        for number, (_, clauses) in enumerate(answers):
            part = self.region.where(clauses)
            if part is not None and self.moments.example(part) is not None:
                yield number, part

    def restart(self) -> bool:
        """Go back to the first question, with other answers; False if there are no others."""
        while self._forks and self._forks[-1].taken + 1 == len(self._forks[-1].answers):
            self._forks.pop()
        if not self._forks:
            return False
        self._forks[-1].taken += 1
        self._at, self.region, self.relevant = 0, Region(), 0
        return True


class Outcome(NamedTuple, Generic[R]):
    """The result of a program at some moments, and the steps that it depends on."""

    result: R
    region: Region
    """These moments."""
    example: int
    """The steps that are done at one of them."""
    relevant: int


def outcomes(moments: Moments, program: Callable[[Inquiry], R], most: int) -> Iterator[Outcome[R]]:
    """Every result of a program over all moments of a plan.

    Raises BudgetExceeded for more than `most` regions, or where no moment of one is found in time.
    """
    inquiry = Inquiry(moments)
    for _ in range(most):
        result = program(inquiry)
        yield Outcome(result, inquiry.region, inquiry.example, inquiry.relevant)
        if not inquiry.restart():
            return
    raise BudgetExceeded

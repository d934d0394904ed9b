"""Steps and edges to a sequence: no cycle left, no edge that another path implies."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Self

from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.errors import PlanError
from gwlbfw.plan.model import Step


class Barrier(str):
    """A point between steps, and none itself: all before it are done before any after it begins.

    It stands for an edge from each of many steps to each of many others.
    """

    group: str
    """The cut-over group that it is in; empty for one that stands outside."""

    def __new__(cls, name: str, group: str = "") -> Self:
        """A barrier with a name that no step has."""
        made = super().__new__(cls, name)
        made.group = group
        return made


def topological_order(
    steps: Sequence[Step], edges: Collection[tuple[str, str]]
) -> tuple[Step, ...]:
    """The steps with their needs, each after all that it needs. Raises PlanError for a cycle."""
    by_id = {step.id: step for step in steps}
    needs = _needs(by_id, edges)
    in_order = _sequence(needs)
    reduced = _reduced(needs, in_order)
    return tuple(replace(by_id[each], needs=found) for each, found in reduced.items())


def sequence(ids: Sequence[str], edges: Collection[tuple[str, str]]) -> list[str]:
    """The ids of steps, each after those that it needs. Raises PlanError for a cycle."""
    return [each for each in _sequence(_needs(ids, edges)) if not isinstance(each, Barrier)]


def _needs(ids: Iterable[str], edges: Collection[tuple[str, str]]) -> dict[str, set[str]]:
    needs: dict[str, set[str]] = {each: set() for each in ids}
    needs |= {each: set() for edge in edges for each in edge if isinstance(each, Barrier)}
    for first, then in edges:
        needs[then].add(first)
    return needs


def _sequence(needs: dict[str, set[str]]) -> list[str]:
    followers: dict[str, list[str]] = {each: [] for each in needs}
    for each, before in needs.items():
        for one in before:
            followers[one].append(each)
    left = {each: len(before) for each, before in needs.items()}
    done: list[str] = []
    ready = [each for each, number in left.items() if not number]
    while ready:
        # What a barrier lets through comes with what else is ready, not after it.
        while passed := [each for each in ready if isinstance(each, Barrier)]:
            done += passed
            ready = [each for each in ready if not isinstance(each, Barrier)]
            ready += _let_through(passed, followers, left)
        done += sorted(ready)
        ready = [*_let_through(ready, followers, left)]
    if len(done) < len(needs):
        raise PlanError([_cycle(needs)])
    return done


def _let_through(
    done: Iterable[str], followers: Mapping[str, list[str]], left: dict[str, int]
) -> Iterator[str]:
    """The steps and barriers that need nothing else once these are done."""
    for one in done:
        for each in followers[one]:
            left[each] -= 1
            if not left[each]:
                yield each


def _cycle(needs: Mapping[str, set[str]]) -> Diagnostic:
    """The problem of needs that contain a cycle."""
    path: list[str] = []
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as cycle:
        path = [each for each in cycle.args[1] if not isinstance(each, Barrier)]
    return error(
        "cycle",
        f"these changes can't be put in an order: {' → '.join(path)}",
        hint="make them in two steps: apply one part of the edit, then the other",
    )


def _reduced(needs: Mapping[str, set[str]], sequence: Sequence[str]) -> dict[str, frozenset[str]]:
    """The needs of each step without those that follow from others, in the order of the sequence.

    Sets of steps are bits by their place.
    """
    direct: dict[str, int] = {}
    """The steps that what needs a step or barrier needs for it: itself, or those before it."""
    above: dict[str, int] = {}
    """The steps before these."""
    reduced: dict[str, frozenset[str]] = {}
    for place, each in enumerate(sequence):
        implied = needed = 0
        for need in needs[each]:
            implied |= above[need]
            needed |= direct[need]
        if isinstance(each, Barrier):
            direct[each], above[each] = needed, implied
        else:
            direct[each], above[each] = 1 << place, implied | needed
            reduced[each] = frozenset(sequence[at] for at in _places(needed & ~implied))
    return reduced


def _places(bits: int) -> Iterator[int]:
    """The places of the bits that are set."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest

"""Steps and edges to a sequence: no cycle left, no edge that another path implies."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import reduce
from graphlib import CycleError, TopologicalSorter
from operator import or_

from gwlbfw.diagnostics import error
from gwlbfw.errors import PlanError
from gwlbfw.plan.model import Step


def topological_order(
    steps: Sequence[Step], edges: Collection[tuple[str, str]]
) -> tuple[Step, ...]:
    """The steps with their needs, each after all that it needs. Raises PlanError for a cycle."""
    by_id = {step.id: step for step in steps}
    needs = _needs(by_id, edges)
    in_order = _sequence(needs)
    reduced = _reduced(needs, in_order)
    return tuple(replace(by_id[each], needs=frozenset(reduced[each])) for each in in_order)


def sequence(ids: Sequence[str], edges: Collection[tuple[str, str]]) -> list[str]:
    """The ids of steps, each after those that it needs. Raises PlanError for a cycle."""
    return _sequence(_needs(ids, edges))


def _needs(ids: Iterable[str], edges: Collection[tuple[str, str]]) -> dict[str, set[str]]:
    needs: dict[str, set[str]] = {each: set() for each in ids}
    for first, then in edges:
        needs[then].add(first)
    return needs


def _sequence(needs: dict[str, set[str]]) -> list[str]:
    sorter = TopologicalSorter(needs)
    try:
        sorter.prepare()
    except CycleError as cycle:
        path = " → ".join(cycle.args[1])
        raise PlanError(
            [
                error(
                    "cycle",
                    f"these changes can't be put in an order: {path}",
                    hint="make them in two steps: apply one part of the edit, then the other",
                )
            ]
        ) from cycle
    sequence: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        sequence += ready
        sorter.done(*ready)
    return sequence


def _reduced(needs: dict[str, set[str]], sequence: Sequence[str]) -> dict[str, set[str]]:
    """The needs without those that follow from others; sets of steps are bits by their place."""
    bit = {step: 1 << place for place, step in enumerate(sequence)}
    above: dict[str, int] = {}
    reduced: dict[str, set[str]] = {}
    for step in sequence:
        implied = reduce(or_, (above[each] for each in needs[step]), 0)
        above[step] = reduce(or_, (bit[each] for each in needs[step]), implied)
        reduced[step] = {each for each in needs[step] if not bit[each] & implied}
    return reduced

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gwlbfw.address import Address
from gwlbfw.errors import PlanError
from gwlbfw.plan.model import Step
from gwlbfw.plan.toposort import Barrier, topological_order

Edge = tuple[str, str]


def steps(names: str) -> list[Step]:
    return [Step(name, Address(f"vpc.{name}"), "create", None) for name in names]


def needs(names: str, edges: set[Edge]) -> dict[str, set[str]]:
    return {step.id: set(step.needs) for step in topological_order(steps(names), edges)}


def test_a_step_comes_after_all_that_it_needs() -> None:
    assert list(needs("abc", {("c", "b"), ("b", "a")})) == ["c", "b", "a"]


def test_independent_steps_are_ordered_by_name() -> None:
    assert list(needs("cab", set())) == ["a", "b", "c"]


def test_a_need_that_follows_from_others_is_left_out() -> None:
    found = needs("abcd", {("a", "b"), ("b", "c"), ("c", "d"), ("a", "c"), ("a", "d")})
    assert found == {"a": set(), "b": {"a"}, "c": {"b"}, "d": {"c"}}


def test_two_ways_to_one_step_both_stay() -> None:
    found = needs("abcd", {("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")})
    assert found["d"] == {"b", "c"}


def test_a_cycle_is_refused_and_shown_step_by_step() -> None:
    with pytest.raises(PlanError) as caught:
        topological_order(steps("abc"), {("a", "b"), ("b", "c"), ("c", "a")})
    (diagnostic,) = caught.value.diagnostics()
    assert diagnostic.code == "cycle"
    way = diagnostic.message.partition(": ")[2].split(" → ")
    assert way[0] == way[-1]
    assert set(pairwise(way)) == {("a", "b"), ("b", "c"), ("c", "a")}
    assert diagnostic.hint


NAMES = "abcdefgh"
acyclic = st.sets(st.sampled_from(list(combinations(NAMES, 2))))


@given(acyclic)
def test_the_sequence_respects_every_edge(edges: set[Edge]) -> None:
    order = list(needs(NAMES, edges))
    assert sorted(order) == list(NAMES)
    assert all(order.index(first) < order.index(then) for first, then in edges)


@given(acyclic)
def test_reduced_edges_imply_the_same_order_and_none_is_redundant(edges: set[Edge]) -> None:
    found = needs(NAMES, edges)
    left = {(first, then) for then, firsts in found.items() for first in firsts}
    assert left <= edges
    assert reachable(left) == reachable(edges)
    assert all(reachable(left - {edge}) != reachable(left) for edge in left)


def reachable(edges: set[Edge]) -> set[Edge]:
    found = set(edges)
    while more := {(a, d) for a, b in found for c, d in found if b == c} - found:
        found |= more
    return found


def spelled_out(edges: set[Edge]) -> set[Edge]:
    """The edges with those of each barrier from each step before it to each after it."""
    into = {(one, each) for one, each in edges if isinstance(each, Barrier)}
    out = {(each, other) for each, other in edges if isinstance(each, Barrier)}
    through = {(one, other) for one, each in into for again, other in out if each == again}
    return (edges - into - out) | through


@given(
    acyclic, st.lists(st.tuples(st.sets(st.sampled_from("abcd")), st.sets(st.sampled_from("efgh"))))
)
def test_barrier_stands_for_an_edge_from_each_step_before_it_to_each_after_it(
    edges: set[Edge], barriers: list[tuple[set[str], set[str]]]
) -> None:
    """The needs are the same, and so is the sequence."""
    edges = set(edges)
    for number, (before, after) in enumerate(barriers):
        barrier = Barrier(f"barrier {number}")
        edges |= {(each, barrier) for each in before} | {(barrier, each) for each in after}
    found, wanted = needs(NAMES, edges), needs(NAMES, spelled_out(edges))
    assert (found, [*found]) == (wanted, [*wanted])


def test_cycle_through_a_barrier_is_shown_by_its_steps() -> None:
    barrier = Barrier("barrier")
    with pytest.raises(PlanError, match=r"a → b → a|b → a → b"):
        topological_order(steps("ab"), {("a", barrier), (barrier, "b"), ("b", "a")})

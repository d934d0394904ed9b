"""The work of planning grows with the size of what is planned, and hardly faster."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gwlbfw.address import Address
from gwlbfw.plan.validation import traffic_cut_errors
from gwlbfw.resources.graph import Live, Node, ResourceGraph
from tests.scenarios.large_topology import large_topology
from tests.support.effort import count_lines, exponent
from tests.unit.plan.planned import Planned, planned
from tests.unit.samples import live_of, topology_graph

STEEPEST = 1.15
"""The exponent of growth that is allowed."""
TIMES = 6
"""How much larger the larger of two networks is."""
Way = Callable[[Path, dict[str, int]], tuple[Planned, int]]


def wanted(folder: Path, size: dict[str, int]) -> ResourceGraph:
    return topology_graph(folder, large_topology(**size))


def make(folder: Path, size: dict[str, int]) -> tuple[Planned, int]:
    """The plan of a network from nothing, and the work to load its file and make the plan."""
    return count_lines(lambda: planned(wanted(folder, size)))


def destroy(folder: Path, size: dict[str, int]) -> tuple[Planned, int]:
    """The plan of its end, and the work."""
    graph = wanted(folder, size)
    live = live_of(graph)
    return count_lines(lambda: planned({}, live, known=graph))


def exchange(folder: Path, size: dict[str, int]) -> tuple[Planned, int]:
    """The plan that replaces all its machines and tags all its subnets, and the work."""
    graph = wanted(folder, size)
    live = live_of(graph)
    return count_lines(lambda: edited({at: edit(at, node) for at, node in graph.items()}, live))


def edit(at: Address, node: Node) -> Node:
    new: dict[str, object] = {}
    if at.kind == "instance":
        new = {"instance_type": "ecs.g8i.large"}
    if at.kind == "vswitch":
        new = {"tags": {**(node.resource.tags or {}), "edited": "yes"}}
    return replace(node, resource=node.resource.model_copy(update=new))


def edited(target: ResourceGraph, live: Live) -> Planned:
    found = planned(target, live)
    assert not [*traffic_cut_errors(found.plan.changes, target, live)]
    return found


@pytest.mark.parametrize("way", [make, destroy, exchange])
@pytest.mark.parametrize(
    ("grows", "size"),
    [
        ("vpcs", {"vpcs": 3, "servers": 2}),
        ("subnets", {"subnets": 16}),
        ("servers", {"servers": 40}),
        ("appliances", {"appliances": 20}),
    ],
)
def test_planning_grows_with_the_network(
    way: Way, grows: str, size: dict[str, int], tmp_path: Path
) -> None:
    few, cheap = way(tmp_path, size)
    many, dear = way(tmp_path, {**size, grows: TIMES * size[grows]})
    larger = len(many.plan.steps) / len(few.plan.steps)
    assert larger > TIMES / 2
    assert exponent(dear / cheap, larger) <= STEEPEST

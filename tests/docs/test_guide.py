"""The guide's table of console steps says what the example's plan does."""

import re
from collections.abc import Iterator
from pathlib import Path

from gwlbfw import Stack, Topology
from gwlbfw.simulator import simulated_cloud

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guides" / "internet-boundary-firewall.md"
GATE = "gwlb:GetListenerHealthStatus"


def rows() -> Iterator[tuple[set[str], set[str]]]:
    """The addresses and the calls of each row of the table."""
    for line in GUIDE.read_text(encoding="utf-8").splitlines():
        cells = line.split(" | ")
        if len(cells) == 4 and re.match(r"\| .*`", line):
            yield tuple(set(re.findall(r"`([^`]+)`", cell)) for cell in cells[2:])  # type: ignore[misc]


def planned(folder: Path) -> set[tuple[str, str]]:
    """Address and call of every step of a first plan."""
    topology = Topology.load(ROOT / "examples" / "ulanqab.yaml")
    with simulated_cloud() as simulated, Stack(topology, simulated.cloud, state=folder) as stack:
        steps = stack.sync.plan().steps
    return {(step.address, step.call.name) for step in steps if step.call}


def test_guides_table_and_the_plan_name_the_same_calls(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    told = set()
    for addresses, calls in rows():
        made = {(at, call) for at, call in plan if at in addresses and call in calls}
        assert {at for at, _ in made} == addresses
        assert {call for _, call in made} == calls
        told |= made
    assert told == plan

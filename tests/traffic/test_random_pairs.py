"""Random pairs of topologies: nothing is worse at any moment than the plan said.

A run is what its number makes of it. `make probe` carries out 5,000, and goes on where it stopped.
"""

import json
import os
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from gwlbfw.plan.forecast import TransientFlow
from tests.scenarios.existing import brownfield
from tests.scenarios.test_nat_served import centralised, led
from tests.scenarios.testbed import ZONE_C as C
from tests.scenarios.testbed import Testbed
from tests.traffic.probed_run import ProbedRun, stated
from tests.traffic.random_edits import replace_server
from tests.traffic.random_pairs import SHARING, Wish
from tests.traffic.random_runs import Outcome, ground, run
from tests.traffic.statements import Statement
from tests.traffic.user_traffic import PEERS, UserFlow

ALL = int(os.environ.get("GWLBFW_PROBE", "0"))
RUNS = range(ALL) if ALL else range(20, 40)
LEDGER = os.environ.get("GWLBFW_PROBE_RESULTS", "")


@dataclass(frozen=True)
class Ledger:
    """The file in which outcomes are written down, one a line; none if it has no name."""

    name: str

    def passed(self) -> frozenset[int]:
        """The numbers of the runs that found nothing."""
        return frozenset(row["number"] for row in self._rows() if not row["objections"])

    def _rows(self) -> Iterator[dict[str, Any]]:
        if self.name and Path(self.name).exists():
            yield from map(json.loads, Path(self.name).read_text(encoding="utf-8").splitlines())

    def add(self, outcome: Outcome) -> None:
        if self.name:
            with Path(self.name).open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(outcome)) + "\n")


@pytest.mark.parametrize("first", RUNS[::SHARING])
def test_nothing_is_worse_than_the_plan_said(first: int, tmp_path: Path) -> None:
    ledger = Ledger(LEDGER)
    passed = ledger.passed()
    left = [each for each in range(first, first + SHARING) if each not in passed]
    if not left:
        pytest.skip("these runs found nothing")
    on = ground(first, tmp_path / "ground")
    failed = []
    for number in left:
        outcome = run(number, on, tmp_path / str(number))
        ledger.add(outcome)
        if outcome.objections:
            failed.append((number, outcome.about, *outcome.objections[:3]))
    assert not failed


def test_prober_finds_what_a_plan_keeps_quiet(tmp_path: Path) -> None:
    on, rng = ground(RUNS[0], tmp_path / "ground"), Random(1)  # noqa: S311 - no secret is made of it
    content = deepcopy(on.base.content)
    replace_server(content, rng)
    wish = Wish(content, destroys=False, edits=("replace_server",))
    with on.copy(tmp_path / "run") as testbed:
        said = stated(testbed, wish)
        silent = quiet(said, lambda _: True)
        found = [*ProbedRun(testbed, wish, silent, rng, "none").objections()]
    assert any("inspected → black_hole" in each for each in found)


def test_prober_finds_that_a_plan_does_not_ask_about_those_whom_a_nat_gateway_serves(
    testbed: Testbed,
) -> None:
    made = centralised(testbed, "app-c")
    silent = made.instance("silent", C, "app-c", "web")
    led(made, "table-app-c", "ngw")
    wish = Wish(brownfield(made), destroys=False, edits=("insert",))
    rng = Random(1)  # noqa: S311 - no secret is made of it
    said = stated(testbed, wish)
    assert {said.start.verdict(UserFlow(silent, "outbound", each)) for each in PEERS} == {"bypass"}
    unasked = quiet(said, lambda each: each.source == "nat")
    found = [*ProbedRun(testbed, wish, unasked, rng, "none").objections()]
    lost = [each for each in found if f"traffic of {silent} " in each]
    assert lost
    assert all("outbound" in each and each.endswith("bypass → black_hole") for each in lost)


def quiet(said: Statement, about: Callable[[TransientFlow], bool]) -> Statement:
    """A statement that keeps quiet about some flows, but for the end."""
    forecast = said.plan.forecast
    assert forecast
    assert any(map(about, forecast.consent))
    known = replace(
        forecast,
        transient_flows=tuple(each for each in forecast.transient_flows if not about(each)),
        transient_if_refused=tuple(
            each for each in forecast.transient_if_refused if not about(each)
        ),
        consent=tuple(each for each in forecast.consent if not about(each)),
    )
    return replace(said, plan=replace(said.plan, forecast=known))

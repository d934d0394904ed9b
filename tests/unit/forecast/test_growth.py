"""The work of following every flow grows with the size of a plan, and hardly faster."""

import sys
from math import log
from pathlib import Path
from types import FrameType

from tests.scenarios.topology_builder import Size
from tests.unit.forecast.insertion import before
from tests.unit.forecast.test_states import ZONES, explored

STEEPEST = 1.2
"""The exponent of growth that is allowed."""


def size(*, subnets: int = 2, appliances: int = 2) -> Size:
    """So many subnets and appliances in all, in two zones of one VPC."""
    return Size(
        region="cn-hangzhou",
        zones=ZONES[:2],
        subnets=subnets // 2,
        appliances=appliances // 2,
    )


def work(network: Size, folder: Path) -> tuple[int, int]:
    """The steps of the plan that puts a firewall into a network, and the work to explore them.

    That is counted in calls of functions, which are as many on every machine.
    """
    live, plan = before(network, folder)
    calls = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    earlier = sys.getprofile()
    sys.setprofile(count)
    try:
        found = explored(live, plan)
    finally:
        sys.setprofile(earlier)
    assert not found.unjudged
    return len(plan.steps), calls


def exponent(work_ratio: float, size_ratio: float) -> float:
    return log(work_ratio) / log(size_ratio)


def test_work_grows_with_the_steps_that_three_hundred_appliances_bring(tmp_path: Path) -> None:
    (few, cheap), (many, dear) = (work(size(appliances=n), tmp_path) for n in (2, 302))
    assert many - few == 300
    assert exponent(dear / cheap, many / few) <= STEEPEST


def test_work_grows_with_the_subnets(tmp_path: Path) -> None:
    (_, cheap), (_, dear) = (work(size(subnets=n), tmp_path) for n in (4, 40))
    assert exponent(dear / cheap, 10) <= STEEPEST

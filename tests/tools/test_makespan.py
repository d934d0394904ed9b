"""Runs at the cloud's pace take little longer than the cloud itself."""

import pytest

from tools.makespan import Run, measure


@pytest.fixture(scope="module")
def runs() -> list[tuple[Run, float]]:
    """An apply and a destroy of the vendor's scenario, each with a schedule without loss."""
    return [*measure("ulanqab", "1")]


def test_a_run_takes_little_longer_than_a_schedule_without_loss(
    runs: list[tuple[Run, float]],
) -> None:
    for run, schedule in runs:
        assert schedule * 0.9 < run.report.makespan_s < schedule * 1.25


def test_waits_take_few_calls(runs: list[tuple[Run, float]]) -> None:
    for run, _ in runs:
        waits = sum(len(each.step.waits) for each in run.report.results)
        assert run.reads < waits * 3 + 4 * 30  # the plan, and live routes judged three times

"""The plan by which forecasts are measured is as large as it is said to be, and about traffic."""

from pathlib import Path

import pytest

from tools.large_plan import calls_of, main, plan_of


def test_plan_has_the_calls_and_appliances_that_are_asked_for(tmp_path: Path) -> None:
    _, plan = plan_of(tmp_path, appliances=4, calls=150)
    assert 150 <= calls_of(plan) < 160
    created = [each.address for each in plan.changes if each.action == "create"]
    assert sum(each.startswith("instance.appliance/") for each in created) == 4
    assert sum(each.startswith("security_group.") for each in created) == 2


def test_forecast_follows_the_traffic_of_every_subnet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(str(tmp_path), "150", "4")
    _, states, seconds = capsys.readouterr().out.split()
    assert int(states) >= 10
    assert float(seconds) > 0

"""Plans that add appliances are timed on a stack that runs."""

import pytest

from tools.planning_time import main


def test_table_has_the_calls_of_each_plan(capsys: pytest.CaptureFixture[str]) -> None:
    main((0, 2))
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    assert [(number, int(calls)) for number, calls, *_ in rows] == [("+0", 0), ("+2", 4)]

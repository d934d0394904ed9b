"""A saved plan goes to the cloud it was made for, and to no other."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gwlbfw.errors import StalePlanError
from gwlbfw.plan import plan_from_json, plan_to_json
from gwlbfw.sim.faults import Rule
from tests.scenarios.conftest import served
from tests.scenarios.testbed import Testbed, example


@pytest.fixture
def testbed(tmp_path: Path) -> Iterator[Testbed]:
    with served(tmp_path) as made:
        yield made


def test_a_saved_plan_is_taken_in_its_own_account(testbed: Testbed) -> None:
    stack = testbed.stack(example("ulanqab")).stack.sync
    saved = stack.bind(stack.plan())
    assert saved.account == testbed.simulator.settings.account
    stack.check(plan_from_json(plan_to_json(saved)), stack.observe())
    stack.apply(plan_from_json(plan_to_json(saved)))


def test_a_saved_plan_is_refused_in_another_account(testbed: Testbed) -> None:
    stack = testbed.stack(example("ulanqab")).stack.sync
    saved = replace(stack.plan(), account="1999999999999999")
    with pytest.raises(StalePlanError, match="made in account 1999999999999999, and these"):
        stack.check(saved, stack.observe())


def test_a_plan_stays_unbound_where_the_account_is_unknown(testbed: Testbed) -> None:
    stack = testbed.stack(example("ulanqab")).stack.sync
    plan = stack.plan()
    testbed.simulator.faults.add(
        Rule("error", match="sts:*", code="InvalidApi.NotFound", status=404)
    )
    assert stack.bind(plan).account == ""

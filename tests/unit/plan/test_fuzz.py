"""Whatever a saved plan was turned into: it is the plan that was saved, or refused in one line.

GWLBFW_FUZZ says how many cases of each kind are tried.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gwlbfw.cli.plan_file import load_plan, save_plan
from gwlbfw.errors import PlanError
from gwlbfw.plan import Plan, plan_from_json, plan_to_json
from gwlbfw.topology.load import load
from tests.support.fuzzing import (
    DEEP,
    Edit,
    corrupted_bytes,
    edits,
    fuzz_settings,
    nested,
    paths_in,
    with_edits,
)
from tests.unit.plan.planned import planned
from tests.unit.plan.test_forecast_codec import FORECAST
from tests.unit.plan.test_serialization import resealed
from tests.unit.samples import complete, example, live_of

PLAN = replace(
    planned(example(), live_of(complete(sorted(example())[:9]))).plan,
    account="1234567890123456",
    source="x.yaml",
    source_digest="00",
    forecast=FORECAST,
)
CONTENT: dict[str, Any] = json.loads(json.dumps(plan_to_json(PLAN)))
PLACES = tuple(paths_in(CONTENT))
VALUES = (b"null", b"[]", b"{}", b"-1", b"1e999", b'""', b"true", b"NaN", b'"\\ud800"', b"9" * 5000,
          b"[" * DEEP, b'{"a":' * DEEP, b"\xff", b"\x00", b"1.0", b'"calls"', b'"format_version":1',
          "\u202e".encode())  # fmt: skip


def refused_in_one_line(refused: PlanError) -> None:
    (problem,) = refused.diagnostics()
    assert problem.code == "bad-plan"
    assert problem.message.isprintable()
    assert len(problem.message) < 1000
    assert problem.hint


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("plan") / "p.json"
    save_plan(PLAN, path)
    assert load_plan(path) == PLAN
    return path.read_bytes()


@fuzz_settings(sample=40)
@given(data=st.data())
def test_the_bytes_of_a_saved_plan(tmp_path: Path, whole: bytes, data: st.DataObject) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(data.draw(corrupted_bytes(whole, VALUES)))
    try:
        plan = load_plan(path)
    except PlanError as refused:
        refused_in_one_line(refused)
        return
    if plan is None:  # it is no plan any more, and no topology either
        assert load(path, {}, {}).errors
    else:
        assert plan == PLAN


@fuzz_settings(sample=25)
@given(edits(PLACES))
def test_a_plan_that_says_something_else(changes: list[Edit]) -> None:
    content = with_edits(CONTENT, changes)
    if json.dumps(content, sort_keys=True) == json.dumps(CONTENT, sort_keys=True):
        return
    with pytest.raises(PlanError) as caught:
        plan_from_json(content)
    refused_in_one_line(caught.value)


@fuzz_settings(sample=40)
@given(edits(PLACES, most=2))
def test_a_plan_that_a_broken_tool_has_sealed(changes: list[Edit]) -> None:
    content = with_edits(CONTENT, changes)
    content = resealed(content) if isinstance(content, dict) else content
    try:
        plan = plan_from_json(content)
    except PlanError as refused:
        refused_in_one_line(refused)
        return
    makes_sense(plan)


def makes_sense(plan: Plan) -> None:
    """It can be carried out, and saved again."""
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) == plan
    assert all(isinstance(each, str) for each in (plan.stack, plan.region, plan.fingerprint))
    done: set[str] = set()
    for step in plan.steps:
        assert step.needs <= done, f"{step.id} needs what comes later, or never"
        assert step.id not in done
        assert step.unless in {"", *done}
        assert step.timeout_s + 1 > step.timeout_s > 0
        done.add(step.id)


@pytest.mark.parametrize("depth", range(900, 1000, 20))
def test_a_plan_that_goes_too_deep(depth: int) -> None:
    with pytest.raises(PlanError) as caught:
        plan_from_json({**CONTENT, "traffic": nested(depth)})
    refused_in_one_line(caught.value)

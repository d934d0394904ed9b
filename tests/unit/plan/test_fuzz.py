"""Whatever a saved plan was turned into: it means what was saved, or is refused in one line.

GWLBFW_FUZZ says how many cases of each kind are tried.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gwlbfw.cli.plan_file import load_plan, save_plan
from gwlbfw.errors import PlanError, StalePlanError
from gwlbfw.plan import Plan, plan_from_json, plan_to_json
from gwlbfw.stack.saved_plans import same_plan
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
from tests.unit.plan.test_forecast_codec import forecast_of
from tests.unit.samples import complete, example, live_of

LIVE = live_of(complete(sorted(example())[:9]))
PLAN = replace(
    planned(example(), LIVE).plan,
    account="1234567890123456",
    source="x.yaml",
    source_digest="00",
)
PLAN = replace(PLAN, forecast=forecast_of(PLAN))
CONTENT: dict[str, Any] = json.loads(json.dumps(plan_to_json(PLAN)))
PLACES = tuple(paths_in(CONTENT))
POWERLESS = {"made_by", "fingerprint", "source", "traffic", "risky", "warnings"}
"""Keys that decide nothing of what is carried out; what they may hide is tested by itself."""
MANY = {"params", "before", "after", "where", "until", "found_before"}
"""Keys of objects with keys of all kinds."""
VALUES = (b"null", b"[]", b"{}", b"-1", b"1e999", b'""', b"true", b"NaN", b'"\\ud800"', b"9" * 5000,
          b"[" * DEEP, b'{"a":' * DEEP, b"\xff", b"\x00", b"1.0", b'"calls"', b'"format_version":1',
          "\u202e".encode())  # fmt: skip


def refused_in_one_line(refused: PlanError, code: str = "bad-plan") -> None:
    (problem,) = refused.diagnostics()
    assert problem.code == code
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
        taken_as_it_was_or_refused(plan)


def taken_as_it_was_or_refused(plan: Plan) -> None:
    """What is carried out is the stack's own plan, and the file says so or is refused."""
    assert plan.document is not None
    try:
        assert replace(same_plan(plan, PLAN, LIVE), carries_out="", source=PLAN.source) == PLAN
    except StalePlanError as refused:
        refused_in_one_line(refused, "stale-plan")
    else:
        assert differing(plan) <= POWERLESS


def differing(plan: Plan) -> set[str]:
    """The keys that are no longer as they were saved."""
    found = json.loads(json.dumps(plan.document))
    same = {key for key in CONTENT if json.dumps(found.get(key)) == json.dumps(CONTENT[key])}
    return {*found, *CONTENT} - same


@fuzz_settings(sample=60)
@given(edits(PLACES, most=2))
def test_a_plan_that_says_something_else(changes: list[Edit]) -> None:
    try:
        plan = plan_from_json(with_edits(CONTENT, changes))
    except PlanError as refused:
        refused_in_one_line(refused)
        return
    makes_sense(plan)
    taken_as_it_was_or_refused(plan)


def test_every_value_of_a_plan_counts() -> None:
    """One of each kind is another in turn: it can't be read, or is refused with its difference."""
    tried = {kind_of(path): path for path in PLACES if path and path[0] not in POWERLESS}
    assert len(tried) > 70
    for path in tried.values():
        content = json.loads(json.dumps(CONTENT))
        place = content
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = another(place[path[-1]])
        with pytest.raises(PlanError) as caught:
            same_plan(plan_from_json(content), PLAN, LIVE)
        assert caught.value.diagnostics()[0].code in ("bad-plan", "stale-plan"), path


def kind_of(path: Sequence[str | int]) -> tuple[str, ...]:
    """The keys of a place, without which row it is in and which of many parameters it is."""
    names = [each for each in path if isinstance(each, str)]
    within = next((at for at, each in enumerate(names) if each in MANY), len(names))
    return (*names[: within + 1], *("…" for _ in names[within + 1 :]))


def another(value: object) -> object:
    """A value of the same type that is not the same."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}x"
        case list() | dict():
            return [] if value else ["x"]
        case _:
            return "x"


def makes_sense(plan: Plan) -> None:
    """It can be carried out, and saved again."""
    again = plan_from_json(json.loads(json.dumps(plan_to_json(plan))))
    assert again == plan
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

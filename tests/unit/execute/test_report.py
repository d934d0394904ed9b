import json
from datetime import UTC, datetime

from gwlbfw.errors import StateError
from gwlbfw.execute import ApplyReport, StepResult
from gwlbfw.plan import Step
from tests.unit.execute.fake_transport import available, refused, step

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def report(*results: StepResult) -> ApplyReport:
    return ApplyReport(results, NOON, NOON, {})


def done(of: Step, start: float, end: float) -> StepResult:
    return StepResult(of, "done", start, end, 1, "R-1")


A, B, C = step("vpc.a:create"), step("vpc.b:create", "vpc.a:create"), step("vpc.c:create")


class TestOutcome:
    def test_a_run_whose_steps_are_done_is_done(self) -> None:
        assert report().outcome == "done"
        assert report(done(A, 0, 1)).outcome == "done"

    def test_a_run_with_a_failed_step_has_failed(self) -> None:
        failed = StepResult(B, "failed")
        assert report(done(A, 0, 1), failed, StepResult(C, "interrupted")).outcome == "failed"

    def test_a_run_with_an_interrupted_step_is_interrupted(self) -> None:
        assert report(done(A, 0, 1), StepResult(B, "interrupted")).outcome == "interrupted"

    def test_a_run_with_a_skipped_step_has_failed(self) -> None:
        assert report(StepResult(B, "skipped", cause="vpc.a:create")).outcome == "failed"

    def test_check_raises_nothing_without_a_failure(self) -> None:
        report(done(A, 0, 1), StepResult(B, "failed")).check()


class TestTimes:
    def test_the_makespan_is_from_the_first_start_to_the_last_end(self) -> None:
        assert report(done(A, 2, 5), done(C, 1, 3), StepResult(B, "skipped")).makespan_s == 4

    def test_the_critical_path_is_the_longest_chain_of_needs(self) -> None:
        assert report(done(A, 0, 3), done(B, 4, 6), done(C, 0, 4)).critical_path_s == 5
        assert report(done(A, 0, 1), done(B, 1, 2), done(C, 0, 4)).critical_path_s == 4

    def test_an_empty_report_has_no_times(self) -> None:
        assert (report().makespan_s, report().critical_path_s) == (0, 0)


def test_a_reports_json_has_one_row_for_each_step() -> None:
    gate = step("listener.main:healthy", call=None, waits=[available("GetHealth")])
    failed = StepResult(B, "failed", 1.23456, 2.0, 3, "R-2", refused("QuotaExceeded"))
    content = json.loads(json.dumps(report(done(A, 0, 1), done(gate, 1, 2), failed).to_json()))
    assert content["outcome"] == "failed"
    assert content["started"] == "2026-01-01T12:00:00+00:00"
    assert content.keys() >= {"ended", "calls", "critical_path_s", "makespan_s"}
    first, second, third = content["calls"]
    assert first == {
        "id": "vpc.a:create", "action": "vpc:DoCreate", "address": "vpc.a", "start": 0, "end": 1,
        "attempts": 1, "request_id": "R-1", "outcome": "done",
    }  # fmt: skip
    assert second["action"] == "vpc:GetHealth"
    assert (third["start"], third["attempts"]) == (1.235, 3)
    assert "QuotaExceeded" in third["error"]


def test_any_error_of_gwlbfw_can_be_the_reason() -> None:
    result = StepResult(A, "failed", error=StateError("the disk is full"))
    assert report(result).failures == (result,)

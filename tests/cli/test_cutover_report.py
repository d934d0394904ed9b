"""What is said of zones that were turned, or turned and put back."""

from datetime import UTC, datetime

import pytest

from gwlbfw.address import Address
from gwlbfw.cli.views.progress import LineProgress
from gwlbfw.cli.views.report_text import resume_text
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cloud.call import Call
from gwlbfw.errors import GwlbfwError, NotInspected
from gwlbfw.execute.events import Event
from gwlbfw.execute.report import ApplyReport, Outcome, StepResult
from gwlbfw.plan.model import Step

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def turned(
    name: str,
    end_s: float,
    zone: str = "shop/z-a",
    outcome: Outcome = "done",
    error: GwlbfwError | None = None,
    cause: str = "",
) -> StepResult:
    call = Call("vpc", "ModifyRouteEntry", {})
    step = Step(f"{name}:cut-over", Address(name), "cut-over", call, cuts_over=True, group=zone)
    return StepResult(step, outcome, end_s - 0.1, end_s, 1, error=error, cause=cause)


def report(*results: StepResult) -> ApplyReport:
    return ApplyReport(results, NOW, NOW, {})


def test_zone_is_asymmetric_from_its_first_cut_over_route_to_its_last() -> None:
    one = report(turned("route.a", 1.0), turned("route.b", 1.5), turned("c.x", 1.25))
    assert one.uninspected_or_asymmetric_s == 0.5
    assert one.to_json()["uninspected_or_asymmetric_s"] == 0.5


def test_asymmetric_seconds_of_zones_add_up() -> None:
    both = report(
        *(turned("route.a", 1.0), turned("route.b", 1.5)),
        *(turned("c.x", 7.0, "shop/z-b"), turned("d.x", 7.25, "shop/z-b")),
    )
    assert both.uninspected_or_asymmetric_s == 0.75


def test_zone_that_was_rolled_back_is_asymmetric_until_it_failed() -> None:
    half = report(
        turned("route.a", 1.0, outcome="undone"), turned("route.b", 3.0, outcome="failed")
    )
    assert half.uninspected_or_asymmetric_s == 2.0


def test_report_without_a_cut_over_has_no_asymmetric_seconds() -> None:
    assert report().uninspected_or_asymmetric_s == 0


def test_unmeasured_cut_over_has_no_asymmetric_seconds_in_the_report() -> None:
    back = report(turned("route.a", 1.0, ""), turned("route.b", 3.0, ""))
    assert back.to_json()["uninspected_or_asymmetric_s"] is None


def test_rolled_back_zone_is_named_with_its_reason() -> None:
    said = resume_text(
        report(
            turned("route.a", 1.0, outcome="undone"),
            turned("route.b", 3.0, outcome="failed", error=GwlbfwError("no")),
        ),
        "gwlbfw apply f",
    )
    assert "\nthe routes of shop/z-a were rolled back because of route.b:cut-over\n" in said


def test_uninspected_zone_of_one_route_is_reported_as_rolled_back() -> None:
    refuted = turned("route.a", 1.0, outcome="failed", error=NotInspected("bypass"))
    said = resume_text(report(refuted), "gwlbfw apply f")
    assert "the routes of shop/z-a were rolled back because of route.a:cut-over" in said


def test_route_that_could_not_be_rolled_back_is_named() -> None:
    said = resume_text(
        report(
            turned("route.a", 1.0, outcome="undone", cause="vpc:ModifyRouteEntry failed: X"),
            turned("route.b", 3.0, outcome="failed", error=GwlbfwError("no")),
        ),
        "gwlbfw apply f",
    )
    assert "\n  route.a could not be rolled back: vpc:ModifyRouteEntry failed: X\n" in said


def test_failure_of_a_single_route_reports_no_rollback() -> None:
    failed = turned("route.a", 1.0, outcome="failed", error=GwlbfwError("no"))
    assert "rolled back" not in resume_text(report(failed), "gwlbfw apply f")


def test_progress_counts_a_rolled_back_step_no_more(capsys: pytest.CaptureFixture[str]) -> None:
    first = Step("route.a:cut-over", Address("route.a"), "cut-over", None)
    second = Step("route.b:cut-over", Address("route.b"), "cut-over", None)
    undo = Step("route.a:cut-over:undo", Address("route.a"), "undo", None)
    with LineProgress(2, Screen()) as on_event:
        on_event(Event("done", first, 0.1))
        on_event(Event("done", second, 0.1))
        on_event(Event("failed", second, 0.2))
        on_event(Event("done", undo, 0.1))
    assert capsys.readouterr().err == (
        "[1/2] route.a: cut over (0.1 s)\n"
        "[2/2] route.b: cut over (0.1 s)\n"
        "[1/2] route.b: failed (0.2 s)\n"
        "[0/2] route.a: rolled back (0.1 s)\n"
    )


def test_progress_counts_a_step_that_could_not_be_rolled_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = Step("route.a:cut-over", Address("route.a"), "cut-over", None)
    undo = Step("route.a:cut-over:undo", Address("route.a"), "undo", None)
    with LineProgress(2, Screen()) as on_event:
        on_event(Event("done", first, 0.1))
        on_event(Event("failed", undo, 0.1))
    assert capsys.readouterr().err.endswith("[1/2] route.a: could not be rolled back (0.1 s)\n")


def test_zone_that_could_not_turn_back_is_said_to_stay_and_how_to_go_on() -> None:
    first = turned("route.a", 1.0, "shop/z-a:back", outcome="failed")
    said = resume_text(report(first), "gwlbfw destroy f")
    assert "\nshop/z-a stays behind the firewall, and none of its routes was changed" in said
    assert said.endswith("run `gwlbfw destroy f` again to resume")
    second = turned("route.b", 2.0, "shop/z-a:back", outcome="failed")
    before = turned("route.a", 1.0, "shop/z-a:back", outcome="undone")
    said = resume_text(report(before, second), "gwlbfw destroy f")
    assert (
        "\nshop/z-a stays behind the firewall, and its routes were put back, because of r" in said
    )
    assert report(before).uninspected_or_asymmetric_s is None

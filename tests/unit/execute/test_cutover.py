"""A zone's routes turn as one: all of them, or none; and what is only tried may be refused."""

import pytest

from gwlbfw.cloud.call import Call
from gwlbfw.cloud.transport import BoundCall
from gwlbfw.errors import NotInspected
from gwlbfw.execute.references import ResolvedIds
from gwlbfw.plan import Step
from tests.unit.execute.fake_transport import FakeTransport, Run, outcomes, refused, step


def turn(name: str, *needs: str, zone: str = "shop/b") -> Step:
    """A route that turns with others of its zone, and how it is put back."""
    undo = Call("vpc", f"Undo{name}", {}, "")
    return step(f"route.{name}:cut-over", *needs, action=f"Turn{name}", group=zone, undo=undo)


ZONE = (turn("A"), turn("B", "route.A:cut-over"), turn("C", "route.B:cut-over"))
NEXT = turn("D", "route.C:cut-over", zone="shop/c")


class TestTogether:
    async def test_where_one_fails_the_others_are_put_back_the_last_first(self) -> None:
        run = Run(FakeTransport(TurnC=refused("Forbidden")), *ZONE, NEXT)
        report = await run()
        assert report.outcome == "failed"
        assert outcomes(report) == {
            "route.A:cut-over": "undone",
            "route.B:cut-over": "undone",
            "route.C:cut-over": "failed",
            "route.D:cut-over": "skipped",
        }
        turned = ["TurnA", "TurnB", "TurnC"]
        assert run.transport.actions[:3] == turned
        assert [each for each in run.transport.actions[3:] if each != "UndoC"] == ["UndoB", "UndoA"]

    async def test_another_zone_stays_as_it_is(self) -> None:
        before = turn("Z", zone="shop/a")
        run = Run(FakeTransport(TurnB=refused("Forbidden")), before, *ZONE)
        assert outcomes(await run())["route.Z:cut-over"] == "done"
        assert "UndoZ" not in run.transport.actions

    async def test_where_nothing_fails_nothing_is_put_back(self) -> None:
        run = Run(FakeTransport(), *ZONE, NEXT)
        assert (await run()).outcome == "done"
        assert run.transport.actions == ["TurnA", "TurnB", "TurnC", "TurnD"]

    async def test_what_can_not_be_put_back_is_said(self) -> None:
        run = Run(FakeTransport(TurnB=refused("Forbidden"), UndoA=refused("Locked")), *ZONE)
        first = (await run()).results[0]
        assert first.outcome == "undone"
        assert "Locked" in first.cause

    async def test_who_stops_the_run_gets_a_zone_turned_as_a_whole(self) -> None:
        def stop(_: BoundCall) -> dict[str, str]:
            run.executor.stop.set()
            return {}

        run = Run(FakeTransport(TurnA=stop), *ZONE, NEXT)
        said = outcomes(await run())
        assert [said[each.id] for each in ZONE] == ["done", "done", "done"]
        assert said["route.D:cut-over"] == "interrupted"


class TestConfirmation:
    async def test_a_zone_is_asked_about_once_it_is_turned(self) -> None:
        asked: list[tuple[str, list[str]]] = []

        async def confirm(zone: str, _: ResolvedIds) -> None:
            asked.append((zone, list(run.transport.actions)))

        run = Run(FakeTransport(), *ZONE, NEXT)
        run.executor.confirm = confirm
        assert (await run()).outcome == "done"
        assert asked == [
            ("shop/b", ["TurnA", "TurnB", "TurnC"]),
            ("shop/c", ["TurnA", "TurnB", "TurnC", "TurnD"]),
        ]

    async def test_one_that_is_refuted_is_put_back_and_the_run_stops_with_the_reason(self) -> None:
        async def confirm(zone: str, _: ResolvedIds) -> str:
            return f"{zone} leaks"

        run = Run(FakeTransport(), *ZONE, NEXT, step("vpc.other:touch", "route.D:cut-over"))
        run.executor.confirm = confirm
        report = await run()
        (failed,) = report.failures
        assert isinstance(failed.error, NotInspected)
        assert "shop/b leaks" in str(failed.error)
        assert run.transport.actions == ["TurnA", "TurnB", "TurnC", "UndoC", "UndoB", "UndoA"]


class TestAttempts:
    STEPS = (
        step("vpc.a:try", action="Try", attempt=True),
        step("vpc.a:off", "vpc.a:try", action="Off", unless="vpc.a:try"),
        step("vpc.a:on", "vpc.a:off", action="On", unless="vpc.a:try"),
        step("vpc.b:next", "vpc.a:on", action="Next"),
    )

    async def test_one_that_works_is_all_there_is_to_do(self) -> None:
        run = Run(FakeTransport(), *self.STEPS)
        assert (await run()).outcome == "done"
        assert run.transport.actions == ["Try", "Next"]

    async def test_one_that_is_refused_is_no_failure_and_the_other_way_is_gone(self) -> None:
        run = Run(FakeTransport(Try=refused("DependencyViolation")), *self.STEPS)
        report = await run()
        assert report.outcome == "done"
        assert report.results[0].declined
        assert [e for e in run.transport.actions if e != "Try"] == ["Off", "On", "Next"]

    async def test_a_way_that_loses_traffic_is_not_gone_without_leave(self) -> None:
        run = Run(FakeTransport(Try=refused("DependencyViolation")), *self.STEPS)
        run.executor.risky = frozenset({"vpc.a:off"})
        report = await run()
        (failed,) = report.failures
        assert failed.step.id == "vpc.a:off"
        assert "vpc.a:try" in str(failed.error)
        assert set(run.transport.actions) == {"Try"}

    @pytest.mark.parametrize("risky", ["vpc.a:off", "vpc.a:on"])
    async def test_that_is_no_matter_where_the_attempt_works(self, risky: str) -> None:
        run = Run(FakeTransport(), *self.STEPS)
        run.executor.risky = frozenset({risky})
        assert (await run()).outcome == "done"

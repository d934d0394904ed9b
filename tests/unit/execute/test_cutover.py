"""Cut-over groups are completed or rolled back; optional steps may be declined."""

import pytest

from gwlbfw.cloud.call import Call, Wait
from gwlbfw.cloud.transport import BoundCall
from gwlbfw.errors import NotInspected, Occupied, ReplyError
from gwlbfw.execute.references import ResolvedIds
from gwlbfw.plan import Step
from tests.unit.execute.fake_transport import Answer, FakeTransport, Run, outcomes, refused, step


def turn(name: str, *needs: str, zone: str = "shop/b") -> Step:
    """A step that switches a route with others of its zone, and its undo."""
    undo = Call("vpc", f"Undo{name}", {}, "")
    return step(f"route.{name}:cut-over", *needs, action=f"Turn{name}", group=zone, undo=undo)


ZONE = (turn("A"), turn("B", "route.A:cut-over"), turn("C", "route.B:cut-over"))
NEXT = turn("D", "route.C:cut-over", zone="shop/c")


class TestGroups:
    async def test_a_failed_step_rolls_its_group_back_in_reverse_order(self) -> None:
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

    async def test_a_roll_back_leaves_other_groups_alone(self) -> None:
        before = turn("Z", zone="shop/a")
        run = Run(FakeTransport(TurnB=refused("Forbidden")), before, *ZONE)
        assert outcomes(await run())["route.Z:cut-over"] == "done"
        assert "UndoZ" not in run.transport.actions

    async def test_a_group_without_a_failure_is_not_rolled_back(self) -> None:
        run = Run(FakeTransport(), *ZONE, NEXT)
        assert (await run()).outcome == "done"
        assert run.transport.actions == ["TurnA", "TurnB", "TurnC", "TurnD"]

    async def test_a_failed_roll_back_is_reported(self) -> None:
        run = Run(FakeTransport(TurnB=refused("Forbidden"), UndoA=refused("Locked")), *ZONE)
        first = (await run()).results[0]
        assert first.outcome == "undone"
        assert "Locked" in first.cause

    @pytest.mark.parametrize("fault", [ValueError("odd"), OSError(24, "Too many open files")])
    async def test_a_fault_that_nobody_expected_rolls_its_group_back_and_stops_the_run(
        self, fault: Exception
    ) -> None:
        other = step("vpc.other:touch", "route.A:cut-over", "vpc.slow:touch")
        run = Run(FakeTransport(TurnB=fault), *ZONE, NEXT, step("vpc.slow:touch"), other)
        report = await run()
        assert [each.step.id for each in report.failures] == ["route.B:cut-over"]
        assert outcomes(report)["route.A:cut-over"] == "undone"
        assert run.transport.actions[-1] == "UndoA"

    async def test_a_stopped_run_completes_the_group_that_has_begun(self) -> None:
        def stop(_: BoundCall) -> dict[str, str]:
            run.executor.stop.set()
            return {}

        run = Run(FakeTransport(TurnA=stop), *ZONE, NEXT)
        said = outcomes(await run())
        assert [said[each.id] for each in ZONE] == ["done", "done", "done"]
        assert said["route.D:cut-over"] == "interrupted"


class TestRaces:
    """Somebody else makes the route of a zone first."""

    ENTRY = "route.B:create"
    EXISTS = refused("InvalidCIDRBlock.Duplicate")

    def zone(self) -> tuple[Step, ...]:
        reads = Call("vpc", "Look", {"RouteTableId": "vtb-1"}, "")
        wait = Wait(reads, "Items", until={"Status": ["Available"], "NextHopId": ["ep-1"]})
        undo = Call("vpc", "UndoB", {}, "")
        made = step(
            self.ENTRY, "route.A:cut-over", action="Make", group="shop/b", undo=undo, waits=[wait]
        )
        return turn("A"), made

    async def test_another_next_hop_puts_the_zone_back_at_once(self) -> None:
        """The entry of somebody else stays: it was not made here."""
        other = {"Items": [{"Status": "Available", "NextHopId": "ipv4gw-1"}]}
        run = Run(FakeTransport(Make=self.EXISTS, Look=other), *self.zone())
        report = await run()
        assert outcomes(report) == {"route.A:cut-over": "undone", self.ENTRY: "failed"}
        assert run.transport.actions == ["TurnA", "Make", "Look", "UndoA"]
        (failed,) = report.failures
        assert isinstance(failed.error, Occupied)
        assert "NextHopId=ipv4gw-1 instead of" in str(failed.error)
        assert run.clock.now() == 0

    async def test_the_same_entry_is_taken_once_it_is_there(self) -> None:
        same = (
            {"Status": "Pending", "NextHopId": "ep-1"},
            {
                "Status": "Available",
                "NextHopId": "ep-1",
            },
        )
        look: list[Answer] = [{"Items": []}, *({"Items": [each]} for each in same)]
        run = Run(FakeTransport(Make=self.EXISTS, Look=look), *self.zone())
        assert (await run()).outcome == "done"


class TestConfirmation:
    async def test_a_group_is_confirmed_once_it_is_complete(self) -> None:
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

    async def test_a_refuted_group_is_rolled_back_and_stops_the_run(self) -> None:
        async def confirm(zone: str, _: ResolvedIds) -> str:
            return f"{zone} leaks"

        run = Run(FakeTransport(), *ZONE, NEXT, step("vpc.other:touch", "route.D:cut-over"))
        run.executor.confirm = confirm
        report = await run()
        (failed,) = report.failures
        assert isinstance(failed.error, NotInspected)
        assert "shop/b leaks" in str(failed.error)
        assert run.transport.actions == ["TurnA", "TurnB", "TurnC", "UndoC", "UndoB", "UndoA"]

    @pytest.mark.parametrize("problem", [ValueError("odd"), ReplyError("vpc:X", "no list")])
    async def test_a_group_that_cannot_be_looked_at_is_rolled_back(
        self, problem: Exception
    ) -> None:
        async def confirm(_: str, __: ResolvedIds) -> str:
            raise problem

        run = Run(FakeTransport(), *ZONE, NEXT)
        run.executor.confirm = confirm
        (failed,) = (await run()).failures
        assert "live routes can't be judged" in str(failed.error)
        assert run.transport.actions == ["TurnA", "TurnB", "TurnC", "UndoC", "UndoB", "UndoA"]


class TestOptionalSteps:
    STEPS = (
        step("vpc.a:try", action="Try", attempt=True),
        step("vpc.a:off", "vpc.a:try", action="Off", unless="vpc.a:try"),
        step("vpc.a:on", "vpc.a:off", action="On", unless="vpc.a:try"),
        step("vpc.b:next", "vpc.a:on", action="Next"),
    )

    async def test_a_successful_optional_step_makes_its_alternative_needless(self) -> None:
        run = Run(FakeTransport(), *self.STEPS)
        assert (await run()).outcome == "done"
        assert run.transport.actions == ["Try", "Next"]

    async def test_a_declined_optional_step_is_followed_by_its_alternative(self) -> None:
        run = Run(FakeTransport(Try=refused("DependencyViolation")), *self.STEPS)
        report = await run()
        assert report.outcome == "done"
        assert report.results[0].declined
        assert [e for e in run.transport.actions if e != "Try"] == ["Off", "On", "Next"]

    async def test_a_risky_alternative_fails_without_consent(self) -> None:
        run = Run(FakeTransport(Try=refused("DependencyViolation")), *self.STEPS)
        run.executor.risky = frozenset({"vpc.a:off"})
        report = await run()
        (failed,) = report.failures
        assert failed.step.id == "vpc.a:off"
        assert "vpc.a:try" in str(failed.error)
        assert set(run.transport.actions) == {"Try"}
        assert run.steps_with("failed") == ["vpc.a:off"]

    @pytest.mark.parametrize("risky", ["vpc.a:off", "vpc.a:on"])
    async def test_a_risky_alternative_needs_no_consent_where_it_is_needless(
        self, risky: str
    ) -> None:
        run = Run(FakeTransport(), *self.STEPS)
        run.executor.risky = frozenset({risky})
        assert (await run()).outcome == "done"

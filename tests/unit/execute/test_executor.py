"""When a step starts, what stops it, and what counts as done."""

import threading
from collections.abc import Callable

import pytest

from gwlbfw.address import Address
from gwlbfw.cloud.call import Field, UserData
from gwlbfw.cloud.transport import BoundCall
from gwlbfw.errors import Missing, Rejected, TransportError, WaitError
from gwlbfw.plan import Step
from tests.unit.execute.fake_transport import (
    FakeTransport,
    Run,
    available,
    outcomes,
    refused,
    shown,
    step,
)

LOST = TransportError("vpc:Action", "the cloud", "the connection was reset")


class TestOrder:
    async def test_a_step_starts_when_all_it_needs_is_done(self) -> None:
        run = Run(
            FakeTransport(),
            touch("a", action="One"),
            touch("b", action="Two"),
            touch("c", "vpc.a:touch", "vpc.b:touch", action="Three"),
        )
        assert (await run()).outcome == "done"
        assert run.transport.actions[-1] == "Three"
        said = [(each.step.id, each.type) for each in run.events]
        assert said.index(("vpc.c:touch", "started")) > said.index(("vpc.a:touch", "done"))
        assert said.index(("vpc.c:touch", "started")) > said.index(("vpc.b:touch", "done"))

    async def test_what_needs_nothing_of_each_other_runs_side_by_side(self) -> None:
        run = Run(
            FakeTransport(Meet=meeting(2)), touch("a", action="Meet"), touch("b", action="Meet")
        )
        assert set(outcomes(await run()).values()) == {"done"}

    async def test_as_many_run_at_once_as_are_allowed(self) -> None:
        transport = FakeTransport(Touch=meeting(3))
        await Run(transport, *(touch(str(n)) for n in range(9)), parallelism=3)()
        assert transport.most["Touch"] == 3

    async def test_a_step_behind_a_slow_one_of_another_branch_does_not_wait_for_it(self) -> None:
        ahead = threading.Event()

        def wait_for_the_other_branch(_: BoundCall) -> dict[str, str]:
            assert ahead.wait(5)
            return {}

        def go_ahead(_: BoundCall) -> dict[str, str]:
            ahead.set()
            return {}

        run = Run(
            FakeTransport(Slow=wait_for_the_other_branch, Second=go_ahead),
            touch("slow", action="Slow"),
            touch("first"),
            touch("second", "vpc.first:touch", action="Second"),
        )
        assert set(outcomes(await run()).values()) == {"done"}


class TestSerial:
    async def test_of_those_with_one_key_one_runs_at_a_time(self) -> None:
        transport = FakeTransport(Touch=lingering)
        await Run(transport, *(touch(str(n), serial="network vpc.a") for n in range(5)))()
        assert transport.most["Touch"] == 1

    async def test_those_with_other_keys_run_beside_them(self) -> None:
        steps = [touch(str(n), serial=f"network {n}") for n in range(2)]
        assert (await Run(FakeTransport(Touch=meeting(2)), *steps)()).outcome == "done"

    async def test_the_key_is_held_until_the_waits_are_over(self) -> None:
        transport = FakeTransport(DescribeVpcs=[shown("Pending"), shown("Available")])
        steps = [touch(n, serial="k", waits=[available()]) for n in "ab"]
        await Run(transport, *steps)()
        assert transport.actions == [
            "Touch",
            "DescribeVpcs",
            "DescribeVpcs",
            "Touch",
            "DescribeVpcs",
        ]

    async def test_where_only_the_call_had_to_be_alone_the_next_goes_on_while_this_one_waits(
        self,
    ) -> None:
        second = threading.Event()

        def second_came(_: BoundCall) -> dict[str, object]:
            assert second.wait(5)
            return dict(shown("Available"))

        def count(_: BoundCall) -> dict[str, str]:
            if transport.actions.count("Touch") == 2:
                second.set()
            return {}

        transport = FakeTransport(Touch=count, DescribeVpcs=second_came)  # type: ignore[arg-type]
        steps = [touch(n, serial="k", through=False, waits=[available()]) for n in "ab"]
        assert set(outcomes(await Run(transport, *steps)()).values()) == {"done"}
        assert transport.most["Touch"] == 1


class TestFailure:
    def steps(self) -> tuple[Step, ...]:
        return (
            touch("bad", action="Bad"),
            touch("child", "vpc.bad:touch"),
            touch("grandchild", "vpc.child:touch"),
            touch("other"),
            touch("of-other", "vpc.other:touch"),
        )

    async def test_what_depends_on_it_is_skipped_with_the_cause_and_the_rest_is_done(self) -> None:
        run = Run(FakeTransport(Bad=refused("QuotaExceeded")), *self.steps())
        report = await run()
        assert outcomes(report) == {
            "vpc.bad:touch": "failed",
            "vpc.child:touch": "skipped",
            "vpc.grandchild:touch": "skipped",
            "vpc.other:touch": "done",
            "vpc.of-other:touch": "done",
        }
        assert report.outcome == "failed"
        causes = {each.step.id: each.cause for each in report.results if each.cause}
        assert causes == {
            "vpc.child:touch": "vpc.bad:touch",
            "vpc.grandchild:touch": "vpc.bad:touch",
        }
        details = [each.detail for each in run.events if each.type == "skipped"]
        assert details == ["because of vpc.bad:touch"] * 2

    async def test_the_failed_step_has_the_clouds_code_and_request_id(self) -> None:
        run = Run(FakeTransport(Bad=refused("QuotaExceeded")), *self.steps())
        (failed,) = (await run()).failures
        assert isinstance(failed.error, Rejected)
        assert failed.error.cloud_code == "QuotaExceeded"
        assert failed.request_id == "R-refused"
        (detail,) = (each.detail for each in run.events if each.type == "failed")
        assert "QuotaExceeded" in detail

    async def test_a_wait_in_vain_fails_the_step(self) -> None:
        waiting = touch("a", waits=[available()], timeout_s=30.0)
        run = Run(FakeTransport(DescribeVpcs=shown("Pending")), waiting)
        (failed,) = (await run()).failures
        assert isinstance(failed.error, WaitError)
        assert "last seen: Status=Pending" in str(failed.error)
        assert run.clock.now() <= 30

    async def test_check_raises_the_first_failure(self) -> None:
        report = await Run(FakeTransport(Bad=refused("QuotaExceeded")), *self.steps())()
        with pytest.raises(Rejected):
            report.check()

    async def test_an_answer_without_an_id_is_no_answer(self) -> None:
        (failed,) = (await Run(FakeTransport(), step("vpc.a:create"))()).failures
        assert isinstance(failed.error, TransportError)
        assert "holds no VpcId" in str(failed.error)


class TestStopping:
    async def test_once_asked_to_stop_nothing_starts_and_what_runs_is_finished(self) -> None:
        def ask_to_stop(_: BoundCall) -> dict[str, str]:
            run.executor.stop.set()
            return {}

        run = Run(
            FakeTransport(Stop=ask_to_stop),
            touch("a", action="Stop"),
            touch("b", "vpc.a:touch"),
            parallelism=1,
        )
        report = await run()
        assert outcomes(report) == {"vpc.a:touch": "done", "vpc.b:touch": "interrupted"}
        assert report.outcome == "interrupted"

    async def test_what_needs_an_interrupted_step_is_interrupted_too(self) -> None:
        run = Run(FakeTransport(), touch("a"), touch("b", "vpc.a:touch"), touch("c", "vpc.b:touch"))
        run.executor.stop.set()
        assert set(outcomes(await run()).values()) == {"interrupted"}
        assert run.transport.calls == []

    async def test_a_pause_ends_at_once(self) -> None:
        def stop_and_say_pending(_: BoundCall) -> dict[str, object]:
            run.executor.stop.set()
            return dict(shown("Pending"))

        transport = FakeTransport(DescribeVpcs=stop_and_say_pending)  # type: ignore[arg-type]
        run = Run(transport, touch("a", waits=[available()]))
        assert outcomes(await run()) == {"vpc.a:touch": "interrupted"}
        assert run.said("interrupted") == ["vpc.a:touch"]


class TestDoneAlready:
    GONE, THERE = "InvalidVpcId.NotFound", "InvalidRouteEntry.Duplicate"

    @pytest.mark.parametrize(
        "phase",
        ["dissociate", "remove-zone", "remove-user-1", "untag", "leave-1", "replace-dissociate"],
    )
    async def test_what_takes_away_is_done_where_nothing_is(self, phase: str) -> None:
        run = Run(
            FakeTransport(Undo=refused(self.GONE, 404)), step(f"vpc.a:{phase}", action="Undo")
        )
        report = await run()
        assert report.outcome == "done"
        assert report.results[0].request_id == "R-refused"

    async def test_a_delete_of_what_is_gone_is_done(self) -> None:
        gone = refused(self.GONE, 404)
        deletes = step("vpc.a:delete", action="DeleteVpc", drops=True)
        assert (await Run(FakeTransport(DeleteVpc=gone), deletes)()).outcome == "done"

    async def test_a_change_of_what_is_gone_fails(self) -> None:
        gone = refused(self.GONE, 404)
        changes = step("vpc.a:modify", action="ModifyVpc")
        (failed,) = (await Run(FakeTransport(ModifyVpc=gone), changes)()).failures
        assert isinstance(failed.error, Missing)

    async def test_to_make_what_is_there_is_done_where_its_place_is_its_name(self) -> None:
        there = refused(self.THERE)
        makes = step("route.gwlbe/shop:create", action="CreateRouteEntry")
        assert (await Run(FakeTransport(CreateRouteEntry=there), makes)()).outcome == "done"

    async def test_to_make_what_has_an_id_of_its_own_is_not(self) -> None:
        makes = step("vpc.a:create", action="CreateVpc")
        assert (
            await Run(FakeTransport(CreateVpc=refused(self.THERE)), makes)()
        ).outcome == "failed"

    async def test_to_associate_what_is_associated_is_done(self) -> None:
        there = refused("ResourceAlreadyAssociated.Vpc")
        joins = step("eip.a:associate", action="Join")
        assert (await Run(FakeTransport(Join=there), joins)()).outcome == "done"

    async def test_the_waits_then_make_sure_of_it(self) -> None:
        deletes = step(
            "vpc.a:delete", action="DeleteVpc", drops=True, waits=[available()], timeout_s=5.0
        )
        transport = FakeTransport(DeleteVpc=refused(self.GONE, 404), DescribeVpcs=shown("Pending"))
        assert (await Run(transport, deletes)()).outcome == "failed"


class TestCalls:
    async def test_a_refusal_for_now_is_repeated_and_said(self) -> None:
        busy = refused("OperationConflict")
        run = Run(FakeTransport(Touch=[busy, busy, {}]), touch("a"))
        report = await run()
        assert (report.outcome, report.results[0].attempts) == ("done", 3)
        assert run.said("retrying") == ["vpc.a:touch"] * 2

    async def test_a_lost_answer_is_asked_for_again_with_the_same_token(self) -> None:
        transport = FakeTransport(CreateVpc=[LOST, {"VpcId": "vpc-1"}])
        run = Run(transport, step("vpc.a:create", action="CreateVpc", params={"CidrBlock": "x"}))
        assert (await run()).outcome == "done"
        tokens = [each.params["ClientToken"] for each in transport.calls]
        assert tokens == ["token-1", "token-1"]

    async def test_what_was_made_is_known_to_those_that_need_it(self) -> None:
        subnet = {"VpcId": Field(Address("vpc.a"), "VpcId")}
        transport = FakeTransport(
            CreateVpc={"VpcId": "vpc-1"}, CreateVSwitch={"VSwitchId": "vsw-1"}
        )
        run = Run(
            transport,
            step("vpc.a:create", action="CreateVpc"),
            step("vswitch.s:create", "vpc.a:create", action="CreateVSwitch", params=subnet),
        )
        report = await run()
        assert transport.calls[1].params["VpcId"] == "vpc-1"
        assert report.ids == {"vpc.a": "vpc-1", "vswitch.s": "vsw-1"}

    async def test_what_a_wait_saw_last_is_kept(self) -> None:
        run = Run(FakeTransport(DescribeVpcs=shown("Available")), touch("a", waits=[available()]))
        assert (await run()).raw == {"vpc.a": {"Status": "Available"}}

    async def test_every_poll_in_vain_is_said(self) -> None:
        transport = FakeTransport(DescribeVpcs=[shown("Pending"), shown("Available")])
        run = Run(transport, touch("a", waits=[available()]))
        await run()
        assert [each.detail for each in run.events if each.type == "waiting"] == ["Status=Pending"]

    async def test_user_data_is_made_when_the_call_is(self) -> None:
        params = {"UserData": UserData(Address("instance.a"), "0a")}
        transport = FakeTransport(RunInstances={"InstanceIdSets": {"InstanceIdSet": ["i-1"]}})
        run = Run(transport, step("instance.a:create", action="RunInstances", params=params))
        assert (await run()).ids == {"instance.a": "i-1"}
        assert transport.calls[0].params["UserData"] == "IyEvYmluL3NoIDBh"

    async def test_a_gate_only_waits(self) -> None:
        gate = step("listener.main:healthy", call=None, waits=[available("GetHealth")])
        transport = FakeTransport(GetHealth=shown("Available"))
        report = await Run(transport, gate)()
        assert transport.actions == ["GetHealth"]
        assert (report.outcome, report.results[0].attempts) == ("done", 0)


async def test_a_step_is_said_to_start_and_to_be_done() -> None:
    run = Run(FakeTransport(), touch("a"))
    await run()
    assert [each.type for each in run.events] == ["started", "done"]


def touch(name: str, *needs: str, action: str = "Touch", **more: object) -> Step:
    """A step that changes something in place."""
    return step(f"vpc.{name}:touch", *needs, action=action, **more)  # type: ignore[arg-type]


def meeting(many: int) -> Callable[[BoundCall], dict[str, str]]:
    """An answer that comes once so many have been asked for at the same time."""
    all_of_them = threading.Barrier(many, timeout=5)

    def meet(_: BoundCall) -> dict[str, str]:
        all_of_them.wait()
        return {}

    return meet


def lingering(_: BoundCall) -> dict[str, str]:
    """An answer that leaves others the time to come in between, which nobody should."""
    threading.Event().wait(0.005)
    return {}

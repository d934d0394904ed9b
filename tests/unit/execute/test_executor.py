"""When a step starts, what stops it, and what counts as done."""

import threading
from collections.abc import Callable, Mapping

import pytest

from gwlbfw.address import Address
from gwlbfw.cloud.call import Call, Field, Json, UserData
from gwlbfw.cloud.transport import BoundCall
from gwlbfw.errors import Gone, Missing, Rejected, TransportError, WaitError
from gwlbfw.plan import Step
from gwlbfw.state.journal import Journal
from gwlbfw.state.replay import Intent, call_digest, replay
from tests.unit.execute.fake_transport import (
    Answer,
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

    async def test_independent_steps_run_concurrently(self) -> None:
        run = Run(
            FakeTransport(Meet=meeting(2)), touch("a", action="Meet"), touch("b", action="Meet")
        )
        assert set(outcomes(await run()).values()) == {"done"}

    async def test_concurrent_steps_are_bounded_by_the_parallelism(self) -> None:
        transport = FakeTransport(Touch=meeting(3))
        await Run(transport, *(touch(str(n)) for n in range(9)), parallelism=3)()
        assert transport.most["Touch"] == 3

    async def test_a_step_does_not_wait_for_a_slow_one_of_another_branch(self) -> None:
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
    async def test_steps_with_one_serial_key_run_one_at_a_time(self) -> None:
        transport = FakeTransport(Touch=lingering)
        await Run(transport, *(touch(str(n), serial="network vpc.a") for n in range(5)))()
        assert transport.most["Touch"] == 1

    async def test_steps_with_different_serial_keys_run_concurrently(self) -> None:
        steps = [touch(str(n), serial=f"network {n}") for n in range(2)]
        assert (await Run(FakeTransport(Touch=meeting(2)), *steps)()).outcome == "done"

    async def test_a_serial_key_is_held_until_the_waits_are_over(self) -> None:
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

    async def test_a_serial_key_for_the_call_alone_is_released_before_the_waits(
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
    async def test_a_fault_of_the_scheduler_is_raised_as_it_is(self) -> None:
        with pytest.raises(KeyError):
            await Run(FakeTransport(), touch("a", "vpc.nowhere:touch"))()

    def steps(self) -> tuple[Step, ...]:
        return (
            touch("bad", action="Bad"),
            touch("child", "vpc.bad:touch"),
            touch("grandchild", "vpc.child:touch"),
            touch("other"),
            touch("of-other", "vpc.other:touch"),
        )

    async def test_dependents_of_a_failed_step_are_skipped_with_the_cause(self) -> None:
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

    async def test_a_failed_step_has_the_clouds_code_and_request_id(self) -> None:
        run = Run(FakeTransport(Bad=refused("QuotaExceeded")), *self.steps())
        (failed,) = (await run()).failures
        assert isinstance(failed.error, Rejected)
        assert failed.error.cloud_code == "QuotaExceeded"
        assert failed.request_id == "R-refused"
        (detail,) = (each.detail for each in run.events if each.type == "failed")
        assert "QuotaExceeded" in detail

    async def test_a_wait_that_times_out_fails_the_step(self) -> None:
        waiting = touch("a", waits=[available()], timeout_s=30.0)
        run = Run(FakeTransport(DescribeVpcs=shown("Pending")), waiting)
        (failed,) = (await run()).failures
        assert isinstance(failed.error, WaitError)
        assert "last seen: Status=Pending" in str(failed.error)
        assert run.clock.now() <= 30

    async def test_a_reports_check_raises_the_first_failure(self) -> None:
        report = await Run(FakeTransport(Bad=refused("QuotaExceeded")), *self.steps())()
        with pytest.raises(Rejected):
            report.check()

    async def test_a_created_resource_without_an_id_fails_the_step(self) -> None:
        (failed,) = (await Run(FakeTransport(), step("vpc.a:create"))()).failures
        assert isinstance(failed.error, TransportError)
        assert "holds no VpcId" in str(failed.error)


class TestStopping:
    async def test_a_stopped_run_starts_no_step_and_finishes_the_running_ones(self) -> None:
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

    async def test_dependents_of_an_interrupted_step_are_interrupted(self) -> None:
        run = Run(FakeTransport(), touch("a"), touch("b", "vpc.a:touch"), touch("c", "vpc.b:touch"))
        run.executor.stop.set()
        assert set(outcomes(await run()).values()) == {"interrupted"}
        assert run.transport.calls == []

    async def test_a_stopped_run_ends_its_pause_at_once(self) -> None:
        def stop_and_say_pending(_: BoundCall) -> dict[str, object]:
            run.executor.stop.set()
            return dict(shown("Pending"))

        transport = FakeTransport(DescribeVpcs=stop_and_say_pending)  # type: ignore[arg-type]
        run = Run(transport, touch("a", waits=[available()]))
        assert outcomes(await run()) == {"vpc.a:touch": "interrupted"}
        assert run.steps_with("interrupted") == ["vpc.a:touch"]


class TestAlreadyDone:
    GONE, THERE = "InvalidVpcId.NotFound", "InvalidRouteEntry.Duplicate"

    async def test_a_removing_step_is_done_where_nothing_is(self) -> None:
        removal = step("vpc.a:dissociate", action="Undo", removes=True)
        run = Run(FakeTransport(Undo=refused(self.GONE, 404)), removal)
        report = await run()
        assert report.outcome == "done"
        assert report.results[0].request_id == "R-refused"

    async def test_a_delete_of_a_missing_resource_is_done(self) -> None:
        gone = refused(self.GONE, 404)
        deletes = step("vpc.a:delete", action="DeleteVpc", drops=True, removes=True)
        assert (await Run(FakeTransport(DeleteVpc=gone), deletes)()).outcome == "done"

    async def test_an_update_of_a_missing_resource_fails(self) -> None:
        gone = refused(self.GONE, 404)
        changes = step("vpc.a:modify", action="ModifyVpc")
        (failed,) = (await Run(FakeTransport(ModifyVpc=gone), changes)()).failures
        assert isinstance(failed.error, Missing)

    async def test_a_create_of_an_existing_resource_is_done_where_it_has_no_id(self) -> None:
        there = refused(self.THERE)
        makes = step("route.gwlbe/shop:create", action="CreateRouteEntry")
        assert (await Run(FakeTransport(CreateRouteEntry=there), makes)()).outcome == "done"

    async def test_a_create_of_an_existing_resource_fails_where_it_has_an_id(self) -> None:
        makes = step("vpc.a:create", action="CreateVpc")
        assert (
            await Run(FakeTransport(CreateVpc=refused(self.THERE)), makes)()
        ).outcome == "failed"

    async def test_an_association_that_exists_is_done(self) -> None:
        there = refused("ResourceAlreadyAssociated.Vpc")
        joins = step("eip.a:associate", action="Join")
        assert (await Run(FakeTransport(Join=there), joins)()).outcome == "done"

    async def test_a_step_done_already_still_runs_its_waits(self) -> None:
        deletes = step(
            "vpc.a:delete", action="DeleteVpc", drops=True, waits=[available()], timeout_s=5.0
        )
        transport = FakeTransport(DeleteVpc=refused(self.GONE, 404), DescribeVpcs=shown("Pending"))
        assert (await Run(transport, deletes)()).outcome == "failed"


class TestGone:
    """The create of an interrupted run brought an id, and that was deleted meanwhile."""

    MAKES = step("vpc.a:create", action="CreateVpc", waits=[available()], params={"CidrBlock": "x"})
    GONE = refused("InvalidVpcId.NotFound", 404)

    def run(self, transport: FakeTransport) -> Run:
        return Run(transport, self.MAKES)

    async def test_a_create_of_an_earlier_run_whose_id_is_gone_is_made_anew(self) -> None:
        made: list[Answer] = [{"VpcId": "vpc-old"}, {"VpcId": "vpc-new"}]

        def look(_: BoundCall) -> Mapping[str, Json]:
            if [each.action for each in transport.calls].count("CreateVpc") == 1:
                raise self.GONE
            return shown("Available")

        transport = FakeTransport(CreateVpc=made, DescribeVpcs=look)
        run = self.run(transport)
        tokens = iter(("token-2", "token-3"))
        call = Call("vpc", "CreateVpc", {"CidrBlock": "x"}, "")
        at, now = "vpc.a", run.clock.utc().isoformat()
        earlier = Intent(
            f"{at}:create", at, call.name, "token-1", call_digest(call), now, creates=True
        )
        journal = Journal(new_token=lambda: next(tokens))
        journal.previous_runs = replay([earlier])
        run.executor.journal = journal
        report = await run()
        assert (report.outcome, report.ids) == ("done", {"vpc.a": "vpc-new"})
        sent = [each.params["ClientToken"] for each in transport.calls if "Create" in each.action]
        assert sent == ["token-1", "token-2"]
        assert run.clock.now() < 120

    async def test_a_create_of_this_run_whose_id_is_gone_fails(self) -> None:
        run = self.run(FakeTransport(CreateVpc={"VpcId": "vpc-1"}, DescribeVpcs=self.GONE))
        report = await run()
        (failed,) = report.failures
        assert isinstance(failed.error, Gone)
        assert report.ids == {}
        assert run.transport.actions.count("CreateVpc") == 1
        assert run.clock.now() < 120

    async def test_a_gate_waits_for_members_that_are_not_listed_yet(self) -> None:
        gate = step("listener.main:healthy", call=None, waits=[available("GetHealth")])
        transport = FakeTransport(GetHealth=[*[{"Items": []}] * 20, shown("Available")])
        assert (await Run(transport, gate)()).outcome == "done"


class TestCalls:
    async def test_a_temporary_refusal_is_retried_and_reported(self) -> None:
        busy = refused("OperationConflict")
        run = Run(FakeTransport(Touch=[busy, busy, {}]), touch("a"))
        report = await run()
        assert (report.outcome, report.results[0].attempts) == ("done", 3)
        assert run.steps_with("retrying") == ["vpc.a:touch"] * 2

    async def test_a_lost_reply_is_retried_with_the_same_token(self) -> None:
        transport = FakeTransport(CreateVpc=[LOST, {"VpcId": "vpc-1"}])
        run = Run(transport, step("vpc.a:create", action="CreateVpc", params={"CidrBlock": "x"}))
        assert (await run()).outcome == "done"
        tokens = [each.params["ClientToken"] for each in transport.calls]
        assert tokens == ["token-1", "token-1"]

    async def test_a_created_id_is_known_to_later_steps(self) -> None:
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

    async def test_the_last_object_of_a_wait_is_in_the_report(self) -> None:
        run = Run(FakeTransport(DescribeVpcs=shown("Available")), touch("a", waits=[available()]))
        assert (await run()).raw == {"vpc.a": {"Status": "Available"}}

    async def test_every_unsatisfied_poll_is_reported(self) -> None:
        transport = FakeTransport(DescribeVpcs=[shown("Pending"), shown("Available")])
        run = Run(transport, touch("a", waits=[available()]))
        await run()
        details = [each.detail for each in run.events if each.type == "waiting"]
        assert details == ["Status=Pending; expected: Status=Available"]

    async def test_user_data_is_rendered_when_the_call_is_made(self) -> None:
        params = {"UserData": UserData(Address("instance.a"), "0a")}
        transport = FakeTransport(RunInstances={"InstanceIdSets": {"InstanceIdSet": ["i-1"]}})
        run = Run(transport, step("instance.a:create", action="RunInstances", params=params))
        assert (await run()).ids == {"instance.a": "i-1"}
        assert transport.calls[0].params["UserData"] == "IyEvYmluL3NoIDBh"

    async def test_a_step_without_a_call_only_waits(self) -> None:
        gate = step("listener.main:healthy", call=None, waits=[available("GetHealth")])
        transport = FakeTransport(GetHealth=shown("Available"))
        report = await Run(transport, gate)()
        assert transport.actions == ["GetHealth"]
        assert (report.outcome, report.results[0].attempts) == ("done", 0)


async def test_a_step_reports_its_start_and_its_end() -> None:
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

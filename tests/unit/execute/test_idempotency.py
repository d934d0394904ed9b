"""After a refusal: what is done all the same, what is waited for, and what never will be."""

from collections.abc import Mapping

import pytest

from gwlbfw.address import Address
from gwlbfw.cloud.call import Call, Field, Json, Wait
from gwlbfw.errors import Rejected, TransportError
from gwlbfw.plan import Step
from gwlbfw.resources.tags import STACK_TAG
from tests.unit.execute.fake_transport import Answer, FakeTransport, Run, outcomes, refused, step

LOST = TransportError("ecs:StartInstance", "the cloud", "the connection was reset")
BUSY = refused("IncorrectInstanceStatus", 403)
USED = refused("DependencyViolation")
STOPPED: Mapping[str, Json] = {"Items": [{"Status": "Stopped"}]}
RUNNING: Mapping[str, Json] = {"Items": [{"Status": "Running"}]}


def start() -> Step:
    wait = Wait(Call("ecs", "Look", {}, ""), "Items", until={"Status": ["Running"]})
    at = "instance.server/shop/a"
    return step(f"{at}:start", action="Start", waits=[wait], busy_when_done=True)


class TestBusyWhenDone:
    async def test_a_start_whose_reply_was_lost_is_seen_to_be_done(self) -> None:
        run = Run(FakeTransport(Start=[LOST, BUSY], Look=RUNNING), start())
        assert (await run()).outcome == "done"
        assert run.transport.actions == ["Start", "Start", "Look", "Look"]

    async def test_a_start_that_never_arrived_is_retried(self) -> None:
        run = Run(FakeTransport(Start=[LOST, BUSY, {}], Look=[STOPPED, RUNNING]), start())
        assert (await run()).outcome == "done"
        assert run.transport.actions == ["Start", "Start", "Look", "Start", "Look"]

    async def test_a_busy_start_that_was_not_sent_before_is_not_taken_as_done(self) -> None:
        run = Run(FakeTransport(Start=[BUSY, {}], Look=RUNNING), start())
        assert (await run()).outcome == "done"
        assert run.transport.actions == ["Start", "Start", "Look"]

    async def test_a_create_is_not_looked_at_between_retries(self) -> None:
        """Its waits name an id that no answer has told."""
        at = Address("vpc.security")
        wait = Wait(Call("vpc", "Look", {"VpcId": Field(at, "VpcId")}, ""))
        broken, made = refused("InternalError", 500), {"VpcId": "vpc-1"}
        run = Run(
            FakeTransport(Make=[broken, made]), step(f"{at}:create", action="Make", waits=[wait])
        )
        assert (await run()).outcome == "done"
        assert run.transport.actions == ["Make", "Make", "Look"]


def interface(**says: Json) -> Mapping[str, Json]:
    """The list of what is in a vSwitch: one interface."""
    found: Mapping[str, Json] = {"NetworkInterfaceId": "eni-1", "Status": "InUse", **says}
    return {"NetworkInterfaceSets": {"NetworkInterfaceSet": [found]}}


def deleting(*answers: Answer, inside: Answer) -> Run:
    transport = FakeTransport(DeleteVSwitch=list(answers), DescribeNetworkInterfaces=inside)
    at = Address("vswitch.gwlbe/shop/b")
    params = {"VSwitchId": Field(at, "VSwitchId")}
    deletion = step(f"{at}:delete", action="DeleteVSwitch", params=params, drops=True)
    run = Run(transport, deletion)
    run.resolved.ids = {at: "vsw-1", Address("instance.server/shop/a"): "i-ours"}
    return run


class TestDeletionBlockers:
    async def test_an_unmanaged_dependent_ends_a_delete_and_is_named(self) -> None:
        run = deleting(USED, inside=interface(InstanceId="i-strange"))
        (failure,) = (await run()).failures
        assert isinstance(failure.error, Rejected)
        assert failure.error.hint == (
            "vsw-1 still has what is not the stack's: i-strange; remove it, then go on"
        )
        assert run.transport.actions == ["DeleteVSwitch", "DescribeNetworkInterfaces"]
        assert run.transport.calls[1].params["VSwitchId"] == "vsw-1"

    @pytest.mark.parametrize(
        "inside",
        [
            interface(InstanceId="i-ours"),
            interface(InstanceId="", ServiceManaged=True),
            interface(InstanceId="i-strange", Status="Detaching"),
            interface(InstanceId="i-1", Tags={"Tag": [{"TagKey": STACK_TAG, "TagValue": "demo"}]}),
            refused("Forbidden.RAM", 403),
            {},
        ],
        ids=["own", "of a product", "leaving", "tagged", "not to be read", "nothing"],
    )
    async def test_a_dependent_that_may_be_the_stacks_own_is_waited_for(
        self, inside: Answer
    ) -> None:
        run = deleting(USED, USED, {}, inside=inside)
        assert set(outcomes(await run()).values()) == {"done"}
        assert run.transport.actions.count("DeleteVSwitch") == 3

    async def test_another_refusal_of_a_delete_lists_no_dependents(self) -> None:
        run = deleting(refused("TaskConflict"), {}, inside=interface(InstanceId="i-strange"))
        assert (await run()).outcome == "done"
        assert run.transport.actions == ["DeleteVSwitch", "DeleteVSwitch"]

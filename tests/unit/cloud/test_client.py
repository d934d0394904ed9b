import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from gwlbfw.address import Address
from gwlbfw.cloud.backoff import Backoff
from gwlbfw.cloud.call import Call, Field, Json, JsonList, Value
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.clock import ManualClock
from gwlbfw.cloud.error_codes import cloud_error
from gwlbfw.cloud.retry import Retry
from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.errors import Busy, CloudError, Denied, Rejected, Throttled, TransportError

from .scripted_transport import ScriptedTransport

READ = Call("vpc", "DescribeVpcAttribute", {"VpcId": "vpc-1"})
CREATE = Call("vpc", "CreateVpc", {"CidrBlock": "10.0.0.0/16"})
DELETE_TABLE = Call("vpc", "DeleteRouteTable", {"RouteTableId": "vtb-1"})

BUSY = cloud_error("vpc:CreateVpc", "TaskConflict", "m")
THROTTLED = cloud_error("vpc:CreateVpc", "Throttling.User", "m")
BROKEN = cloud_error("vpc:CreateVpc", "InternalError", "m", status=500)
LOST = TransportError("vpc:CreateVpc", "host", "reset")
UNSENT = TransportError("vpc:CreateVpc", "host", "refused", sent=False)
REJECTED = cloud_error("vpc:CreateVpc", "InvalidCidrBlock", "m")


@contextmanager
def api(
    transport: Transport, *, clock: ManualClock | None = None, parallelism: int = 4
) -> Iterator[ApiClient]:
    made = ApiClient(
        transport, clock or ManualClock(), Backoff(1, 2, 8), "cn-beijing",
        parallelism=parallelism, jitter=lambda: 1.0,
    )  # fmt: skip
    try:
        yield made
    finally:
        made.close()


async def test_a_call_is_bound_to_the_region_and_counted() -> None:
    transport = ScriptedTransport({"VpcId": "vpc-1"})
    with api(transport) as cloud:
        reply = await cloud.send(Call("vpc", "CreateVpc", {"DryRun": True}, account="shop"))
        await cloud.read(READ)
        await cloud.read(READ)
    assert reply == Reply({"VpcId": "vpc-1"}, "R-1")
    assert transport.calls[0] == BoundCall(
        "vpc", "CreateVpc", {"DryRun": True}, "shop", "cn-beijing"
    )
    assert cloud.calls == {"vpc:CreateVpc": 1, "vpc:DescribeVpcAttribute": 2}


async def test_a_list_in_one_parameter_is_sent_as_json() -> None:
    transport = ScriptedTransport({})
    with api(transport) as cloud:
        await cloud.send(
            Call("ecs", "DescribeInstances", {"InstanceIds": JsonList(("i-1", "i-2"))})
        )
    assert transport.calls[0].params == {"InstanceIds": '["i-1", "i-2"]'}


@pytest.mark.parametrize("where", ["VpcId", "Tag"])
async def test_a_call_with_an_unknown_parameter_is_never_sent(where: str) -> None:
    field = Field(Address("vpc.security"), "VpcId")
    params: dict[str, Value] = {"VpcId": field}
    if where == "Tag":
        params = {"Tag": [{"Key": "k", "Value": field}]}
    transport = ScriptedTransport({})
    with api(transport) as cloud, pytest.raises(ValueError, match=r"\$\{vpc.security.VpcId\}"):
        await cloud.send(Call("vpc", "CreateVSwitch", params))
    assert not transport.calls


async def test_the_pool_bounds_how_many_calls_are_in_flight() -> None:
    lock, inside, most = threading.Lock(), 0, 0
    both = threading.Barrier(2, timeout=5)

    def slow(_: BoundCall) -> dict[str, Json]:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        both.wait()
        with lock:
            inside -= 1
        return {}

    with api(ScriptedTransport(slow), parallelism=2) as cloud:
        await asyncio.gather(*(cloud.send(READ) for _ in range(6)))
    assert most == 2


@pytest.mark.parametrize("error", [BUSY, THROTTLED, BROKEN, LOST, UNSENT])
async def test_a_read_is_retried_after_a_temporary_failure(error: Exception) -> None:
    with api(ScriptedTransport(error, error, {"Status": "Available"})) as cloud:
        assert await cloud.read(READ) == {"Status": "Available"}
    assert cloud.calls.total() == 3


async def test_a_read_that_is_retried_for_long_says_why_and_for_how_long() -> None:
    told: list[str] = []
    with api(ScriptedTransport(*[LOST] * 6, {"Status": "Available"})) as cloud:
        cloud.announce = told.append
        await cloud.read(READ)
    assert told
    assert all(str(LOST) in each for each in told)
    waited = [int(each.split()[2]) for each in told]
    assert waited[0] >= 10
    assert all(late - soon >= 10 for soon, late in pairwise(waited))


async def test_a_reply_that_will_not_be_another_is_not_asked_for_again() -> None:
    page = TransportError("vpc:DescribeVpcAttribute", "x", "HTTP 403", final=True)
    with api(ScriptedTransport(page)) as cloud, pytest.raises(TransportError):
        await cloud.read(READ)
    assert cloud.calls.total() == 1


async def test_a_refused_read_is_not_retried() -> None:
    with api(ScriptedTransport(REJECTED)) as cloud, pytest.raises(Rejected):
        await cloud.read(READ)
    assert cloud.calls.total() == 1


async def test_a_read_gives_up_in_the_end() -> None:
    clock = ManualClock()
    with api(ScriptedTransport(LOST), clock=clock) as cloud, pytest.raises(TransportError):
        await cloud.read(READ, deadline_s=20)
    assert clock.sleeps == [1, 2, 4, 8]


async def test_pauses_grow_and_every_retry_is_reported() -> None:
    clock = ManualClock()
    told: list[Retry] = []
    with api(ScriptedTransport(BUSY, THROTTLED, BUSY, {}), clock=clock) as cloud:
        await cloud.send_retrying(CREATE, token="t", deadline_s=60, on_retry=told.append)
    assert clock.sleeps == [1, 2, 4]
    assert [(each.attempt, each.delay_s) for each in told] == [(1, 1), (2, 2), (3, 4)]
    assert [each.error for each in told] == [BUSY, THROTTLED, BUSY]


async def test_pauses_have_jitter() -> None:
    sleeps: list[float] = []
    for _ in range(20):
        clock = ManualClock()
        cloud = ApiClient(ScriptedTransport(BUSY, {}), clock, Backoff(1, 2, 8), "r")
        await cloud.send_retrying(CREATE, deadline_s=60)
        cloud.close()
        sleeps += clock.sleeps
    assert len(set(sleeps)) == 20
    assert min(sleeps) >= 0.5
    assert max(sleeps) <= 1.5


async def test_a_pause_is_at_least_the_clouds_retry_after() -> None:
    clock = ManualClock()
    patient = cloud_error("vpc:CreateVpc", "Throttling.User", "m", retry_after=7.5)
    with api(ScriptedTransport(patient, {}), clock=clock) as cloud:
        await cloud.send_retrying(CREATE, deadline_s=60)
    assert clock.sleeps == [7.5]


async def test_the_client_token_is_the_same_on_every_attempt() -> None:
    transport = ScriptedTransport(BUSY, LOST, BROKEN, {"VpcId": "vpc-1"})
    with api(transport) as cloud:
        reply = await cloud.send_retrying(CREATE, token="tok-1", deadline_s=60)
    assert reply.body == {"VpcId": "vpc-1"}
    assert [call.params.get("ClientToken") for call in transport.calls] == ["tok-1"] * 4


async def test_an_action_without_client_token_gets_none() -> None:
    transport = ScriptedTransport({})
    with api(transport) as cloud:
        await cloud.send_retrying(DELETE_TABLE, token="tok-1", deadline_s=60)
    assert transport.calls[0].params == {"RouteTableId": "vtb-1"}


@pytest.mark.parametrize("error", [LOST, BROKEN])
async def test_a_change_that_may_have_happened_is_not_retried_without_a_token(
    error: Exception,
) -> None:
    for call, token in ((DELETE_TABLE, "tok-1"), (CREATE, None)):
        with (
            api(ScriptedTransport(error, {})) as cloud,
            pytest.raises((TransportError, Busy)) as caught,
        ):
            await cloud.send_retrying(call, token=token, deadline_s=60)
        assert caught.value is error
        assert cloud.calls.total() == 1


@pytest.mark.parametrize("error", [LOST, BROKEN])
async def test_a_repeatable_change_is_retried(error: Exception) -> None:
    with api(ScriptedTransport(error, {})) as cloud:
        await cloud.send_retrying(DELETE_TABLE, deadline_s=60, repeatable=True)
    assert cloud.calls.total() == 2


@pytest.mark.parametrize("error", [BUSY, THROTTLED, UNSENT])
async def test_a_change_that_did_not_happen_is_always_retried(error: Exception) -> None:
    with api(ScriptedTransport(error, {})) as cloud:
        await cloud.send_retrying(DELETE_TABLE, deadline_s=60)
    assert cloud.calls.total() == 2


async def test_the_last_error_is_raised_when_time_is_up() -> None:
    last = cloud_error("vpc:CreateVpc", "Throttling.User", "the last")
    clock = ManualClock()
    transport = ScriptedTransport(BUSY, BUSY, last)
    with api(transport, clock=clock) as cloud, pytest.raises(Throttled, match="the last"):
        await cloud.send_retrying(CREATE, token="t", deadline_s=5)
    assert clock.now() <= 5


@pytest.mark.parametrize("code", ["Forbidden.RAM", "InvalidCidrBlock", "InvalidVpcId.NotFound"])
async def test_a_final_refusal_of_a_change_is_not_retried(code: str) -> None:
    transport = ScriptedTransport(cloud_error("vpc:CreateVpc", code, "m"), {})
    with api(transport) as cloud, pytest.raises(CloudError) as caught:
        await cloud.send_retrying(CREATE, token="t", deadline_s=60)
    assert caught.value.cloud_code == code
    assert (code == "Forbidden.RAM") == isinstance(caught.value, Denied)
    assert cloud.calls.total() == 1

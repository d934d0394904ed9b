"""One observation fetches every list once, whoever reads it."""

import asyncio
from collections.abc import Mapping

import pytest

from gwlbfw.cloud.backoff import LOOPBACK_BACKOFF
from gwlbfw.cloud.call import Call, Json, Raw
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.clock import ManualClock
from gwlbfw.discovery.fetch import Fetcher, child_calls
from gwlbfw.errors import Denied
from gwlbfw.resources.resource import GWLB, Listing
from tests.unit.execute.fake_transport import FakeTransport, refused

LIST = Call("vpc", "DescribeVpcs", account="")
LISTENERS = Listing(
    GWLB.call("ListListeners"),
    "Listeners",
    of="security",
    per="load_balancer",
    parent_param="LoadBalancerIds",
    batch=20,
)


def page(*ids: str) -> Mapping[str, Json]:
    """A page with these VPCs."""
    return {"Vpcs": {"Vpc": [{"VpcId": each} for each in ids]}, "TotalCount": len(ids)}


def fetcher(far_end: FakeTransport) -> Fetcher:
    """A fetcher of this cloud."""
    return Fetcher(ApiClient(far_end, ManualClock(), LOOPBACK_BACKOFF, "cn-wulanchabu"))


async def test_a_list_is_fetched_once_also_by_two_readers_at_a_time() -> None:
    far_end = FakeTransport(DescribeVpcs=page("vpc-1"))
    one = fetcher(far_end)
    found = await asyncio.gather(*(one.fetch(LIST, "Vpcs.Vpc") for _ in range(3)))
    assert found == [[{"VpcId": "vpc-1"}]] * 3
    assert far_end.actions == ["DescribeVpcs"]


async def test_another_account_or_parameter_is_another_list() -> None:
    far_end = FakeTransport(DescribeVpcs=page())
    one = fetcher(far_end)
    for account in ("", "other"):
        for params in ({}, {"VpcId": "vpc-1"}):
            await one.fetch(Call("vpc", "DescribeVpcs", params, account), "Vpcs.Vpc")
    assert len(far_end.calls) == 4


async def test_a_list_is_fetched_again_in_another_observation() -> None:
    far_end = FakeTransport(DescribeVpcs=[page("vpc-1"), page("vpc-2")])
    one = fetcher(far_end)
    assert await one.fetch(LIST, "Vpcs.Vpc") == [{"VpcId": "vpc-1"}]
    one.forget()
    assert await one.fetch(LIST, "Vpcs.Vpc") == [{"VpcId": "vpc-2"}]


async def test_a_refusal_is_told_to_every_reader() -> None:
    one = fetcher(FakeTransport(DescribeVpcs=refused("Forbidden.RAM", 403)))
    for _ in range(2):
        with pytest.raises(Denied):
            await one.fetch(LIST, "Vpcs.Vpc")


def test_parents_of_a_list_go_into_as_few_calls_as_it_takes() -> None:
    parents = [f"gwlb-{number}" for number in range(25)]
    calls = list(child_calls(LISTENERS, parents, "sec"))
    assert [len(about) for about, _ in calls] == [20, 5]
    assert [each for about, _ in calls for each in about] == parents
    assert {call.account for _, call in calls} == {"sec"}
    first: Raw = dict(calls[0][1].params)  # type: ignore[arg-type]
    assert first == {"LoadBalancerIds": parents[:20]}

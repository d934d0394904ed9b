from collections.abc import Callable, Mapping

import pytest

from gwlbfw.cloud.backoff import Backoff
from gwlbfw.cloud.call import Call, Json, Value, objects
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.clock import ManualClock
from gwlbfw.cloud.paging import PagingError, merge_pages
from gwlbfw.cloud.sdk.typed import request_of
from gwlbfw.cloud.transport import BoundCall
from gwlbfw.errors import ReplyError
from gwlbfw.openapi import Action, catalogue

from .scripted_transport import ScriptedTransport

Handler = Callable[[BoundCall], Mapping[str, Json]]


def numbered(path: str, count: int, total: Callable[[int], Json] = lambda count: count) -> Handler:
    """A listing by PageNumber and PageSize."""

    def handle(call: BoundCall) -> Mapping[str, Json]:
        size, page = call.params["PageSize"], call.params["PageNumber"]
        assert isinstance(size, int)
        assert isinstance(page, int)
        found: Json = [{"Id": number} for number in range(count)][(page - 1) * size : page * size]
        for name in reversed(path.split(".")):
            found = {name: found}
        assert isinstance(found, Mapping)
        return {**found, "TotalCount": total(count)}

    return handle


def tokened(path: str, size_name: str, count: int, step: int) -> Handler:
    """A listing by NextToken, with pages of at most `step`."""

    def handle(call: BoundCall) -> Mapping[str, Json]:
        assert size_name in call.params
        start = int(str(call.params.get("NextToken", "0")))
        more = str(start + step) if start + step < count else ""
        items: Json = [{"Id": number} for number in range(count)[start : start + step]]
        return {path: items, "NextToken": more}

    return handle


async def read(
    handler: Handler | Mapping[str, Json], call: Call, items: str
) -> tuple[list[Json], int]:
    """The ids of all pages, and how many calls they took."""
    api = ApiClient(ScriptedTransport(handler), ManualClock(), Backoff(1, 2, 8), "r")
    try:
        found = await api.list_all(call, items)
    finally:
        api.close()
    return [each["Id"] for each in found], api.calls.total()


def listing(product: str, action: str, **params: Value) -> Call:
    return Call(product, action, params)


@pytest.mark.parametrize(("count", "calls"), [(0, 1), (1, 1), (50, 1), (51, 2), (120, 3)])
@pytest.mark.parametrize("total", [lambda n: n, str], ids=["number", "text"])
async def test_numbered_pages_are_read_to_the_last(
    count: int, calls: int, total: Callable[[int], Json]
) -> None:
    handler = numbered("Vpcs.Vpc", count, total)
    assert await read(handler, listing("vpc", "DescribeVpcs"), "Vpcs.Vpc") == (
        list(range(count)),
        calls,
    )


async def test_a_short_page_is_the_last_without_a_total() -> None:
    handler = numbered("Vpcs.Vpc", 70, lambda _: None)
    ids, calls = await read(handler, listing("vpc", "DescribeVpcs"), "Vpcs.Vpc")
    assert (len(ids), calls) == (70, 2)


async def test_an_empty_page_ends_a_listing_whose_total_is_too_high() -> None:
    handler = numbered("Vpcs.Vpc", 50, lambda _: 60)
    ids, calls = await read(handler, listing("vpc", "DescribeVpcs"), "Vpcs.Vpc")
    assert (len(ids), calls) == (50, 2)


@pytest.mark.parametrize(
    ("product", "action", "size_name"),
    [
        ("vpc", "ListIpv4Gateways", "MaxResults"),
        ("vpc", "DescribeRouteEntryList", "MaxResult"),
        ("gwlb", "ListLoadBalancers", "MaxResults"),
        ("privatelink", "ListVpcEndpoints", "MaxResults"),
        ("ecs", "DescribeInstances", "MaxResults"),
    ],
)
async def test_next_tokens_are_followed_to_the_last_page(
    product: str, action: str, size_name: str
) -> None:
    handler = tokened("Items", size_name, 25, 10)
    assert await read(handler, listing(product, action), "Items") == (list(range(25)), 3)


async def test_every_page_has_the_callers_parameters() -> None:
    transport = ScriptedTransport(tokened("Items", "MaxResults", 25, 10))
    api = ApiClient(transport, ManualClock(), Backoff(1, 2, 8), "r")
    await api.list_all(listing("gwlb", "ListListeners", LoadBalancerIds=["gwlb-1"]), "Items")
    api.close()
    assert [call.params["LoadBalancerIds"] for call in transport.calls] == [["gwlb-1"]] * 3


async def test_a_listing_without_pages_is_read_once() -> None:
    reply: Mapping[str, Json] = {"Zones": [{"Id": 1}], "NextToken": "never asked for"}
    assert await read(reply, listing("gwlb", "DescribeZones"), "Zones") == ([1], 1)


@pytest.mark.parametrize("tokens", [["a"], ["a", "b", "a"]])
async def test_a_repeated_next_token_is_an_error(tokens: list[str]) -> None:
    pages: list[Mapping[str, Json]] = [{"Items": [], "NextToken": token} for token in tokens]
    api = ApiClient(ScriptedTransport(*pages), ManualClock(), Backoff(1, 2, 8), "r")
    with pytest.raises(PagingError, match="gwlb:ListListeners has no end"):
        await api.list_all(listing("gwlb", "ListListeners"), "Items")
    api.close()


async def test_a_listing_without_end_is_an_error() -> None:
    def endless(call: BoundCall) -> Mapping[str, Json]:
        return {"Vpcs": {"Vpc": [{"Id": call.params["PageNumber"]}]}, "TotalCount": 10**9}

    with pytest.raises(PagingError, match="more than 1000 pages"):
        await read(endless, listing("vpc", "DescribeVpcs"), "Vpcs.Vpc")


async def test_a_repeated_page_is_an_error() -> None:
    page: Json = {"Vpcs": {"Vpc": [{"Id": 1}]}, "TotalCount": 3}
    assert isinstance(page, Mapping)
    with pytest.raises(PagingError, match="vpc:DescribeVpcs has no end: a page came again"):
        await read(page, listing("vpc", "DescribeVpcs"), "Vpcs.Vpc")


@pytest.mark.parametrize(
    "total", [0, 49, "49", -1, "x", "²", "9" * 5000, 10**400, True, None, [], 10**18]
)
async def test_an_invalid_total_does_not_cut_a_listing_short(total: Json) -> None:
    def pages(call: BoundCall) -> Mapping[str, Json]:
        here = int(str(call.params["PageNumber"]))
        rows: list[Json] = [{"Id": n} for n in range(50 * here - 50, min(50 * here, 70))]
        return {"Vpcs": {"Vpc": rows}, "TotalCount": total}

    ids, _ = await read(pages, listing("vpc", "DescribeVpcs"), "Vpcs.Vpc")
    assert ids == list(range(70))


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ({}, "there is no `Vpcs` in it"),
        ({"RequestId": "R"}, "there is no `Vpcs` in it"),
        ({"TotalCount": 7}, "it lists nothing of 7 in all"),
        ({"TotalCount": "7", "Vpcs": {"Vpc": []}}, "it lists nothing of 7 in all"),
    ],
)
async def test_a_reply_that_only_looks_like_an_empty_list_is_an_error(
    page: Mapping[str, Json], said: str
) -> None:
    with pytest.raises(ReplyError, match=f"vpc:DescribeVpcs answered .*: {said}"):
        await read(page, listing("vpc", "DescribeVpcs"), "Vpcs.Vpc")


async def test_a_merged_listing_looks_like_one_page() -> None:
    api = ApiClient(
        ScriptedTransport(numbered("Vpcs.Vpc", 60)), ManualClock(), Backoff(1, 2, 8), "r"
    )
    whole = await api.list_merged(listing("vpc", "DescribeVpcs"), "Vpcs.Vpc")
    api.close()
    assert len(objects(whole, "Vpcs.Vpc")) == 60
    assert whole["TotalCount"] == 60


def test_pages_are_merged_at_the_first_list_in_the_path() -> None:
    first: Json = {"Status": [{"Servers": [{"Id": 1}]}], "Other": 1}
    second: Json = {"Status": [{"Servers": [{"Id": 2}, {"Id": 3}]}]}
    assert isinstance(first, Mapping)
    assert isinstance(second, Mapping)
    joined = merge_pages([first, second], "Status.Servers")
    assert [each["Id"] for each in objects(joined, "Status.Servers")] == [1, 2, 3]
    assert joined["Other"] == 1


PAGED = [a for a in catalogue().values() if {"NextToken", "PageNumber"} & a.parameters.keys()]


@pytest.mark.parametrize("action", PAGED, ids=lambda a: f"{a.product}:{a.name}")
async def test_every_paged_actions_parameters_are_known_to_its_model(action: Action) -> None:
    transport = ScriptedTransport(
        {"NextToken": "next", "TotalCount": 1000, "Items": [{}]}, {"Items": []}
    )
    api = ApiClient(transport, ManualClock(), Backoff(1, 2, 8), "r")
    await api.list_all(Call(action.product, action.name), "Items")
    api.close()
    assert len(transport.calls) == 2
    for call in transport.calls:
        request_of(call)

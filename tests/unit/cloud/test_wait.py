import pytest

from gwlbfw.cloud.backoff import Backoff
from gwlbfw.cloud.call import Call, Json, Raw, Wait
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.clock import ManualClock
from gwlbfw.cloud.error_codes import cloud_error
from gwlbfw.cloud.wait import describe_state, is_satisfied, wait_for
from gwlbfw.errors import Denied, WaitError

from .scripted import Scripted, Step

READ = Call("vpc", "DescribeVpcAttribute", {"VpcId": "vpc-1"})
LIST = Call("vpc", "DescribeVSwitches", {"VpcId": "vpc-1"})
AVAILABLE = Wait(READ, until={"Status": ("Available",)})
GONE = Wait(READ, gone=True)
NOT_FOUND = cloud_error("vpc:DescribeVpcAttribute", "InvalidVpcId.NotFound", "m", status=404)


def servers(*states: str) -> Raw:
    return {"Servers": [{"ServerId": f"i-{n}", "Status": each} for n, each in enumerate(states)]}


def test_the_reply_itself_must_have_one_of_the_values() -> None:
    wait = Wait(READ, until={"Status": ("Available", "InUse")})
    assert is_satisfied(wait, {"Status": "InUse"})
    assert not is_satisfied(wait, {"Status": "Pending"})
    assert not is_satisfied(wait, {})
    assert not is_satisfied(wait, None)


def test_every_path_must_have_its_value() -> None:
    wait = Wait(READ, until={"Enabled": (True,), "Status": ("Created",)})
    assert is_satisfied(wait, {"Enabled": True, "Status": "Created"})
    assert not is_satisfied(wait, {"Enabled": False, "Status": "Created"})
    assert not is_satisfied(wait, {"Enabled": True, "Status": "Activating"})


@pytest.mark.parametrize("said", [True, "true", "True", "TRUE"])
def test_a_boolean_is_the_same_however_it_is_written(said: Json) -> None:
    assert is_satisfied(Wait(READ, until={"Online": ("true",)}), {"Online": said})
    assert is_satisfied(Wait(READ, until={"Online": (True,)}), {"Online": said})
    assert not is_satisfied(Wait(READ, until={"Online": (False,)}), {"Online": said})


def test_numbers_are_compared_with_their_text_and_words_with_their_case() -> None:
    assert is_satisfied(Wait(READ, until={"Count": ("3",)}), {"Count": 3})
    assert not is_satisfied(Wait(READ, until={"Status": ("available",)}), {"Status": "Available"})


def test_an_absent_value_is_the_empty_one() -> None:
    wait = Wait(READ, until={"Ipv4GatewayRouteTableId": ("",)})
    assert is_satisfied(wait, {})
    assert is_satisfied(wait, {"Ipv4GatewayRouteTableId": ""})
    assert not is_satisfied(wait, {"Ipv4GatewayRouteTableId": "vtb-1"})


def test_only_what_matches_counts() -> None:
    wait = Wait(LIST, "Servers", {"ServerId": "i-1"}, {"Status": ("Available",)})
    assert is_satisfied(wait, servers("Adding", "Available"))
    assert not is_satisfied(wait, servers("Available", "Adding"))


def test_enough_of_them_must_be_as_wanted() -> None:
    wait = Wait(LIST, "Servers", until={"Status": ("Available",)}, at_least=2)
    assert is_satisfied(wait, servers("Available", "Adding", "Available"))
    assert not is_satisfied(wait, servers("Available", "Adding"))


def test_gone_means_that_nothing_matches_any_more() -> None:
    wait = Wait(LIST, "Servers", {"ServerId": "i-1"}, gone=True)
    assert is_satisfied(wait, servers("Available"))
    assert not is_satisfied(wait, servers("Available", "Removing"))
    assert is_satisfied(wait, None)


def test_an_empty_id_is_gone_where_the_cloud_answers_so() -> None:
    wait = Wait(READ, where={"VSwitchId": "vsw-1"}, gone=True)
    assert is_satisfied(wait, {"VSwitchId": ""})
    assert not is_satisfied(wait, {"VSwitchId": "vsw-1"})


def test_the_state_says_what_was_seen() -> None:
    wait = Wait(LIST, "Servers", until={"Status": ("Available",)})
    assert describe_state(wait, servers("Adding", "Available")) == "Status=Adding; Status=Available"
    assert describe_state(wait, None) == "nothing there"
    assert describe_state(GONE, {"VpcId": "vpc-1"}) == "still there"


async def run(
    wait: Wait, *steps: Step, timeout_s: float = 60
) -> tuple[Raw, ManualClock, list[str]]:
    clock = ManualClock()
    seen: list[str] = []
    api = ApiClient(Scripted(*steps), clock, Backoff(1, 2, 8), "r")
    try:
        reply = await wait_for(api, wait, timeout_s, seen.append)
    finally:
        api.close()
    return reply, clock, seen


async def test_it_is_read_again_until_it_is_as_expected() -> None:
    reply, clock, seen = await run(
        AVAILABLE, {"Status": "Pending"}, {"Status": "Pending"}, {"Status": "Available", "Id": 1}
    )
    assert reply == {"Status": "Available", "Id": 1}
    assert clock.sleeps == [1, 2]
    assert seen == ["Status=Pending", "Status=Pending"]


async def test_what_is_there_already_is_not_waited_for() -> None:
    _, clock, seen = await run(AVAILABLE, {"Status": "Available"})
    assert (clock.sleeps, seen) == ([], [])


async def test_not_found_is_gone() -> None:
    reply, clock, _ = await run(GONE, {"VpcId": "vpc-1"}, NOT_FOUND)
    assert (reply, clock.sleeps) == ({}, [1])


async def test_what_is_not_found_yet_is_waited_for() -> None:
    reply, _, seen = await run(AVAILABLE, NOT_FOUND, {"Status": "Available"})
    assert reply == {"Status": "Available"}
    assert seen == ["nothing there"]


async def test_what_stands_on_the_last_page_is_seen() -> None:
    wait = Wait(
        Call("vpc", "DescribeRouteEntryList", {"RouteTableId": "vtb-1"}),
        "RouteEntrys.RouteEntry", {"RouteEntryId": "rte-2"}, gone=True,
    )  # fmt: skip

    def page(*ids: str, token: str = "") -> Raw:
        return {
            "RouteEntrys": {"RouteEntry": [{"RouteEntryId": i} for i in ids]},
            "NextToken": token,
        }

    _, clock, _ = await run(
        wait, page("rte-1", token="x"), page("rte-2"), page("rte-1", token="x"), page("rte-3")
    )
    assert clock.sleeps == [1]


async def test_the_last_state_is_told_when_time_is_up() -> None:
    with pytest.raises(WaitError, match=r"DescribeVpcAttribute.*Status=Available.*Status=Pending"):
        await run(AVAILABLE, {"Status": "Pending"}, timeout_s=20)


async def test_a_refusal_ends_the_waiting() -> None:
    with pytest.raises(Denied):
        await run(
            AVAILABLE, cloud_error("vpc:DescribeVpcAttribute", "Forbidden.RAM", "m", status=403)
        )

import pytest

from gwlbfw.cloud.backoff import Backoff
from gwlbfw.cloud.call import Call, Json, Raw, Wait
from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.clock import ManualClock
from gwlbfw.cloud.error_codes import cloud_error
from gwlbfw.cloud.wait import Limits, describe_state, is_satisfied, wait_for
from gwlbfw.errors import Denied, Gone, Occupied, WaitError

from .scripted_transport import ScriptedTransport, Step

READ = Call("vpc", "DescribeVpcAttribute", {"VpcId": "vpc-1"})
LIST = Call("vpc", "DescribeVSwitches", {"VpcId": "vpc-1"})
AVAILABLE = Wait(READ, until={"Status": ("Available",)})
GONE = Wait(READ, gone=True)
NOT_FOUND = cloud_error("vpc:DescribeVpcAttribute", "InvalidVpcId.NotFound", "m", status=404)


def servers(*states: str) -> Raw:
    return {"Servers": [{"ServerId": f"i-{n}", "Status": each} for n, each in enumerate(states)]}


def test_a_wait_on_the_reply_itself_takes_any_of_the_values() -> None:
    wait = Wait(READ, until={"Status": ("Available", "InUse")})
    assert is_satisfied(wait, {"Status": "InUse"})
    assert not is_satisfied(wait, {"Status": "Pending"})
    assert not is_satisfied(wait, {})
    assert not is_satisfied(wait, None)


def test_a_wait_needs_the_value_of_every_path() -> None:
    wait = Wait(READ, until={"Enabled": (True,), "Status": ("Created",)})
    assert is_satisfied(wait, {"Enabled": True, "Status": "Created"})
    assert not is_satisfied(wait, {"Enabled": False, "Status": "Created"})
    assert not is_satisfied(wait, {"Enabled": True, "Status": "Activating"})


@pytest.mark.parametrize("said", [True, "true", "True", "TRUE"])
def test_booleans_are_equal_however_they_are_written(said: Json) -> None:
    assert is_satisfied(Wait(READ, until={"Online": ("true",)}), {"Online": said})
    assert is_satisfied(Wait(READ, until={"Online": (True,)}), {"Online": said})
    assert not is_satisfied(Wait(READ, until={"Online": (False,)}), {"Online": said})


def test_numbers_are_compared_as_text_and_text_with_its_case() -> None:
    assert is_satisfied(Wait(READ, until={"Count": ("3",)}), {"Count": 3})
    assert not is_satisfied(Wait(READ, until={"Status": ("available",)}), {"Status": "Available"})


def test_an_absent_value_equals_the_empty_one() -> None:
    wait = Wait(READ, until={"Ipv4GatewayRouteTableId": ("",)})
    assert is_satisfied(wait, {})
    assert is_satisfied(wait, {"Ipv4GatewayRouteTableId": ""})
    assert not is_satisfied(wait, {"Ipv4GatewayRouteTableId": "vtb-1"})


def test_a_wait_counts_only_matching_items() -> None:
    wait = Wait(LIST, "Servers", {"ServerId": "i-1"}, {"Status": ("Available",)})
    assert is_satisfied(wait, servers("Adding", "Available"))
    assert not is_satisfied(wait, servers("Available", "Adding"))


def test_a_wait_needs_enough_items() -> None:
    wait = Wait(LIST, "Servers", until={"Status": ("Available",)}, at_least=2)
    assert is_satisfied(wait, servers("Available", "Adding", "Available"))
    assert not is_satisfied(wait, servers("Available", "Adding"))


def test_a_wait_for_gone_ends_when_nothing_matches() -> None:
    wait = Wait(LIST, "Servers", {"ServerId": "i-1"}, gone=True)
    assert is_satisfied(wait, servers("Available"))
    assert not is_satisfied(wait, servers("Available", "Removing"))
    assert is_satisfied(wait, None)


def test_an_object_with_an_empty_id_is_gone() -> None:
    wait = Wait(READ, where={"VSwitchId": "vsw-1"}, gone=True)
    assert is_satisfied(wait, {"VSwitchId": ""})
    assert not is_satisfied(wait, {"VSwitchId": "vsw-1"})


def test_the_described_state_has_the_values_seen() -> None:
    wait = Wait(LIST, "Servers", until={"Status": ("Available",)})
    assert describe_state(wait, servers("Adding", "Available")) == "Status=Adding; Status=Available"
    assert describe_state(wait, None) == "nothing there"
    assert describe_state(GONE, {"VpcId": "vpc-1"}) == "still there"


async def run(
    wait: Wait, *steps: Step, timeout_s: float = 60, limits: Limits | None = None
) -> tuple[Raw, ManualClock, list[str]]:
    clock = ManualClock()
    seen: list[str] = []
    api = ApiClient(ScriptedTransport(*steps), clock, Backoff(1, 2, 8), "r")
    try:
        reply = await wait_for(api, wait, timeout_s, seen.append, limits)
    finally:
        api.close()
    return reply, clock, seen


async def test_a_wait_polls_until_the_expectation_holds() -> None:
    reply, clock, seen = await run(
        AVAILABLE, {"Status": "Pending"}, {"Status": "Pending"}, {"Status": "Available", "Id": 1}
    )
    assert reply == {"Status": "Available", "Id": 1}
    assert clock.sleeps == [1, 2]
    assert seen == ["Status=Pending", "Status=Pending"]


async def test_a_satisfied_wait_does_not_sleep() -> None:
    _, clock, seen = await run(AVAILABLE, {"Status": "Available"})
    assert (clock.sleeps, seen) == ([], [])


async def test_a_wait_for_gone_takes_not_found_as_gone() -> None:
    reply, clock, _ = await run(GONE, {"VpcId": "vpc-1"}, NOT_FOUND)
    assert (reply, clock.sleeps) == ({}, [1])


async def test_a_wait_takes_not_found_as_not_yet() -> None:
    reply, _, seen = await run(AVAILABLE, NOT_FOUND, {"Status": "Available"})
    assert reply == {"Status": "Available"}
    assert seen == ["nothing there"]


async def test_a_wait_reads_to_the_last_page() -> None:
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


async def test_a_wait_that_times_out_has_the_last_state_seen() -> None:
    with pytest.raises(WaitError, match=r"DescribeVpcAttribute.*Status=Available.*Status=Pending"):
        await run(AVAILABLE, {"Status": "Pending"}, timeout_s=20)


async def test_a_refusal_ends_a_wait() -> None:
    with pytest.raises(Denied):
        await run(
            AVAILABLE, cloud_error("vpc:DescribeVpcAttribute", "Forbidden.RAM", "m", status=403)
        )


async def test_what_was_listed_once_and_is_no_more_ends_a_wait() -> None:
    with pytest.raises(Gone, match=r"VpcId=vpc-1\) has not been there for \d+ s") as ended:
        await run(AVAILABLE, {"Status": "Pending"}, NOT_FOUND, timeout_s=900)
    assert 48 <= float(str(ended.value).split()[-2]) < 60


async def test_what_is_never_listed_ends_a_wait_though_the_list_answers() -> None:
    wait = Wait(LIST, "VSwitches.VSwitch", until={"Status": ["Available"]})
    with pytest.raises(Gone):
        await run(wait, {"VSwitches": {"VSwitch": []}}, timeout_s=900)


async def test_what_is_listed_late_is_waited_for() -> None:
    reply, _, _ = await run(AVAILABLE, *[NOT_FOUND] * 6, {"Status": "Available"}, timeout_s=900)
    assert reply == {"Status": "Available"}


async def test_a_list_that_may_be_empty_is_waited_for() -> None:
    wait = Wait(LIST, "Servers", until={"Status": ["Healthy"]})
    limits = Limits(48, may_be_empty=True)
    with pytest.raises(WaitError, match="within 300 s") as ended:
        await run(wait, {"Servers": []}, timeout_s=300, limits=limits)
    assert not isinstance(ended.value, Gone)


LEADS = Wait(
    Call("vpc", "DescribeRouteEntryList", {"RouteTableId": "vtb-1"}),
    "Entries",
    until={"Status": ["Available"], "NextHopId": ["ep-1"]},
)


def entry(status: str, hop: str) -> Raw:
    return {"Entries": [{"Status": status, "NextHopId": hop}]}


async def test_another_one_in_its_place_ends_a_wait_once_it_is_in_its_final_state() -> None:
    replies = entry("Pending", "ipv4gw-1"), entry("Available", "ipv4gw-1")
    with pytest.raises(Occupied, match=r"vtb-1.*NextHopId=ipv4gw-1 instead of .*NextHopId=ep-1"):
        await run(LEADS, *replies, timeout_s=900, limits=Limits(48, 0))


async def test_a_list_that_lags_behind_a_change_is_given_its_time() -> None:
    replies = *[entry("Available", "ipv4gw-1")] * 4, entry("Available", "ep-1")
    reply, _, _ = await run(LEADS, *replies, timeout_s=900, limits=Limits(48, 24))
    assert reply == entry("Available", "ep-1")


async def test_a_long_pause_before_a_poll_is_told_of() -> None:
    seen: list[str] = []
    clock = ManualClock()
    api = ApiClient(ScriptedTransport({"Status": "Available"}), clock, Backoff(1, 2, 8), "r")
    await wait_for(api, AVAILABLE, 60, seen.append, pauses=iter([25.0]))
    api.close()
    assert clock.sleeps == [10, 10, 5]
    assert seen == ["not looked at yet", "not looked at yet"]

"""Whatever the cloud answers: what is asked comes out right, or one clear error names the call.

GWLBFW_FUZZ says how many cases are tried; those that carry something out cost more and are fewer.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gwlbfw.errors import GwlbfwError, PlanError
from gwlbfw.execute import ApplyReport
from gwlbfw.plan import plan_to_json
from gwlbfw.reachability.fetch_facts import NoSuchVpc
from gwlbfw.sim.wire import HttpReply
from tests.scenarios.corrupted_replies import (
    ApiRequest,
    CorruptibleTestbed,
    corruptible_testbed,
    in_json,
    uncorrupted,
)
from tests.scenarios.testbed import Deployment, example
from tests.support.fuzzing import DEEP, Edit, edit_strategy, fuzz_settings, paths_in, with_edits

LONGEST = 3000
"""Characters that one error may have."""
LOOK_MS, TWO_RUNS_MS = 20_000, 240_000
"""In which a look, and a run with another one after it, must be over on a busy machine.

A call that never works is tried some 250 times."""
_CALL = re.compile(r"(?:vpc|gwlb|privatelink|ecs|sts|slb|ram):[A-Z]\w+")
ENOUGH = 40_000
"""More calls than any command makes, however often it asks again."""


@dataclass(frozen=True)
class RecordedReply:
    """An answer of the clean run, and where something stands in it."""

    asked: ApiRequest
    body: Any
    places: tuple[tuple[str | int, ...], ...]


class RecordedScenario:
    """The vendor's scenario: nothing there yet, and deployed; with what reading it answers."""

    def __init__(self, corruptible: CorruptibleTestbed) -> None:
        self.corruptible = corruptible
        self.read: list[RecordedReply] = []
        self.applied: list[RecordedReply] = []
        self.destroyed: list[RecordedReply] = []
        self.deployed: Mapping[str, int] = {}

    def stack(self) -> Deployment:
        return self.corruptible.testbed.stack(example("ulanqab"))

    def restore(self, name: str) -> None:
        self.corruptible.restore(name)
        self.corruptible.testbed.forget()
        if (kept := self.corruptible.testbed.folder / name).exists():
            shutil.copytree(kept, self.corruptible.testbed.state)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordedScenario]:
    with corruptible_testbed(tmp_path_factory.mktemp("corrupted")) as corruptible:
        made = RecordedScenario(corruptible)
        corruptible.save("empty")
        made.applied = _recorded(made, lambda stack: stack.apply())
        made.deployed = corruptible.testbed.resources
        corruptible.save("deployed")
        shutil.copytree(corruptible.testbed.state, corruptible.testbed.folder / "deployed")
        for look in LOOKS.values():
            made.read += _recorded(made, look)
        made.destroyed = _recorded(made, lambda stack: stack.destroy())
        made.restore("deployed")
        yield made


def _recorded(
    scenario: RecordedScenario, do: Callable[[Deployment], object]
) -> list[RecordedReply]:
    """What is answered in a clean run, each question once."""
    found: dict[ApiRequest, Any] = {}

    def note(asked: ApiRequest, reply: HttpReply) -> HttpReply:
        if reply.status == 200:
            found.setdefault(asked, json.loads(reply.body))
        return reply

    scenario.corruptible.handler.corruption = note
    stack = scenario.stack()
    do(stack)
    stack.close()
    scenario.corruptible.handler.corruption = uncorrupted
    return [RecordedReply(asked, body, tuple(paths_in(body))) for asked, body in found.items()]


LOOKS: dict[str, Callable[[Deployment], object]] = {
    "drift": lambda stack: stack.drift(),
    "verify": lambda stack: stack.stack.sync.verify(),
    "plan": lambda stack: json.dumps(plan_to_json(stack.plan())),
    "destroy": lambda stack: json.dumps(plan_to_json(stack.plan(destroy=True))),
}


# --- what must hold ---


def assert_clear(problem: GwlbfwError) -> None:
    for each in problem.diagnostics():
        assert each.message.isprintable(), each
        assert len(each.message) < LONGEST, each
        each.message.encode()


def assert_names_its_call(problem: GwlbfwError) -> None:
    """Only what is read well and can't be true is told without the call."""
    assert isinstance(problem, PlanError | NoSuchVpc) or _CALL.search(str(problem)), problem


def looks(scenario: RecordedScenario, look: str) -> GwlbfwError | None:
    """The error that a look ended with, if there was any."""
    stack, before = scenario.stack(), scenario.corruptible.handler.calls
    try:
        LOOKS[look](stack)
    except GwlbfwError as problem:
        assert_clear(problem)
        assert_names_its_call(problem)
        return problem
    finally:
        stack.close()
        assert scenario.corruptible.handler.calls - before < ENOUGH
    return None


# --- looks at what is deployed ---


class Corrupter:
    """Spoils the answers to what was asked in the clean run: the first one, or all."""

    def __init__(
        self,
        asked: Callable[[ApiRequest], bool],
        how: Callable[[HttpReply], HttpReply],
        *,
        once: bool,
    ) -> None:
        self.asked, self.how, self.once = asked, how, once
        self.done = 0

    def __call__(self, asked: ApiRequest, reply: HttpReply) -> HttpReply:
        if not self.asked(asked) or (self.once and self.done):
            return reply
        self.done += 1
        return self.how(reply)


@dataclass(frozen=True)
class EditedReply:
    """Some answer that says something else; which and where, by numbers that go round."""

    of: int
    at: list[tuple[int, Edit]]
    once: bool

    def among(self, recorded: list[RecordedReply]) -> Corrupter:
        one = recorded[self.of % len(recorded)]
        changes = [replace(edit, path=one.places[n % len(one.places)]) for n, edit in self.at]
        return Corrupter(
            lambda asked: asked.action == one.asked.action,
            in_json(lambda body: with_edits(body, changes)),
            once=self.once,
        )


NUMBERS = st.integers(0, 9999)
edited_replies = st.builds(
    EditedReply,
    NUMBERS,
    st.lists(st.tuples(NUMBERS, edit_strategy([()])), min_size=1, max_size=2),
    st.booleans(),
)


@fuzz_settings(divisor=3, sample=10, deadline_ms=LOOK_MS)
@given(st.sampled_from(sorted(LOOKS)), edited_replies)
def test_edited_reply_gives_a_right_result_or_one_clear_error(
    scenario: RecordedScenario, look: str, words: EditedReply
) -> None:
    scenario.corruptible.handler.corruption = words.among(scenario.read)
    looks(scenario, look)


INVALID_BODIES = (
    b"", b" ", b"null", b"[]", b"{}", b"[{}]", b'"text"', b"1", b"true", b"NaN", b"{", b'{"a":',
    b"<html><head></head><body>502 Bad Gateway</body></html>", b"\xff\xfe", b"\x00" * 100,
    b"[" * DEEP, b'{"a":' * DEEP, b'{"Vpcs": ' + b"9" * 5000 + b"}", b'{"RequestId": {"a": 1}}',
    b'{"Code": "Throttling", "Message": "x"}', b'{"Code": null}', b'{"RequestId": "\\ud800"}',
    b'{"Code": {"a": 1}, "Message": ["x"]}',
    b'{"Code": "A\\nB", "Message": "line\\nline\\u001b[2J"}',
    b'{"Code": "", "Message": "' + b"x" * 100_000 + b'"}', b'{"message": 1, "code": 2}',
    b'{"NextToken": "more"}', b'{"TotalCount": 1000}', b'{"TotalCount": -1}',
)  # fmt: skip


@dataclass(frozen=True)
class InvalidReply:
    """Something else in place of an answer: cut off, no JSON, or another status."""

    of: int
    status: int
    body: bytes | int
    after: str
    once: bool

    def among(self, recorded: list[RecordedReply]) -> Corrupter:
        one = recorded[self.of % len(recorded)]
        headers = {"x-acs-retry-after": self.after} if self.after else {}

        def how(reply: HttpReply) -> HttpReply:
            body = self.body if isinstance(self.body, bytes) else reply.body[: self.body]
            return HttpReply(self.status, body, headers)

        return Corrupter(lambda asked: asked.action == one.asked.action, how, once=self.once)


invalid_replies = st.builds(
    InvalidReply,
    NUMBERS,
    st.sampled_from((200, 200, 200, 400, 403, 404, 429, 500, 502, 503, 302)),
    st.sampled_from(INVALID_BODIES) | st.binary(max_size=8) | st.integers(0, 400),
    st.sampled_from(("", "", "1", "-1", "x", "1e9", "9" * 400)),
    st.booleans(),
)


@fuzz_settings(divisor=3, sample=5, deadline_ms=LOOK_MS)
@given(st.sampled_from(sorted(LOOKS)), invalid_replies)
def test_invalid_reply_gives_a_right_result_or_one_clear_error(
    scenario: RecordedScenario, look: str, corrupted: InvalidReply
) -> None:
    scenario.corruptible.handler.corruption = corrupted.among(scenario.read)
    looks(scenario, look)


# --- listings ---


def endless(how: str) -> Callable[[HttpReply], HttpReply]:
    """A listing that comes to no end, in one of several ways."""
    numbers = count(2)
    first: list[Any] = []

    def again(body: Any) -> Any:
        first.append(body)
        match how:
            case "a new token each time":
                return {**body, "NextToken": f"t{next(numbers)}"}
            case "the same token each time":
                return {**body, "NextToken": "t"}
            case "a total never reached":
                return {**body, "TotalCount": 10**12}
            case "the same page each time":
                return {**first[0], "TotalCount": 10**12}
            case _:
                return {**first[0], "NextToken": f"t{next(numbers)}"}

    return in_json(again)


LISTINGS = (
    "DescribeVpcs", "DescribeVSwitches", "DescribeRouteTableList", "DescribeRouteEntryList",
    "ListIpv4Gateways", "ListGatewayRouteTableEntries", "DescribeEipAddresses", "ListVpcEndpoints",
    "ListVpcEndpointServices", "ListVpcEndpointZones", "DescribeInstances", "ListLoadBalancers",
    "DescribeSecurityGroups", "ListServerGroups", "ListListeners", "ListServerGroupServers",
    "DescribeNetworkInterfaces", "ListVpcEndpointServiceResources", "GetListenerHealthStatus",
)  # fmt: skip
ENDLESS = (
    "a new token each time",
    "the same token each time",
    "a total never reached",
    "the same page each time",
    "the same page and a new token",
)


@fuzz_settings(divisor=30, sample=3, deadline_ms=LOOK_MS)
@given(st.sampled_from(sorted(LOOKS)), st.sampled_from(LISTINGS), st.sampled_from(ENDLESS))
def test_endless_listing_ends_in_an_error_that_names_the_call(
    scenario: RecordedScenario, look: str, action: str, how: str
) -> None:
    scenario.corruptible.handler.corruption = Corrupter(
        lambda asked: asked.action == action, endless(how), once=False
    )
    problem = looks(scenario, look)
    assert problem is None or action in str(problem)


LISTS = {
    "DescribeVpcs": ("Vpcs", "Vpc", "VpcId"),
    "DescribeVSwitches": ("VSwitches", "VSwitch", "VSwitchId"),
    "DescribeRouteTableList": ("RouterTableList", "RouterTableListType", "RouteTableId"),
    "ListIpv4Gateways": ("Ipv4GatewayModels", "Ipv4GatewayId"),
    "DescribeEipAddresses": ("EipAddresses", "EipAddress", "AllocationId"),
    "DescribeInstances": ("Instances", "Instance", "InstanceId"),
    "DescribeSecurityGroups": ("SecurityGroups", "SecurityGroup", "SecurityGroupId"),
    "ListLoadBalancers": ("LoadBalancers", "LoadBalancerId"),
    "ListServerGroups": ("ServerGroups", "ServerGroupId"),
    "ListListeners": ("Listeners", "ListenerId"),
    "ListVpcEndpoints": ("Endpoints", "EndpointId"),
    "ListVpcEndpointServices": ("Services", "ServiceId"),
}
"""Listings of what the stack makes: the path to the objects, and the name of their id."""


@pytest.mark.parametrize("action", LISTS)
@pytest.mark.parametrize("instead", [None, "text", [None], "no id"])
def test_corrupted_list_is_refused_and_not_read_as_empty(
    scenario: RecordedScenario, action: str, instead: Any
) -> None:
    """What would read as an empty list, or as one of things without a name, is refused."""
    *path, name = LISTS[action]

    def corrupt(body: Any) -> Any:
        rows = instead
        if instead == "no id":
            rows = [{**each, name: None} for each in _at(body, path)]
        return _with(body, path, rows)

    scenario.corruptible.handler.corruption = Corrupter(
        lambda asked: asked.action == action, in_json(corrupt), once=False
    )
    assert action in str(looks(scenario, "drift"))


@pytest.mark.parametrize("action", ["DescribeVSwitches", "DescribeRouteTableList"])
@pytest.mark.parametrize("vpc", ["", "vpc-another"])
def test_listing_with_another_vpcs_resources_is_refused(
    scenario: RecordedScenario, action: str, vpc: str
) -> None:
    *path, _ = LISTS[action]

    def corrupt(body: Any) -> Any:
        return _with(body, path, [{**each, "VpcId": vpc} for each in _at(body, path)])

    scenario.corruptible.handler.corruption = Corrupter(
        lambda asked: asked.action == action, in_json(corrupt), once=False
    )
    assert action in str(looks(scenario, "verify"))


def _at(body: Any, path: list[str]) -> Any:
    return _at(body[path[0]], path[1:]) if path else body


def _with(body: Any, path: list[str], instead: Any) -> Any:
    return {**body, path[0]: _with(body[path[0]], path[1:], instead)} if path else instead


def test_reply_with_half_a_character_is_refused(scenario: RecordedScenario) -> None:
    def corrupt(body: Any) -> Any:
        body["Vpcs"]["Vpc"][0]["VpcName"] = "\ud800"
        return body

    scenario.corruptible.handler.corruption = Corrupter(
        lambda asked: asked.action == "DescribeVpcs", in_json(corrupt), once=False
    )
    assert "DescribeVpcs got no answer" in str(looks(scenario, "plan"))


# --- carrying out ---


@dataclass
class Run:
    """From one state of the cloud to another, by one command."""

    start: str
    do: Callable[[Deployment], ApplyReport]
    end: Callable[[Deployment], ApplyReport]


APPLY = Run("empty", lambda stack: stack.try_apply(), lambda stack: stack.apply())
DESTROY = Run("deployed", lambda stack: stack.stack.sync.destroy(), lambda stack: stack.destroy())


def assert_carried_out(scenario: RecordedScenario, run: Run, corrupter: Corrupter) -> None:
    """However it ends, it says why in one line, and a clean run then comes to the end."""
    scenario.restore(run.start)
    scenario.corruptible.handler.corruption = corrupter
    stack, before = scenario.stack(), scenario.corruptible.handler.calls
    try:
        for each in run.do(stack).failures:
            assert each.error
            assert_clear(each.error)
    except GwlbfwError as problem:
        assert_clear(problem)
    finally:
        stack.close()
        assert scenario.corruptible.handler.calls - before < ENOUGH
    scenario.corruptible.handler.corruption = uncorrupted
    stack = scenario.stack()
    run.end(stack)
    if run is APPLY:
        assert stack.changes() == {}
    stack.close()
    wanted = scenario.deployed if run is APPLY else {}
    assert scenario.corruptible.testbed.resources == wanted


@pytest.mark.parametrize("address", [None, {"a": 1}, "$(reboot)"])
def test_invalid_load_balancer_address_gets_into_no_script(
    scenario: RecordedScenario, address: Any
) -> None:
    def corrupt(body: Any) -> Any:
        for zone in body["ZoneMappings"]:
            zone["LoadBalancerAddresses"] = [{"PrivateIpv4Address": address}]
        return body

    scenario.restore("empty")
    scenario.corruptible.handler.corruption = Corrupter(
        lambda asked: asked.action == "GetLoadBalancerAttribute", in_json(corrupt), once=False
    )
    stack = scenario.stack()
    failures = stack.try_apply().failures
    stack.close()
    made = {each.step.address for each in failures if each.error}
    assert made == {"instance.appliance/ecs-01", "instance.appliance/ecs-02"}
    assert all("GetLoadBalancerAttribute" in str(each.error) for each in failures)


@fuzz_settings(divisor=40, sample=1, deadline_ms=TWO_RUNS_MS)
@given(edited_replies | invalid_replies)
def test_apply_through_corrupted_replies_is_finished_by_a_clean_run(
    scenario: RecordedScenario, corrupted: EditedReply | InvalidReply
) -> None:
    assert_carried_out(scenario, APPLY, corrupted.among(scenario.applied))


@fuzz_settings(divisor=40, sample=1, deadline_ms=TWO_RUNS_MS)
@given(edited_replies | invalid_replies)
def test_destroy_through_corrupted_replies_is_finished_by_a_clean_run(
    scenario: RecordedScenario, corrupted: EditedReply | InvalidReply
) -> None:
    assert_carried_out(scenario, DESTROY, corrupted.among(scenario.destroyed))

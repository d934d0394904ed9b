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
from gwlbfw.reachability.observe import NoSuchVpc
from gwlbfw.sim.wire import HttpReply
from tests.scenarios.corrupted_replies import Asked, SpoiltWorld, in_json, unspoilt, wired
from tests.scenarios.testbed import Deployment, example
from tests.support.fuzzing import DEEP, Edit, an_edit, edited, many, places

LONGEST = 3000
"""Characters that one error may have."""
LOOK_MS, TWO_RUNS_MS = 20_000, 240_000
"""In which a look, and a run with another one after it, must be over on a busy machine.

A call that never works is tried some 250 times."""
_CALL = re.compile(r"(?:vpc|gwlb|privatelink|ecs):[A-Z]\w+")
ENOUGH = 40_000
"""More calls than any command makes, however often it asks again."""


@dataclass(frozen=True)
class Recorded:
    """An answer of the clean run, and where something stands in it."""

    asked: Asked
    body: Any
    places: tuple[tuple[str | int, ...], ...]


class Ground:
    """The vendor's scenario: nothing there yet, and deployed; with what reading it answers."""

    def __init__(self, spoilt: SpoiltWorld) -> None:
        self.spoilt = spoilt
        self.read: list[Recorded] = []
        self.applied: list[Recorded] = []
        self.destroyed: list[Recorded] = []
        self.deployed: Mapping[str, int] = {}

    def stack(self) -> Deployment:
        return self.spoilt.world.stack(example("ulanqab"))

    def back_to(self, name: str) -> None:
        self.spoilt.back_to(name)
        self.spoilt.world.forget()
        if (kept := self.spoilt.world.folder / name).exists():
            shutil.copytree(kept, self.spoilt.world.state)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with wired(tmp_path_factory.mktemp("spoilt")) as spoilt:
        made = Ground(spoilt)
        spoilt.keep("empty")
        made.applied = _recorded(made, lambda stack: stack.apply())
        made.deployed = spoilt.world.resources
        spoilt.keep("deployed")
        shutil.copytree(spoilt.world.state, spoilt.world.folder / "deployed")
        for look in LOOKS.values():
            made.read += _recorded(made, look)
        made.destroyed = _recorded(made, lambda stack: stack.destroy())
        made.back_to("deployed")
        yield made


def _recorded(ground: Ground, do: Callable[[Deployment], object]) -> list[Recorded]:
    """What is answered in a clean run, each question once."""
    found: dict[Asked, Any] = {}

    def note(asked: Asked, reply: HttpReply) -> HttpReply:
        if reply.status == 200:
            found.setdefault(asked, json.loads(reply.body))
        return reply

    ground.spoilt.wire.spoil = note
    stack = ground.stack()
    do(stack)
    stack.close()
    ground.spoilt.wire.spoil = unspoilt
    return [Recorded(asked, body, tuple(places(body))) for asked, body in found.items()]


LOOKS: dict[str, Callable[[Deployment], object]] = {
    "drift": lambda stack: stack.drift(),
    "verify": lambda stack: stack.stack.sync.verify(),
    "plan": lambda stack: json.dumps(plan_to_json(stack.plan())),
    "destroy": lambda stack: json.dumps(plan_to_json(stack.plan(destroy=True))),
}


# --- what must hold ---


def one_clear_error(problem: GwlbfwError) -> None:
    for each in problem.diagnostics():
        assert each.message.isprintable(), each
        assert len(each.message) < LONGEST, each
        each.message.encode()


def names_its_call(problem: GwlbfwError) -> None:
    """Only what is read well and can't be true is told without the call."""
    assert isinstance(problem, PlanError | NoSuchVpc) or _CALL.search(str(problem)), problem


def looks(ground: Ground, look: str) -> GwlbfwError | None:
    """The error that a look ended with, if there was any."""
    stack, before = ground.stack(), ground.spoilt.wire.calls
    try:
        LOOKS[look](stack)
    except GwlbfwError as problem:
        one_clear_error(problem)
        names_its_call(problem)
        return problem
    finally:
        stack.close()
        assert ground.spoilt.wire.calls - before < ENOUGH
    return None


# --- looks at what is deployed ---


class Spoiler:
    """Spoils the answers to what was asked in the clean run: the first one, or all."""

    def __init__(
        self, asked: Callable[[Asked], bool], how: Callable[[HttpReply], HttpReply], *, once: bool
    ) -> None:
        self.asked, self.how, self.once = asked, how, once
        self.done = 0

    def __call__(self, asked: Asked, reply: HttpReply) -> HttpReply:
        if not self.asked(asked) or (self.once and self.done):
            return reply
        self.done += 1
        return self.how(reply)


@dataclass(frozen=True)
class OtherWords:
    """Some answer that says something else; which and where, by numbers that go round."""

    of: int
    at: list[tuple[int, Edit]]
    once: bool

    def among(self, recorded: list[Recorded]) -> Spoiler:
        one = recorded[self.of % len(recorded)]
        changes = [replace(edit, path=one.places[n % len(one.places)]) for n, edit in self.at]
        return Spoiler(
            lambda asked: asked.action == one.asked.action,
            in_json(lambda body: edited(body, changes)),
            once=self.once,
        )


NUMBERS = st.integers(0, 9999)
other_words = st.builds(
    OtherWords,
    NUMBERS,
    st.lists(st.tuples(NUMBERS, an_edit([()])), min_size=1, max_size=2),
    st.booleans(),
)


@many(divisor=3, sample=10, deadline_ms=LOOK_MS)
@given(st.sampled_from(sorted(LOOKS)), other_words)
def test_looks_at_answers_that_say_something_else(
    ground: Ground, look: str, words: OtherWords
) -> None:
    ground.spoilt.wire.spoil = words.among(ground.read)
    looks(ground, look)


NO_ANSWERS = (
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
class NoAnswer:
    """Something else in place of an answer: cut off, no JSON, or another status."""

    of: int
    status: int
    body: bytes | int
    after: str
    once: bool

    def among(self, recorded: list[Recorded]) -> Spoiler:
        one = recorded[self.of % len(recorded)]
        headers = {"x-acs-retry-after": self.after} if self.after else {}

        def how(reply: HttpReply) -> HttpReply:
            body = self.body if isinstance(self.body, bytes) else reply.body[: self.body]
            return HttpReply(self.status, body, headers)

        return Spoiler(lambda asked: asked.action == one.asked.action, how, once=self.once)


no_answer = st.builds(
    NoAnswer,
    NUMBERS,
    st.sampled_from((200, 200, 200, 400, 403, 404, 429, 500, 502, 503, 302)),
    st.sampled_from(NO_ANSWERS) | st.binary(max_size=8) | st.integers(0, 400),
    st.sampled_from(("", "", "1", "-1", "x", "1e9", "9" * 400)),
    st.booleans(),
)


@many(divisor=3, sample=5, deadline_ms=LOOK_MS)
@given(st.sampled_from(sorted(LOOKS)), no_answer)
def test_looks_at_what_is_no_answer(ground: Ground, look: str, spoilt: NoAnswer) -> None:
    ground.spoilt.wire.spoil = spoilt.among(ground.read)
    looks(ground, look)


# --- listings ---


def endless(how: str) -> Callable[[HttpReply], HttpReply]:
    """A listing that comes to no end, each time in another way."""
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


@many(divisor=30, sample=3, deadline_ms=LOOK_MS)
@given(st.sampled_from(sorted(LOOKS)), st.sampled_from(LISTINGS), st.sampled_from(ENDLESS))
def test_a_listing_without_an_end(ground: Ground, look: str, action: str, how: str) -> None:
    ground.spoilt.wire.spoil = Spoiler(
        lambda asked: asked.action == action, endless(how), once=False
    )
    problem = looks(ground, look)
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
"""Listings of what the stack makes: the way to the objects, and the name of their id."""


@pytest.mark.parametrize("action", LISTS)
@pytest.mark.parametrize("instead", [None, "text", [None], "no id"])
def test_what_exists_is_not_overlooked_for_a_spoilt_list(
    ground: Ground, action: str, instead: Any
) -> None:
    """What would read as an empty list, or as one of things without a name, is refused."""
    *way, name = LISTS[action]

    def spoil(body: Any) -> Any:
        rows = instead
        if instead == "no id":
            rows = [{**each, name: None} for each in _at(body, way)]
        return _with(body, way, rows)

    ground.spoilt.wire.spoil = Spoiler(
        lambda asked: asked.action == action, in_json(spoil), once=False
    )
    assert action in str(looks(ground, "drift"))


@pytest.mark.parametrize("action", ["DescribeVSwitches", "DescribeRouteTableList"])
@pytest.mark.parametrize("vpc", ["", "vpc-another"])
def test_what_lies_in_a_vpc_that_was_not_asked_for_proves_nothing(
    ground: Ground, action: str, vpc: str
) -> None:
    *way, _ = LISTS[action]

    def spoil(body: Any) -> Any:
        return _with(body, way, [{**each, "VpcId": vpc} for each in _at(body, way)])

    ground.spoilt.wire.spoil = Spoiler(
        lambda asked: asked.action == action, in_json(spoil), once=False
    )
    assert action in str(looks(ground, "verify"))


def _at(body: Any, way: list[str]) -> Any:
    return _at(body[way[0]], way[1:]) if way else body


def _with(body: Any, way: list[str], instead: Any) -> Any:
    return {**body, way[0]: _with(body[way[0]], way[1:], instead)} if way else instead


def test_half_a_character_is_no_text(ground: Ground) -> None:
    def spoil(body: Any) -> Any:
        body["Vpcs"]["Vpc"][0]["VpcName"] = "\ud800"
        return body

    ground.spoilt.wire.spoil = Spoiler(
        lambda asked: asked.action == "DescribeVpcs", in_json(spoil), once=False
    )
    assert "DescribeVpcs got no answer" in str(looks(ground, "plan"))


# --- carrying out ---


@dataclass
class Way:
    """From one state of the cloud to another, by one command."""

    start: str
    do: Callable[[Deployment], ApplyReport]
    end: Callable[[Deployment], ApplyReport]


APPLY = Way("empty", lambda stack: stack.try_apply(), lambda stack: stack.apply())
DESTROY = Way("deployed", lambda stack: stack.stack.sync.destroy(), lambda stack: stack.destroy())


def carried_out(ground: Ground, way: Way, spoiler: Spoiler) -> None:
    """However it ends, it says why in one line, and a clean run then comes to the end."""
    ground.back_to(way.start)
    ground.spoilt.wire.spoil = spoiler
    stack, before = ground.stack(), ground.spoilt.wire.calls
    try:
        for each in way.do(stack).failures:
            assert each.error
            one_clear_error(each.error)
    except GwlbfwError as problem:
        one_clear_error(problem)
    finally:
        stack.close()
        assert ground.spoilt.wire.calls - before < ENOUGH
    ground.spoilt.wire.spoil = unspoilt
    stack = ground.stack()
    way.end(stack)
    if way is APPLY:
        assert stack.changes() == {}
    stack.close()
    wanted = ground.deployed if way is APPLY else {}
    assert ground.spoilt.world.resources == wanted


@pytest.mark.parametrize("address", [None, {"a": 1}, "$(reboot)"])
def test_an_address_that_is_none_gets_into_no_script(ground: Ground, address: Any) -> None:
    def spoil(body: Any) -> Any:
        for zone in body["ZoneMappings"]:
            zone["LoadBalancerAddresses"] = [{"PrivateIpv4Address": address}]
        return body

    ground.back_to("empty")
    ground.spoilt.wire.spoil = Spoiler(
        lambda asked: asked.action == "GetLoadBalancerAttribute", in_json(spoil), once=False
    )
    stack = ground.stack()
    failures = stack.try_apply().failures
    stack.close()
    made = {each.step.address for each in failures if each.error}
    assert made == {"instance.appliance/ecs-01", "instance.appliance/ecs-02"}
    assert all("GetLoadBalancerAttribute" in str(each.error) for each in failures)


@many(divisor=40, sample=1, deadline_ms=TWO_RUNS_MS)
@given(other_words | no_answer)
def test_apply_through_spoilt_answers(ground: Ground, spoilt: OtherWords | NoAnswer) -> None:
    carried_out(ground, APPLY, spoilt.among(ground.applied))


@many(divisor=40, sample=1, deadline_ms=TWO_RUNS_MS)
@given(other_words | no_answer)
def test_destroy_through_spoilt_answers(ground: Ground, spoilt: OtherWords | NoAnswer) -> None:
    carried_out(ground, DESTROY, spoilt.among(ground.destroyed))

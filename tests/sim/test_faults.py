"""Faults on demand: the calls that they hit, the replies, and whether the work was done."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from darabonba.exceptions import UnretryableException

from gwlbfw.sim import faults
from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.faults import Faults, Rule
from gwlbfw.sim.server import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpRequest
from tests.sim.services.vpc.calls import Vpcs


def _hit_calls(rules: Faults, calls: list[str]) -> list[int]:
    """The numbers, from 1, of the calls that are hit."""
    faults = [rules.match("vpc", call, {}) for call in calls]
    return [number for number, fault in enumerate(faults, 1) if fault.name]


@pytest.mark.parametrize(
    ("rule", "hit"),
    [
        (Rule("throttle"), [1, 2, 3, 4, 5, 6]),
        (Rule("throttle", nth=3), [3]),
        (Rule("throttle", every=2), [2, 4, 6]),
        (Rule("throttle", first=2), [1, 2]),
        (Rule("throttle", first=1, per="action"), [1, 2]),
        (Rule("throttle", match="vpc:Describe*"), [2, 4, 6]),
        (Rule("throttle", match="vpc:Describe*", nth=2), [4]),
        (Rule("throttle", match="gwlb:*"), []),
        (Rule("delay", seconds=1, every=3), [3, 6]),
    ],
)
def test_fault_rule_hits_the_calls_that_it_matches(rule: Rule, hit: list[int]) -> None:
    calls = ["CreateVpc", "DescribeVpcs"] * 3
    assert _hit_calls(Faults([rule]), calls) == hit


def test_share_of_a_fault_rule_is_drawn_by_the_seed() -> None:
    calls = ["CreateVpc"] * 1000
    rule = Rule("throttle", share=0.2)
    once, again = (_hit_calls(Faults([rule], "a"), calls) for _ in range(2))
    assert once == again
    assert once != _hit_calls(Faults([rule], "b"), calls)
    assert 150 < len(once) < 250


def test_repeated_call_counts_as_the_same_whatever_its_token() -> None:
    rules = Faults([Rule("throttle", first=1, per="call")])
    calls = [{"VpcId": "a", "ClientToken": "1"}, {"VpcId": "a", "ClientToken": "2"}, {"VpcId": "b"}]
    names = [rules.match("vpc", "DeleteVpc", dict(each)).name for each in calls]
    assert names == ["throttle", "", "throttle"]


def test_delays_add_up_and_first_other_rule_decides() -> None:
    rules = Faults(
        [
            Rule("delay", seconds=1),
            Rule("delay", seconds=2),
            Rule("throttle"),
            Rule("reset"),
        ]
    )
    fault = rules.match("vpc", "CreateVpc", {})
    assert (fault.delay, fault.effect) == (3, "throttle")
    assert [hits for _, hits in rules.hits()] == [1, 1, 1, 0]
    rules.clear()
    assert rules.match("vpc", "CreateVpc", {}).name == ""


def test_throttled_call_changes_nothing(vpcs: Vpcs) -> None:
    vpcs.cloud.simulator.faults.add(Rule("throttle", first=1))
    assert vpcs.refused("create_vpc", cidr_block="10.0.0.0/8") == (400, "Throttling.User")
    assert vpcs.cloud.simulator.status().empty
    vpcs.call("create_vpc", cidr_block="10.0.0.0/8")


def test_throttled_call_has_a_retry_after_header_if_configured(vpcs: Vpcs) -> None:
    vpcs.cloud.simulator.faults.add(Rule("throttle", retry_after_ms=300))
    with pytest.raises(AlibabaCloudException) as caught:
        vpcs.call("describe_vpcs")
    assert caught.value.retry_after == 300


@pytest.mark.parametrize(
    ("rule", "seen"),
    [
        (Rule("error"), (503, "ServiceUnavailable")),
        (Rule("error", code="InternalError", status=500), (500, "InternalError")),
        (Rule("error", code="TaskConflict"), (400, "TaskConflict")),
        (Rule("throttle", code="Throttling.Api", status=429), (429, "Throttling.Api")),
    ],
)
def test_injected_error_has_the_code_of_its_rule(
    vpcs: Vpcs, rule: Rule, seen: tuple[int, str]
) -> None:
    vpcs.cloud.simulator.faults.add(rule)
    assert vpcs.refused("create_vpc", cidr_block="10.0.0.0/8") == seen
    assert vpcs.cloud.simulator.status().empty


@pytest.mark.parametrize(("effect", "done"), [("reset", False), ("lose_reply", True)])
def test_lost_reply_did_the_work_and_reset_did_not(
    vpcs: Vpcs, effect: faults.Effect, *, done: bool
) -> None:
    vpcs.cloud.simulator.faults.add(Rule(effect, match="vpc:CreateVpc"))
    with pytest.raises(UnretryableException):
        vpcs.call("create_vpc", cidr_block="10.0.0.0/8")
    assert vpcs.cloud.simulator.status().empty is not done
    assert vpcs.call("describe_vpcs")["TotalCount"] == (1 if done else 0)


def test_lost_reply_is_repeated_for_the_same_token(vpcs: Vpcs) -> None:
    vpcs.cloud.simulator.faults.add(Rule("lose_reply", match="*:Create*", first=1))
    with pytest.raises(UnretryableException):
        vpcs.call("create_vpc", cidr_block="10.0.0.0/8", client_token="t")
    vpcs.call("create_vpc", cidr_block="10.0.0.0/8", client_token="t")
    assert vpcs.call("describe_vpcs")["TotalCount"] == 1


def test_delayed_reply_does_not_block_other_calls() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    simulator = Simulator(faults=[Rule("delay", seconds=7)])
    with Server(simulator, sleep=sleep) as server:
        assert (
            _ask(server.url, "POST", "/?Action=DescribeVpcs&Version=2016-04-28")["TotalCount"] == 0
        )
    assert slept == [7]
    simulator.close()


def test_fault_rules_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(
        "rules:\n"
        "  - {match: 'vpc:Create*', nth: 3, effect: throttle, retry_after_ms: 300}\n"
        "  - {effect: delay, seconds: 0.4, share: 0.5}\n"
    )
    assert faults.from_file(path) == [
        Rule("throttle", "vpc:Create*", nth=3, retry_after_ms=300),
        Rule("delay", seconds=0.4, share=0.5),
    ]
    path = tmp_path / "faults.json"
    path.write_text(json.dumps([{"effect": "reset"}]))
    assert faults.from_file(path) == [Rule("reset")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "can't be used"),
        ("3", "a list of rules is expected"),
        ("- {match: '*'}", "rule 1: a mapping with an effect is expected"),
        ("[{effect: reset}, {effect: explode}]", "rule 2: effect is one of throttle"),
        ("- {effect: reset, nht: 3}", "rule 1: there is no nht"),
        ("- {effect: reset, nth: often}", "rule 1: nth is a whole number"),
        ("- {effect: reset, share: 2}", "rule 1: share is a number from 0 to 1"),
        ("- {effect: delay, seconds: true}", "rule 1: seconds is a number"),
        ("- {effect: error, status: 200}", "rule 1: status is an HTTP status"),
        ("- {effect: error, code: 7}", "rule 1: code is a text"),
        ("- {effect: reset, per: month}", "rule 1: per is one of rule, action, call"),
    ],
)
def test_invalid_fault_file_names_the_mistake(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(text)
    with pytest.raises(SimulatorError, match=why):
        faults.from_file(path)


def test_missing_fault_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SimulatorError, match="No such file"):
        faults.from_file(tmp_path / "faults.yaml")


@pytest.fixture
def url() -> Iterator[str]:
    simulator = Simulator(settings=Settings())
    with Server(simulator) as server:
        yield server.url
    simulator.close()


def test_fault_rules_are_added_counted_and_removed_over_http(url: str) -> None:
    rules = [{"match": "vpc:*", "effect": "throttle"}]
    assert _ask(url, "POST", "/-/faults", rules) == {}
    call = "/?Action=DescribeVpcs&Version=2016-04-28"
    assert _ask(url, "POST", call)["Code"] == "Throttling.User"
    assert [each["hits"] for each in _ask(url, "GET", "/-/faults")["rules"]] == [1]
    assert "rule 1" in _ask(url, "POST", "/-/faults", [{"effect": "explode"}])["error"]
    assert _ask(url, "DELETE", "/-/faults") == {}
    assert _ask(url, "POST", call)["TotalCount"] == 0


def _ask(url: str, method: str, path: str, body: object = None) -> Any:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    content = json.dumps(body) if body is not None else None
    connection.request(method, path, content, {"X-Gwlbfw-Control": "test"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def test_activity_log_names_the_injected_fault() -> None:
    simulator = Simulator(faults=[Rule("reset", nth=1), Rule("lose_reply")])
    for _ in range(2):
        simulator.handle(HttpRequest("POST", "Action=DescribeVpcs&Version=2016-04-28"))
    seen = [(each.fault, each.code, each.status) for each in simulator.activity.entries()]
    assert seen == [("reset", "", 0), ("lose_reply", "OK", 0)]
    simulator.close()

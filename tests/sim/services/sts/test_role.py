"""Roles whose trust, external id and longest session were declared; sessions and their states."""

import http.client
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.server import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpRequest

ACCOUNT = "1000000000000001"
ARN = "acs:ram::2000000000000002:role/netops"
NEXT = "acs:ram::3000000000000003:role/next"
DAY = 86_400


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(settings=Settings(), clock=TurnedClock())


def _assume(simulator: Simulator, **query: str) -> tuple[int, Any]:
    """Status and body of the reply to AssumeRole."""
    usual = {"RoleArn": ARN, "RoleSessionName": "test", "AccessKeyId": "any"}
    return _call(simulator, "AssumeRole", "2015-04-01", **(usual | query))


def _call(simulator: Simulator, action: str, version: str, **query: str) -> tuple[int, Any]:
    flat = urlencode({"Action": action, "Version": version, **query})
    reply = simulator.handle(HttpRequest("POST", flat))
    return reply.status, json.loads(reply.body)


def _keys(simulator: Simulator, **query: str) -> dict[str, str]:
    """The parameters by which a session of a role calls."""
    status, body = _assume(simulator, **query)
    assert status == 200, body
    session = body["Credentials"]
    return {"AccessKeyId": session["AccessKeyId"], "SecurityToken": session["SecurityToken"]}


def _code(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1].get("Code", "")


REFUSED = (403, "NoPermission")


@pytest.mark.parametrize(
    ("given", "outcome"),
    [({}, REFUSED), ({"ExternalId": "4712"}, REFUSED), ({"ExternalId": "4711"}, (200, ""))],
)
def test_external_id_of_a_role_is_asked_for(
    simulator: Simulator, given: dict[str, str], outcome: tuple[int, str]
) -> None:
    simulator.declare_role({"arn": ARN, "external_id": "4711"})
    answer = _assume(simulator, **given)
    assert _code(answer) == outcome
    if outcome == REFUSED:
        assert answer[1]["Message"] == (
            "You are not authorized to do this action. You should be authorized by RAM."
        )


@pytest.mark.parametrize(
    ("trust", "outcome"),
    [
        (["*"], (200, "")),
        ([f"acs:ram::{ACCOUNT}:root"], (200, "")),
        ([f"acs:ram::{ACCOUNT}:user/alice"], (200, "")),
        ([NEXT, f"acs:ram::{ACCOUNT}:root"], (200, "")),
        (["acs:ram::4000000000000004:root"], REFUSED),
        ([f"acs:ram::{ACCOUNT}:role/other"], REFUSED),
        ([], REFUSED),
    ],
)
def test_role_is_assumed_by_whom_it_trusts(
    simulator: Simulator, trust: list[str], outcome: tuple[int, str]
) -> None:
    simulator.declare_role({"arn": ARN, "trust": trust})
    assert _code(_assume(simulator)) == outcome
    assert _code(_assume(simulator, RoleArn=NEXT)) == (200, "")


@pytest.mark.parametrize(
    ("principal", "outcome"),
    [
        (ARN.replace("netops", "NetOps"), (200, "")),
        ("acs:ram::2000000000000002:root", (200, "")),
        ("acs:ram::2000000000000002:role/other", REFUSED),
        ("acs:ram::2000000000000002:user/alice", REFUSED),
        (f"acs:ram::{ACCOUNT}:root", REFUSED),
    ],
)
def test_session_of_one_role_assumes_another_that_trusts_it(
    simulator: Simulator, principal: str, outcome: tuple[int, str]
) -> None:
    simulator.declare_role({"arn": NEXT, "trust": [principal]})
    session = _keys(simulator)
    assert _code(_assume(simulator, RoleArn=NEXT, **session)) == outcome


@pytest.mark.parametrize(
    ("declared", "seconds", "refused"),
    [
        ({}, "3600", ""),
        ({}, "3601", "15min/1hr"),
        ({"max_session": 5400}, "5400", ""),
        ({"max_session": 5400}, "5401", "15min/1.5hr"),
        ({"max_session": 43200}, "43200", ""),
        ({}, "899", "15min/1hr"),
    ],
)
def test_session_is_no_longer_than_its_role_allows(
    simulator: Simulator, declared: dict[str, int], seconds: str, refused: str
) -> None:
    simulator.declare_role({"arn": ARN, **declared})
    answer = _assume(simulator, DurationSeconds=seconds)
    code = "InvalidParameter.DurationSeconds" if refused else ""
    assert _code(answer) == (400 if refused else 200, code)
    assert refused in answer[1].get("Message", "")


STATEMENT = {"Effect": "Allow", "Action": ["vpc:*"], "Resource": ["*"]}


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        (json.dumps({"Version": "1", "Statement": [STATEMENT]}), ""),
        ("{not json", "InvalidParameter.PolicyGrammar"),
        ("[]", "InvalidParameter.PolicyGrammar"),
        (json.dumps({"Version": "1", "Statements": [STATEMENT]}), "InvalidParameter.PolicyGrammar"),
        (json.dumps({"Statement": [STATEMENT]}), "InvalidParameter.PolicyGrammar"),
        (json.dumps({"Version": "1", "Statement": [{**STATEMENT, "Effect": "allow"}]}),
         "InvalidParameter.PolicyGrammar"),
        (json.dumps({"Version": "1", "Statement": ["x"]}), "InvalidParameter.PolicyGrammar"),
        ("x" * 2049, "InvalidParameter.PolicySize"),
    ],
)  # fmt: skip
def test_policy_that_is_none_is_refused(simulator: Simulator, policy: str, code: str) -> None:
    assert _code(_assume(simulator, Policy=policy)) == (400 if code else 200, code)


def _describe(simulator: Simulator, **keys: str) -> tuple[int, str]:
    return _code(_call(simulator, "DescribeVpcs", "2016-04-28", **keys))


UNKNOWN = (404, "InvalidAccessKeyId.NotFound")


def test_session_ends_with_a_reset_of_its_state(simulator: Simulator) -> None:
    keys = _keys(simulator)
    assert _describe(simulator, **keys) == (200, "")
    simulator.reset()
    assert _describe(simulator, **keys) == UNKNOWN
    assert _describe(simulator, AccessKeyId="any") == (200, "")


def test_session_is_unknown_to_any_other_state(simulator: Simulator, tmp_path: Path) -> None:
    keys = _keys(simulator)
    other = Simulator(tmp_path / "sim", Settings(), TurnedClock())
    assert _keys(other)["AccessKeyId"] != keys["AccessKeyId"]
    assert _describe(other, **keys) == UNKNOWN
    again = Simulator(settings=Settings(), clock=TurnedClock())
    again.load(simulator.export())
    assert _describe(again, **keys) == UNKNOWN
    other.close()


def test_session_of_a_folder_outlives_its_server(tmp_path: Path) -> None:
    before = Simulator(tmp_path / "sim", Settings(), TurnedClock())
    keys = _keys(before)
    before.close()
    after = Simulator(tmp_path / "sim", Settings(), TurnedClock())
    assert _describe(after, **keys) == (200, "")
    after.close()


def test_session_that_is_over_is_expired_and_in_the_end_unknown(simulator: Simulator) -> None:
    keys = _keys(simulator)
    simulator.clock.advance(3600)
    assert _describe(simulator, **keys) == (400, "InvalidSecurityToken.Expired")
    simulator.clock.advance(DAY + 1)
    assert _describe(simulator, **keys) == UNKNOWN
    assert len(simulator.state) == 0


def test_session_without_a_token_is_told_so(simulator: Simulator) -> None:
    key = _keys(simulator)["AccessKeyId"]
    assert _describe(simulator, AccessKeyId=key) == (400, "MissingSecurityToken")


def test_declared_role_is_exported_imported_and_declared_again(simulator: Simulator) -> None:
    simulator.declare_role({"arn": ARN, "external_id": "4711", "trust": ["*"]})
    copy = Simulator(settings=Settings(), clock=TurnedClock())
    copy.load(simulator.export())
    assert _code(_assume(copy)) == REFUSED
    copy.declare_role({"arn": ARN})
    assert _code(_assume(copy)) == (200, "")
    assert copy.status().empty


@pytest.mark.parametrize(
    ("declared", "what"),
    [
        ([], "arn, external_id, max_session, trust"),
        ({"arn": ARN, "externalid": "x"}, "external_id"),
        ({}, "arn"),
        ({"arn": "acs:ram::1:user/x"}, "arn"),
        ({"arn": ARN, "trust": "*"}, "trust"),
        ({"arn": ARN, "trust": ["somebody"]}, "trust"),
        ({"arn": ARN, "external_id": 4711}, "external_id"),
        ({"arn": ARN, "max_session": 900}, "3600 to 43200"),
        ({"arn": ARN, "max_session": True}, "3600 to 43200"),
        ({"arn": ARN, "max_session": "3600"}, "3600 to 43200"),
    ],
)
def test_wrong_declaration_is_refused_over_http(
    simulator: Simulator, declared: object, what: str
) -> None:
    with Server(simulator) as server:

        def declare(data: object) -> tuple[int, Any]:
            place = server.url.removeprefix("http://")
            connection = http.client.HTTPConnection(place, timeout=10)
            content, header = json.dumps(data), {"X-Gwlbfw-Control": "test"}
            connection.request("POST", "/-/roles", content, header)
            reply = connection.getresponse()
            answer = reply.status, json.loads(reply.read())
            connection.close()
            return answer

        status, answer = declare(declared)
        assert (status, what in answer["error"]) == (400, True)
        assert len(simulator.state) == 0
        assert declare({"arn": ARN}) == (200, {})
        assert len(simulator.state) == 1

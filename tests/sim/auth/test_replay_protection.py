"""Old, early and replayed requests are refused, whichever way they are signed."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from alibabacloud_vpc20160428 import models

from gwlbfw.sim.auth.replay_protection import ReplayProtection
from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.server import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpReply, HttpRequest
from tests.sim.cloud import Cloud

NOW = 1_750_000_000.0
DATE = "2025-06-15T15:06:40Z"
REQUEST = models.DescribeVpcsRequest(region_id="cn-wulanchabu")


def _in_2025() -> ReplayProtection:
    return ReplayProtection(900, TurnedClock(NOW))


def _v1(date: str = DATE, nonce: str = "n") -> dict[str, str]:
    return {"Timestamp": date, "SignatureNonce": nonce}


def _acs3(date: str = DATE, nonce: str = "n") -> HttpRequest:
    return HttpRequest("POST", headers={"x-acs-date": date, "x-acs-signature-nonce": nonce})


def _refusal(date: str, nonce: str = "n") -> str:
    freshness = _in_2025()
    codes = set()
    for http, flat in ((_acs3(date, nonce), {}), (HttpRequest("GET"), _v1(date, nonce + "'"))):
        try:
            freshness.check(http, flat, "key")
            codes.add("")
        except ApiError as refusal:
            codes.add(refusal.code)
    (code,) = codes
    return code


@pytest.mark.parametrize(
    ("date", "code"),
    [
        (DATE, ""),
        ("2025-06-15T14:51:40Z", ""),
        ("2025-06-15T14:51:39Z", "InvalidTimeStamp.Expired"),
        ("2025-06-15T15:21:40Z", ""),
        ("2025-06-15T15:21:41Z", "InvalidTimeStamp.Expired"),
        ("yesterday", "InvalidTimeStamp.Format"),
        ("", "MissingTimestamp"),
    ],
)
def test_request_date_is_valid_for_fifteen_minutes_either_side(date: str, code: str) -> None:
    assert _refusal(date) == code


def test_nonce_is_valid_once_for_each_key() -> None:
    freshness = _in_2025()
    freshness.check(_acs3(), {}, "key")
    with pytest.raises(ApiError, match="SignatureNonceUsed"):
        freshness.check(_acs3(), {}, "key")
    freshness.check(_acs3(), {}, "another")
    freshness.check(_acs3(nonce="m"), {}, "key")


def test_nonce_is_forgotten_once_its_request_has_expired() -> None:
    clock = TurnedClock(NOW)
    freshness = ReplayProtection(900, clock)
    freshness.check(_acs3(), {}, "key")
    clock.advance(1801)
    freshness.check(_acs3("2025-06-15T15:37:00Z", "m"), {}, "key")
    assert list(freshness._used) == [("key", "m")]


def test_missing_nonce_is_refused() -> None:
    with pytest.raises(ApiError, match="MissingSignatureNonce"):
        _in_2025().check(_acs3(nonce=""), {}, "key")


class Recording(Simulator):
    """A simulator that records its requests."""

    seen: HttpRequest = HttpRequest("GET")

    def handle(self, http: HttpRequest) -> HttpReply:
        self.seen = http
        return super().handle(http)


@pytest.fixture
def simulator() -> Iterator[Recording]:
    simulator = Recording(settings=Settings(credentials={"key": "secret"}), clock=TurnedClock())
    yield simulator
    simulator.close()


@pytest.mark.parametrize("algorithm", ["ACS3-HMAC-SHA256", "v2"])
def test_sdk_request_is_valid_once(simulator: Recording, algorithm: str) -> None:
    with Server(simulator) as server:
        cloud = Cloud(simulator, TurnedClock(), server.url)
        client = cloud.vpc(key="key", secret="secret", signature_algorithm=algorithm)
        for _ in range(2):
            client.describe_vpcs(REQUEST)
    reply = simulator.handle(simulator.seen)
    assert b"SignatureNonceUsed" in reply.body


def test_nonce_of_a_wrongly_signed_request_stays_unused(simulator: Recording) -> None:
    with Server(simulator) as server:
        cloud = Cloud(simulator, TurnedClock(), server.url)
        cloud.refused(cloud.vpc(key="key", secret="wrong").describe_vpcs, REQUEST)
        client = cloud.vpc(key="key", secret="secret")
        client.describe_vpcs(REQUEST)
    http = simulator.seen
    spoilt = replace(http, headers={**http.headers, "x-acs-signature-nonce": "other"})
    assert b"SignatureDoesNotMatch" in simulator.handle(spoilt).body
    assert ("key", "other") not in simulator._replay_protection._used

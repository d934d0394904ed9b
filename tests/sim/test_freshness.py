"""Old, early and replayed requests are refused, whichever way they are signed."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from alibabacloud_vpc20160428 import models

from gwlbfw.sim.clock import RealClock
from gwlbfw.sim.freshness import Freshness
from gwlbfw.sim.refusal import Refusal
from gwlbfw.sim.server import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpReply, HttpRequest
from tests.sim.cloud import Cloud

NOW = 1_750_000_000.0
DATE = "2025-06-15T15:06:40Z"
ASKED = models.DescribeVpcsRequest(region_id="cn-wulanchabu")


def _v1(date: str = DATE, nonce: str = "n") -> dict[str, str]:
    return {"Timestamp": date, "SignatureNonce": nonce}


def _acs3(date: str = DATE, nonce: str = "n") -> HttpRequest:
    return HttpRequest("POST", headers={"x-acs-date": date, "x-acs-signature-nonce": nonce})


def _refusal(freshness: Freshness, date: str, nonce: str = "n", now: float = NOW) -> str:
    codes = set()
    for http, flat in ((_acs3(date, nonce), {}), (HttpRequest("GET"), _v1(date, nonce + "'"))):
        try:
            freshness.check(http, flat, "key", now)
            codes.add("")
        except Refusal as refusal:
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
def test_a_date_is_good_for_a_quarter_of_an_hour_either_way(date: str, code: str) -> None:
    assert _refusal(Freshness(900), date) == code


def test_a_nonce_is_good_once_for_each_key() -> None:
    freshness = Freshness(900)
    freshness.check(_acs3(), {}, "key", NOW)
    with pytest.raises(Refusal, match="SignatureNonceUsed"):
        freshness.check(_acs3(), {}, "key", NOW)
    freshness.check(_acs3(), {}, "another", NOW)
    freshness.check(_acs3(nonce="m"), {}, "key", NOW)


def test_a_nonce_is_forgotten_when_its_request_is_too_old_anyway() -> None:
    freshness = Freshness(900)
    freshness.check(_acs3(), {}, "key", NOW)
    freshness.check(_acs3("2025-06-15T15:37:00Z", "m"), {}, "key", NOW + 1801)
    assert list(freshness._used) == [("key", "m")]


def test_a_nonce_is_mandatory() -> None:
    with pytest.raises(Refusal, match="MissingSignatureNonce"):
        Freshness(900).check(_acs3(nonce=""), {}, "key", NOW)


class Recording(Simulator):
    """A simulator that keeps what it was asked."""

    seen: HttpRequest = HttpRequest("GET")

    def handle(self, http: HttpRequest) -> HttpReply:
        self.seen = http
        return super().handle(http)


@pytest.fixture
def simulator() -> Iterator[Recording]:
    simulator = Recording(settings=Settings(credentials={"key": "secret"}), clock=RealClock())
    yield simulator
    simulator.close()


@pytest.mark.parametrize("algorithm", ["ACS3-HMAC-SHA256", "v2"])
def test_what_the_sdk_sends_is_fresh_and_can_t_be_sent_again(
    simulator: Recording, algorithm: str
) -> None:
    with Server(simulator) as server:
        clock = simulator.clock
        cloud = Cloud(simulator, clock, server.url)  # type: ignore[arg-type]
        client = cloud.vpc(key="key", secret="secret", signature_algorithm=algorithm)
        for _ in range(2):
            client.describe_vpcs(ASKED)
    reply = simulator.handle(simulator.seen)
    assert b"SignatureNonceUsed" in reply.body


def test_a_request_whose_signature_is_wrong_uses_up_no_nonce(simulator: Recording) -> None:
    with Server(simulator) as server:
        cloud = Cloud(simulator, simulator.clock, server.url)  # type: ignore[arg-type]
        cloud.refused(cloud.vpc(key="key", secret="wrong").describe_vpcs, ASKED)
        client = cloud.vpc(key="key", secret="secret")
        client.describe_vpcs(ASKED)
    http = simulator.seen
    spoilt = replace(http, headers={**http.headers, "x-acs-signature-nonce": "other"})
    assert b"SignatureDoesNotMatch" in simulator.handle(spoilt).body
    assert ("key", "other") not in simulator._freshness._used

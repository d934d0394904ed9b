"""Signatures: verified where credentials are configured, whatever the key where they aren't."""

from dataclasses import replace
from typing import Any

import pytest
from alibabacloud_gwlb20240415 import models as gwlb
from alibabacloud_vpc20160428 import models

from gwlbfw.sim.auth.identity import Session
from gwlbfw.sim.auth.signature import verify
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import HttpReply, HttpRequest, read
from tests.sim.cloud import TRANSITION, Cloud

KEYS = {"known-key": "known-secret"}
REQUEST = models.DescribeVpcsRequest(
    region_id="cn-wulanchabu",
    vpc_name="a b/ü*~+'",
    tag=[models.DescribeVpcsRequestTag(key="k", value="")],
)


@pytest.fixture
def settings() -> Settings:
    return Settings(transition=TRANSITION, credentials=KEYS)


@pytest.fixture(params=["ACS3-HMAC-SHA256", "v2"])
def algorithm(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _client(cloud: Cloud, key: str, secret: str, algorithm: str) -> Any:
    return cloud.vpc(key=key, secret=secret, signature_algorithm=algorithm)


def test_right_secret_is_accepted(cloud: Cloud, algorithm: str) -> None:
    client = _client(cloud, "known-key", "known-secret", algorithm)
    assert client.describe_vpcs(REQUEST).status_code == 200


async def test_request_of_the_sdks_other_http_client_is_accepted(
    cloud: Cloud, algorithm: str
) -> None:
    client = _client(cloud, "known-key", "known-secret", algorithm)
    assert (await client.describe_vpcs_async(REQUEST)).status_code == 200


def test_form_is_part_of_the_signature(cloud: Cloud, algorithm: str) -> None:
    request = gwlb.ListTagResourcesRequest(resource_type="nothing", resource_id=["x"])
    client = cloud.gwlb(key="known-key", secret="known-secret", signature_algorithm=algorithm)
    assert cloud.refused(client.list_tag_resources, request)[1] == "IllegalParam.ResourceType"


def test_wrong_secret_is_refused(cloud: Cloud, algorithm: str) -> None:
    client = _client(cloud, "known-key", "wrong", algorithm)
    assert cloud.refused(client.describe_vpcs, REQUEST) == (400, "SignatureDoesNotMatch")


def test_unknown_key_is_refused(cloud: Cloud, algorithm: str) -> None:
    client = _client(cloud, "unknown", "known-secret", algorithm)
    assert cloud.refused(client.describe_vpcs, REQUEST) == (404, "InvalidAccessKeyId.NotFound")


def test_missing_signature_is_refused(cloud: Cloud) -> None:
    headers = {"x-acs-action": "DescribeVpcs", "x-acs-version": "2016-04-28"}
    reply = cloud.simulator.handle(HttpRequest("POST", headers=headers))
    assert b"MissingAccessKeyId" in reply.body


def _recorded(monkeypatch: pytest.MonkeyPatch, cloud: Cloud, algorithm: str) -> HttpRequest:
    """A request as the SDK signed it."""
    seen: list[HttpRequest] = []
    handle = cloud.simulator.handle

    def record(http: HttpRequest) -> HttpReply:
        seen.append(http)
        return handle(http)

    monkeypatch.setattr(cloud.simulator, "handle", record)
    _client(cloud, "known-key", "known-secret", algorithm).describe_vpcs(REQUEST)
    return seen[0]


def _verify(http: HttpRequest) -> None:
    verify(http, read(http).flat, KEYS.get)


def test_change_of_a_signed_part_is_refused(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> None:
    http = _recorded(monkeypatch, cloud, "ACS3-HMAC-SHA256")
    _verify(http)
    changed = [
        replace(http, method="GET"),
        replace(http, query=f"{http.query}&PageSize=5"),
        replace(http, body=b"x=y"),
        *(
            replace(http, headers={**http.headers, name: "other"})
            for name in ("x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce",
                         "x-acs-unsigned", "host", "user-agent")
        ),
        replace(http, headers={k: v for k, v in http.headers.items() if k != "x-acs-date"}),
    ]  # fmt: skip
    for each in changed:
        with pytest.raises(ApiError, match=r"SignatureDoesNotMatch|IncompleteSignature"):
            _verify(each)


def test_unsigned_content_type_without_body_is_accepted(
    monkeypatch: pytest.MonkeyPatch, cloud: Cloud
) -> None:
    http = _recorded(monkeypatch, cloud, "ACS3-HMAC-SHA256")
    _verify(replace(http, headers={**http.headers, "content-type": "application/octet-stream"}))


def test_signature_version_1_covers_every_parameter(
    monkeypatch: pytest.MonkeyPatch, cloud: Cloud
) -> None:
    http = _recorded(monkeypatch, cloud, "v2")
    _verify(http)
    for query in (f"{http.query}&PageSize=5", http.query.replace("DescribeVpcs", "DeleteVpc")):
        with pytest.raises(ApiError, match="SignatureDoesNotMatch"):
            _verify(replace(http, query=query))


def _session(cloud: Cloud) -> Session:
    """Temporary credentials for another account, good for an hour."""
    state, now = cloud.simulator.state, cloud.clock.now()
    session = Session(
        id="STS.key", caller="2000000000000002", secret="s", token="t", expires=now + 3600
    )
    Region(state, state.settings.account, "cn-wulanchabu", now).add(session)
    state.commit()
    return session


def test_session_acts_for_its_account_until_it_expires(cloud: Cloud, algorithm: str) -> None:
    _session(cloud)
    ours = _client(cloud, "known-key", "known-secret", algorithm)
    theirs = cloud.vpc(key="STS.key", secret="s", security_token="t", signature_algorithm=algorithm)
    made = models.CreateVpcRequest(region_id="cn-wulanchabu", cidr_block="10.0.0.0/8")
    theirs.create_vpc(made)
    everything = models.DescribeVpcsRequest(region_id="cn-wulanchabu")
    assert theirs.describe_vpcs(everything).body.total_count == 1
    assert ours.describe_vpcs(everything).body.total_count == 0
    cloud.settle(3600)
    assert cloud.refused(theirs.describe_vpcs, everything)[1] == "InvalidSecurityToken.Expired"


def test_session_with_another_token_is_refused(cloud: Cloud) -> None:
    _session(cloud)
    client = cloud.vpc(key="STS.key", secret="s", security_token="other")
    code = "InvalidSecurityToken.MismatchWithAccessKey"
    assert cloud.refused(client.describe_vpcs, REQUEST)[1] == code

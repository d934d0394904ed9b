"""What a signature that does not match is answered with: the cloud's own words, and the request."""

import logging
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from alibabacloud_ecs20140526 import models
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from gwlbfw.sim.settings import Settings
from gwlbfw.sim.wire import HttpRequest
from tests.sim.cloud import TRANSITION, Cloud

KEYS = {"known-key": "known-secret"}
WORDS = "Specified signature is not matched with our calculation. server string to sign is:"
USER_DATA = "c2VjcmV0OiBodW50ZXIy"


@pytest.fixture
def settings() -> Settings:
    return Settings(transition=TRANSITION, credentials=KEYS)


def _message(cloud: Cloud, algorithm: str) -> str:
    """The message that answers a launch of instances with a wrong secret."""
    client = cloud.ecs(key="known-key", secret="wrong", signature_algorithm=algorithm)
    request = models.RunInstancesRequest(
        region_id="cn-wulanchabu", instance_type="ecs.c7.large", image_id="i", user_data=USER_DATA
    )
    with pytest.raises(AlibabaCloudException) as caught:
        client.run_instances(request)
    return str(caught.value.data["Message"])


def test_message_of_version_1_brings_back_the_string_to_sign(cloud: Cloud) -> None:
    message = _message(cloud, "v2")
    assert message.startswith(f"{WORDS}POST&%2F&AccessKeyId%3Dknown-key%26Action%3DRunInstances%26")
    assert f"UserData%3D{USER_DATA}" in message
    assert message.count(":") == 1


def test_message_of_acs3_brings_back_the_canonical_request(cloud: Cloud) -> None:
    message = _message(cloud, "ACS3-HMAC-SHA256")
    words, _, echo = message.partition(" server StringToSign is [")
    assert words == "Specified signature does not match our calculation."
    text, _, canonical = echo.removesuffix("]").partition("] server CanonicalRequest is [")
    assert canonical.startswith("POST\n/\n")
    assert f"UserData={USER_DATA}" in canonical
    assert text == f"ACS3-HMAC-SHA256\n{sha256(canonical.encode()).hexdigest()}"


@pytest.mark.parametrize("algorithm", ["v2", "ACS3-HMAC-SHA256"])
def test_simulators_log_does_not_repeat_the_request(
    cloud: Cloud, algorithm: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "gwlbfw")
    assert USER_DATA in _message(cloud, algorithm)
    assert "SignatureDoesNotMatch" in caplog.text
    assert USER_DATA not in caplog.text


def _core_error(cloud: Cloud, key: str, secret: str) -> Any:
    """The vendor's core SDK's own exception for a call."""
    core = pytest.importorskip("aliyunsdkcore.client", reason="no aliyun-python-sdk-core")
    exceptions = pytest.importorskip("aliyunsdkcore.acs_exception.exceptions")
    requests = pytest.importorskip("aliyunsdkcore.request")
    request = requests.RpcRequest("Vpc", "2016-04-28", "DescribeVpcs")
    request.endpoint = urlsplit(cloud.url).netloc
    request.set_method("POST")
    request.add_query_param("VpcName", "a b/ü*~+'")
    client = core.AcsClient(key, secret, "cn-wulanchabu")
    try:
        return client.do_action_with_exception(request)
    except exceptions.ServerException as error:
        return error


def test_vendors_core_sdk_says_that_the_secret_is_wrong(cloud: Cloud) -> None:
    assert b"TotalCount" in _core_error(cloud, "known-key", "known-secret")
    wrong = _core_error(cloud, "known-key", "wrong")
    assert (wrong.http_status, wrong.error_code) == (400, "InvalidAccessKeySecret")
    assert _core_error(cloud, "no-key", "x").error_code == "InvalidAccessKeyId.NotFound"


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("garbage", "IncompleteSignature"),
        ("", "IncompleteSignature"),
        ("ACS3-HMAC-SHA256 Credential=known-key", "IncompleteSignature"),
        ("Basic Credential=known-key,SignedHeaders=host,Signature=x", "IncompleteSignature"),
        ("ACS3-HMAC-SHA256 Credential=other,SignedHeaders=host,Signature=x",
         "InvalidAccessKeyId.NotFound"),
        ("ACS3-HMAC-SHA256 Credential=known-key,SignedHeaders=host,Signature=ü",
         "SignatureDoesNotMatch"),
    ],
)  # fmt: skip
def test_authorization_that_is_none_is_refused_with_its_code(
    cloud: Cloud, authorization: str, code: str
) -> None:
    headers = {"host": "x", "authorization": authorization}
    if code == "SignatureDoesNotMatch":
        headers["x-acs-content-sha256"] = sha256(b"").hexdigest()
        authorization = authorization.replace("=host", "=host;x-acs-content-sha256")
        headers["authorization"] = authorization
    query = f"Action=DescribeVpcs&Version=2016-04-28&VpcName={quote('a' * 9)}\udcff"
    reply = cloud.simulator.handle(HttpRequest("POST", query, headers))
    assert f'"Code":"{code}"'.encode() in reply.body

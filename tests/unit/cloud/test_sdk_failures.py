import base64
import gzip
import json
import logging
import socket
import threading
from collections.abc import Iterator

import pytest

from gwlbfw.cloud.sdk import AccountAccess, CredentialSettings, Keys, SdkTransport, session
from gwlbfw.cloud.transport import BoundCall
from gwlbfw.errors import (
    Busy,
    CloudError,
    Denied,
    GwlbfwError,
    Missing,
    Rejected,
    Throttled,
    TransportError,
)

from .server import Answer, Server, error, serving

CALL = BoundCall("ecs", "RunInstances", {"UserData": "S3CR3T"}, "", "cn-beijing")
KEYS = Keys("AKID", "K3YS3CR3T")


def refused(server: Server, **options: float) -> GwlbfwError:
    transport = SdkTransport(
        "cn-beijing",
        server.url,
        CredentialSettings(keys=KEYS),
        timeouts_s=(options.get("connect", 1.0), options.get("read", 5.0)),
    )
    with pytest.raises(GwlbfwError) as caught:
        transport.send(CALL)
    return caught.value


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("InvalidParameter", 400, Rejected),
        ("Throttling.User", 400, Throttled),
        ("Forbidden.RAM", 403, Denied),
        ("InvalidVpcId.NotFound", 404, Missing),
        ("SomethingElse", 429, Throttled),
        ("InternalError", 500, Busy),
        ("ServiceUnavailable", 503, Throttled),
    ],
)
def test_a_refusal_becomes_the_exception_of_its_meaning(
    server: Server, code: str, status: int, kind: type[CloudError]
) -> None:
    server.refuse("RunInstances", code, status)
    error = refused(server)
    assert type(error) is kind
    assert isinstance(error, CloudError)
    assert (error.cloud_code, error.status, error.request_id) == (code, status, "REQ-1")
    assert error.cloud_message == f"This is {code}."
    assert str(error) == (f"ecs:RunInstances failed: {code}: This is {code}. (RequestId REQ-1)")


def test_retry_after_is_known_in_seconds(server: Server) -> None:
    server.on("RunInstances", error("Throttling.Api", 400, x_acs_retry_after="1500"))
    translate_error = refused(server)
    assert isinstance(translate_error, Throttled)
    assert translate_error.retry_after == 1.5


def test_a_refusal_with_retry_after_is_throttling(server: Server) -> None:
    server.on("RunInstances", error("NeverHeardOf", 400, x_acs_retry_after="100"))
    assert isinstance(refused(server), Throttled)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=502, text="<html>Bad Gateway</html>"),
        Answer(text="<html>Welcome</html>"),
        Answer(text=""),
        Answer(status=400, body=[1]),
        Answer(status=404, body={}),
    ],
    ids=["html-502", "html-200", "empty", "list-400", "no-code"],
)
def test_a_reply_not_in_the_apis_form_counts_as_sent(server: Server, answer: Answer) -> None:
    server.on("RunInstances", answer)
    error = refused(server)
    assert isinstance(error, TransportError)
    assert error.sent


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(server: Server, status: int) -> None:
    """It would take the session's token and the query, with user data, to another host."""
    with serving() as other:
        server.on("RunInstances", Answer({"RequestId": "R"}, status, {"Location": other.url}))
        error = refused(server)
        assert other.requests == []
    assert isinstance(error, TransportError)
    assert f"HTTP {status}, a redirect" in str(error)
    assert error.final


@pytest.mark.parametrize("status", [400, 401, 403, 404, 407, 413])
def test_a_page_in_place_of_a_refusal_is_final(server: Server, status: int) -> None:
    server.on("RunInstances", Answer(status=status, text="<html>Forbidden</html>"))
    error = refused(server)
    assert isinstance(error, TransportError)
    assert (error.final, error.reason) == (True, f"HTTP {status} without an error code")


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_page_in_place_of_a_passing_failure_is_not_final(server: Server, status: int) -> None:
    server.on("RunInstances", Answer(status=status, text="<html>Bad Gateway</html>"))
    error = refused(server)
    assert isinstance(error, TransportError)
    assert not error.final


def test_a_reply_is_read_up_to_a_size_after_it_is_decoded(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "MAX_REPLY_BYTES", 2 << 20)
    blanks = gzip.compress(b'{"RequestId": "' + b" " * (3 << 20) + b'"}')
    server.on("RunInstances", Answer(raw=blanks, headers={"Content-Encoding": "gzip"}))
    error = refused(server)
    assert isinstance(error, TransportError)
    assert "longer than 2 MB" in str(error)


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("zipped", [False, True])
def test_a_reply_is_read_whole_however_it_is_sent(
    server: Server, *, chunked: bool, zipped: bool
) -> None:
    body = b'{"RequestId": "R", "InstanceIdSets": {"InstanceIdSet": ["i-1"]}, "OrderId": "%s"}'
    body %= bytes(97 + each % 23 for each in range(3000))
    encoding = {"Content-Encoding": "gzip"} if zipped else {}
    sent = gzip.compress(body) if zipped else body
    server.on("RunInstances", Answer(raw=sent, chunked=chunked, headers=encoding))
    reply = SdkTransport("r", server.url, CredentialSettings(keys=KEYS)).send(CALL)
    assert reply.body == json.loads(body)


def test_a_reply_that_trickles_in_has_one_time_limit(server: Server) -> None:
    held = threading.Event()
    server.on("RunInstances", Answer(raw=b'{"RequestId":"' + b"x" * 40 + b'"}', trickle=held))
    error = refused(server, connect=0.2, read=0.4)
    held.set()
    assert isinstance(error, TransportError)
    assert "not complete within 0.6 s" in str(error)


def test_a_proxy_on_the_way_is_named_without_its_password(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = server.url.removeprefix("http://")
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, f"http://ann:s3cret@{proxy}")
    held = threading.Event()
    server.on("RunInstances", Answer(hold=held))
    transport = SdkTransport(
        "cn-beijing",
        "http://cloud.invalid",
        CredentialSettings(keys=KEYS),
        timeouts_s=(0.2, 0.1),
    )
    with pytest.raises(TransportError) as caught:
        transport.send(CALL)
    held.set()
    assert f"from cloud.invalid by way of the proxy {proxy}: no answer in time" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_reset_connection_counts_as_sent(server: Server) -> None:
    server.on("RunInstances", Answer(reset=True))
    error = refused(server)
    assert isinstance(error, TransportError)
    assert error.sent
    assert "the connection broke" in str(error)


def test_a_late_reply_counts_as_sent(server: Server) -> None:
    held = threading.Event()
    server.on("RunInstances", Answer(hold=held))
    error = refused(server, read=0.1)
    held.set()
    assert isinstance(error, TransportError)
    assert error.sent
    assert "no answer in time" in str(error)


@pytest.fixture
def nobody() -> Iterator[Server]:
    """A port at which nobody listens, kept free of others."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield Server(f"http://127.0.0.1:{taken.getsockname()[1]}")


def test_a_refused_connection_counts_as_not_sent(nobody: Server) -> None:
    error = refused(nobody)
    assert isinstance(error, TransportError)
    assert not error.sent
    assert nobody.url.removeprefix("http://") in str(error)


def test_the_sdk_does_not_retry_by_itself(server: Server) -> None:
    server.refuse("RunInstances", "ServiceUnavailable", 503)
    refused(server)
    assert server.actions == ["RunInstances"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(reset=True),
        error("SignatureDoesNotMatch", 400),
        Answer(
            {
                "Code": "SignatureDoesNotMatch",
                "Message": "server string to sign is: UserData=S3CR3T",
            },
            400,
        ),
        Answer({"Code": "SignatureDoesNotMatch", "Message": "StringToSign: S3CR%33T"}, 400),
        Answer({"Code": "Invalid", "Message": "Canonical request: UserData:S3CR%33T"}, 400),
        Answer({"Code": "InvalidUserData", "Message": "S3CR3T is none, nor is S3CR3T"}, 400),
        Answer(text="<html/>"),
    ],
)
def test_no_secret_is_in_an_error_or_a_log(
    server: Server,
    answer: Answer,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DEBUG", "sdk")
    caplog.set_level(logging.DEBUG)
    server.on("RunInstances", answer)
    said = refused(server)
    everything = [str(said), repr(said), repr(KEYS), caplog.text, *capfd.readouterr()]
    everything += [str(said.hint), repr(said.__cause__), repr(said.__context__)]
    for secret in ("S3CR3T", "K3YS3CR3T", "Signature="):
        assert secret not in "".join(everything)
    assert said.__context__ is None


@pytest.mark.parametrize("form", ["an & id", "an%20%26%20id"])
def test_an_external_id_that_the_cloud_repeats_is_hidden(server: Server, form: str) -> None:
    server.on("AssumeRole", Answer({"Code": "NoPermission", "Message": f"Not {form}."}, 403))
    accounts = {"other": AccountAccess("acs:ram::1:role/r", external_id="an & id")}
    transport = SdkTransport(
        "cn-beijing", server.url, CredentialSettings(keys=KEYS, accounts=accounts)
    )
    with pytest.raises(Denied) as caught:
        transport.send(BoundCall("vpc", "DescribeVpcs", {}, "other", "cn-beijing"))
    assert caught.value.cloud_message.endswith(": Not (sensitive).")


def test_user_data_that_the_cloud_repeats_is_hidden(server: Server) -> None:
    server.on("RunInstances", Answer({"Code": "Invalid", "Message": "No `echo hi`."}, 400))
    transport = SdkTransport("cn-beijing", server.url, CredentialSettings(keys=KEYS))
    sent = base64.b64encode(b"echo hi").decode()
    with pytest.raises(Rejected) as caught:
        transport.send(BoundCall("ecs", "RunInstances", {"UserData": sent}, "", "cn-beijing"))
    assert caught.value.cloud_message == "No `(sensitive)`."

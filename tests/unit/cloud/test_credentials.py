import json
import logging
import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gwlbfw.cloud.sdk import AccountAccess, CredentialsError, CredentialSettings, Keys, SdkTransport
from gwlbfw.cloud.sdk.credentials import default_source
from gwlbfw.cloud.transport import BoundCall
from gwlbfw.errors import CloudError, Denied, TransportError
from gwlbfw.stack.cloud import Cloud

from .server import Answer, Request, Server, error

READ = BoundCall("gwlb", "DescribeZones")
ROLE = "acs:ram::1234:role/firewall"
ENVIRONMENT = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "ENV-ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "ENV-SECRET",
}


def with_profile(home: Path, name: str, key: str) -> dict[str, str]:
    """An environment whose home holds a CLI profile."""
    folder = home / ".aliyun"
    folder.mkdir()
    profile = {"name": name, "mode": "AK", "access_key_id": key, "access_key_secret": "s"}
    config = {"current": name, "profiles": [profile]}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return {"HOME": str(home)}


def test_given_keys_come_first(server: Server) -> None:
    SdkTransport(
        "r", server.url, CredentialSettings(keys=Keys("GIVEN", "x"), environment=ENVIRONMENT)
    ).send(READ)
    assert server.requests[0].key == "GIVEN"


def test_a_profile_comes_before_the_environment(server: Server, tmp_path: Path) -> None:
    environment = ENVIRONMENT | with_profile(tmp_path, "work", "PROFILE-ID")
    SdkTransport("r", server.url, CredentialSettings(profile="work", environment=environment)).send(
        READ
    )
    assert server.requests[0].key == "PROFILE-ID"


def test_the_environments_keys_are_used_with_an_endpoint_url(server: Server) -> None:
    SdkTransport("r", server.url, CredentialSettings(environment=ENVIRONMENT)).send(READ)
    assert server.requests[0].key == "ENV-ID"


def test_a_session_of_the_environment_sends_its_token(server: Server) -> None:
    environment = ENVIRONMENT | {"ALIBABA_CLOUD_SECURITY_TOKEN": "TOKEN"}
    SdkTransport("r", server.url, CredentialSettings(environment=environment)).send(READ)
    assert server.requests[0].headers["x-acs-security-token"] == "TOKEN"


@pytest.mark.parametrize("name", ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"])
def test_an_empty_variable_counts_as_unset(server: Server, name: str) -> None:
    SdkTransport("r", server.url, CredentialSettings(environment=ENVIRONMENT | {name: ""})).send(
        READ
    )
    assert server.requests[0].key == "gwlbfw-sim"


def test_an_endpoint_url_never_gets_keys_found_elsewhere(server: Server, tmp_path: Path) -> None:
    environment = with_profile(tmp_path, "default", "REAL-ID")
    SdkTransport("r", server.url, CredentialSettings(environment=environment)).send(READ)
    assert server.requests[0].key == "gwlbfw-sim"


def test_a_missing_profile_is_named(server: Server, tmp_path: Path) -> None:
    environment = with_profile(tmp_path, "work", "ID")
    transport = SdkTransport(
        "r", server.url, CredentialSettings(profile="play", environment=environment)
    )
    with pytest.raises(CredentialsError, match=r"profile 'play' of .*config\.json"):
        transport.send(READ)
    assert not server.requests


def test_the_default_chain_finds_the_credentials_for_the_cloud(tmp_path: Path) -> None:
    environment = with_profile(tmp_path, "default", "REAL-ID") | {
        "ALIBABA_CLOUD_PROFILE": "",
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
    }
    keys = default_source(CredentialSettings(environment=environment), endpoint_given=False)
    assert keys.get_credential().access_key_id == "REAL-ID"


def test_missing_credentials_come_with_a_hint(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    # Else the chain asks the metadata address.
    environment = {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true", "HOME": str(tmp_path)}
    caplog.set_level(logging.DEBUG)
    with pytest.raises(CredentialsError, match="the default chain") as caught:
        SdkTransport("cn-beijing", credentials=CredentialSettings(environment=environment)).send(
            READ
        )
    (said,) = caught.value.diagnostics()
    assert said.hint is not None
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID" in said.hint
    assert capfd.readouterr() == ("", "")
    assert "Traceback" not in caplog.text


class Sts:
    """A clock, and a server that gives sessions of an hour."""

    def __init__(self, server: Server) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)
        self.server = server
        self.given = 0
        server.on("AssumeRole", self.give)

    def give(self, _: Request) -> Answer:
        self.given += 1
        until = (self.time + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        session = {
            "AccessKeyId": f"STS.{self.given}", "AccessKeySecret": "s", "SecurityToken": "t",
            "Expiration": until,
        }  # fmt: skip
        return Answer({"Credentials": session})

    def transport(self, **access: str) -> SdkTransport:
        accounts = {"other": AccountAccess(**access)}
        return SdkTransport(
            "cn-beijing",
            self.server.url,
            CredentialSettings(keys=Keys("BASE", "b"), accounts=accounts),
            utc=lambda: self.time,
        )


THERE = BoundCall("gwlb", "DescribeZones", account="other")


def test_another_account_is_reached_through_its_role(server: Server) -> None:
    Sts(server).transport(role_arn=ROLE, external_id="x-1").send(THERE)
    assume, call = server.requests
    assert (assume.version, assume.key, call.key) == ("2015-04-01", "BASE", "STS.1")
    assert assume.query["RoleArn"] == ROLE
    assert assume.query["ExternalId"] == "x-1"
    assert call.headers["x-acs-security-token"] == "t"


def test_the_default_account_needs_no_role(server: Server) -> None:
    Sts(server).transport(role_arn=ROLE).send(READ)
    assert server.actions == ["DescribeZones"]


def test_a_session_is_kept_until_shortly_before_its_end(server: Server) -> None:
    sts = Sts(server)
    transport = sts.transport(role_arn=ROLE)
    for minutes in (0, 54, 0):
        sts.time += timedelta(minutes=minutes)
        transport.send(THERE)
    assert sts.given == 1
    sts.time += timedelta(minutes=1)
    transport.send(THERE)
    assert sts.given == 2
    assert server.requests[-1].key == "STS.2"


def test_concurrent_threads_assume_a_role_once(server: Server) -> None:
    sts = Sts(server)
    transport = sts.transport(role_arn=ROLE)
    start = threading.Barrier(6)

    def send(_: int) -> None:
        start.wait()
        transport.send(THERE)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(send, range(6)))
    assert sts.given == 1


@pytest.mark.parametrize("code", ["NoPermission", "EntityNotExist.Role"])
def test_a_refused_role_is_named_with_all_that_it_may_lack(server: Server, code: str) -> None:
    """One code stands for all of them, but the role's own."""
    transport = Sts(server).transport(role_arn=ROLE)
    server.refuse("AssumeRole", code, 403)
    with pytest.raises(CloudError, match=f"sts:AssumeRole failed: {code}") as caught:
        transport.send(THERE)
    assert f"account `{THERE.account}`, role {ROLE}: " in str(caught.value)
    causes = "exists", "trust policy", "accounts.other.external_id", "sts:AssumeRole", "root"
    assert caught.value.hint is not None
    assert [each for each in causes if each not in caught.value.hint] == []


def test_a_wrong_key_is_no_matter_of_the_role(server: Server) -> None:
    transport = Sts(server).transport(role_arn=ROLE)
    server.refuse("AssumeRole", "SignatureDoesNotMatch")
    with pytest.raises(Denied, match="account `other`") as caught:
        transport.send(THERE)
    assert "secret" in str(caught.value.hint)


def expired(request: Request) -> Answer:
    """The session of the first AssumeRole is refused, as one that was revoked."""
    return error("InvalidSecurityToken.Expired", 403) if request.key == "STS.1" else Answer()


def test_a_session_that_the_cloud_says_has_ended_is_begun_anew(server: Server) -> None:
    sts = Sts(server)
    server.on("DescribeZones", expired)
    transport = sts.transport(role_arn=ROLE)
    transport.send(THERE)
    transport.send(THERE)
    assert sts.given == 2
    keys = [each.key for each in server.requests if each.action == "DescribeZones"]
    assert keys == ["STS.1", "STS.2", "STS.2"]


def test_a_role_whose_sessions_all_end_at_once_is_refused(server: Server) -> None:
    sts = Sts(server)
    server.refuse("DescribeZones", "InvalidSecurityToken.Expired", 403)
    with pytest.raises(Denied):
        sts.transport(role_arn=ROLE).send(THERE)
    assert sts.given == 2


def test_a_session_that_was_handed_in_is_not_begun_anew(server: Server) -> None:
    sts = Sts(server)
    server.refuse("DescribeZones", "InvalidSecurityToken.Expired", 403)
    with pytest.raises(Denied, match="Expired"):
        sts.transport(role_arn=ROLE).send(READ)
    assert server.actions == ["DescribeZones"]


@pytest.mark.parametrize("answer", [Answer(reset=True), Answer({"Credentials": {}})])
def test_a_lost_reply_of_sts_means_that_the_call_was_not_sent(
    server: Server, answer: Answer
) -> None:
    transport = Sts(server).transport(role_arn=ROLE)
    server.on("AssumeRole", answer)
    with pytest.raises(TransportError) as caught:
        transport.send(THERE)
    assert not caught.value.sent


def test_another_account_can_be_a_profile(server: Server, tmp_path: Path) -> None:
    environment = with_profile(tmp_path, "work", "WORK-ID")
    accounts = {"other": AccountAccess(profile="work")}
    SdkTransport(
        "r", server.url, CredentialSettings(accounts=accounts, environment=environment)
    ).send(THERE)
    assert server.requests[0].key == "WORK-ID"


def test_calls_go_to_the_regions_hosts_without_an_endpoint_url() -> None:
    transport = SdkTransport("cn-wulanchabu", credentials=CredentialSettings(keys=Keys("k", "s")))
    hosts = [
        transport._client(product, "", "cn-wulanchabu")._endpoint
        for product in ("vpc", "gwlb", "privatelink", "ecs")
    ]
    assert hosts == [
        f"{p}.cn-wulanchabu.aliyuncs.com" for p in ("vpc", "gwlb", "privatelink", "ecs")
    ]


def test_a_failing_credentials_command_is_reported_without_its_output(tmp_path: Path) -> None:
    environment = with_profile(tmp_path, "work", "ID")
    path = tmp_path / ".aliyun" / "config.json"
    command = {"mode": "External", "process_command": "sh -c 'echo S3CR3T >&2; echo ]; exit 7'"}
    profile = {"name": "work", **command}
    path.write_text(json.dumps({"current": "work", "profiles": [profile]}), encoding="utf-8")
    source = default_source(
        CredentialSettings(profile="work", environment=environment), endpoint_given=False
    )
    with pytest.raises(CredentialsError, match=r"exit status 7 stderr: …$"):
        source.get_credential()


def test_a_failing_credentials_server_is_reported_without_its_reply(tmp_path: Path) -> None:
    said = {"Code": "Success", "AccessKeySecret": "S3CR3T', 'S3CR3T: S3CR3T"}
    server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(json.dumps(said)))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    uri = f"http://me:S3CR3T@127.0.0.1:{server.server_address[1]}/keys?token=S3CR3T"
    environment = {
        "HOME": str(tmp_path),
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
        "ALIBABA_CLOUD_CREDENTIALS_URI": uri,
    }
    source = default_source(CredentialSettings(environment=environment), endpoint_given=False)
    with pytest.raises(CredentialsError, match="result: Success") as caught:
        source.get_credential()
    server.shutdown()
    server.server_close()
    assert "S3CR3T" not in str(caught.value)


@pytest.fixture
def silent() -> Iterator[str]:
    """A server on loopback that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_credentials_server_that_says_nothing_is_given_up(silent: str, tmp_path: Path) -> None:
    environment = {
        "HOME": str(tmp_path),
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
        "ALIBABA_CLOUD_CREDENTIALS_URI": silent,
    }
    settings = Cloud(timeout_s=0.1, environment=environment).credentials()
    source = default_source(settings, endpoint_given=False)
    with pytest.raises(CredentialsError, match=r"the default chain: no answer within 0\.1 s"):
        source.get_credential()


def test_a_command_of_a_profile_that_does_not_end_is_given_up(tmp_path: Path) -> None:
    """Also where another call waits for the same command already."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    environment = with_profile(tmp_path, "work", "ID")
    profile = {"name": "work", "mode": "External", "process_command": f"cat {pipe}"}
    config = json.dumps({"current": "work", "profiles": [profile]})
    (tmp_path / ".aliyun" / "config.json").write_text(config, encoding="utf-8")
    accounts = {"other": AccountAccess(profile="work")}
    settings = CredentialSettings(accounts=accounts, environment=environment, limit_s=0.1)
    transport = SdkTransport("r", "http://127.0.0.1:1", settings)
    for _ in range(2):
        with pytest.raises(CredentialsError, match=r"profile 'work' of .*: no answer within"):
            transport.send(THERE)
    writer = os.open(pipe, os.O_RDWR)
    pipe.unlink()  # a command that only starts now ends at once
    os.close(writer)


def _answering(text: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Nothing on stderr."""

    return Handler

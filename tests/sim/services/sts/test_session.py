"""Roles assumed in other accounts, and the accounts side by side."""

from datetime import datetime
from typing import Any

import pytest
from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.utils_models import OpenApiRequest, Params
from alibabacloud_vpc20160428 import models as vpc
from darabonba.runtime import RuntimeOptions

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.settings import Settings
from tests.sim.cloud import TRANSITION, Cloud

ROLE = "acs:ram::2000000000000002:role/Deployer"
KEY, SECRET = "AKID", "its-secret"


@pytest.fixture(params=["any key will do", "keys are verified"])
def settings(request: pytest.FixtureRequest) -> Settings:
    verified = request.param == "keys are verified"
    credentials = {KEY: SECRET} if verified else {}
    return Settings(transition=TRANSITION, credentials=credentials)


def keys(session: dict[str, Any]) -> dict[str, str]:
    """A session's credentials, as a client takes them."""
    return {
        "key": session["AccessKeyId"],
        "secret": session["AccessKeySecret"],
        "security_token": session["SecurityToken"],
    }


def sts(cloud: Cloud, action: str, credentials: dict[str, str], **query: str) -> dict[str, Any]:
    params = Params(
        action=action,
        version="2015-04-01",
        protocol="HTTPS",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    client = Client(cloud.config(**credentials))
    reply = client.call_api(params, OpenApiRequest(query=query), RuntimeOptions())
    return dict(reply["body"])


OWN = {"key": KEY, "secret": SECRET}
REQUEST = {"RoleArn": ROLE, "RoleSessionName": "gwlbfw"}


def assume(cloud: Cloud, **more: str) -> dict[str, Any]:
    return dict(sts(cloud, "AssumeRole", OWN, **(REQUEST | more))["Credentials"])


def vpcs(cloud: Cloud, credentials: dict[str, str]) -> list[str]:
    reply = cloud.vpc(**credentials).describe_vpcs(vpc.DescribeVpcsRequest(region_id=REGION))
    return [each["VpcId"] for each in cloud.body(reply)["Vpcs"]["Vpc"]]


REGION = "cn-wulanchabu"


def test_assumed_role_has_credentials_that_expire(cloud: Cloud) -> None:
    reply = sts(cloud, "AssumeRole", OWN, **REQUEST, DurationSeconds="900")
    session = reply["Credentials"]
    assert session["AccessKeyId"].startswith("STS.")
    assert session["AccessKeySecret"]
    assert session["SecurityToken"]
    assert session["Expiration"] == timestamp(cloud.clock.now() + 900)
    assert datetime.fromisoformat(session["Expiration"])
    user = reply["AssumedRoleUser"]
    assert user["Arn"] == "acs:ram::2000000000000002:assumed-role/deployer/gwlbfw"
    assert user["AssumedRoleId"].endswith(":gwlbfw")


def test_sessions_of_a_role_have_their_own_credentials(cloud: Cloud) -> None:
    one, two = assume(cloud), assume(cloud)
    assert all(one[name] != two[name] for name in one if name != "Expiration")


def test_session_credentials_act_in_the_account_of_the_role(cloud: Cloud) -> None:
    session = keys(assume(cloud))
    own = cloud.vpc(**OWN).create_vpc(vpc.CreateVpcRequest(region_id=REGION))
    other = cloud.vpc(**session).create_vpc(vpc.CreateVpcRequest(region_id=REGION))
    assert vpcs(cloud, OWN) == [own.body.vpc_id]
    assert vpcs(cloud, session) == [other.body.vpc_id]
    again = keys(assume(cloud))
    assert vpcs(cloud, again) == [other.body.vpc_id]
    foreign = vpc.DeleteVpcRequest(region_id=REGION, vpc_id=other.body.vpc_id)
    assert cloud.refused(cloud.vpc(**OWN).delete_vpc, foreign) == (404, "InvalidVpcId.NotFound")


def test_role_of_the_own_account_acts_in_that_account(cloud: Cloud) -> None:
    account = cloud.simulator.settings.account
    session = keys(assume(cloud, RoleArn=f"acs:ram::{account}:role/deployer"))
    made = cloud.vpc(**session).create_vpc(vpc.CreateVpcRequest(region_id=REGION))
    assert vpcs(cloud, OWN) == [made.body.vpc_id]


def test_session_may_assume_another_role(cloud: Cloud) -> None:
    session = keys(assume(cloud))
    third = "acs:ram::3000000000000003:role/next"
    reply = sts(cloud, "AssumeRole", session, RoleArn=third, RoleSessionName="hop")
    identity = sts(cloud, "GetCallerIdentity", keys(reply["Credentials"]))
    assert identity["AccountId"] == "3000000000000003"


def test_expired_session_is_refused(cloud: Cloud) -> None:
    session = keys(assume(cloud, DurationSeconds="900"))
    cloud.clock.advance(899)
    assert vpcs(cloud, session) == []
    cloud.clock.advance(1)
    request = vpc.DescribeVpcsRequest(region_id=REGION)
    refused = cloud.refused(cloud.vpc(**session).describe_vpcs, request)
    assert refused == (400, "InvalidSecurityToken.Expired")


def test_session_without_its_token_is_refused(cloud: Cloud) -> None:
    session = {**keys(assume(cloud)), "security_token": "another"}
    request = vpc.DescribeVpcsRequest(region_id=REGION)
    refused = cloud.refused(cloud.vpc(**session).describe_vpcs, request)
    assert refused == (400, "InvalidSecurityToken.MismatchWithAccessKey")


def test_session_signature_is_verified_with_its_secret(
    cloud: Cloud,
) -> None:
    session = {**keys(assume(cloud)), "secret": "another"}
    client, request = cloud.vpc(**session), vpc.DescribeVpcsRequest(region_id=REGION)
    if cloud.simulator.settings.credentials:
        refused = cloud.refused(client.describe_vpcs, request)
        assert refused == (400, "SignatureDoesNotMatch")
    else:
        assert client.describe_vpcs(request).body.total_count == 0


def test_get_caller_identity_names_account_and_role(cloud: Cloud) -> None:
    own = sts(cloud, "GetCallerIdentity", OWN)
    assert (own["AccountId"], own["IdentityType"]) == ("1000000000000001", "Account")
    assert own["Arn"] == "acs:ram::1000000000000001:root"
    other = sts(cloud, "GetCallerIdentity", keys(assume(cloud)))
    assert (other["AccountId"], other["IdentityType"]) == ("2000000000000002", "AssumedRoleUser")
    assert other["Arn"] == "acs:ram::2000000000000002:assumed-role/deployer/gwlbfw"


def test_a_simulator_is_known_by_its_name_and_by_what_a_reset_changes(cloud: Cloud) -> None:
    def parts() -> list[str]:
        return str(sts(cloud, "GetCallerIdentity", OWN)["SimulatorId"]).split(".")

    first = parts()
    assert parts() == first
    snapshot = cloud.simulator.export()
    cloud.simulator.reset()
    name, world = parts()
    assert name == first[0]
    assert world != first[1]
    cloud.simulator.load(snapshot)
    assert parts()[0] == name
    assert parts()[1] not in (first[1], world)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"RoleArn": ""}, "MissingRoleArn"),
        ({"RoleSessionName": ""}, "MissingRoleSessionName"),
        ({"RoleArn": "acs:ram::2000000000000002:user/me"}, "InvalidParameter.RoleArn"),
        ({"RoleArn": "arn:aws:iam::2:role/x"}, "InvalidParameter.RoleArn"),
        ({"RoleSessionName": "a*b"}, "InvalidParameter.RoleSessionName"),
        ({"RoleSessionName": "a"}, "InvalidParameter.RoleSessionName"),
        ({"DurationSeconds": "899"}, "InvalidParameter.DurationSeconds"),
        ({"DurationSeconds": "43201"}, "InvalidParameter.DurationSeconds"),
    ],
)
def test_invalid_assume_role_is_refused(cloud: Cloud, wrong: dict[str, str], code: str) -> None:
    def call(query: dict[str, str]) -> None:
        sts(cloud, "AssumeRole", OWN, **query)

    assert cloud.refused(call, REQUEST | wrong) == (400, code)


def test_status_counts_no_sessions(cloud: Cloud) -> None:
    assume(cloud)
    assert cloud.simulator.status().empty

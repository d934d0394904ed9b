"""STS: roles assumed in other accounts, and who a caller is.

Source: STS API 2015-04-01, AssumeRole and GetCallerIdentity. Every account and every role exists,
and any caller may assume any role.
"""

import hashlib
import re

from gwlbfw.sim.auth.identity import Session
from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

VERSION = "2015-04-01"
_ROLE = re.compile(r"acs:ram::(\d+):role/([\w.\-]{1,64})")
_SESSION = re.compile(r"[\w.@\-]{2,64}", re.ASCII)


@action(
    "sts",
    "AssumeRole",
    version=VERSION,
    required=("RoleArn", "RoleSessionName"),
    optional=("DurationSeconds", "ExternalId", "Policy", "SourceIdentity"),
)
def assume_role(region: Region, request: Request) -> Reply:
    """Temporary credentials, whose calls act in the account of the role."""
    role = _ROLE.fullmatch(request.text("RoleArn"))
    session_name = request.text("RoleSessionName")
    if role is None:
        raise _malformed("RoleArn")
    if not _SESSION.fullmatch(session_name):
        raise _malformed("RoleSessionName")
    lifetime = request.number("DurationSeconds", 3600, 900, 43200)
    account, name = role.groups()
    session = region.add(
        Session(
            id="STS." + _new_text(region, 24),
            caller=account,
            arn=f"acs:ram::{account}:assumed-role/{name.lower()}/{session_name}",
            secret=_new_text(region, 40),
            token=_new_text(region, 64),
            expires=region.now + lifetime,
        )
    )
    return {
        "Credentials": {
            "AccessKeyId": session.id,
            "AccessKeySecret": session.secret,
            "SecurityToken": session.token,
            "Expiration": timestamp(session.expires),
        },
        "AssumedRoleUser": {
            "Arn": session.arn,
            "AssumedRoleId": f"{_role_id(session.arn)}:{session_name}",
        },
    }


@action("sts", "GetCallerIdentity", version=VERSION)
def get_caller_identity(region: Region, request: Request) -> Reply:
    """The account of the caller, and the role where it assumed one."""
    session = region.state.find(request.access_key)
    if not isinstance(session, Session):
        return {
            "AccountId": region.account,
            "Arn": f"acs:ram::{region.account}:root",
            "IdentityType": "Account",
            "PrincipalId": region.account,
            "UserId": region.account,
        }
    role_id = _role_id(session.arn)
    return {
        "AccountId": region.account,
        "Arn": session.arn,
        "IdentityType": "AssumedRoleUser",
        "PrincipalId": f"{role_id}:{session.arn.rpartition('/')[2]}",
        "RoleId": role_id,
    }


def _new_text(region: Region, length: int) -> str:
    """A text that was never given before; the same whenever the same calls are made."""
    return region.state.new_id("", length).removeprefix("-")


def _role_id(arn: str) -> str:
    role = arn.rpartition("/")[0]
    return str(int(hashlib.sha256(role.encode()).hexdigest(), 16))[:18]


def _malformed(name: str) -> ApiError:
    return ApiError(f"InvalidParameter.{name}", f"The parameter {name} is wrongly formed.")

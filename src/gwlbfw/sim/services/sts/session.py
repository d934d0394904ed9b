"""STS: roles assumed in other accounts, and who a caller is.

Source: STS API 2015-04-01, AssumeRole (its error table) and GetCallerIdentity; "STS FAQ" of OSS for
the messages. Every account exists, and every role; what may be declared of a role: `sts/role`.
"""

import hashlib
import json
import re
from collections.abc import Mapping

from gwlbfw.sim.auth.identity import Session
from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.sts.role import (
    ARN,
    DEFAULT_S,
    LONGEST_S,
    SHORTEST_S,
    check_caller,
    find_role,
    role_number,
)
from gwlbfw.sim.store.record import DELETED
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

VERSION = "2015-04-01"
_LONGEST_POLICY = 2048
"""Characters of a session's policy."""
_KEPT_S = 86_400.0
"""Seconds that an expired session is known as such (UNVERIFIED)."""
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
    role = ARN.fullmatch(request.text("RoleArn"))
    session_name = request.text("RoleSessionName")
    if role is None:
        raise _malformed("RoleArn")
    if not _SESSION.fullmatch(session_name):
        raise _malformed("RoleSessionName")
    _check_policy(request.text("Policy"))
    lifetime = _lifetime(region, request)
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
    region.transition(session, session.status, DELETED, after=lifetime + _KEPT_S)
    return {
        "Credentials": {
            "AccessKeyId": session.id,
            "AccessKeySecret": session.secret,
            "SecurityToken": session.token,
            "Expiration": timestamp(session.expires),
        },
        "AssumedRoleUser": {
            "Arn": session.arn,
            "AssumedRoleId": f"{role_number(session.arn)}:{session_name}",
        },
    }


@action("sts", "GetCallerIdentity", version=VERSION)
def get_caller_identity(region: Region, request: Request) -> Reply:
    """The account of the caller, and the role where it assumed one.

    The cloud's reply has no SimulatorId: by it a client tells simulated clouds apart.
    """
    session = _session(region, request)
    here = {"AccountId": region.account, "SimulatorId": region.state.cloud_id}
    if session is None:
        return {
            **here,
            "Arn": f"acs:ram::{region.account}:root",
            "IdentityType": "Account",
            "PrincipalId": region.account,
            "UserId": region.account,
        }
    role_id = role_number(session.arn)
    return {
        **here,
        "Arn": session.arn,
        "IdentityType": "AssumedRoleUser",
        "PrincipalId": f"{role_id}:{session.arn.rpartition('/')[2]}",
        "RoleId": role_id,
    }


def _session(region: Region, request: Request) -> Session | None:
    """The session that makes the call; None if it is a key of the account."""
    session = region.state.find(request.access_key)
    return session if isinstance(session, Session) else None


def _lifetime(region: Region, request: Request) -> int:
    """The duration of a session of the role, if the caller may assume it for so long."""
    role = find_role(region.state, request.text("RoleArn"))
    external_id = request.text("ExternalId")
    if role is not None:
        check_caller(role, region.account, _session(region, request), external_id)
    longest = role.max_session if role is not None else LONGEST_S
    lifetime = request.number("DurationSeconds", DEFAULT_S)
    if not SHORTEST_S <= lifetime <= longest:
        why = f"The Min/Max value of DurationSeconds is 15min/{longest / 3600:g}hr."
        raise ApiError("InvalidParameter.DurationSeconds", why)
    return lifetime


def _check_policy(text: str) -> None:
    """Refuse a policy that is none: an object with a Version, and statements in a list."""
    if len(text) > _LONGEST_POLICY:
        why = f"The size of Policy must be smaller than {_LONGEST_POLICY} bytes."
        raise ApiError("InvalidParameter.PolicySize", why)
    try:
        policy = json.loads(text) if text else {"Version": "1", "Statement": []}
    except ValueError:
        policy = None
    match policy:
        case {"Version": "1", "Statement": [*statements]} if all(map(_is_statement, statements)):
            return
    why = "The parameter Policy has not passed grammar check."
    raise ApiError("InvalidParameter.PolicyGrammar", why)


def _is_statement(data: object) -> bool:
    return (
        isinstance(data, Mapping)
        and data.get("Effect") in ("Allow", "Deny")
        and bool({"Action", "NotAction"} & data.keys())
        and bool({"Resource", "NotResource"} & data.keys())
    )


def _new_text(region: Region, length: int) -> str:
    """A text that was never given before, by this state or another."""
    state = region.state
    seed = f"{state.name}/{state.settings.seed}/{state.next_serial()}"
    return hashlib.sha512(seed.encode()).hexdigest()[:length]


def _malformed(name: str) -> ApiError:
    return ApiError(f"InvalidParameter.{name}", f"The parameter {name} is wrongly formed.")

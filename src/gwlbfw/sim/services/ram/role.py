"""Roles of an account: made, read, changed, deleted, tagged. What a role is: `sts/role`.

Source: RAM API 2015-05-01, CreateRole, GetRole, ListRoles, UpdateRole, DeleteRole and the tag
actions; the codes of its errors are those that terraform-provider-alicloud knows
(resource_alicloud_ram_role.go), others UNVERIFIED.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.sts.role import DEFAULT_S, LONGEST_S, Role, find_role, role_id
from gwlbfw.sim.services.tags import tag_list
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

VERSION = "2015-05-01"
_NAME = re.compile(r"[A-Za-z0-9.\-_]{1,64}")


def require_role(region: Region, name: str) -> Role:
    """The account's role of a name."""
    if (found := account_role(region, name)) is not None:
        return found
    raise ApiError(Role.not_found[0], f"The role not exists: {name}.", Role.not_found[1])


def account_role(region: Region, name: str) -> Role | None:
    """The account's role of a name, if there is one."""
    return find_role(region.state, f"acs:ram::{region.account}:role/{name}")


@action(
    "ram",
    "CreateRole",
    version=VERSION,
    required=("RoleName",),
    optional=("AssumeRolePolicyDocument", "Description", "MaxSessionDuration", "Tag"),
)
def create_role(region: Region, request: Request) -> Reply:
    """A new role; it has no permissions, of which the simulator knows none."""
    name = request.require("RoleName")
    if not _NAME.fullmatch(name):
        raise ApiError("InvalidParameter.RoleName.InvalidChars", f"{name} can't be a role's name.")
    if account_role(region, name) is not None:
        raise ApiError("EntityAlreadyExists.Role", f"The role already exists: {name}.", 409)
    role = Role(
        id=role_id(f"acs:ram::{region.account}:role/{name}"),
        name=name,
        description=request.text("Description"),
        max_session=request.number("MaxSessionDuration", DEFAULT_S, DEFAULT_S, LONGEST_S),
        updated=region.now,
        tags=_requested_tags(request),
    )
    _set_policy(role, request, "AssumeRolePolicyDocument")
    return {"Role": _view(_home(region).add(role))}


@action("ram", "GetRole", version=VERSION, required=("RoleName",))
def get_role(region: Region, request: Request) -> Reply:
    """One role, with its trust policy."""
    return {"Role": _view(require_role(region, request.require("RoleName")))}


@action("ram", "ListRoles", version=VERSION, optional=("Marker", "MaxItems", "Tag"))
def list_roles(region: Region, request: Request) -> Reply:
    """The account's roles in order of their names, page by page."""
    size = request.number("MaxItems", 100, 1, 1000)
    after = request.text("Marker")
    roles = sorted(_home(region).all(Role), key=lambda each: each.name)
    for key, value in _requested_tags(request).items():
        roles = [each for each in roles if each.tags.get(key) == value]
    rest = [each for each in roles if each.name > after]
    views: list[Json] = []
    for each in rest[:size]:
        view = _view(each)
        view.pop("AssumeRolePolicyDocument")
        views.append(view)
    more = len(rest) > size
    return {
        "Roles": {"Role": views},
        "IsTruncated": more,
        **({"Marker": rest[size - 1].name} if more else {}),
    }


@action(
    "ram",
    "UpdateRole",
    version=VERSION,
    required=("RoleName",),
    optional=("NewAssumeRolePolicyDocument", "NewDescription", "NewMaxSessionDuration"),
)
def update_role(region: Region, request: Request) -> Reply:
    """Change the given attributes of a role."""
    role = require_role(region, request.require("RoleName"))
    if request.text("NewAssumeRolePolicyDocument"):
        _set_policy(role, request, "NewAssumeRolePolicyDocument")
    role.description = request.text("NewDescription", role.description)
    role.max_session = request.number(
        "NewMaxSessionDuration", role.max_session, DEFAULT_S, LONGEST_S
    )
    role.updated = region.now
    return {"Role": _view(role)}


@action("ram", "DeleteRole", version=VERSION, required=("RoleName",))
def delete_role(region: Region, request: Request) -> Reply:
    """Delete a role, be it attached to instances or not."""
    region.remove(require_role(region, request.require("RoleName")))
    return {}


@action(
    "ram",
    "ListTagResources",
    version=VERSION,
    required=("ResourceType",),
    optional=("ResourceNames", "Tag", "NextToken", "MaxResults", "PageSize"),
)
def list_role_tags(region: Region, request: Request) -> Reply:
    """The tags of roles."""
    _require_roles(request)
    entries: Json = [
        {"ResourceType": "role", "ResourceName": role.name, **tag}
        for role in _named(region, request)
        for tag in tag_list(role.tags, "TagKey", "TagValue")
        if isinstance(tag, Mapping)
    ]
    return {"TagResources": {"TagResource": entries}, "NextToken": ""}


@action("ram", "TagResources", version=VERSION, required=("ResourceType", "ResourceNames", "Tag"))
def tag_roles(region: Region, request: Request) -> Reply:
    """Give roles these tags, beside those they have."""
    _require_roles(request)
    for role in _named(region, request):
        role.tags = {**role.tags, **_requested_tags(request)}
    return {}


@action(
    "ram",
    "UntagResources",
    version=VERSION,
    required=("ResourceType", "ResourceNames"),
    optional=("TagKeys", "All"),
)
def untag_roles(region: Region, request: Request) -> Reply:
    """Take tags from roles: those named, or all."""
    _require_roles(request)
    keys = request.json_texts("TagKeys")
    everything = request.flag("All") and not keys
    for role in _named(region, request):
        role.tags = {
            key: value for key, value in role.tags.items() if not everything and key not in keys
        }
    return {}


def _home(region: Region) -> Region:
    """The account's place for roles, which belong to no region: that of the settings."""
    return replace(region, name=region.settings.region)


def _named(region: Region, request: Request) -> list[Role]:
    return [require_role(region, each) for each in request.json_texts("ResourceNames")]


def _require_roles(request: Request) -> None:
    if request.text("ResourceType").lower() != "role":
        raise request.not_simulated("ResourceType")


def _requested_tags(request: Request) -> dict[str, str]:
    """The tags in a JSON list such as `[{"Key":"a","Value":"b"}]`."""
    text = request.text("Tag", "[]")
    try:
        return {str(each["Key"]): str(each.get("Value", "")) for each in json.loads(text)}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise request.invalid("Tag", "a JSON list of tags is expected") from None


def _set_policy(role: Role, request: Request, name: str) -> None:
    """Give a role its trust policy, and what follows from it."""
    text = request.require(name)
    try:
        statements = [dict(each) for each in json.loads(text)["Statement"]]
    except (ValueError, TypeError, KeyError):
        raise ApiError("MalformedPolicyDocument", f"{name} is no trust policy.") from None
    allowing = [each for each in statements if each.get("Effect") == "Allow"]
    principals = [dict(each.get("Principal") or {}) for each in allowing]
    role.policy = text
    role.trust = tuple(text for each in principals for text in _listed(each.get("RAM")))
    role.services = tuple(text for each in principals for text in _listed(each.get("Service")))
    role.external_id = next(filter(None, map(_external_id, allowing)), "")


def _external_id(statement: Mapping[str, Any]) -> str:
    """The external id that a statement asks for; none if it asks for none."""
    equals = dict(statement.get("Condition") or {}).get("StringEquals") or {}
    return next(iter(_listed(equals.get("sts:ExternalId"))), "")


def _listed(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(each) for each in value]
    return [str(value)] if value else []


def _trust_policy(role: Role) -> str:
    """The trust policy of a role, made up for one that was declared."""
    statement: dict[str, Json] = {
        "Action": "sts:AssumeRole",
        "Effect": "Allow",
        "Principal": {"RAM": list(role.trust)},
    }
    if role.external_id:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": role.external_id}}
    return role.policy or json.dumps({"Statement": [statement], "Version": "1"})


def _view(role: Role) -> dict[str, Json]:
    return {
        "RoleId": role.number,
        "RoleName": role.name,
        "RolePrincipalName": f"{role.name}@role.{role.account}.onaliyunrole.com",
        "Arn": role.arn,
        "Description": role.description,
        "AssumeRolePolicyDocument": _trust_policy(role),
        "MaxSessionDuration": role.max_session,
        "CreateDate": timestamp(role.created),
        "UpdateDate": timestamp(role.updated),
        "Tags": {"Tag": tag_list(role.tags, "TagKey", "TagValue")},
    }

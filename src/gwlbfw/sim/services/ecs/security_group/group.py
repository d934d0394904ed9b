"""Security group: which traffic its members' network interfaces accept.

Sources: ECS API, CreateSecurityGroup, DescribeSecurityGroups, DescribeSecurityGroupReferences,
ModifySecurityGroupPolicy, DeleteSecurityGroup and their error tables.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.ecs.network_interface import NetworkInterface
from gwlbfw.sim.services.ecs.security_group.rule import Rule
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, filter_by_values
from gwlbfw.sim.services.paging import page_by_either
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import requested_group
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags, tag_list
from gwlbfw.sim.services.vpc.vpc.record import Vpc
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

GROUPS = quota("security_groups_per_region", 100)
"""Security groups in one region (ECS API, CreateSecurityGroup)."""
CAPACITY = {"normal": 2000, "enterprise": 65536}
"""Private addresses in one group, by its type (help page "Security group limits")."""
_NAME = re.compile(r"(?!https?://)[^\W\d_][\w:.\-]{1,127}")


@dataclass(kw_only=True, eq=False)
class SecurityGroup(
    Record,
    kind="security_group",
    prefix="sg",
    product="ecs",
    tag_type="securitygroup",
    not_found=("InvalidSecurityGroupId.NotFound", 404),
):
    """One group with its rules; its members are network interfaces that name it."""

    vpc_id: str = ""
    name: str = ""
    description: str = ""
    type: str = "normal"
    resource_group_id: str = ""
    """The resource group it was given; none where it is in the default one."""
    inner_access_policy: str = "Accept"
    """Accept where its members reach each other without any rule."""
    rules: tuple[Rule, ...] = ()

    def uses(self) -> Collection[str]:
        named = (each for rule in self.rules for each in (*rule.groups, *rule.prefix_lists))
        return (self.vpc_id, *named)


@action("ecs", "CreateSecurityGroup")
def create_security_group(region: Region, request: Request) -> Reply:
    """A new group in a VPC; where the call names none, in the default one.

    terraform-provider-alicloud, resource_alicloud_security_group_test.go, reads a VPC's id of a
    group made without one. UNVERIFIED: a refusal where there is no default VPC, as there is no
    classic network any more.
    """
    default = next((each.id for each in region.all(Vpc) if each.is_default), "")
    vpc = region.require(Vpc, request.text("VpcId", default) or request.require("VpcId"))
    if vpc.status != "Available":
        raise ApiError("IncorrectVpcStatus", f"The VPC {vpc.id} is {vpc.status}.", 403)
    if len(region.all(SecurityGroup)) >= (most := region.quota(GROUPS)):
        raise ApiError("QuotaExceed.SecurityGroup", f"The quota of {most} is exceeded.", 403)
    kind = request.one_of("SecurityGroupType", CAPACITY, "normal")
    group = SecurityGroup(
        vpc_id=vpc.id,
        name=_name(request),
        description=_description(request),
        type=kind,
        inner_access_policy="Accept" if kind == "normal" else "Drop",
        resource_group_id=requested_group(region, request, ""),
        tags=requested_tags(request),
    )
    return {"SecurityGroupId": region.add(group).id}


@action("ecs", "ModifySecurityGroupAttribute")
def modify_security_group_attribute(region: Region, request: Request) -> Reply:
    """Change name or description; empty parameters change nothing."""
    group = region.require(SecurityGroup, request.require("SecurityGroupId"))
    group.name = _name(request) or group.name
    group.description = _description(request) or group.description
    return {}


@action("ecs", "ModifySecurityGroupPolicy")
def modify_security_group_policy(region: Region, request: Request) -> Reply:
    """The access of a basic group's members to each other without a rule; codes UNVERIFIED."""
    group = region.require(SecurityGroup, request.require("SecurityGroupId"))
    policy = request.require("InnerAccessPolicy").capitalize()
    if policy not in ("Accept", "Drop"):
        raise ApiError("InvalidPolicy.Malformed", "Accept or Drop is expected.")
    if group.type == "enterprise":
        raise ApiError(
            "InvalidGroupParameter.OperationDenied",
            "The internal access policy of an enterprise level security group can't be modified.",
        )
    group.inner_access_policy = policy
    return {}


@action("ecs", "DescribeSecurityGroupReferences")
def describe_security_group_references(region: Region, request: Request) -> Reply:
    """The groups whose rules name each of these groups; one that none names is left out."""
    ids = request.texts("SecurityGroupId")
    if len(ids) > 10:
        raise request.invalid("SecurityGroupId", "at most 10 groups")
    references: list[Json] = []
    for each in ids:
        users = region.users(region.require(SecurityGroup, each).id)
        naming: list[Json] = [
            {"AliUid": user.account, "SecurityGroupId": user.id}
            for user in users
            if isinstance(user, SecurityGroup)
        ]
        if naming:
            referencing: Json = {"ReferencingSecurityGroup": naming}
            references.append({"SecurityGroupId": each, "ReferencingSecurityGroups": referencing})
    return {"SecurityGroupReferences": {"SecurityGroupReference": references}}


@action("ecs", "DeleteSecurityGroup")
def delete_security_group(region: Region, request: Request) -> Reply:
    """Refused while an interface is in the group or another group's rule names it."""
    group = region.require(SecurityGroup, request.require("SecurityGroupId"))
    users = [each for each in region.users(group.id) if each is not group]
    if any(isinstance(each, SecurityGroup) for each in users):
        raise ApiError(
            "DependencyViolation",
            "The specified security group has been authorized in another one.",
            403,
        )
    if users:
        raise ApiError(
            "DependencyViolation",
            "There is still instance(s) in the specified security group.",
            403,
        )
    region.remove(group)
    return {}


@action("ecs", "DescribeSecurityGroups", without_effect=("IsQueryEcsCount",))
def describe_security_groups(region: Region, request: Request) -> Reply:
    """The groups that match, of an unknown id none; FuzzyQuery: parts of names (UNVERIFIED)."""
    # A security group that a cloud product manages is none of a user's calls' making.
    own = (
        [] if request.flag("ServiceManaged") else filter_by_tags(region.all(SecurityGroup), request)
    )
    found = filter_by_parameters(request, own, _FILTERS)
    if name := request.text("SecurityGroupName"):
        fuzzy = request.flag("FuzzyQuery")
        found = [each for each in found if each.name == name or (fuzzy and name in each.name)]
    found = filter_by_values(found, request.json_texts("SecurityGroupIds"), lambda each: each.id)
    page = page_by_either(request, found, default=10, maximum=100)
    views: Json = [_view(region, each) for each in page.items]
    return {**page.fields, "RegionId": region.name, "SecurityGroups": {"SecurityGroup": views}}


_FILTERS: Mapping[str, TextGetter[SecurityGroup]] = {
    "SecurityGroupId": lambda each: each.id,
    "SecurityGroupType": lambda each: each.type,
    "VpcId": lambda each: each.vpc_id,
    "NetworkType": lambda _: "vpc",
    "ResourceGroupId": lambda each: each.resource_group_id,
}


def _view(region: Region, group: SecurityGroup) -> Json:
    members = [each for each in region.users(group.id) if each.kind == NetworkInterface.kind]
    return {
        "SecurityGroupId": group.id,
        "SecurityGroupName": group.name,
        "SecurityGroupType": group.type,
        "Description": group.description,
        "VpcId": group.vpc_id,
        "CreationTime": timestamp(group.created),
        "ResourceGroupId": group.resource_group_id,
        "RuleCount": len(group.rules),
        "GroupToGroupRuleCount": sum(bool(rule.groups) for rule in group.rules),
        "EcsCount": len(members),
        "AvailableInstanceAmount": CAPACITY[group.type] - len(members),
        "ServiceManaged": False,
        "Tags": {"Tag": tag_list(group.tags, "TagKey", "TagValue")},
    }


def _name(request: Request) -> str:
    name = request.text("SecurityGroupName")
    if name and not _NAME.fullmatch(name):
        raise ApiError("InvalidSecurityGroupName.Malformed", f"{name!r} can't be a group's name.")
    return name


def _description(request: Request) -> str:
    text = request.text("Description")
    if text and (not 2 <= len(text) <= 256 or text.startswith(("http://", "https://"))):
        raise ApiError(
            "InvalidSecurityGroupDiscription.Malformed",
            "The specified parameter Description is not valid.",
        )
    return text

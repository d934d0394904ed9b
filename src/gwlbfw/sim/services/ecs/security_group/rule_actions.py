"""The actions on a security group's rules; inbound and outbound ones are apart.

Sources: ECS API, Authorize-, Revoke- and ModifySecurityGroup(Egress)(Rule) with their error tables,
and DescribeSecurityGroupAttribute. UNVERIFIED: RevokeSecurityGroup's page says both that a rule
which no parameter fits is ignored, and that it is InvalidSecurityGroupRule.RuleNotExist; callers
report the latter. Rules for another account's groups are not simulated.
"""

from collections.abc import Sequence
from dataclasses import replace

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.ecs.prefix_list import PrefixList
from gwlbfw.sim.services.ecs.security_group.group import SecurityGroup
from gwlbfw.sim.services.ecs.security_group.rule import EGRESS, INGRESS, Rule, parse_rule
from gwlbfw.sim.services.paging import page_by_token
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

RULES = quota("rules_per_security_group", 200)
"""Rules in one group (UNVERIFIED: the quota differs by account and group type)."""
_NOT_FOUND = ("InvalidSecurityGroupRuleId.NotFound", 404)


@action("ecs", "AuthorizeSecurityGroup")
def authorize_security_group(region: Region, request: Request) -> Reply:
    """Add inbound rules."""
    return _authorize(region, request, INGRESS)


@action("ecs", "AuthorizeSecurityGroupEgress")
def authorize_security_group_egress(region: Region, request: Request) -> Reply:
    """Add outbound rules."""
    return _authorize(region, request, EGRESS)


@action("ecs", "RevokeSecurityGroup")
def revoke_security_group(region: Region, request: Request) -> Reply:
    """Remove inbound rules, by their ids or as Permissions describe them."""
    return _revoke(region, request, INGRESS)


@action("ecs", "RevokeSecurityGroupEgress")
def revoke_security_group_egress(region: Region, request: Request) -> Reply:
    """Remove outbound rules, by their ids or as Permissions describe them."""
    return _revoke(region, request, EGRESS)


@action("ecs", "ModifySecurityGroupRule")
def modify_security_group_rule(region: Region, request: Request) -> Reply:
    """Change what is given of the inbound rule of an id; without one, a rule's description."""
    return _modify(region, request, INGRESS)


@action("ecs", "ModifySecurityGroupEgressRule")
def modify_security_group_egress_rule(region: Region, request: Request) -> Reply:
    """Change what is given of the outbound rule of an id; without one, a rule's description."""
    return _modify(region, request, EGRESS)


@action("ecs", "DescribeSecurityGroupAttribute", without_effect=("NicType", "Attribute"))
def describe_security_group_attribute(region: Region, request: Request) -> Reply:
    """A group's rules, page by page; NicType is intranet in a VPC, whatever a call says."""
    group = region.require(SecurityGroup, request.require("SecurityGroupId"))
    direction = request.one_of("Direction", (INGRESS, EGRESS, "all"), "all")
    rules = [rule for rule in group.rules if direction in ("all", rule.direction)]
    page = page_by_token(request, rules, default=500, maximum=1000)
    views: Json = [_view(region, rule) for rule in page.items]
    return {
        "SecurityGroupId": group.id,
        "SecurityGroupName": group.name,
        "Description": group.description,
        "VpcId": group.vpc_id,
        "RegionId": region.name,
        "InnerAccessPolicy": group.inner_access_policy,
        "Permissions": {"Permission": views},
        "NextToken": page.fields["NextToken"],
    }


def _view(region: Region, rule: Rule) -> Json:
    view = rule.view
    for end in ("Source", "Dest"):
        group = region.find(SecurityGroup, rule.ends.get(f"{end}GroupId", ""))
        prefix_list = region.find(PrefixList, rule.ends.get(f"{end}PrefixListId", ""))
        view[f"{end}GroupName"] = group.name if group else ""
        view[f"{end}PrefixListName"] = prefix_list.name if prefix_list else ""
    return view


def _authorize(region: Region, request: Request, direction: str) -> Reply:
    group = region.require(SecurityGroup, request.require("SecurityGroupId"))
    for rule in _requested_rules(region, request, direction):
        _check(region, group, rule)
        if any(each.key == rule.key for each in group.rules):
            # UNVERIFIED: a rule that is there already is believed to be silently accepted.
            continue
        made = replace(rule, id=region.state.new_id("sgr"), created=region.now)
        group.rules = (*group.rules, made)
    if len(group.rules) > (most := region.quota(RULES)):
        raise ApiError("AuthorizationLimitExceed", f"A group has at most {most} rules.", 403)
    return {}


def _revoke(region: Region, request: Request, direction: str) -> Reply:
    group = region.require(SecurityGroup, request.require("SecurityGroupId"))
    ids = request.texts("SecurityGroupRuleId")
    if ids and "Permissions" in request:
        raise ApiError(
            "InvalidParam.Permissions",
            "The specified parameter Permissions cannot coexist with other parameters.",
        )
    if len(set(ids)) < len(ids):
        raise ApiError(
            "InvalidParam.SecurityGroupRuleIdRepeated",
            "The specified parameter SecurityGroupRuleId is repeated.",
        )
    if ids:
        doomed = [_by_id(group, each, direction) for each in ids]
    else:
        wanted = _requested_rules(region, request, direction)
        doomed = [_by_description(group, each) for each in wanted]
    group.rules = tuple(rule for rule in group.rules if rule not in doomed)
    return {}


def _modify(region: Region, request: Request, direction: str) -> Reply:
    group = region.require(SecurityGroup, request.require("SecurityGroupId"))
    if rule_id := request.text("SecurityGroupRuleId"):
        old = _by_id(group, rule_id, direction)
        new = _changed(region, request, old)
        _check(region, group, new)
        if any(rule.key == new.key for rule in group.rules if rule is not old):
            raise ApiError("InvalidOperation.RuleDuplicate", "There is such a rule already.")
    else:
        wanted = _parsed(region, request, direction)
        found = _described(group, wanted)
        if found is None:
            message = "The target security group rule not exist."
            raise ApiError("SecurityGroupRule.NotFound", message, 404)
        old, new = found, replace(found, description=wanted.description or found.description)
    group.rules = tuple(new if rule is old else rule for rule in group.rules)
    return {}


def _changed(region: Region, request: Request, old: Rule) -> Rule:
    """The rule of an id after a call, which can't empty anything nor change the kind of its end."""
    before = {
        "IpProtocol": old.protocol,
        "PortRange": old.ports,
        "Policy": old.policy,
        "Priority": str(old.priority),
        "Description": old.description,
        **old.ends,
    }
    given = {name: value for name, value in request.values.items() if value != ""}
    params = Params(request.product, {**before, **given}, read=request.read)
    new = _parsed(region, params, old.direction)
    if new.end != old.end:
        raise ApiError(
            "InvalidOperation.ModifySgRuleEntityType",
            "The source or destination type of the rules cannot be modified.",
        )
    return replace(new, id=old.id, created=old.created)


def _requested_rules(region: Region, request: Request, direction: str) -> Sequence[Rule]:
    """The rules in Permissions, or the one in the deprecated parameters beside it."""
    permissions: Sequence[Params] = request.objects("Permissions") or [request]
    if len(permissions) > 100:
        raise request.invalid("Permissions", "at most 100 rules")
    rules = [_parsed(region, each, direction) for each in permissions]
    if len({rule.key for rule in rules}) < len(rules):
        raise ApiError("InvalidParam.DuplicatePermissions", "There are duplicate permissions.")
    return rules


def _parsed(region: Region, params: Params, direction: str) -> Rule:
    rule = parse_rule(params, direction)
    end = "Source" if direction == INGRESS else "Dest"
    if params.values.get(f"{end}GroupOwnerId") == region.account or f"{end}CidrIp" in rule.ends:
        # One's own account needs no naming, and beside a CIDR block the owner has no effect.
        params.text(f"{end}GroupOwnerId")
        params.text(f"{end}GroupOwnerAccount")
    return rule


def _check(region: Region, group: SecurityGroup, rule: Rule) -> None:
    for each in rule.prefix_lists:
        region.require(PrefixList, each)
    end = "Source" if rule.direction == INGRESS else "Dest"
    for each in rule.groups:
        if each == group.id:
            raise ApiError("InvalidParamter.Conflict", f"The rule names its own group {each}.")
        other = region.require(SecurityGroup, each, f"Invalid{end}GroupId.NotFound", 404)
        if other.vpc_id != group.vpc_id:
            raise ApiError(f"Invalid{end}GroupId.Mismatch", f"{each} is in another VPC.")
        if other.type == "enterprise":
            raise ApiError(
                "InvalidGroupAuthParameter.OperationDenied",
                "The security group can not authorize to enterprise level security group.",
            )
    if group.type == "enterprise" and (rule.groups or rule.policy == "drop"):
        raise ApiError(
            "InvalidGroupParameter.OperationDenied",
            "Policy, SourceGroupId and DestGroupId can't be set in an enterprise group.",
        )


def _by_id(group: SecurityGroup, rule_id: str, direction: str) -> Rule:
    for rule in group.rules:
        if rule.id == rule_id and rule.direction == direction:
            return rule
    code, status = _NOT_FOUND
    raise ApiError(code, f"The specified SecurityGroupRuleId {rule_id} is not exists.", status)


def _by_description(group: SecurityGroup, wanted: Rule) -> Rule:
    if (rule := _described(group, wanted)) is not None:
        return rule
    raise ApiError("InvalidSecurityGroupRule.RuleNotExist", "The specified rule does not exist.")


def _described(group: SecurityGroup, wanted: Rule) -> Rule | None:
    return next((rule for rule in group.rules if rule.key == wanted.key), None)

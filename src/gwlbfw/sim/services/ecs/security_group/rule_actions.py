"""The actions on a security group's rules.

Sources: ECS API, Authorize- and RevokeSecurityGroup, ModifySecurityGroupRule and
DescribeSecurityGroupAttribute.
"""

from collections.abc import Sequence
from dataclasses import replace

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
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
    """Remove rules, by their ids or as Permissions describe inbound ones."""
    group = region.require(SecurityGroup, request.require("SecurityGroupId"))
    ids = request.texts("SecurityGroupRuleId")
    if ids:
        doomed = [_by_id(group, each) for each in ids]
    else:
        doomed = [_by_description(group, each) for each in _requested_rules(request, INGRESS)]
    group.rules = tuple(rule for rule in group.rules if rule not in doomed)
    return {}


@action("ecs", "ModifySecurityGroupRule")
def modify_security_group_rule(region: Region, request: Request) -> Reply:
    """Change what is given of one inbound rule, which keeps its id."""
    group = region.require(SecurityGroup, request.require("SecurityGroupId"))
    old = _by_id(group, request.require("SecurityGroupRuleId"))
    if old.direction != INGRESS:
        raise _rule_not_found(old.id)
    before = {
        "IpProtocol": old.protocol,
        "PortRange": old.ports,
        "Policy": old.policy,
        "Priority": str(old.priority),
        "Description": old.description,
        **old.ends,
    }
    given = Params(request.product, {**before, **request.values}, read=request.read)
    new = parse_rule(given, INGRESS)
    _check_groups(region, group, new)
    new = replace(new, id=old.id, created=old.created)
    group.rules = tuple(new if rule is old else rule for rule in group.rules)
    return {}


@action("ecs", "DescribeSecurityGroupAttribute")
def describe_security_group_attribute(region: Region, request: Request) -> Reply:
    """A group's rules, page by page."""
    group = region.require(SecurityGroup, request.require("SecurityGroupId"))
    direction = request.one_of("Direction", (INGRESS, EGRESS, "all"), "all")
    rules = [rule for rule in group.rules if direction in ("all", rule.direction)]
    page = page_by_token(request, rules, default=500, maximum=1000)
    views: Json = [rule.view for rule in page.items]
    return {
        "SecurityGroupId": group.id,
        "SecurityGroupName": group.name,
        "Description": group.description,
        "VpcId": group.vpc_id,
        "RegionId": region.name,
        # The members of an enterprise group don't reach each other by that alone.
        "InnerAccessPolicy": "Drop" if group.type == "enterprise" else "Accept",
        "Permissions": {"Permission": views},
        "NextToken": page.fields["NextToken"],
    }


def _authorize(region: Region, request: Request, direction: str) -> Reply:
    group = region.require(SecurityGroup, request.require("SecurityGroupId"))
    for rule in _requested_rules(request, direction):
        _check_groups(region, group, rule)
        if any(each.key == rule.key for each in group.rules):
            # UNVERIFIED: a rule that is there already is believed to be silently accepted.
            continue
        made = replace(rule, id=region.state.new_id("sgr"), created=region.now)
        group.rules = (*group.rules, made)
    if len(group.rules) > (most := region.quota(RULES)):
        raise ApiError("AuthorizationLimitExceed", f"A group has at most {most} rules.", 403)
    return {}


def _requested_rules(request: Request, direction: str) -> Sequence[Rule]:
    """The rules in Permissions, or the one in the deprecated parameters beside it."""
    permissions: Sequence[Params] = request.objects("Permissions") or [request]
    if len(permissions) > 100:
        raise request.invalid("Permissions", "at most 100 rules")
    rules = [parse_rule(each, direction) for each in permissions]
    if len({rule.key for rule in rules}) < len(rules):
        raise ApiError("InvalidParam.DuplicatePermissions", "There are duplicate permissions.")
    return rules


def _check_groups(region: Region, group: SecurityGroup, rule: Rule) -> None:
    end = "Source" if rule.direction == INGRESS else "Dest"
    for each in rule.groups:
        if each == group.id:
            raise ApiError("InvalidParamter.Conflict", f"The rule names its own group {each}.")
        other = region.require(SecurityGroup, each, f"Invalid{end}GroupId.NotFound", 404)
        if other.vpc_id != group.vpc_id:
            raise ApiError(f"Invalid{end}GroupId.Mismatch", f"{each} is in another VPC.")
    if group.type == "enterprise" and (rule.groups or rule.policy == "drop"):
        raise ApiError(
            "InvalidGroupParameter.OperationDenied",
            "Policy, SourceGroupId and DestGroupId can't be set in an enterprise group.",
        )


def _by_id(group: SecurityGroup, rule_id: str) -> Rule:
    for rule in group.rules:
        if rule.id == rule_id:
            return rule
    raise _rule_not_found(rule_id)


def _by_description(group: SecurityGroup, wanted: Rule) -> Rule:
    for rule in group.rules:
        if rule.key == wanted.key:
            return rule
    raise ApiError("InvalidSecurityGroupRule.RuleNotExist", "The specified rule does not exist.")


def _rule_not_found(rule_id: str) -> ApiError:
    code, status = _NOT_FOUND
    return ApiError(code, f"The specified SecurityGroupRuleId {rule_id} is not exists.", status)

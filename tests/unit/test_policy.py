"""The least RAM policy: enough for all that the tool does, and nothing that it never does."""

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from gwlbfw import Stack, Topology
from gwlbfw.cloud import authorization
from gwlbfw.cloud.authorization import SERVICE_LINKED_ROLES
from gwlbfw.openapi import catalogue
from gwlbfw.plan.preflight import ACTIONS as PREFLIGHT
from gwlbfw.policy import actions, document, not_narrowed, policy
from gwlbfw.resources.tags import STACK_TAG
from gwlbfw.simulator import simulated_cloud

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("ulanqab", "brownfield", "direct-eips")

ACCOUNTS = """
accounts:
  netops: {role_arn: "acs:ram::123456789012:role/netops"}
"""


def topology(name: str) -> Topology:
    return Topology.load(EXAMPLES / f"{name}.yaml")


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[str, str, str], Topology]:
    """Another version of the example."""

    def change(old: str, new: str, more: str = "") -> Topology:
        text = (EXAMPLES / "ulanqab.yaml").read_text()
        assert old in text
        path = tmp_path / "topology.yaml"
        path.write_text(text.replace(old, new) + more)
        (tmp_path / "hello-world.sh").write_bytes((EXAMPLES / "hello-world.sh").read_bytes())
        return Topology.load(path)

    return change


def test_policy_document_is_in_the_policy_language() -> None:
    names = {
        "vpc:CreateVSwitch",
        "vpc:DeleteVpc",
        "vpc:CreateVpc",
        "ram:CreateServiceLinkedRole",
        "ecs:DeleteInstance",
        "privatelink:CreateVpcEndpoint",
    }
    region = "cn-wulanchabu"
    assert document(names, topology("ulanqab")) == {
        "Version": "1",
        "Statement": [
            {"Effect": "Allow", "Action": ["vpc:CreateVSwitch"], "Resource": ["*"]},
            {
                "Effect": "Allow",
                "Action": ["ram:CreateServiceLinkedRole"],
                "Resource": ["*"],
                "Condition": {
                    "StringEquals": {
                        "ram:ServiceName": ["gwlb.aliyuncs.com", "privatelink.aliyuncs.com"]
                    }
                },
            },
            {
                "Effect": "Allow",
                "Action": ["ecs:DeleteInstance"],
                "Resource": [f"acs:ecs:{region}:*:*"],
                "Condition": {
                    "StringEquals": {"acs:ResourceTag/gwlbfw:stack": [topology("ulanqab").name]}
                },
            },
            {
                "Effect": "Allow",
                "Action": ["privatelink:CreateVpcEndpoint"],
                "Resource": [f"acs:{each}:{region}:*:*" for each in ("ecs", "privatelink", "vpc")],
            },
            {
                "Effect": "Allow",
                "Action": ["vpc:CreateVpc", "vpc:DeleteVpc"],
                "Resource": [f"acs:vpc:{region}:*:*"],
            },
        ],
    }


@pytest.mark.parametrize("name", NAMES)
def test_policy_to_plan_has_no_changing_action(name: str) -> None:
    looks = actions(topology(name), "plan")
    assert looks[""]
    assert not_narrowed(topology(name), "plan") == (frozenset(), frozenset())
    for each in looks[""]:
        verb = each.partition(":")[2]
        assert verb.startswith(("Describe", "Get", "List"))


def test_what_is_not_narrowed_is_named_with_the_reason() -> None:
    by_nature, unsourced = not_narrowed(topology("ulanqab"))
    assert by_nature == {
        "ecs:AuthorizeSecurityGroup",
        "ecs:RunInstances",
        "gwlb:UpdateServerGroupAttribute",
    }
    assert unsourced == {
        "gwlb:CreateServerGroup",
        "vpc:CreateVSwitch",
        "vpc:TagResources",
        "vpc:UnTagResources",
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_action_of_a_policy_is_one_of_the_apis(name: str) -> None:
    known = {f"{product}:{action}" for product, action in catalogue()}
    known |= {SERVICE_LINKED_ROLES, "slb:DescribeLoadBalancers", "ram:GetRole"}
    allowed = {each for names in actions(topology(name)).values() for each in names}
    assert allowed
    assert allowed <= known


def test_account_has_one_policy_document() -> None:
    assert list(policy(topology("ulanqab"))) == [""]


def test_policy_for_existing_resources_allows_no_create_or_delete() -> None:
    names = actions(topology("brownfield"))[""]
    assert not names & {
        "vpc:CreateVpc",
        "vpc:DeleteVpc",
        "ecs:RunInstances",
        "ecs:DeleteInstance",
        "vpc:CreateIpv4Gateway",
        "vpc:DeleteIpv4Gateway",
    }
    assert {"vpc:ModifyRouteEntry", "vpc:AssociateRouteTable"} <= names


def test_each_account_is_allowed_its_own_side(
    changed: Callable[[str, str, str], Topology],
) -> None:
    split = changed("security_vpc:\n", "security_vpc:\n  account: netops\n", ACCOUNTS)
    found = actions(split)
    assert set(found) == {"", "netops"}
    assert "gwlb:CreateLoadBalancer" in found["netops"] - found[""]
    assert "privatelink:CreateVpcEndpoint" in found[""] - found["netops"]
    assert "sts:AssumeRole" in found[""] - found["netops"]
    assert set(PREFLIGHT) <= found["netops"]


def test_policy_allows_passing_the_role_of_a_machine(
    changed: Callable[[str, str, str], Topology],
) -> None:
    with_role = changed("ecs-b-01: {", "ecs-b-01: {ram_role: web, ", "")
    assert "ram:PassRole" in actions(with_role)[""]
    assert "ram:PassRole" not in actions(topology("ulanqab"))[""]


def test_policy_allows_removing_what_others_may_have_added() -> None:
    names = actions(topology("ulanqab"))[""]
    assert {
        "privatelink:RemoveUserFromVpcEndpointService",
        "ecs:RevokeSecurityGroup",
        "vpc:UnTagResources",
    } <= names


def is_allowed(document: Any, action: str, resource: str, tags: Mapping[str, str]) -> bool:
    """What RAM would answer, for a resource with these tags."""
    return any(
        action in statement["Action"]
        and any(fnmatchcase(resource, pattern) for pattern in statement["Resource"])
        and all(
            tags.get(key.removeprefix("acs:ResourceTag/")) in values
            for key, values in statement.get("Condition", {}).get("StringEquals", {}).items()
        )
        for statement in document["Statement"]
    )


def arn(action: str, region: str) -> str:
    """A resource of the action's own product."""
    return f"acs:{action.partition(':')[0]}:{region}:1234567890123456:thing/x-1"


@pytest.mark.parametrize("name", NAMES)
def test_no_narrowed_action_is_allowed_in_another_region(name: str) -> None:
    found = topology(name)
    (printed,) = policy(found).values()
    tags = {STACK_TAG: found.name}
    everywhere = frozenset.union(*not_narrowed(found))
    for action in actions(found)[""]:
        if action == SERVICE_LINKED_ROLES or authorization.is_read(action):
            continue
        elsewhere = is_allowed(printed, action, arn(action, "cn-shanghai"), tags)
        assert elsewhere == (action in everywhere), action


@pytest.mark.simulator
def test_policies_allow_every_call_and_no_plan_changes_anything(
    tmp_path: Path, changed: Callable[[str, str, str], Topology]
) -> None:
    first = topology("ulanqab")
    second = changed("{bandwidth_mbps: 5}", "{bandwidth_mbps: 8}", "")
    with simulated_cloud(clock="standing") as cloud:
        for each, destroys in ((first, False), (second, False), (second, True)):
            with Stack(each, cloud.cloud, state=tmp_path / "state") as stack:
                plan = stack.sync.plan(destroy=destroys)
                stack.sync.verify()
                stack.sync.drift()
                looked = set(stack.api.calls)
                report = stack.sync.apply(plan)
                assert report.outcome == "done"
                # Who a key is, anybody may ask.
                anybodys = {"sts:GetCallerIdentity"}
                assert looked
                assert looked - anybodys <= actions(each, "plan")[""]
                assert looked < set(stack.api.calls)
                assert set(stack.api.calls) - anybodys <= actions(each)[""]
                printed, tags = policy(each)[""], {STACK_TAG: each.name}
                for action in set(stack.api.calls) - anybodys:
                    assert is_allowed(printed, action, arn(action, each.region), tags), action

"""Which of the simulator's actions no script calls, and why."""

from fnmatch import fnmatchcase

from gwlbfw.conformance import load_scripts
from gwlbfw.sim.services import registry

WITHOUT = {
    "gwlb:MoveResourceGroup": "it takes a second group, whose name is taken for days after",
    "privatelink:ChangeResourceGroup": "likewise",
    "slb:CreateLoadBalancerHTTPSListener": "it takes a server certificate",
    "vpc:AllocateVpcIpv6Cidr": "no call gives back the block that it reserves",
    "sts:AssumeRole": "it takes a role, which a script can't make",
    "privatelink:OpenPrivateLinkService": "an account opens it once and for all",
    "sim:*": "the simulator's own: no cloud has them",
    "ram:CreateRole": "roles are an account's, of all regions, and grant rights",
    "ram:*agResources": "they are of roles, which no script makes",
    "resourcemanager:CreateResourceGroup": "a group's name is taken for days after",
    "resourcemanager:UpdateResourceGroup": "it takes a group that a script made",
    "resourcemanager:DeleteResourceGroup": "likewise",
}
"""Patterns of actions that no script calls, each with the reason."""


def test_every_action_is_in_a_script_or_has_a_reason() -> None:
    registry.load_services()
    without = _simulated() - _called()
    assert {each for each in without if not _has_reason(each)} == set()


def test_reasons_are_for_actions_without_a_script() -> None:
    assert {each for each in _called() if _has_reason(each)} == set()


def _has_reason(action: str) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in WITHOUT)


def _simulated() -> set[str]:
    return {f"{product}:{name}" for product, name in registry.implemented()}


def _called() -> set[str]:
    return {
        f"{call.product}:{call.action}"
        for script in load_scripts()
        for step in script.steps
        for call in (step.call, *step.undo)
    }

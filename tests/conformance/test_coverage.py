"""Which of the simulator's actions no script calls, and why."""

from fnmatch import fnmatchcase
from pathlib import Path

from gwlbfw import policy
from gwlbfw.conformance import load_scripts
from gwlbfw.sim.services import registry
from gwlbfw.topology.load import load

EXAMPLE = Path(__file__).parents[2] / "examples" / "ulanqab.yaml"
WITHOUT = {
    "*:MoveResourceGroup": "it takes a second resource group, whose name is taken for days after",
    "*:ChangeResourceGroup": "likewise",
    "vpc:AllocateVpcIpv6Cidr": "no call gives back the block that it reserves",
    "sts:AssumeRole": "it takes a role, which a script can't make",
    "privatelink:OpenPrivateLinkService": "an account opens it once and for all",
    "sim:*": "the simulator's own: no cloud has them",
    "ram:*": "roles are an account's, of all regions, and grant rights",
    "resourcemanager:*": "the name of a resource group is taken for days after",
}
"""Patterns of actions that no script calls, each with the reason."""
NOT_YET = {
    "ecs": """
        AddTags AllocatePublicIpAddress AssignIpv6Addresses AttachInstanceRamRole
        DescribeInstanceAttachmentAttributes DescribeInstanceMaintenanceAttributes
        DescribeInstanceRamRole DescribeTags DetachInstanceRamRole JoinResourceGroup
        ModifyDiskAttribute ModifyDiskSpec ModifyInstanceAttachmentAttributes
        ModifyInstanceAutoReleaseTime ModifyInstanceDeployment
        ModifyInstanceMaintenanceAttributes ModifyInstanceMetadataOptions
        ModifyInstanceNetworkOptions ModifyInstanceNetworkSpec ModifyInstanceSpec
        ModifyInstanceVpcAttribute RebootInstance RebootInstances RemoveTags
        ReplaceSystemDisk ResizeDisk StopInvocation UnassignIpv6Addresses
    """,
    "slb": """
        AddBackendServers CreateLoadBalancer CreateLoadBalancerHTTPListener
        CreateLoadBalancerHTTPSListener CreateLoadBalancerTCPListener
        CreateLoadBalancerUDPListener DeleteLoadBalancer DeleteLoadBalancerListener
        DescribeLoadBalancerAttribute DescribeLoadBalancerListeners
        DescribeMasterSlaveServerGroups DescribeVServerGroups ListTagResources
        RemoveBackendServers SetBackendServers SetLoadBalancerDeleteProtection
        SetLoadBalancerModificationProtection SetLoadBalancerName SetLoadBalancerStatus
        StartLoadBalancerListener StopLoadBalancerListener TagResources UntagResources
    """,
}
"""Actions that no script calls so far; a new action brings its script instead."""


def test_every_action_is_in_a_script_or_has_a_reason() -> None:
    registry.load_services()
    without = _simulated() - _called() - _not_yet()
    assert {each for each in without if not _has_reason(each)} == set()


def test_every_action_that_the_tool_sends_is_in_a_script_or_has_a_reason() -> None:
    registry.load_services()
    assert _sent_by_the_tool() & _not_yet() == set()


def test_actions_without_a_script_so_far_are_simulated_and_in_none() -> None:
    registry.load_services()
    assert _not_yet() - (_simulated() - _called()) == set()


def test_reasons_are_for_actions_without_a_script() -> None:
    assert {each for each in _called() if _has_reason(each)} == set()


def _has_reason(action: str) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in WITHOUT)


def _not_yet() -> set[str]:
    return {f"{product}:{name}" for product, names in NOT_YET.items() for name in names.split()}


def _simulated() -> set[str]:
    return {f"{product}:{name}" for product, name in registry.implemented()}


def _sent_by_the_tool() -> set[str]:
    """What a topology's policy allows, of what the simulator carries out."""
    named = policy.actions(load(EXAMPLE, {}).require()).values()
    return _simulated().intersection(*[set().union(*named)])


def _called() -> set[str]:
    return {
        f"{call.product}:{call.action}"
        for script in load_scripts()
        for step in script.steps
        for call in (step.call, *step.undo)
    }

"""Changes that the cloud would stop half-way: refused before the first call, with a way out."""

import re
from copy import deepcopy

import pytest

from gwlbfw.errors import PlanError
from tests.scenarios.test_edits import EIP_B, SERVER_B, converges, shop, without_zone_c
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C
from tests.scenarios.testbed import Content, Testbed, example

APPLIANCE = "instance.appliance/ecs-01"


def protect(testbed: Testbed, *, on: bool) -> None:
    """Switch the deletion protection of an appliance and of an EIP."""
    instance, eip = testbed.ids[APPLIANCE], testbed.ids[EIP_B]
    testbed.done("ecs:ModifyInstanceAttribute", InstanceId=instance, DeletionProtection=on)
    testbed.done("vpc:DeletionProtection", InstanceId=eip, Type="EIP", ProtectionEnable=on)


def test_what_the_cloud_protects_is_named_before_anything_is_taken_down(deployed: Testbed) -> None:
    protect(deployed, on=True)
    before = deployed.resources
    stack = deployed.stack(example("ulanqab"))
    assert stack.changes() == {}
    with pytest.raises(PlanError) as refused:
        stack.destroy()
    problems = {each.subject: each for each in refused.value.diagnostics()}
    assert {each.code for each in problems.values()} == {"deletion-protection"}
    assert set(problems) == {APPLIANCE, EIP_B}
    assert deployed.ids[APPLIANCE] in str(problems[APPLIANCE].hint)
    assert deployed.resources == before
    content = example("ulanqab")
    shop(content)["servers"].pop("ecs-b-01")
    content["security_vpc"]["appliances"]["ecs-01"]["instance_type"] = "ecs.g7ne.2xlarge"
    refusal = deployed.stack(content).refusal()
    assert (
        f"{APPLIANCE} has deletion protection in the cloud, and the plan would replace" in refusal
    )
    assert f"{EIP_B} has deletion protection in the cloud, and the plan would delete" in refusal
    assert SERVER_B not in refusal
    protect(deployed, on=False)
    stack.destroy()
    assert deployed.resources == {}


def other_subnet(content: Content) -> Content:
    """The same with another block for the security subnet of zone c."""
    content["security_vpc"]["zones"][C]["subnet"]["cidr"] = "10.0.77.0/24"
    return content


def test_subnet_of_the_load_balancer_is_replaced_by_either_way_of_the_hint(
    deployed: Testbed,
) -> None:
    content = other_subnet(example("ulanqab"))
    stack = deployed.stack(content)
    refusal = stack.refusal()
    assert "topology.yaml:" in refusal
    assert f"vswitch.security/{C} can't be replaced" in refusal
    assert "while load_balancer.main is in it" in refusal
    converges(deployed, without_zone_c(example("ulanqab")), whatever=True)
    again = deepcopy(content)
    appliances = again["security_vpc"]["appliances"]
    appliances["ecs-01-2"] = appliances.pop("ecs-01")
    converges(deployed, again)
    content = example("ulanqab")
    content["security_vpc"]["zones"][B]["subnet"]["cidr"] = "10.0.78.0/24"
    assert "subnet-in-use" in deployed.stack(content).refusal()
    deployed.stack(content).destroy()
    converges(deployed, content)


def test_zone_is_added_beside_simulated_appliances_under_the_keys_of_the_hint(
    deployed: Testbed,
) -> None:
    converges(deployed, without_zone_c(example("ulanqab")), whatever=True)
    content = example("ulanqab")
    content["security_vpc"]["appliances"]["ecs-01-2"] = content["security_vpc"]["appliances"][
        "ecs-02"
    ]
    with pytest.raises(PlanError) as refused:
        deployed.stack(content).plan()
    [problem] = refused.value.diagnostics()
    [(old, new)] = re.findall("`(\\S+)` becomes `(\\S+)`", str(problem.hint))
    assert (old, new) == ("ecs-01", "ecs-01-3")
    appliances = content["security_vpc"]["appliances"]
    appliances[new] = appliances.pop(old)
    converges(deployed, content)


def test_everything_that_stands_against_a_new_zone_is_said_at_once(deployed: Testbed) -> None:
    content = example("ulanqab")
    zone = "cn-wulanchabu-a"
    content["security_vpc"]["zones"][zone] = {"subnet": {"cidr": "10.0.7.0/24"}}
    refusal = deployed.stack(content).refusal()
    assert "zone-beside-bounce" in refusal
    assert f"Gateway Load Balancer is not offered in zone {zone}" in refusal

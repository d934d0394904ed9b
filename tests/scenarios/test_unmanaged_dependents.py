"""What strangers have put into the stack's own VPC: destroy says so, and soon."""

from collections.abc import Callable

import pytest

from gwlbfw.errors import CloudError
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import Testbed, example
from tests.scenarios.third_parties import launched

PATIENCE_S = 60
"""Far less than a step is given, and far more than a destroy takes here."""
Stranger = tuple[str, Callable[[], object]]
"""Its id, and how it is removed."""


def an_instance(testbed: Testbed) -> Stranger:
    subnet = testbed.ids["vswitch.business/shop/app-b"]
    stray = launched(testbed, subnet, "security_group.servers/shop")
    return stray, lambda: testbed.done("ecs:DeleteInstance", InstanceId=stray, Force=True)


def a_subnet(testbed: Testbed) -> Stranger:
    vpc = testbed.ids["vpc.business/shop"]
    made = testbed.done("vpc:CreateVSwitch", VpcId=vpc, ZoneId=B, CidrBlock="192.168.77.0/24")
    stray = str(made["VSwitchId"])
    return stray, lambda: testbed.done("vpc:DeleteVSwitch", VSwitchId=stray)


def a_group(testbed: Testbed) -> Stranger:
    made = testbed.done("ecs:CreateSecurityGroup", VpcId=testbed.ids["vpc.security"])
    stray = str(made["SecurityGroupId"])
    return stray, lambda: testbed.done("ecs:DeleteSecurityGroup", SecurityGroupId=stray)


def a_table(testbed: Testbed) -> Stranger:
    made = testbed.done("vpc:CreateRouteTable", VpcId=testbed.ids["vpc.security"])
    stray = str(made["RouteTableId"])
    return stray, lambda: testbed.done("vpc:DeleteRouteTable", RouteTableId=stray)


@pytest.mark.parametrize("put", [an_instance, a_subnet, a_group, a_table])
def test_destroy_names_unmanaged_dependents_and_finishes_once_they_are_gone(
    deployed: Testbed, put: Callable[[Testbed], Stranger]
) -> None:
    stray, remove = put(deployed)
    stack = deployed.stack(example("ulanqab")).stack
    begun = deployed.clock.now()
    report = stack.sync.destroy()
    assert deployed.clock.now() - begun < PATIENCE_S
    assert report.failures
    for each in report.failures:
        assert isinstance(each.error, CloudError)
        assert stray in (each.error.hint or "")
        assert "DependencyViolation" in each.error.cloud_code
    remove()
    assert stack.sync.destroy().outcome == "done"
    assert deployed.resources == {}


def test_destroy_does_not_wait_for_a_product_that_no_stack_uses(deployed: Testbed) -> None:
    subnet = deployed.ids["vswitch.business/shop/app-b"]
    vpc = deployed.ids["vpc.business/shop"]
    made = deployed.done("vpc:CreateNatGateway", VpcId=vpc, VSwitchId=subnet, NatType="Enhanced")
    stack = deployed.stack(example("ulanqab")).stack
    begun = deployed.clock.now()
    (failure,) = stack.sync.destroy().failures
    assert deployed.clock.now() - begun < PATIENCE_S
    assert "DependencyViolation.EnhancedNatgw" in str(failure.error)
    deployed.done("vpc:DeleteNatGateway", NatGatewayId=made["NatGatewayId"], Force=True)
    assert stack.sync.destroy().outcome == "done"
    assert deployed.resources == {}

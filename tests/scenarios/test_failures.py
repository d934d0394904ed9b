"""A call is refused for good in the middle: the rest goes on, and the next apply converges."""

from collections.abc import Callable

import pytest

from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.errors import CloudError, Rejected, TransportError
from gwlbfw.execute import ApplyReport
from tests.scenarios.testbed import Content, RefusingTransport, Testbed, example

MAKING = (
    *("CreateVpc", "CreateVSwitch", "CreateRouteTable", "AssociateRouteTable"),
    *("CreateRouteEntry", "CreateIpv4Gateway", "EnableVpcIpv4Gateway"),
    *("AssociateRouteTableWithGateway", "UpdateGatewayRouteTableEntryAttribute"),
    *("AllocateEipAddress", "AssociateEipAddress", "RunInstances", "CreateSecurityGroup"),
    *("AuthorizeSecurityGroup", "CreateLoadBalancer", "CreateServerGroup"),
    *("AddServersToServerGroup", "CreateListener", "CreateVpcEndpointService"),
    *("AttachResourceToVpcEndpointService", "CreateVpcEndpoint", "AddZoneToVpcEndpoint"),
)
"""Every action that a first apply needs."""
TELLING = (
    *("CreateVpc", "EnableVpcIpv4Gateway", "RunInstances", "CreateListener"),
    *("AddZoneToVpcEndpoint", "UpdateGatewayRouteTableEntryAttribute", "AssociateEipAddress"),
)
"""Actions in the different parts of it, from the first to the last."""
WHOLE = {
    "vpc": 2,
    "vswitch": 6,
    "route_table": 4,
    "route_entry": 3,
    "ipv4_gateway": 1,
    "eip": 2,
    "security_group": 2,
    "instance": 4,
    "load_balancer": 1,
    "server_group": 1,
    "listener": 1,
    "endpoint_service": 1,
    "endpoint": 2,
}
"""What the vendor's scenario consists of."""


class Nth:
    """Refuses the n-th call of an action, or every one."""

    def __init__(self, action: str, nth: int | None = None) -> None:
        self.action, self.nth, self.count = action, nth, 0

    def __call__(self, call: BoundCall) -> CloudError | None:
        if call.action != self.action:
            return None
        self.count += 1
        if self.nth not in (None, self.count):
            return None
        return Rejected(call.name, "QuotaExceeded", "No more of these.", "R-1")


def apply_with_refusal(testbed: Testbed, content: Content, refusal: Nth) -> ApplyReport:
    def watch(inner: Transport) -> Transport:
        return RefusingTransport(inner, refusal)

    return testbed.stack(content, watch).try_apply()


def explained(report: ApplyReport) -> None:
    """Whatever was not done failed itself, or says because of which failure it was skipped."""
    failed = {each.step.id for each in report.failures}
    by_id = {each.step.id: each for each in report.results}
    for each in report.results:
        if each.outcome == "skipped":
            assert each.cause in failed
            assert any(by_id[need].outcome != "done" for need in each.step.needs)
        elif each.outcome == "done":
            assert all(by_id[need].outcome == "done" for need in each.step.needs)
    assert all(each.error is not None for each in report.failures)


@pytest.mark.parametrize("action", TELLING)
def test_apply_finishes_the_other_steps_after_a_failure_and_the_next_converges(
    testbed: Testbed, action: str
) -> None:
    content = example("ulanqab")
    report = apply_with_refusal(testbed, content, Nth(action, 1))
    assert report.outcome == "failed"
    (failure,) = report.failures
    assert "QuotaExceeded" in str(failure.error)
    assert "R-1" in str(failure.error)
    explained(report)
    stack = testbed.stack(content)
    stack.apply()
    assert stack.changes() == {}
    assert testbed.resources == WHOLE
    stack.destroy()
    assert testbed.resources == {}


def test_resources_created_before_a_failure_are_found_without_a_record(testbed: Testbed) -> None:
    content = example("ulanqab")
    for action in MAKING:
        apply_with_refusal(testbed, content, Nth(action, 1))
        testbed.forget()
    stack = testbed.stack(content)
    stack.apply()
    assert stack.changes() == {}
    assert testbed.resources == WHOLE
    testbed.forget()
    stack.destroy()
    assert testbed.resources == {}


def test_half_applied_stack_is_destroyed(testbed: Testbed) -> None:
    content = example("ulanqab")
    for action in TELLING:
        apply_with_refusal(testbed, content, Nth(action))
        testbed.forget()
        testbed.stack(content).destroy()
        assert testbed.resources == {}, action


UNMAKING = (
    *("UnassociateEipAddress", "ReleaseEipAddress", "DeleteRouteEntry"),
    *("UpdateGatewayRouteTableEntryAttribute", "RemoveZoneFromVpcEndpoint", "DeleteVpcEndpoint"),
    *("DetachResourceFromVpcEndpointService", "DeleteVpcEndpointService", "DeleteListener"),
    *("RemoveServersFromServerGroup", "DeleteServerGroup", "DeleteLoadBalancer"),
    *("DeleteInstance", "DeleteSecurityGroup", "UnassociateRouteTable"),
    *("DissociateRouteTableFromGateway", "DeleteRouteTable", "DeleteIpv4Gateway"),
    *("DeleteVSwitch", "DeleteVpc"),
)


def test_destroy_that_fails_at_any_action_is_finished_later(deployed: Testbed) -> None:
    """The same stack, with one action after the other failing, without a record in between."""
    content = example("ulanqab")
    for action in UNMAKING:
        refusal = Nth(action, 1)
        deployed.forget()
        stack = deployed.stack(content, refusing(refusal))
        report = stack.stack.sync.apply(stack.plan(destroy=True))
        explained(report)
        assert (report.outcome == "failed") == (refusal.count > 0), action
    deployed.stack(content).destroy()
    assert deployed.resources == {}


def refusing(refusal: Callable[[BoundCall], CloudError | None]) -> Callable[[Transport], Transport]:
    return lambda inner: RefusingTransport(inner, refusal)


def test_unknown_image_is_an_error_before_anything_is_created(
    testbed: Testbed,
) -> None:
    content = example("ulanqab")
    content["business_vpcs"]["shop"]["servers"]["ecs-b-01"]["image_family"] = "acs:nothing"
    assert "acs:nothing" in testbed.stack(content).refusal()
    assert testbed.resources == {}


class LosesEveryAnswer:
    """Carries out every changing call, and loses its first answer."""

    def __init__(self, inner: Transport) -> None:
        self.inner, self.lost = inner, set[str]()

    def send(self, call: BoundCall) -> Reply:
        reply = self.inner.send(call)
        key = f"{call.name} {sorted(call.params.items(), key=str)}"
        if key not in self.lost and not call.action.startswith(("Describe", "List", "Get")):
            self.lost.add(key)
            raise TransportError(call.name, "somewhere", "the connection was lost")
        return reply


def test_lost_replies_create_nothing_twice(testbed: Testbed) -> None:
    content = example("ulanqab")
    stack = testbed.stack(content, LosesEveryAnswer)
    stack.apply()
    assert stack.changes() == {}
    assert testbed.resources == WHOLE
    stack.destroy()
    assert testbed.resources == {}

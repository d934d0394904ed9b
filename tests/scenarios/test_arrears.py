"""A load balancer in arrears: nothing is led to it, and nobody calls it proven."""

import pytest

from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.errors import PlanError
from tests.scenarios.testbed import Testbed, example


class LockingTransport:
    """Puts the load balancer in arrears as soon as it has a listener."""

    def __init__(self, testbed: Testbed, inner: Transport) -> None:
        self.testbed, self.inner = testbed, inner

    def send(self, call: BoundCall) -> Reply:
        reply = self.inner.send(call)
        if call.action == "CreateListener":
            (balancer,) = self.testbed.call("gwlb:ListLoadBalancers")["LoadBalancers"]
            self.testbed.call("sim:LockLoadBalancer", LoadBalancerId=balancer["LoadBalancerId"])
        return reply


def test_health_gate_lets_nothing_be_led_to_a_load_balancer_in_arrears(testbed: Testbed) -> None:
    content = {**example("ulanqab"), "cutover": {"timeout_s": 60}}
    stack = testbed.stack(content, lambda inner: LockingTransport(testbed, inner))
    report = stack.try_apply()
    assert report.outcome == "failed"
    (gate,) = (each for each in report.results if each.step.id == "listener.main:healthy")
    assert gate.outcome == "failed"
    assert "LoadBalancerBusinessStatus=FinancialLocked" in str(gate.error)
    led = [
        each
        for each in report.results
        if each.step.phase in ("redirect", "cut-over") and each.outcome == "done"
    ]
    assert led == []
    (balancer,) = testbed.call("gwlb:ListLoadBalancers")["LoadBalancers"]
    testbed.done("sim:UnlockLoadBalancer", LoadBalancerId=balancer["LoadBalancerId"])
    again = testbed.stack(content)
    again.apply()
    assert again.stack.sync.verify().proven


def test_a_firewall_in_arrears_is_refuted_and_no_plan_leads_traffic_to_it(
    deployed: Testbed,
) -> None:
    balancer = deployed.ids["load_balancer.main"]
    deployed.done("sim:LockLoadBalancer", LoadBalancerId=balancer)
    content = example("ulanqab")
    stack = deployed.stack(content)
    verdict = stack.stack.sync.verify()
    assert {each.verdict for each in verdict.flows} == {"black_hole"}
    assert any("in arrears" in each.message for each in verdict.findings)
    past = deployed.ids["route_table.gateway/shop"]
    deployed.done(
        "vpc:UpdateGatewayRouteTableEntryAttribute",
        GatewayRouteTableId=past,
        DestinationCidrBlock="192.168.1.0/24",
        NextHopType="Local",
    )
    with pytest.raises(PlanError) as refused:
        stack.apply()
    (problem,) = refused.value.diagnostics()
    assert problem.code == "not-proven"
    assert "load_balancer.main: in arrears (FinancialLocked)" in problem.message
    deployed.done("sim:UnlockLoadBalancer", LoadBalancerId=balancer)
    stack.apply()
    assert stack.stack.sync.verify().proven

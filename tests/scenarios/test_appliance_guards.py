"""What guards appliances decides what a plan loses, and what verify proves."""

import pytest

from gwlbfw.errors import PlanError
from gwlbfw.reachability import Verdict
from tests.scenarios.existing import Existing, brownfield, network
from tests.scenarios.test_edits import balancer
from tests.scenarios.testbed import Content, Testbed, example

pytestmark = [pytest.mark.simulator, pytest.mark.scenario]


def verdict_of(testbed: Testbed, content: Content) -> Verdict:
    return testbed.stack(content).stack.sync.verify()


def verdicts(verdict: Verdict) -> set[str]:
    return {each.verdict for each in verdict.flows}


class TestPlans:
    def test_check_that_is_switched_off_is_off_before_its_port_is_closed(
        self, testbed: Testbed
    ) -> None:
        content = example("ulanqab")
        testbed.stack(content).apply()
        balancer(content).update(health_check={"enabled": False})
        steps = testbed.stack(content).plan().steps
        (revoke,) = (each for each in steps if each.phase == "revoke")
        assert "server_group.main:modify" in revoke.needs

    def test_check_that_is_switched_off_leaves_traffic_that_nobody_can_judge(
        self, testbed: Testbed
    ) -> None:
        content = example("ulanqab")
        testbed.stack(content).apply()
        balancer(content).update(health_check={"enabled": False})
        plan = testbed.stack(content).plan()
        assert plan.forecast is not None
        assert not plan.forecast.proven
        with pytest.raises(PlanError, match="can't be judged"):
            testbed.stack(content).apply()


class TestProof:
    @pytest.fixture
    def made(self, testbed: Testbed) -> Existing:
        made = network(testbed)
        testbed.stack(brownfield(made)).apply()
        assert verdict_of(testbed, brownfield(made)).proven
        return made

    def test_closed_port_of_the_encapsulation_is_a_black_hole_though_probes_are_green(
        self, testbed: Testbed, made: Existing
    ) -> None:
        testbed.done(
            "ecs:RevokeSecurityGroup",
            SecurityGroupId=made.ids["fw"],
            Permissions=[_rule("udp", "6081/6081")],
        )
        verdict = verdict_of(testbed, brownfield(made))
        assert verdicts(verdict) == {"black_hole"}
        critical = [each.message for each in verdict.findings if each.severity == "critical"]
        assert any("UDP 6081" in each for each in critical)

    def test_drop_of_higher_priority_closes_what_another_rule_opens(
        self, testbed: Testbed, made: Existing
    ) -> None:
        testbed.done(
            "ecs:AuthorizeSecurityGroup",
            SecurityGroupId=made.ids["fw"],
            Permissions=[{**_rule("udp", "1/65535"), "Policy": "drop", "Priority": "1"}],
        )
        assert verdicts(verdict_of(testbed, brownfield(made))) == {"black_hole"}

    def test_second_group_opens_what_the_first_does_not(
        self, testbed: Testbed, made: Existing
    ) -> None:
        rule = _rule("udp", "6081/6081")
        made.group("more", "sec", ("udp", "6081"), source="10.0.0.0/16")
        for name in ("fw-1", "fw-2"):
            testbed.done(
                "ecs:JoinSecurityGroup",
                InstanceId=made.ids[name],
                SecurityGroupId=made.ids["more"],
            )
        testbed.done("ecs:RevokeSecurityGroup", SecurityGroupId=made.ids["fw"], Permissions=[rule])
        assert verdict_of(testbed, brownfield(made)).proven

    def test_stopped_appliances_whose_health_nobody_checks_take_nothing(
        self, testbed: Testbed, made: Existing
    ) -> None:
        content = brownfield(made)
        content["gateway_load_balancer"] = {"health_check": {"enabled": False}}
        testbed.stack(content).apply(whatever=True)
        assert verdicts(verdict_of(testbed, content)) == {"unknown"}
        for name in ("fw-1", "fw-2"):
            testbed.done("ecs:StopInstance", InstanceId=made.ids[name])
        assert verdicts(verdict_of(testbed, content)) == {"black_hole"}


def _rule(protocol: str, ports: str) -> dict[str, str]:
    return {
        "IpProtocol": protocol,
        "PortRange": ports,
        "Policy": "accept",
        "Priority": "1",
        "SourceCidrIp": "10.0.0.0/16",
    }

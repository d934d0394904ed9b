"""Network ACLs on the way of appliances decide what verify proves and what a plan loses."""

from typing import Any

import pytest

from gwlbfw.errors import PlanError
from gwlbfw.reachability import Verdict
from tests.scenarios.existing import Existing, brownfield, network
from tests.scenarios.testbed import Recorder, Testbed

pytestmark = [pytest.mark.simulator, pytest.mark.scenario]


def entries(policy: str, field: str) -> list[dict[str, Any]]:
    """One entry for UDP 6081, and one that accepts the rest."""
    rest = {"Policy": "accept", "Protocol": "all", "Port": "-1/-1", field: "0.0.0.0/0"}
    geneve = {"Policy": policy, "Protocol": "udp", "Port": "6081/6081", field: "10.0.0.0/16"}
    return [geneve, rest]


def with_acl(made: Existing, vpc: str, subnet: str, *, inbound: str, outbound: str) -> str:
    """An ACL on a subnet, with a policy for UDP 6081 in each direction."""
    testbed = made.testbed
    acl = str(testbed.done("vpc:CreateNetworkAcl", VpcId=made.ids[vpc])["NetworkAclId"])
    testbed.done(
        "vpc:UpdateNetworkAclEntries",
        NetworkAclId=acl,
        UpdateIngressAclEntries=True,
        IngressAclEntries=entries(inbound, "SourceCidrIp"),
        UpdateEgressAclEntries=True,
        EgressAclEntries=entries(outbound, "DestinationCidrIp"),
    )
    on = [{"ResourceId": made.ids[subnet], "ResourceType": "VSwitch"}]
    testbed.done("vpc:AssociateNetworkAcl", NetworkAclId=acl, Resource=on)
    return acl


def verdict_of(made: Existing) -> Verdict:
    return made.testbed.stack(brownfield(made)).stack.sync.verify()


def test_acl_that_drops_packets_or_replies_is_a_black_hole_though_probes_are_green(
    testbed: Testbed,
) -> None:
    made = network(testbed)
    testbed.stack(brownfield(made)).apply()
    with_acl(made, "sec", "sec-c", inbound="accept", outbound="accept")
    assert verdict_of(made).proven
    acl = with_acl(made, "sec", "sec-b", inbound="accept", outbound="drop")
    verdict = verdict_of(made)
    assert {each.verdict for each in verdict.flows} == {"black_hole"}
    assert any(f"dropped by network ACL {acl}:" in e.message for e in verdict.findings)


def test_first_plan_sees_the_acl_of_a_subnet_that_appliances_are_in(testbed: Testbed) -> None:
    made = network(testbed)
    with_acl(made, "sec", "sec-b", inbound="drop", outbound="accept")
    with_acl(made, "sec", "sec-c", inbound="drop", outbound="accept")
    stack = testbed.stack(brownfield(made))
    forecast = stack.plan().forecast
    assert forecast is not None
    assert not forecast.proven
    lost = {each.subnet for each in forecast.transient_flows if each.black_hole}
    assert lost >= {"vswitch.business/shop/app-b", "vswitch.business/shop/app-c"}
    with pytest.raises(PlanError, match="traffic that works now would be lost"):
        stack.apply()


def test_acls_are_read_one_by_one_only_where_a_subnet_has_one(testbed: Testbed) -> None:
    made = network(testbed)
    testbed.stack(brownfield(made)).apply()
    seen: list[Recorder] = []

    def watch(inner: Any) -> Recorder:
        seen.append(Recorder(inner))
        return seen[-1]

    def acls_read() -> int:
        seen.clear()
        testbed.stack(brownfield(made), watch).stack.sync.verify()
        return sum(
            call.action == "DescribeNetworkAclAttributes"
            for recorder in seen
            for call, _ in recorder.calls
        )

    assert acls_read() == 0
    with_acl(made, "sec", "sec-b", inbound="accept", outbound="accept")
    with_acl(made, "prod", "app-b", inbound="accept", outbound="accept")
    assert acls_read() == 1

"""Endpoints of others on the stack's service: what the service loses, they lose."""

from copy import deepcopy

import pytest

from gwlbfw.cloud.transport import BoundCall
from gwlbfw.errors import CloudError, Denied, PlanError, Rejected
from gwlbfw.plan.forecast import TransientFlow
from tests.scenarios.test_consent import consent
from tests.scenarios.test_edits import without_zone_c
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C
from tests.scenarios.testbed import Content, RefusingTransport, Testbed, example

OTHER = "2000000000000002"


def endpoint_of(testbed: Testbed, account: str, zone: str) -> str:
    """An endpoint of another account, or of another stack in this one, connected in a zone."""
    testbed.patience = 60.0  # a session is good for an hour
    service = testbed.ids["endpoint_service.main"]
    vpc = testbed.done("vpc:CreateVpc", account=account, CidrBlock="172.16.0.0/12")["VpcId"]
    vswitch = testbed.done(
        "vpc:CreateVSwitch", account=account, VpcId=vpc, ZoneId=zone, CidrBlock="172.16.0.0/24"
    )["VSwitchId"]
    if account:
        testbed.done("privatelink:AddUserToVpcEndpointService", ServiceId=service, UserId=account)
    made = testbed.done(
        "privatelink:CreateVpcEndpoint",
        account=account,
        VpcId=vpc,
        ServiceId=service,
        EndpointType="GatewayLoadBalancer",
        Zone=[{"ZoneId": zone, "VSwitchId": vswitch}],
    )
    return str(made["EndpointId"])


def rows_of(rows: tuple[TransientFlow, ...], endpoint: str) -> set[tuple[str, str]]:
    return {(e.direction, e.reason or "") for e in rows if e.holder.startswith(endpoint)}


def allowing(content: Content, account: str) -> Content:
    allowed = deepcopy(content)
    if account:
        allowed.setdefault("endpoint_service", {})["allowed_accounts"] = [account]
    return allowed


LOST = {("inbound", "lost"), ("outbound", "lost")}


@pytest.mark.parametrize("account", ["", OTHER])
def test_zone_that_another_endpoint_is_connected_in_leaves_with_consent_alone(
    deployed: Testbed, account: str
) -> None:
    endpoint = endpoint_of(deployed, account, C)
    stack = deployed.stack(allowing(without_zone_c(example("ulanqab")), account))
    plan = stack.plan()
    rows = consent(plan)
    assert rows_of(rows, endpoint) == LOST
    owner = account or "1000000000000001"
    with pytest.raises(PlanError, match=f"{endpoint} of account {owner} in endpoint_service.main"):
        stack.stack.sync.apply(plan)


def test_connection_in_a_zone_that_stays_is_not_harmed(deployed: Testbed) -> None:
    endpoint = endpoint_of(deployed, OTHER, B)
    stack = deployed.stack(allowing(without_zone_c(example("ulanqab")), OTHER))
    assert rows_of(consent(stack.plan()), endpoint) == set()


def test_destroy_of_a_service_that_others_use_needs_consent(deployed: Testbed) -> None:
    endpoint = endpoint_of(deployed, OTHER, B)
    stack = deployed.stack(allowing(example("ulanqab"), OTHER))
    assert rows_of(consent(stack.plan(destroy=True)), endpoint) >= LOST
    with pytest.raises(PlanError, match=endpoint):
        stack.stack.sync.destroy()


def test_service_that_others_are_connected_to_stays_and_they_are_named(deployed: Testbed) -> None:
    endpoint = endpoint_of(deployed, OTHER, B)
    stack = deployed.stack(allowing(example("ulanqab"), OTHER))
    report = stack.stack.sync.destroy(allow_traffic_loss=True)
    (failure,) = report.failures
    assert isinstance(failure.error, Rejected)
    assert failure.error.hint == (
        f"{deployed.ids['endpoint_service.main']} still has what is not the stack's: {endpoint}; "
        "disable its connection, or have its owner delete it, then go on"
    )
    deployed.done(
        "privatelink:DisableVpcEndpointConnection",
        ServiceId=deployed.ids["endpoint_service.main"],
        EndpointId=endpoint,
    )
    assert consent(stack.plan(destroy=True)) == ()


def test_firewall_that_changes_nothing_for_others_needs_no_consent(deployed: Testbed) -> None:
    endpoint_of(deployed, OTHER, B)
    content = allowing(example("ulanqab"), OTHER)
    content["security_vpc"]["appliances"]["more"] = {
        **content["security_vpc"]["appliances"]["ecs-01"]
    }
    assert consent(deployed.stack(content).plan()) == ()


def test_connections_that_may_not_be_listed_count_as_there(deployed: Testbed) -> None:
    def refusal(call: BoundCall) -> CloudError | None:
        if call.action != "ListVpcEndpointConnections":
            return None
        return Denied(call.name, "NoPermission", "You are not authorized.", "R-1")

    content = without_zone_c(example("ulanqab"))
    stack = deployed.stack(content, lambda inner: RefusingTransport(inner, refusal))
    assert rows_of(consent(stack.plan()), "any endpoint of others") == LOST

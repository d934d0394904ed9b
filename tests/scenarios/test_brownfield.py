"""A firewall around what exists already: it is steered, kept as it is, and put back."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest

from gwlbfw.cloud.transport import BoundCall, Transport
from gwlbfw.errors import CloudError, PlanError, Rejected
from tests.scenarios.dump import dump, labels
from tests.scenarios.existing import Existing, brownfield, network
from tests.scenarios.test_listed_late import DeadAfter
from tests.scenarios.testbed import ANYWHERE, Content, RefusingTransport, Testbed
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C
from tests.unit.state.test_crash import Killed

CHANGING = (
    *("CreateVSwitch", "CreateRouteTable", "AssociateRouteTable", "CreateRouteEntry"),
    *("AssociateRouteTableWithGateway", "CreateLoadBalancer", "CreateServerGroup"),
    *("AddServersToServerGroup", "CreateListener", "CreateVpcEndpointService"),
    *("AttachResourceToVpcEndpointService", "CreateVpcEndpoint", "AddZoneToVpcEndpoint"),
    *("UpdateGatewayRouteTableEntryAttribute", "ModifyRouteEntry"),
)
"""Every action that a first apply needs here."""
TELLING = (
    *("CreateVSwitch", "CreateListener", "AssociateRouteTableWithGateway"),
    *("AddZoneToVpcEndpoint", "UpdateGatewayRouteTableEntryAttribute", "ModifyRouteEntry"),
)
"""Actions in the different parts of it, from the first to the last."""


@pytest.fixture
def made(testbed: Testbed) -> Existing:
    return network(testbed)


def returns_to_before(testbed: Testbed, content: Content) -> None:
    """Apply, see that all is well and nothing was renamed, destroy, see that all is as before."""
    before = dump(testbed)
    stack = testbed.stack(content)
    stack.apply()
    assert stack.changes() == {}
    assert not stack.drift().drifted
    assert labels(dump(testbed), before) == labels(before, before)
    stack.destroy()
    assert dump(testbed) == before


def test_existing_network_is_steered_and_restored(testbed: Testbed, made: Existing) -> None:
    returns_to_before(testbed, brownfield(made))


def test_original_state_is_restored_without_a_record(testbed: Testbed, made: Existing) -> None:
    before = dump(testbed)
    stack = testbed.stack(brownfield(made))
    stack.apply()
    testbed.forget()
    assert stack.changes() == {}
    stack.destroy()
    assert dump(testbed) == before


def test_second_apply_without_a_record_still_knows_the_original_state(
    testbed: Testbed, made: Existing
) -> None:
    before = dump(testbed)
    stack = testbed.stack(brownfield(made))
    stack.apply()
    testbed.forget()
    testbed.done(
        "vpc:ModifyRouteEntry",
        RouteTableId=made.ids["table-app-b"],
        DestinationCidrBlock=ANYWHERE,
        NewNextHopType="Ipv4Gateway",
        NewNextHopId=made.ids["gateway"],
    )
    assert set(stack.changes()) == {"route.business/shop/app-b"}
    stack.apply()
    testbed.forget()
    stack.destroy()
    assert dump(testbed) == before


def refusing(action: str) -> Callable[[Transport], Transport]:
    """A cloud that refuses an action for good."""

    def refuse(call: BoundCall) -> CloudError | None:
        if call.action != action:
            return None
        return Rejected(call.name, "QuotaExceeded", "No more of these.", "R-1")

    return lambda inner: RefusingTransport(inner, refuse)


@pytest.mark.parametrize("action", TELLING)
def test_half_done_apply_is_restored_by_destroy(
    testbed: Testbed, made: Existing, action: str
) -> None:
    before = dump(testbed)
    content = brownfield(made)
    for forgets in (False, True):
        assert testbed.stack(content, refusing(action)).try_apply().outcome == "failed"
        if forgets:
            testbed.forget()
        testbed.stack(content).destroy()
        assert dump(testbed) == before


def test_half_done_apply_is_finished_by_the_next(testbed: Testbed, made: Existing) -> None:
    before = dump(testbed)
    stack = testbed.stack(brownfield(made))
    for action in CHANGING:
        testbed.stack(brownfield(made), refusing(action)).try_apply()
    stack.apply()
    assert stack.changes() == {}
    stack.destroy()
    assert dump(testbed) == before


def test_half_done_destroy_is_finished_by_the_next(testbed: Testbed, made: Existing) -> None:
    before = dump(testbed)
    content = brownfield(made)
    stack = testbed.stack(content)
    stack.apply()
    for action in (
        *("ModifyRouteEntry", "UpdateGatewayRouteTableEntryAttribute", "DeleteVpcEndpoint"),
        *("DissociateRouteTableFromGateway", "DeleteRouteTable", "DeleteLoadBalancer"),
    ):
        refused = testbed.stack(content, refusing(action))
        refused.stack.sync.apply(refused.plan(destroy=True))
        testbed.forget()
    stack.destroy()
    assert dump(testbed) == before


def test_existing_gateway_table_is_used_as_found(testbed: Testbed, made: Existing) -> None:
    made.gateway_table("gateway-table", "prod", "gateway")
    returns_to_before(testbed, brownfield(made))


def test_redirected_gateway_entry_gets_its_original_next_hop_back(
    testbed: Testbed, made: Existing
) -> None:
    made.gateway_table("gateway-table", "prod", "gateway")
    made.redirect("gateway-table", "192.168.1.0/24", "server-vtb")
    made.redirect("gateway-table", "192.168.50.0/24", "server-app-b")
    returns_to_before(testbed, brownfield(made))


def test_redirected_gateway_entry_gets_its_original_next_hop_back_without_a_record(
    testbed: Testbed, made: Existing
) -> None:
    made.gateway_table("gateway-table", "prod", "gateway")
    made.redirect("gateway-table", "192.168.1.0/24", "server-vtb")
    before = dump(testbed)
    stack = testbed.stack(brownfield(made))
    stack.apply()
    testbed.forget()
    stack.destroy()
    assert dump(testbed) == before


@pytest.mark.parametrize("wrong", ["Instance:i-gone", "Instance:fw-1", "Ipv4Gateway:igw-gone"])
def test_next_hop_that_the_vpc_lacks_is_not_put_back_and_the_plan_says_so(
    testbed: Testbed, made: Existing, wrong: str
) -> None:
    """What a tag names may be gone, or in another VPC, and anybody may have written it."""
    stack = testbed.stack(brownfield(made))
    stack.apply()
    testbed.forget()
    kind, _, hop = wrong.partition(":")
    hop = made.ids.get(hop, hop)
    table = made.ids["table-app-b"]
    listed = testbed.call("privatelink:ListVpcEndpoints", EndpointType="GatewayLoadBalancer")
    testbed.done(
        "privatelink:TagResources",
        ResourceType="vpcendpoint",
        ResourceId=[each["EndpointId"] for each in listed["Endpoints"]],
        Tag=[{"Key": "gwlbfw:before:r/business/shop/app-b", "Value": f"{kind}:{hop}@{table}"}],
    )
    plan = stack.plan(destroy=True)
    (said,) = plan.warnings
    assert said.message == (
        f"route.business/shop/app-b: {hop}, which was there before, is not in the VPC: the route "
        "is deleted"
    )
    stack.destroy(whatever=True)
    assert f"{table} {ANYWHERE}" not in dump(testbed)


def test_subnets_of_a_zone_keep_their_shared_table(testbed: Testbed, made: Existing) -> None:
    made.subnet("app-b2", "prod", B, "192.168.3.0/24")
    made.join("table-app-b", "app-b2")
    content = brownfield(made)
    subnets = content["business_vpcs"]["shop"]["zones"][B]["subnets"]
    subnets["app-b2"] = {"id": made.ids["app-b2"]}
    returns_to_before(testbed, content)


def test_table_without_a_default_route_has_none_after_destroy(
    testbed: Testbed, made: Existing
) -> None:
    made.testbed.done(
        "vpc:DeleteRouteEntry",
        RouteTableId=made.ids["table-app-c"],
        DestinationCidrBlock=ANYWHERE,
        NextHopId=made.ids["gateway"],
    )
    returns_to_before(testbed, brownfield(made))


def test_route_table_may_be_named_in_the_file(testbed: Testbed, made: Existing) -> None:
    content = brownfield(made)
    subnet = content["business_vpcs"]["shop"]["zones"][B]["subnets"]["app-b"]
    subnet["route_table"] = {"id": made.ids["table-app-b"]}
    returns_to_before(testbed, content)


@pytest.mark.parametrize("forgets", [False, True])
def test_zone_removed_from_the_file_is_restored_alone(
    testbed: Testbed, made: Existing, forgets: bool
) -> None:
    before = dump(testbed)
    content = brownfield(made)
    stack = testbed.stack(content)
    stack.apply()
    if forgets:
        testbed.forget()
    del content["business_vpcs"]["shop"]["zones"][C]
    smaller = testbed.stack(content)
    with pytest.raises(PlanError, match="both ways: no longer inspected for good, from route"):
        smaller.apply()
    smaller.apply(whatever=True)
    assert smaller.changes() == {}
    now = dump(testbed)
    table = f"{made.ids['table-app-c']} {ANYWHERE}"
    assert now[table] == before[table]
    smaller.destroy()
    assert dump(testbed) == before


def test_half_removed_zone_is_restored_by_the_next_apply(testbed: Testbed, made: Existing) -> None:
    before = dump(testbed)
    content = brownfield(made)
    testbed.stack(content).apply()
    del content["business_vpcs"]["shop"]["zones"][C]
    for action in ("ModifyRouteEntry", "UpdateGatewayRouteTableEntryAttribute"):
        broken = testbed.stack(content, refusing(action))
        assert broken.try_apply(whatever=True).outcome == "failed"
    smaller = testbed.stack(content)
    smaller.apply(whatever=True)
    assert smaller.changes() == {}
    table = f"{made.ids['table-app-c']} {ANYWHERE}"
    assert dump(testbed)[table] == before[table]
    smaller.destroy()
    assert dump(testbed) == before


def test_zone_that_returns_to_the_file_is_restored_to_what_was_found_then(
    testbed: Testbed, made: Existing
) -> None:
    """A zone leaves the file, others change its route, the zone comes back: that is before now."""
    content = brownfield(made)
    testbed.stack(content).apply()
    zones = content["business_vpcs"]["shop"]["zones"]
    zone_c = zones.pop(C)
    testbed.stack(content).apply(whatever=True)
    testbed.done(
        "vpc:ModifyRouteEntry",
        RouteTableId=made.ids["table-app-c"],
        DestinationCidrBlock=ANYWHERE,
        NewNextHopType="Instance",
        NewNextHopId=made.ids["server-vtb"],
    )
    zones[C] = zone_c
    stack = testbed.stack(content)
    stack.apply()
    stack.destroy()
    route = dump(testbed)[f"{made.ids['table-app-c']} {ANYWHERE}"]
    assert made.ids["server-vtb"] in str(route["NextHops"])


def test_third_partys_change_of_a_kept_table_is_drift_and_repaired(
    testbed: Testbed, made: Existing
) -> None:
    before = dump(testbed)
    stack = testbed.stack(brownfield(made))
    stack.apply()
    testbed.done(
        "vpc:DeleteRouteEntry",
        RouteTableId=made.ids["table-app-b"],
        DestinationCidrBlock=ANYWHERE,
        NextHopId=next(c.id for c in stack.plan().changes if c.address == f"endpoint.shop/{B}"),
    )
    (item,) = stack.drift().items
    assert (item.address, item.severity) == ("route.business/shop/app-b", "critical")
    stack.apply()
    assert stack.changes() == {}
    stack.destroy()
    # The entry is another one now, and nobody knows the description of the one deleted.
    table = f"{made.ids['table-app-b']} {ANYWHERE}"
    after = dump(testbed)
    assert after.pop(table)["NextHops"] == before.pop(table)["NextHops"]
    assert after == before


def test_names_and_tags_of_existing_resources_are_left_to_others(
    testbed: Testbed, made: Existing
) -> None:
    stack = testbed.stack(brownfield(made))
    stack.apply()
    testbed.done("vpc:ModifyVpcAttribute", VpcId=made.ids["prod"], VpcName="renamed")
    testbed.done("ecs:ModifyInstanceAttribute", InstanceId=made.ids["fw-1"], InstanceName="renamed")
    assert not stack.drift().drifted
    assert stack.changes() == {}
    stack.destroy()
    assert dump(testbed)[made.ids["prod"]]["VpcName"] == "renamed"


def test_what_a_killed_apply_had_not_come_to_may_leave_the_file(
    testbed: Testbed, made: Existing
) -> None:
    """The record has what was found there, and the ids of nothing there."""
    before = dump(testbed)
    dies = partial(DeadAfter, action="CreateRouteTable")
    with suppress(Killed, BaseExceptionGroup):
        testbed.stack(brownfield(made), dies).apply()
    content = brownfield(made)
    del content["business_vpcs"]["shop"]["zones"][C]
    stack = testbed.stack(content)
    stack.apply()
    assert stack.changes() == {}
    stack.destroy()
    assert dump(testbed) == before

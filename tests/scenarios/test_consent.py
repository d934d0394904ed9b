"""What leaves counts: nothing that works is lost unsaid, and what is not judged counts as lost."""

from collections.abc import Callable
from copy import deepcopy

import pytest

from gwlbfw.errors import PlanError
from gwlbfw.forecast import transient_flows
from gwlbfw.plan import Plan
from gwlbfw.plan.forecast import TransientFlow
from tests.scenarios.test_edits import SERVER_B, server, shop, without_zone_c
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import Content, Testbed, example
from tests.scenarios.third_parties import launched

SERVERS = {SERVER_B, "instance.server/shop/ecs-c-01"}
Edit = Callable[[Content], object]


def consent(plan: Plan) -> tuple[TransientFlow, ...]:
    assert plan.forecast is not None
    return plan.forecast.consent


def lost_for_good(plan: Plan) -> set[str]:
    """The servers whose traffic ends."""
    rows = [each for each in consent(plan) if each.seconds is None]
    assert {each.reason for each in rows} <= {"lost"}
    return {each.holder for each in rows}


def another_vpc_key(content: Content) -> None:
    content["business_vpcs"]["store"] = content["business_vpcs"].pop("shop")


def no_zone_c(content: Content) -> None:
    smaller = without_zone_c(content)
    smaller["security_vpc"] = content["security_vpc"]
    content.clear()
    content.update(smaller)


def other_subnet_without_the_server(content: Content) -> None:
    shop(content)["zones"][B]["subnets"] = {"two": {"cidr": "192.168.3.0/24"}}
    del shop(content)["servers"]["ecs-b-01"]


@pytest.mark.parametrize(
    ("edit", "ended"),
    [
        (another_vpc_key, SERVERS),
        (no_zone_c, {"instance.server/shop/ecs-c-01"}),
        (other_subnet_without_the_server, {SERVER_B}),
    ],
)
def test_server_that_leaves_with_its_subnet_is_lost_for_good(
    deployed: Testbed, edit: Edit, ended: set[str]
) -> None:
    """The file names neither any more, so nothing but tags and record tell of them."""
    content = example("ulanqab")
    edit(content)
    stack = deployed.stack(content)
    plan = stack.plan()
    assert lost_for_good(plan) == ended
    assert plan.forecast is not None
    assert plan.forecast.worst == "black_hole"
    assert plan.forecast.before.proven
    with pytest.raises(PlanError, match=r"would be lost: instance.server/shop/.* for good, from "):
        stack.stack.sync.apply(plan)


def test_server_that_leaves_counts_without_a_record(deployed: Testbed) -> None:
    deployed.forget()
    content = example("ulanqab")
    another_vpc_key(content)
    assert lost_for_good(deployed.stack(content).plan()) == SERVERS


def test_server_of_others_in_an_endpoints_subnet_counts_too(deployed: Testbed) -> None:
    gwlbe = deployed.ids[f"vswitch.gwlbe/shop/{B}"]
    stray = launched(deployed, gwlbe, "security_group.servers/shop")
    eip = deployed.done("vpc:AllocateEipAddress")["AllocationId"]
    deployed.done(
        "vpc:AssociateEipAddress", AllocationId=eip, InstanceId=stray, InstanceType="EcsInstance"
    )
    plan = deployed.stack(example("ulanqab")).plan(destroy=True)
    harmed = {each.subnet for each in consent(plan)}
    assert harmed == {f"vswitch.gwlbe/shop/{B}"}


def test_address_that_moves_to_a_new_server_is_lost_for_seconds_and_not_for_good(
    deployed: Testbed,
) -> None:
    """A subnet under another key is another subnet; the EIP goes on from the old to the new."""
    content = example("ulanqab")
    zone = shop(content)["zones"][B]
    zone["subnets"]["front-b"] = zone["subnets"].pop("app-b")
    server(content)["subnet"] = "front-b"
    plan = deployed.stack(content).plan()
    assert plan.change(SERVER_B).action == "replace"  # type: ignore[arg-type, union-attr]
    assert lost_for_good(plan) == set()
    assert plan.forecast is not None
    # Bound to the new server, it is no longer in the subnet that went.
    assert not any("eip.shop/ecs-b-01:associate" in e.after for e in plan.forecast.transient_flows)
    rows = [each for each in consent(plan) if each.holder]
    assert {(each.holder, each.direction, each.reason) for each in rows} == {
        (SERVER_B, "inbound", "lost"),
        (SERVER_B, "outbound", "lost"),
    }
    assert all(each.seconds and each.after and each.until for each in rows)
    assert plan.forecast is not None
    assert plan.forecast.before.proven
    assert {each.subnet for each in plan.forecast.before.flows} == {"app-b", "app-c"}


def test_moved_vpc_loses_exactly_what_its_plan_still_deletes(deployed: Testbed) -> None:
    content = example("ulanqab")
    another_vpc_key(content)
    content["moved"] = [{"from": "vpc.business/shop", "to": "vpc.business/store"}]
    plan = deployed.stack(content).plan()
    deleted = {each.address for each in plan.changes if each.action == "delete"}
    assert {each.holder for each in consent(plan)} == SERVERS & deleted


def test_empty_subnet_leaves_without_consent(deployed: Testbed) -> None:
    content = example("ulanqab")
    more = deepcopy(content)
    shop(more)["zones"][B]["subnets"]["two"] = {"cidr": "192.168.3.0/24"}
    deployed.stack(more).apply()
    assert consent(deployed.stack(content).plan()) == ()


def test_subnets_with_too_many_states_need_consent_whatever_else_happens(
    deployed: Testbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transient_flows, "MOST_STATES", 1)
    content = example("ulanqab")
    shop(content)["route_tables"] = "per-subnet"
    stack = deployed.stack(content)
    plan = stack.plan()
    assert {each.reason for each in consent(plan)} == {"not_judged"}
    assert all(each.seconds for each in consent(plan))
    with pytest.raises(PlanError, match=r"would not be judged: shop/app-b, both ways: not judged"):
        stack.stack.sync.apply(plan, accept_uninspected=True)


def test_destroy_of_what_the_stack_made_needs_no_consent(deployed: Testbed) -> None:
    assert consent(deployed.stack(example("ulanqab")).plan(destroy=True)) == ()


def test_server_of_others_in_the_stack_s_vpc_is_lost_with_its_network(deployed: Testbed) -> None:
    """Its own network takes the stack away; the machine of somebody else loses the Internet."""
    group = deployed.done(
        "ecs:CreateSecurityGroup",
        VpcId=deployed.ids["vpc.business/shop"],
        SecurityGroupName="others",
    )
    launched = deployed.done(
        "ecs:RunInstances",
        ZoneId=B,
        VSwitchId=deployed.ids["vswitch.business/shop/app-b"],
        SecurityGroupIds=[group["SecurityGroupId"]],
        InstanceType="ecs.g7ne.xlarge",
        ImageFamily="acs:alibaba_cloud_linux_3_2104_lts_x64",
    )
    eip = deployed.done("vpc:AllocateEipAddress", Bandwidth="10")
    deployed.done(
        "vpc:AssociateEipAddress",
        AllocationId=eip["AllocationId"],
        InstanceId=launched["InstanceIdSets"]["InstanceIdSet"][0],
        InstanceType="EcsInstance",
    )
    stack = deployed.stack(example("ulanqab"))
    plan = stack.plan(destroy=True)
    assert {each.subnet for each in consent(plan)} == {"vswitch.business/shop/app-b"}
    assert "lost" in {each.reason for each in consent(plan)}
    with pytest.raises(PlanError, match=r"would be lost.*: shop/app-b, "):
        stack.stack.sync.destroy()

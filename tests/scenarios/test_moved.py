"""Keys are renamed with `moved`: everything below them is what it was, and nothing is made anew."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from gwlbfw.cli.views.plan_text import plan_text
from tests.scenarios.existing import brownfield, network
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import Content, Deployment, Testbed, example


def rename(mapping: Content, before: str, now: str) -> None:
    """Rename a key, in its place."""
    for key in [*mapping]:
        mapping[now if key == before else key] = mapping.pop(key)


def vpc(content: Content) -> None:
    rename(content["business_vpcs"], "shop", "store")
    content["moved"] = [{"from": "vpc.business/shop", "to": "vpc.business/store"}]


def subnet(content: Content) -> None:
    shop = content["business_vpcs"]["shop"]
    rename(shop["zones"][B]["subnets"], "app-b", "front")
    for server in shop.get("servers", {}).values():
        if server.get("subnet") == "app-b":
            server["subnet"] = "front"
    content["moved"] = [
        {"from": "vswitch.business/shop/app-b", "to": "vswitch.business/shop/front"}
    ]


def server(content: Content) -> None:
    rename(content["business_vpcs"]["shop"]["servers"], "ecs-b-01", "web")
    content["moved"] = [{"from": "instance.server/shop/ecs-b-01", "to": "instance.server/shop/web"}]


def appliance(content: Content) -> None:
    rename(content["security_vpc"]["appliances"], "ecs-01", "fw")
    content["moved"] = [{"from": "instance.appliance/ecs-01", "to": "instance.appliance/fw"}]


def everything(content: Content) -> None:
    moves = []
    for edit in (server, subnet, vpc, appliance):
        edit(content)
        moves += content["moved"]
    content["moved"] = moves


def settled(stack: Deployment) -> bool:
    return not stack.changes() and not stack.drift().drifted


@pytest.mark.parametrize(
    ("edit", "recorded"), [(vpc, True), (everything, True), (everything, False)]
)
def test_renamed_key_keeps_all_that_is_below_it(
    deployed: Testbed, edit: Callable[[Content], None], *, recorded: bool
) -> None:
    content = example("ulanqab")
    before = sorted(deployed.ids.values())
    edit(content)
    if not recorded:
        deployed.forget()
    stack = deployed.stack(content)
    plan = stack.plan()
    assert {each.action for each in plan.changes} <= {"update", "no_op"}
    assert {each.action for each in plan.changes if each.moved_from} <= {"update", "no_op"}
    assert not plan.drifted
    for entry in content["moved"]:
        assert f"moved from {entry['from']}" in plan_text(plan)
    if recorded:
        assert not stack.drift().drifted
    stack.apply()
    assert settled(stack)
    assert sorted(each.id for each in stack.plan().changes) == before
    assert not any(each.moved_from for each in stack.plan().changes)
    del content["moved"]
    assert settled(deployed.stack(content))
    deployed.forget()
    assert deployed.stack(content).changes() == {}


@pytest.mark.parametrize(("edit", "recorded"), [(vpc, False), (subnet, True)])
def test_what_was_there_before_moves_along(
    testbed: Testbed, edit: Callable[[Content], Any], *, recorded: bool
) -> None:
    made = network(testbed)
    content = brownfield(made)
    before = testbed.resources
    testbed.stack(content).apply()
    edit(content)
    if not recorded:
        testbed.forget()
    stack = testbed.stack(content)
    assert set(stack.changes().values()) <= {"update"}
    stack.apply()
    assert settled(stack)
    if not recorded:
        testbed.forget()
    del content["moved"]
    testbed.stack(content).destroy()
    assert testbed.resources == before


@pytest.mark.parametrize("edit", [server, everything], ids=lambda e: e.__name__)
def test_renamed_key_without_moved_is_planned_with_the_line_that_keeps_it(
    deployed: Testbed, edit: Callable[[Content], None]
) -> None:
    content = example("ulanqab")
    edit(content)
    wanted = content.pop("moved")
    [hint] = [each.hint for each in deployed.stack(content).plan().warnings]
    content |= yaml.safe_load(str(hint).split("`")[-2])
    keyed = [each for each in wanted if "appliance" not in each["from"]]
    assert len(content["moved"]) == len(keyed)
    actions = set(deployed.stack(content).changes().values())
    assert actions == ({"update"} if edit is not everything else {"update", "create", "delete"})


def test_keys_that_are_not_alike_give_no_hint(deployed: Testbed) -> None:
    content = example("ulanqab")
    subnet(content)
    del content["moved"]
    content["business_vpcs"]["shop"]["zones"][B]["subnets"]["front"]["cidr"] = "192.168.77.0/24"
    content["business_vpcs"]["shop"]["servers"]["ecs-b-01"].pop("private_ip", None)
    assert deployed.stack(content).plan().warnings == ()


def test_move_to_what_is_there_already_is_refused_with_its_place(deployed: Testbed) -> None:
    content = example("ulanqab")
    servers = content["business_vpcs"]["shop"]["servers"]
    servers["web"] = {**servers["ecs-b-01"], "private_ip": "192.168.1.88"}
    deployed.stack(content).apply()
    del servers["ecs-b-01"]
    content["moved"] = [{"from": "instance.server/shop/ecs-b-01", "to": "instance.server/shop/web"}]
    stack = deployed.stack(content)
    said = "instance.server/shop/ecs-b-01 is moved to instance.server/shop/web, but of"
    assert said in stack.refusal()
    assert "topology.yaml:" in stack.refusal()
    del content["moved"]
    assert deployed.stack(content).changes() == {
        "instance.server/shop/ecs-b-01": "delete",
        "eip.shop/ecs-b-01": "delete",
    }


def test_address_that_changes_without_any_call_is_recorded(testbed: Testbed) -> None:
    """What the stack does not own has no tags of its: only the record has its address."""
    made = network(testbed)
    content = brownfield(made)
    content["business_vpcs"]["shop"]["servers"] = {"web": {"id": made.ids["server-app-b"]}}
    testbed.stack(content).apply()
    rename(content["business_vpcs"]["shop"]["servers"], "web", "front")
    content["moved"] = [{"from": "instance.server/shop/web", "to": "instance.server/shop/front"}]
    stack = testbed.stack(content)
    assert stack.plan().is_empty
    stack.apply()
    del content["moved"]
    assert settled(testbed.stack(content))

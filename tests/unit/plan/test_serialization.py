import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwlbfw.address import Address
from gwlbfw.diagnostics import warning
from gwlbfw.errors import PlanError
from gwlbfw.plan import Plan, plan_from_json, plan_to_json
from gwlbfw.plan.health_gate import HEALTH_GATE
from gwlbfw.plan.model import Pause
from gwlbfw.resources.graph import Node
from gwlbfw.resources.next_hop import GATEWAY
from tests.unit.plan.planned import planned
from tests.unit.samples import B, complete, example, live_of, route, vpc, vswitch

parts = st.sets(st.sampled_from(sorted(example())))


def saved(plan: Plan) -> dict[str, Any]:
    """The plan as read from a file."""
    content: dict[str, Any] = json.loads(json.dumps(plan_to_json(plan)))
    return content


@settings(deadline=None)
@given(parts, parts)
def test_plan_survives_a_round_trip_through_a_file(now: set[Address], wanted: set[Address]) -> None:
    plan = planned(complete(wanted), live_of(complete(now))).plan
    read = plan_from_json(saved(plan))
    assert read.changes == plan.changes
    # A list of known ids within a text comes back as that text, which is what is sent.
    assert plan_to_json(read) == plan_to_json(plan)


def test_every_sort_of_change_survives_a_round_trip() -> None:
    steered, adopted = Address("route.business/shop/b"), Address("vpc.theirs")
    target = {
        Address("vpc.a"): Node(vpc(name="new"), protect=True, account="biz"),
        Address("vswitch.s"): Node(vswitch(cidr="10.0.2.0/24")),
        adopted: Node(vpc(tags={"a": "b"}), adopt=True),
        Address("vpc.same"): Node(vpc()),
        Address("vpc.made"): Node(vpc()),
    }
    live = live_of(
        {
            Address("vpc.a"): Node(vpc(name="old"), account="biz"),
            Address("vswitch.s"): Node(vswitch()),
            adopted: Node(vpc(), owned=False),
            Address("vpc.same"): Node(vpc()),
            Address("vpc.gone"): Node(vpc()),
            steered: Node(route("vtb-1", "ep-1"), owned=False),
        }
    )
    before = {steered: route("vtb-1", "ipv4gw-1", GATEWAY), Address("route.gwlbe/shop"): None}
    plan = replace(
        planned(target, live, before=before).plan,
        source="x.yaml",
        source_digest="00",
        destroys=True,
        drifted=frozenset({Address("vpc.a")}),
    )
    first, *others = plan.changes
    plan = replace(plan, changes=(replace(first, moved_from=Address("vpc.b")), *others))
    assert {each.action for each in plan.changes} == {
        "create", "update", "replace", "delete", "adopt", "no_op",
    }  # fmt: skip
    paused = replace(plan.steps[0], pause=Pause(300.0, "2026-01-01T00:00:00+00:00"))
    plan = replace(plan, steps=(paused, *plan.steps[1:]))
    assert plan_from_json(saved(plan)) == plan


class TestForm:
    PLAN = replace(planned(example()).plan, warnings=(warning("w", "look out"),))

    def test_plan_json_has_the_keys_that_readers_rely_on(self) -> None:
        content = saved(self.PLAN)
        assert (content["format_version"], content["stack"]) == (2, "demo")
        assert content["region"] == "cn-wulanchabu"
        assert content["summary"]["create"] == len(example())
        assert content["warnings"] == ["look out"]
        change = content["changes"][0]
        assert change.keys() >= {
            "address", "kind", "action", "id", "before", "after", "changed", "reason", "drift",
        }  # fmt: skip
        assert (change["kind"], change["id"], change["before"]) == ("eip", None, None)

    def test_calls_are_listed_so_that_any_client_can_send_them(self) -> None:
        calls = {each["id"]: each for each in saved(self.PLAN)["calls"]}
        subnet = calls["vswitch.business/shop/app-b:create"]
        assert subnet["action"] == "vpc:CreateVSwitch"
        assert subnet["address"] == "vswitch.business/shop/app-b"
        assert subnet["depends_on"] == ["vpc.business/shop:create"]
        assert subnet["params"]["VpcId"] == "${vpc.business/shop.VpcId}"
        assert subnet["params"]["RegionId"] == "cn-wulanchabu"
        (wait,) = subnet["wait_for"]
        assert (wait["action"], wait["until"]) == (
            "vpc:DescribeVSwitches",
            {"Status": ["Available"]},
        )

    def test_a_gate_is_listed_as_the_read_that_it_waits_for(self) -> None:
        (gate,) = (each for each in saved(self.PLAN)["calls"] if each["id"] == HEALTH_GATE)
        assert (gate["gate"], gate["action"]) == (True, "gwlb:GetListenerHealthStatus")
        assert plan_from_json(saved(planned(example()).plan)).steps[0].call is not None

    def test_user_data_is_in_no_plan(self) -> None:
        calls = {each["id"]: each for each in saved(self.PLAN)["calls"]}
        data = calls["instance.appliance/ecs-01:create"]["params"]["UserData"]
        assert data.startswith("${user_data:instance.appliance/ecs-01 sha256=")
        assert "iptables" not in json.dumps(saved(self.PLAN))

    def test_a_change_that_puts_back_says_so(self) -> None:
        at = Address("route.business/shop/b")
        live = live_of({at: Node(route("vtb-1", "ep-1"), owned=False)})
        content = saved(planned({}, live, before={at: None}).plan)
        assert [each.get("restores") for each in content["changes"]] == [True]


class TestRefusals:
    CONTENT = saved(planned(example()).plan)
    COUNTED = ("made_by", "summary")
    """Keys for readers alone, of which nothing is read."""

    @staticmethod
    def refused(content: object) -> str:
        with pytest.raises(PlanError) as caught:
            plan_from_json(content)
        (diagnostic,) = caught.value.diagnostics()
        assert diagnostic.code == "bad-plan"
        assert diagnostic.hint
        return diagnostic.message

    @pytest.mark.parametrize("content", [None, [], "plan", 3, {}, {"format_version": None}])
    def test_file_that_is_no_plan_is_refused(self, content: object) -> None:
        assert "it says no format" in self.refused(content)

    def test_a_plan_of_another_format(self) -> None:
        message = self.refused({**self.CONTENT, "format_version": 7})
        assert "it has format 7; this version reads 2" in message

    @pytest.mark.parametrize("name", sorted(set(CONTENT) - {"format_version", *COUNTED}))
    def test_a_plan_of_which_something_is_missing(self, name: str) -> None:
        cut = {key: value for key, value in self.CONTENT.items() if key != name}
        assert self.refused(cut) == f"the plan can't be read: `{name}` is missing"

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda content: content["changes"][0].update(action="conjure"),
            lambda content: content["changes"][0].update(address="dragon.main"),
            lambda content: content["changes"][0]["after"].update(colour="red"),
            lambda content: content["changes"][0].update(after=None),
            lambda content: content["calls"][0].pop("params"),
            lambda content: content["calls"][0].update(action="CreateVpc"),
            lambda content: content["calls"][0].update(wait_for=[{}]),
            lambda content: content["calls"][0].update(depends_on=None),
            lambda content: content.pop("found_before"),
            lambda content: content.update(changes=3),
            lambda content: content.update(stack="\ud800"),
            lambda content: content["calls"][0].update(depends_on=["no such call"]),
            lambda content: content["calls"][0].update(timeout_s=float("inf")),
            lambda content: content["calls"].append(content["calls"][0]),
        ],
    )
    def test_a_plan_that_makes_no_sense(self, spoil: Callable[[Any], object]) -> None:
        content = json.loads(json.dumps(self.CONTENT))
        spoil(content)
        assert "can't be read" in self.refused(content)


def test_a_file_has_no_more_than_it_must_of_a_node() -> None:
    content = saved(planned({}, live_of(example(), [Address(f"endpoint.shop/{B}")])).plan)
    assert content["changes"][0]["was"] == {"owned": True, "id": f"id-endpoint-shop-{B}"}

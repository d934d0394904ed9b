"""A plan that was saved: carried out as it was shown, resumed, or refused with nothing changed."""

import json
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import pytest

from gwlbfw.errors import PlanError, StalePlanError
from gwlbfw.execute import ApplyReport
from gwlbfw.plan import Plan, plan_from_json, plan_to_json
from tests.scenarios.existing import brownfield, network
from tests.scenarios.testbed import Content, Testbed, example, succeeded
from tests.unit.state.test_crash import Dying, Killed


def from_file(plan: Plan) -> Plan:
    """The plan as it comes out of the file that it was saved to."""
    return plan_from_json(json.loads(json.dumps(plan_to_json(plan))))


@dataclass
class SavedPlan:
    """A plan of one topology in one cloud, saved, and what can be done with it."""

    testbed: Testbed
    content: Content
    destroys: bool = False

    def __post_init__(self) -> None:
        stack = self.testbed.stack(self.content).stack.sync
        self.plan = from_file(stack.plan(destroy=self.destroys))

    def carry_out(self, watch: Callable[[Any], Any] = lambda transport: transport) -> ApplyReport:
        stack = self.testbed.stack(self.content, watch).stack.sync
        if self.destroys:
            return stack.destroy(saved=self.plan, allow_traffic_loss=True)
        return stack.apply(self.plan, accept_uninspected=True, allow_traffic_loss=True)

    def interrupt(self, at: int, *, sends_it: bool = False) -> None:
        """Carry it out until the call of this number, which may be sent; no answer comes."""
        with suppress(Killed, BaseExceptionGroup):
            self.carry_out(lambda transport: Dying(transport, at, sends_it))
        self.testbed.settle()

    def refusal(self) -> str:
        """Why it is not carried out; nothing changes."""
        before = self.testbed.simulator.status()
        dying: list[Dying] = []

        def watch(inner: Any) -> Dying:
            dying.append(Dying(inner, 0, sends_it=False))
            return dying[-1]

        with pytest.raises(StalePlanError) as caught:
            self.carry_out(watch)
        assert not dying[0].sent
        assert self.testbed.simulator.status() == before
        return str(caught.value)


@pytest.fixture
def saved(testbed: Testbed) -> SavedPlan:
    return SavedPlan(testbed, example("ulanqab"))


def test_a_saved_plan_is_carried_out_once(saved: SavedPlan) -> None:
    assert saved.plan.account == saved.testbed.simulator.settings.account
    succeeded(saved.carry_out())
    assert saved.testbed.stack(saved.content).changes() == {}
    assert "live state has changed since the plan was made: eip" in saved.refusal()


@pytest.mark.parametrize("sends_it", [False, True])
@pytest.mark.parametrize("at", [0, 21, 44])
def test_an_interrupted_run_of_a_saved_plan_is_resumed(
    saved: SavedPlan, at: int, *, sends_it: bool
) -> None:
    saved.interrupt(at, sends_it=sends_it)
    saved.interrupt(2)
    succeeded(saved.carry_out())
    assert saved.testbed.stack(saved.content).changes() == {}


def test_an_interrupted_run_on_what_existed_is_resumed(testbed: Testbed) -> None:
    content = brownfield(network(testbed))
    testbed.settle()
    saved = SavedPlan(testbed, content)
    saved.interrupt(17)
    succeeded(saved.carry_out())
    assert testbed.stack(content).changes() == {}
    saved = SavedPlan(testbed, content, destroys=True)
    saved.interrupt(9)
    succeeded(saved.carry_out())
    assert testbed.stack(content).plan(destroy=True).is_empty


def test_another_plan_is_not_resumed(saved: SavedPlan) -> None:
    saved.interrupt(20)
    document = json.loads(json.dumps(saved.plan.document))
    document["changes"][0]["reason"] += "!"
    saved.plan = plan_from_json(document)
    assert "live state has changed since" in saved.refusal()


def test_a_plan_is_not_resumed_once_another_run_has_begun(saved: SavedPlan) -> None:
    saved.interrupt(20)
    with suppress(Killed, BaseExceptionGroup):
        stack = saved.testbed.stack(saved.content, lambda inner: Dying(inner, 4, sends_it=True))
        stack.apply()
    saved.testbed.settle()
    assert "live state has changed since" in saved.refusal()


def test_what_is_left_is_refused_where_something_else_moved(saved: SavedPlan) -> None:
    saved.interrupt(40)
    testbed = saved.testbed
    (group,) = testbed.call("gwlb:ListServerGroups")["ServerGroups"]
    testbed.done("gwlb:UpdateServerGroupAttribute", ServerGroupId=group["ServerGroupId"],
                 Scheduler="2TCH")  # fmt: skip
    told = "what is left is no part of the saved plan: server_group.main"
    assert told in saved.refusal()


def test_a_saved_plan_is_refused_in_another_account(saved: SavedPlan) -> None:
    saved.plan = from_file(replace(saved.plan, account="1999999999999999"))
    assert "made in account 1999999999999999, and these credentials are those of" in saved.refusal()


def test_a_saved_plan_that_names_no_account_is_refused_where_it_is_known(saved: SavedPlan) -> None:
    saved.plan = from_file(replace(saved.plan, account=""))
    assert "made in an account that it does not say" in saved.refusal()


def test_a_plan_with_a_foreign_call_deletes_nothing_of_others(testbed: Testbed) -> None:
    theirs = testbed.done("vpc:CreateVpc", CidrBlock="10.0.0.0/8")["VpcId"]
    testbed.stack(example("ulanqab")).apply()
    content = deepcopy(example("ulanqab"))
    content["gateway_load_balancer"]["health_check"] = {"interval_s": 7}
    saved = SavedPlan(testbed, content)
    document = json.loads(json.dumps(saved.plan.document))
    (call,) = document["calls"]
    call.update(action="vpc:DeleteVpc", params={"RegionId": "cn-wulanchabu", "VpcId": theirs})
    saved.plan = plan_from_json(document)
    assert ": action: vpc:DeleteVpc → gwlb:UpdateServerGroupAttribute" in saved.refusal()


def test_consent_is_that_of_the_command_line_and_no_more_than_was_shown(testbed: Testbed) -> None:
    testbed.stack(example("ulanqab")).apply()
    content = deepcopy(example("ulanqab"))
    del content["business_vpcs"]["shop"]["servers"]["ecs-c-01"]
    saved = SavedPlan(testbed, content)
    assert saved.plan.forecast is not None
    assert saved.plan.forecast.consent
    stack = testbed.stack(content).stack.sync
    with pytest.raises(PlanError, match="traffic that works now would"):
        stack.apply(saved.plan)
    document = json.loads(json.dumps(saved.plan.document))
    document["traffic"] |= {"consent": [], "transitions": [], "if_refused": [], "worst": "none"}
    honest, saved.plan = saved.plan, plan_from_json(document)
    saved.refusal()
    saved.plan = honest
    succeeded(saved.carry_out())


def test_a_destroying_plan_is_carried_out_by_destroy_alone(testbed: Testbed) -> None:
    content = example("ulanqab")
    testbed.stack(content).apply()
    stack = testbed.stack(content).stack.sync
    plan, end = stack.plan(), stack.plan(destroy=True)
    with pytest.raises(PlanError, match=r"`Stack.destroy` carries it out"):
        stack.apply(from_file(end))
    with pytest.raises(PlanError, match=r"`Stack.apply` carries it out"):
        stack.destroy(saved=from_file(plan))
    succeeded(stack.destroy(saved=from_file(end)))
    assert testbed.simulator.status().empty

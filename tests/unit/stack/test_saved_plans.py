"""A saved plan is taken where planning again gives the same, and refused with the difference."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gwlbfw.address import Address
from gwlbfw.diagnostics import warning
from gwlbfw.errors import StalePlanError
from gwlbfw.plan import Plan, plan_from_json, plan_to_json
from gwlbfw.plan.forecast import Forecast
from gwlbfw.plan.model import Pause
from gwlbfw.plan.serialization import document_digest
from gwlbfw.resources.graph import Live, Node
from gwlbfw.resources.next_hop import GATEWAY
from gwlbfw.stack.saved_plans import refuse_moved, same_plan
from tests.unit.plan.planned import planned
from tests.unit.plan.test_forecast_codec import BYPASS, FINDING, forecast_of
from tests.unit.samples import B, complete, example, live_of, route

GRAPH = complete(sorted(example()))
VPC, OLD = Address("vpc.business/shop"), Address("route.business/shop/old")
ROUTE = f"route.business/shop/{B}:create"
REDIRECT = "route.gateway/shop/app-b:redirect"
ORIGINAL = {OLD: route("vtb-1", "ipv4gw-1", GATEWAY)}
THERE = live_of(complete([VPC]))
PLAN = replace(
    planned(GRAPH, THERE, before=ORIGINAL).plan,
    account="1234567890123456",
    source="x.yaml",
    source_digest="00",
)


def document(plan: Plan) -> dict[str, Any]:
    """The plan as a file has it."""
    content: dict[str, Any] = json.loads(json.dumps(plan_to_json(plan)))
    return content


def saved(plan: Plan) -> Plan:
    """The plan as it is read from a file."""
    return plan_from_json(document(plan))


def refusal(plan: Plan, now: Plan = PLAN, live: Live = THERE, interrupted: str = "") -> str:
    """Why a saved plan is not taken."""
    with pytest.raises(StalePlanError) as caught:
        same_plan(plan, now, live, interrupted)
    (problem,) = caught.value.diagnostics()
    assert problem.hint == "make a new plan and look at it again"
    return problem.message


def call(content: Any, name: str = ROUTE) -> Any:
    return next(each for each in content["calls"] if each["id"] == name)


def change(content: Any, name: str = VPC) -> Any:
    return next(each for each in content["changes"] if each["address"] == name)


def add_call(content: Any) -> None:
    extra = {**call(content), "id": "vpc.theirs:delete", "action": "vpc:DeleteVpc"}
    content["calls"].append(extra)


def last_first(content: Any) -> None:
    last = content["calls"].pop()
    last["depends_on"] = []
    content["calls"].insert(0, last)


TAMPERINGS: dict[str, tuple[Callable[[Any], object], str]] = {
    "another action": (
        lambda c: call(c).update(action="vpc:DeleteVpc"),
        f"{ROUTE}: action: vpc:DeleteVpc → vpc:CreateRouteEntry",
    ),
    "another parameter": (
        lambda c: call(c)["params"].update(DestinationCidrBlock="10.0.0.0/8"),
        f"{ROUTE}: params: DestinationCidrBlock: 10.0.0.0/8 → 0.0.0.0/0",
    ),
    "one parameter more": (
        lambda c: call(c)["params"].update(Force=True),
        f"{ROUTE}: params: Force: true → nothing",
    ),
    "another region of one call": (
        lambda c: call(c)["params"].update(RegionId="cn-hangzhou"),
        f"{ROUTE}: params: RegionId: cn-hangzhou → cn-wulanchabu",
    ),
    "another account of one call": (
        lambda c: call(c).update(account="hub"),
        f"{ROUTE}: account: hub → nothing",
    ),
    "one call more": (add_call, "vpc.theirs:delete: vpc:DeleteVpc → nothing"),
    "one call less": (
        lambda c: c["calls"].pop(),
        f"{PLAN.steps[-1].id}: nothing → {PLAN.steps[-1].call.name}",  # type: ignore[union-attr]
    ),
    "an edge less": (
        lambda c: call(c)["depends_on"].remove(REDIRECT),
        f"{ROUTE}: depends_on: [] → {REDIRECT}",
    ),
    "another order": (last_first, f"{PLAN.steps[-1].id}: depends_on: [] → "),
    "another wait": (
        lambda c: call(c)["wait_for"][0]["until"].update(Status=["Pending"]),
        f"{ROUTE}: wait_for: until: Status: Pending → Available",
    ),
    "no wait": (lambda c: call(c).update(wait_for=[]), f"{ROUTE}: wait_for: [] → [{{"),
    "a shorter time": (
        lambda c: call(c).update(timeout_s=1.0),
        f"{ROUTE}: timeout_s: 1.0 → 900.0",
    ),
    "another undo": (
        lambda c: call(c)["undo"].update(action="vpc:CreateRouteEntry"),
        f"{ROUTE}: undo: action: vpc:CreateRouteEntry → vpc:DeleteRouteEntry",
    ),
    "no undo": (lambda c: call(c).pop("undo"), f"{ROUTE}: undo: nothing → {{"),
    "another group": (
        lambda c: call(c).update(group="shop/z"),
        f"{ROUTE}: group: shop/z → shop/{B}",
    ),
    "a failure that is none": (
        lambda c: call(c).update(attempt=True),
        f"{ROUTE}: attempt: true → nothing",
    ),
    "another address put back": (
        lambda c: change(c, OLD).pop("restores"),
        f"{OLD}: restores: nothing → true",
    ),
    "another thing put back": (
        lambda c: c["found_before"][OLD].update(destination="10.0.0.0/8"),
        f"found_before: {OLD}: destination: 10.0.0.0/8 → 0.0.0.0/0",
    ),
    "nothing put back": (lambda c: c["found_before"].clear(), f"found_before: {OLD}: nothing → {{"),
    "another action of a change": (
        lambda c: change(c, "vpc.security").update(action="update"),
        "vpc.security: action: update → create",
    ),
    "another id": (
        lambda c: change(c).update(id="vpc-theirs"),
        f"{VPC}: id: vpc-theirs → id-vpc-business-shop",
    ),
    "a change less": (lambda c: c["changes"].pop(0), "eip.shop/ecs-b-01: nothing → create"),
    "another region": (lambda c: c.update(region="cn-x"), "region: cn-x → cn-wulanchabu"),
    "another stack": (lambda c: c.update(stack="theirs"), "stack: theirs → demo"),
    "a destroy": (lambda c: c.update(destroys=True), "destroys: true → false"),
    "another summary": (lambda c: c["summary"].update(delete=1), "summary: delete: 1 → 0"),
    "a key of its own": (lambda c: c.update(note="fine"), "note: fine → nothing"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampered_plan_is_refused_with_its_first_difference(name: str) -> None:
    tamper, difference = TAMPERINGS[name]
    content = document(PLAN)
    tamper(content)
    message = refusal(plan_from_json(content))
    assert message.startswith(f"planning again does not give the saved plan: {difference}")


@pytest.mark.parametrize(("account", "named"), [("1" * 16, f"account {'1' * 16}"), ("", "an acc")])
def test_a_plan_of_another_account_is_refused(account: str, named: str) -> None:
    message = refusal(saved(replace(PLAN, account=account)))
    assert message.startswith(f"the plan was made in {named}")
    assert message.endswith("these credentials are those of account 1234567890123456")


def test_a_plan_that_nobody_touched_is_taken_as_the_one_made_now() -> None:
    taken = same_plan(saved(PLAN), PLAN, THERE)
    assert taken.document is None
    assert replace(taken, carries_out="") == PLAN


@pytest.mark.parametrize("name", ["made_by", "fingerprint", "source"])
def test_what_decides_nothing_may_be_anything(name: str) -> None:
    content = {**document(PLAN), name: "else"}
    assert same_plan(plan_from_json(content), PLAN, THERE).steps == PLAN.steps


def moved(at: Address, **properties: object) -> Live:
    node = THERE.nodes[at]
    return Live({at: replace(node, resource=node.resource.model_copy(update=properties))})


@pytest.mark.parametrize(
    ("live", "difference"),
    [
        (moved(VPC, name="other"), f"{VPC}: name: ulanqab-edge-shop → other"),
        (Live(), f"{VPC}: id-vpc-business-shop → nothing"),
        (Live({VPC: replace(THERE.nodes[VPC], id="vpc-2")}), f"{VPC}: id: id-vpc-business-shop →"),
        (
            Live({**THERE.nodes, Address("vpc.security"): Node(GRAPH[VPC].resource, id="vpc-3")}),
            "vpc.security: nothing → vpc-3",
        ),
    ],
)
def test_a_stale_plan_says_what_moved(live: Live, difference: str) -> None:
    now = replace(planned(GRAPH, live, before=ORIGINAL).plan, account=PLAN.account)
    said = f"live state has changed since the plan was made: {difference}"
    assert refusal(saved(PLAN), now, live).startswith(said)
    with pytest.raises(StalePlanError) as caught:
        refuse_moved(PLAN, live)
    assert str(caught.value).startswith(said)


def test_a_plan_of_another_file_says_so_and_how() -> None:
    told = "the topology, a variable or a user data file has changed since the plan was made"
    assert refusal(saved(PLAN), replace(PLAN, source_digest="11")) == told
    graph = {at: each for at, each in GRAPH.items() if at.kind != "eip"}
    other = replace(planned(graph, THERE, before=ORIGINAL).plan, account=PLAN.account)
    assert refusal(saved(PLAN), other).startswith(f"{told}: eip.shop/ecs-b-01: create → nothing")


def test_a_warning_that_was_not_shown_is_refused() -> None:
    warned = replace(PLAN, warnings=(warning("w", "a route stays"),))
    assert refusal(saved(PLAN), warned) == "what the saved plan does not say: a route stays"
    assert same_plan(saved(warned), PLAN, THERE).steps == PLAN.steps


SEEN = forecast_of(PLAN)
LOST, FOR_GOOD = SEEN.transient_flows[0], SEEN.consent[0]
QUIET = replace(
    SEEN, transient_flows=(), transient_if_refused=(), consent=(), lossy_steps=frozenset()
)
GROWN: dict[str, tuple[Forecast, Forecast, str]] = {
    "a flow lost for longer": (
        replace(QUIET, consent=(LOST,)),
        replace(QUIET, consent=(replace(LOST, seconds=9.0),)),
        "shop/a, outbound to 8.8.8.0/24: lost for about 9 s",
    ),
    "a flow lost for good": (
        replace(QUIET, consent=(LOST,)),
        replace(QUIET, consent=(replace(LOST, seconds=None),)),
        "lost for good",
    ),
    "more of a flow": (
        replace(QUIET, consent=(LOST,)),
        replace(QUIET, consent=(replace(LOST, destinations=("8.8.8.0/24", "9.9.9.0/24")),)),
        "shop/a, outbound to 8.8.8.0/24, 9.9.9.0/24",
    ),
    "a flow where none was": (QUIET, replace(QUIET, consent=(FOR_GOOD,)), "lost for good"),
    "an end that was proven": (
        QUIET,
        replace(QUIET, after=replace(QUIET.after, flows=(BYPASS,))),
        "shop/a bypasses the firewall, outbound to 8.8.8.0/24",
    ),
    "more of an end that was not proven": (
        replace(QUIET, after=replace(QUIET.after, flows=(BYPASS,))),
        replace(
            QUIET,
            after=replace(
                QUIET.after, flows=(replace(BYPASS, destinations=("8.8.8.0/24", "9.9.9.0/24")),)
            ),
        ),
        "outbound to 8.8.8.0/24, 9.9.9.0/24",
    ),
    "a critical finding": (
        QUIET,
        replace(
            QUIET, after=replace(QUIET.after, findings=(replace(FINDING, severity="critical"),))
        ),
        "rtb-1: the subnet is not inspected",
    ),
    "a risky call": (QUIET, replace(QUIET, lossy_steps=frozenset({ROUTE})), f"{ROUTE} loses"),
}


@pytest.mark.parametrize("name", GROWN)
def test_consent_may_only_shrink(name: str) -> None:
    before, after, named = GROWN[name]
    less, more = replace(PLAN, forecast=before), replace(PLAN, forecast=after)
    message = refusal(saved(less), more)
    assert message.startswith("this needs consent now, and did not when the plan was saved: ")
    assert named in message
    assert same_plan(saved(more), less, THERE).forecast == before


def test_consent_to_one_flow_is_none_to_another() -> None:
    mine, other = (
        replace(PLAN, forecast=replace(QUIET, consent=(each,)))
        for each in (LOST, replace(LOST, holder="instance.server/shop/web"))
    )
    assert "instance.server/shop/web in shop/a" in refusal(saved(mine), other)
    assert "needs consent now" in refusal(saved(other), mine)


def test_a_flow_between_the_calls_that_was_not_shown_is_refused() -> None:
    seen = replace(PLAN, forecast=replace(QUIET, transient_flows=(replace(LOST, reason=None),)))
    hidden = replace(PLAN, forecast=QUIET)
    told = "what the saved plan does not say: outbound from shop/a to 8.8.8.0/24 is lost"
    assert refusal(saved(hidden), seen).startswith(told)
    assert same_plan(saved(seen), hidden, THERE).steps == PLAN.steps
    unjudged = replace(PLAN, forecast=replace(QUIET, unjudged=("vswitch.x",)))
    assert "vswitch.x can't be judged" in refusal(saved(hidden), unjudged)


class TestRest:
    """After a run of a saved plan that did not come to its end."""

    DONE = live_of(complete([VPC, Address("vpc.security"), Address("route_table.gwlbe/shop")]))
    REST = replace(
        planned(GRAPH, DONE, before=ORIGINAL).plan, account=PLAN.account, source_digest="00"
    )

    def refused(self, now: Plan, live: Live | None = None) -> str:
        digest = document_digest(document(PLAN))
        message = refusal(saved(PLAN), now, live or self.DONE, digest)
        told = "what is left is no part of the saved plan: "
        assert message.startswith(told)
        return message.removeprefix(told)

    def test_what_is_left_is_taken_where_it_is_a_part(self) -> None:
        assert 0 < len(self.REST.steps) < len(PLAN.steps)
        digest = document_digest(document(PLAN))
        taken = same_plan(saved(PLAN), self.REST, self.DONE, digest)
        assert {each.id: each for each in taken.steps} == {
            each.id: each for each in self.REST.steps
        }
        assert taken.carries_out == digest

    def test_what_is_left_keeps_the_order_of_the_plan(self) -> None:
        digest = document_digest(document(PLAN))
        free = [replace(s, needs=frozenset()) if s.id == ROUTE else s for s in self.REST.steps]
        taken = same_plan(saved(PLAN), replace(self.REST, steps=tuple(free)), self.DONE, digest)
        (route,) = (each for each in taken.steps if each.id == ROUTE)
        assert route.needs == {REDIRECT}
        turned = [
            replace(each, needs=each.needs | {ROUTE}) if each.id == REDIRECT else each
            for each in self.REST.steps
        ]
        now = replace(self.REST, steps=tuple(turned))
        assert "in another order than" in refusal(saved(PLAN), now, self.DONE, digest)

    def test_what_is_left_is_refused_where_another_plan_was_interrupted(self) -> None:
        assert "live state has changed" in refusal(saved(PLAN), self.REST, self.DONE, "another")
        tampered = document(PLAN)
        add_call(tampered)
        digest = document_digest(document(PLAN))
        assert "changed" in refusal(plan_from_json(tampered), self.REST, self.DONE, digest)

    def test_a_change_that_was_not_in_the_plan(self) -> None:
        extra = Address("vpc.theirs")
        live = Live({**self.DONE.nodes, extra: Node(GRAPH[VPC].resource, id="vpc-9")})
        now = planned(GRAPH, live, before=ORIGINAL).plan
        now = replace(now, account=PLAN.account, source_digest="00")
        assert self.refused(now, live) == f"{extra}: nothing → delete"

    def test_another_end_of_a_change(self) -> None:
        at = Address("vswitch.business/shop/app-b")
        resource = GRAPH[at].resource.model_copy(update={"name": "other"})
        now = planned({**GRAPH, at: replace(GRAPH[at], resource=resource)}, self.DONE,
                      before=ORIGINAL).plan  # fmt: skip
        now = replace(now, account=PLAN.account, source_digest="00")
        assert "vswitch.business/shop/app-b: after: name" in self.refused(now)

    @pytest.mark.parametrize(
        ("edit", "difference"),
        [
            ({"timeout_s": 1.0}, "timeout_s: 900.0 → 1.0"),
            ({"undo": None, "undo_waits": ()}, "undo: "),
            ({"waits": ()}, "wait_for: "),
            ({"id": f"{OLD}:turn"}, "nothing → vpc:CreateRouteEntry"),
            ({"pause": Pause(5.0)}, "pause: nothing → 5.0"),
        ],
    )
    def test_another_call(self, edit: dict[str, Any], difference: str) -> None:
        steps = [replace(s, **edit) if s.id == ROUTE else s for s in self.REST.steps]
        assert difference in self.refused(replace(self.REST, steps=tuple(steps)))

    def test_an_id_that_is_not_of_what_was_made(self) -> None:
        nodes = dict(self.DONE.nodes)
        at = Address("vpc.security")
        nodes[at] = replace(nodes[at], id="vpc-else")
        assert "VpcId: ${vpc.security.VpcId} → id-vpc-security" in self.refused(
            self.REST, Live(nodes)
        )

    def test_another_thing_to_put_back(self) -> None:
        before = {OLD: route("vtb-1", "ipv4gw-2", GATEWAY)}
        assert f"{OLD}: found before" in self.refused(replace(self.REST, before=before))

    def test_another_file(self) -> None:
        assert "source_digest" in self.refused(replace(self.REST, source_digest="11"))

    def test_more_consent(self) -> None:
        now = replace(self.REST, forecast=replace(QUIET, consent=(LOST,)))
        digest = document_digest(document(PLAN))
        assert "needs consent now" in refusal(saved(PLAN), now, self.DONE, digest)

"""The order in which a plan harms least, against every order; and what it costs to find it."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gwlbfw.address import Address
from gwlbfw.cloud.call import Call
from gwlbfw.forecast import best_order, order_search, transient_flows
from gwlbfw.forecast.durations import expected_duration, step_durations
from gwlbfw.forecast.effects import Effects
from gwlbfw.forecast.exposure import NOTHING, stakes
from gwlbfw.forecast.forecast import with_forecast
from gwlbfw.forecast.moments import HarmfulMoments
from gwlbfw.forecast.order import StepOrder
from gwlbfw.forecast.order_search import Outlook, least_exposed
from gwlbfw.forecast.orders import Region
from gwlbfw.plan import Plan, Step, plan_from_json, plan_to_json
from gwlbfw.plan.forecast import AddedNeed, Exposure, TransientFlow
from gwlbfw.plan.health_gate import HEALTH_GATE
from gwlbfw.reachability.interpretation import Filling
from gwlbfw.reachability.model import PublicAddress
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.reachability.slots import Slot, network_of, values_of
from gwlbfw.resources import SecurityGroup, ServerGroup
from tests.unit.forecast.every_order import EveryOrder, look, ungrouped
from tests.unit.forecast.insertion import before
from tests.unit.forecast.random_plans import RandomPlan, random_plan
from tests.unit.forecast.test_states import SMALL, without
from tests.unit.plan.planned import planned
from tests.unit.reachability import graphs
from tests.unit.samples import B, example, live_of

build_module = sys.modules["gwlbfw.plan.build"]

EXAMPLES = int(os.environ.get("GWLBFW_ORDERS", "60"))
"""How many plans are tried; about one in nine harms something for a while."""
MOST_ORDERS = 2_000


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32))
def test_exposure_is_the_worst_and_the_least_of_every_order(seed: int) -> None:
    plan = ungrouped(random_plan(Random(seed), 40))  # noqa: S311 - no secret is made of it
    every = EveryOrder(plan)
    outlook = look(plan, plan.steps)
    assert bool(outlook.moments()) == any(every.harms.values())
    if not outlook.moments() or every.orders(MOST_ORDERS) > MOST_ORDERS:
        return
    amounts = [*every.exposures()]
    assert outlook.exposure() == max(amounts)
    after, said = least_exposed(plan.steps, lambda steps: look(plan, steps))
    # With a gate behind what it waits for, the outlook can be better than that of each moment.
    assert after.exposure() <= (min(amounts) if said.least == "possible" else max(amounts))
    assert permits_no_more(plan.steps, after.steps)


def test_edges_for_more_orders_than_can_be_judged_leave_none_that_is_worse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Found from moments alone; the orders of small plans tell whether that was right."""
    monkeypatch.setattr(best_order, "MOST_SETS_PER_EDGE", 0)
    harmed = 0
    for seed in range(60):
        plan = ungrouped(random_plan(Random(seed), 40))  # noqa: S311 - no secret is made of it
        outlook = look(plan, plan.steps)
        every = dict(enumerate(outlook.order.prerequisites))
        for stake in outlook.stakes():
            needs = stake.needs(every)
            best = best_order.best_order(stake, best_order.units_of(outlook.order, stake), needs)
            assert best is not None
            found = best_order.needed_edges(stake, best, needs)
            ordered = best_order.with_edges(needs, [(each.first, each.then) for each in found])
            assert stake.worst(ordered) == best.exposure
            at_most = stake.at_most_by_step(needs)
            assert at_most is not None
            assert at_most >= stake.worst(needs)
            harmed += bool(found) and best.exposure != NOTHING
    assert harmed


def permits_no_more(before: tuple[Step, ...], after: tuple[Step, ...]) -> bool:
    """Whether all that was needed is needed still, each step after all that it needs."""
    needs: dict[str, frozenset[str]] = {}
    for step in after:
        needs[step.id] = step.needs.union(*(needs[each] for each in step.needs))
    return len(before) == len(after) and all(each.needs <= needs[each.id] for each in before)


# --- a subnet that moves from one table to another ---

SUBNET, OLD, NEW = "id-vswitch-business-shop-app-b", f"id-route_table-business-shop-{B}", "new"
LEAVE, FILL = f"route.business/shop/{B}:delete", "route.business/shop/app-b:create"
MOVE = "route_table_association.business/shop/app-b:move"
SLOW, OTHER = "instance.server/shop/slow:create", "route.gateway/shop/other:cut-over"
ROUTE, FILLED = (Slot("entry", table, Prefix.parse("0.0.0.0/0")) for table in (OLD, NEW))
A_CALL = Call("vpc", "Do", {})


def moving(needs: Mapping[str, tuple[str, ...]], group: tuple[str, ...] = ()) -> RandomPlan:
    """A plan of the steps that are named, in turn; the new table is filled by one or is already."""
    network = graphs.network_of(live_of(graphs.ulanqab()).nodes)
    values = values_of(network)
    values[Slot("table", NEW)] = replace(network.tables[OLD], id=NEW)
    values[FILLED] = None if FILL in needs else values[ROUTE]
    does = {
        LEAVE: (ROUTE, None),
        MOVE: (Slot("table_of", SUBNET), NEW),
        FILL: (FILLED, values[ROUTE]),
    }
    steps = tuple(
        Step(
            name,
            Address(name.partition(":")[0]),
            name.partition(":")[2],
            A_CALL,
            needs=frozenset(needed),
            group="shop/b" if name in group else "",
        )
        for name, needed in needs.items()
    )
    fillings = {n: (does[each],) for n, each in enumerate(needs) if each in does}
    start = network_of(values, network, network.labels)
    end = network_of({**values, **dict(does[e] for e in needs if e in does)}, start, start.labels)
    return RandomPlan(start, steps, Effects(values, fillings, end))


@dataclass
class Searched:
    """What the search makes of a plan, and how often it explores it."""

    plan: RandomPlan
    looks: int = 0
    after: Outlook = field(init=False)
    exposure: Exposure = field(init=False)

    def __post_init__(self) -> None:
        self.after, self.exposure = least_exposed(self.plan.steps, self._look)

    def _look(self, steps: tuple[Step, ...]) -> Outlook:
        self.looks += 1
        return look(self.plan, steps)

    @property
    def waits(self) -> set[tuple[str, str]]:
        """The steps that wait, and for which."""
        return {(each.step, each.needs) for each in self.exposure.added}


def test_route_is_deleted_when_its_subnet_has_moved() -> None:
    found = Searched(moving({LEAVE: (), MOVE: ()}))
    assert found.exposure == Exposure(added=(AddedNeed(LEAVE, MOVE, "lost"),))
    assert [(each.id, {*each.needs}) for each in found.after.steps] == [
        (MOVE, set()),
        (LEAVE, {MOVE}),
    ]
    assert not [each for each in found.after.seen.transient_flows if each.black_hole]
    assert found.looks == 2


@pytest.mark.parametrize("needs", [{MOVE: (), LEAVE: (MOVE,)}, {LEAVE: ()}])
def test_plan_that_harms_nothing_for_a_while_is_explored_once(
    needs: Mapping[str, tuple[str, ...]],
) -> None:
    """Nothing at all, or for good, which no order mends."""
    found = Searched(moving(needs))
    assert (found.exposure, found.looks) == (Exposure(), 1)
    assert found.after.steps is found.plan.steps


LATE = {MOVE: (), SLOW: (), FILL: (MOVE, SLOW)}
"""The new table is filled only when the subnet is in it, and that waits for what takes long."""


def test_what_takes_long_is_done_before_the_harm_begins() -> None:
    """Both directions are lost as long as one call takes, and no order has less."""
    found = Searched(moving(LATE))
    lasts = next(expected_duration(each).seconds for each in found.plan.steps if each.id == FILL)
    assert found.exposure == Exposure(lost_s=2 * lasts, added=(AddedNeed(MOVE, SLOW, "lost"),))


def test_step_that_has_nothing_to_do_with_the_harm_is_left_alone() -> None:
    assert Searched(moving({**LATE, OTHER: ()})).waits == {(MOVE, SLOW)}


@pytest.mark.parametrize("most", [0, best_order.MOST_SETS_PER_EDGE])
def test_what_needs_no_order_among_itself_gets_none(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Two that take long, side by side before the harm begins, however many orders are judged."""
    monkeypatch.setattr(best_order, "MOST_SETS_PER_EDGE", most)
    slower = "instance.server/shop/slower:create"
    late = {MOVE: (), SLOW: (), slower: (), FILL: (MOVE, SLOW, slower)}
    assert Searched(moving(late)).waits == {(MOVE, SLOW), (MOVE, slower)}


def harmed(subnet: str, after: Step, until: Step, order: StepOrder) -> HarmfulMoments:
    """A subnet's inbound flow, lost from one step to another."""
    flow = TransientFlow(
        *("vpc.business/shop", subnet, "inbound", (), "inspected", "no_route", "lost"),
        after=(after.id,),
        until=(until.id,),
        seconds=1.0,
    )
    last, coming = order.numbered(flow.after), order.numbered(flow.until)
    return HarmfulMoments(
        flow, Region(order.closure(last), order.dependents_of(coming)), last | coming
    )


def test_flows_that_hang_on_the_same_steps_are_searched_together() -> None:
    """Each takes time by its own steps alone: from the first to the second, and to the third."""
    one, two, three, four = steps = tuple(
        Step(f"instance.a/{n}:create", Address(f"instance.a/{n}"), "create", A_CALL)
        for n in range(4)
    )
    order = StepOrder(steps)
    durations = step_durations(order)
    moments = [
        harmed("vswitch.a", one, two, order),
        harmed("vswitch.b", two, three, order),
        harmed("vswitch.c", four, four, order),
    ]
    joined = next(each for each in stakes(order, durations, moments) if len(each.flows) > 1)
    assert joined.steps == order.numbered([one.id, two.id, three.id])
    lasts = round(1000 * durations.each[0].seconds)
    assert joined.along([0, 1, 2]) == (2 * lasts, 0, 0)
    assert joined.along([0, 2, 1]) == (lasts, 0, 0)
    assert joined.worst({0: 0, 1: 0, 2: 0}) == (2 * lasts, 0, 0)


def test_cut_over_group_stays_as_one() -> None:
    """What waits for one of its steps waits for the last, and its first for what any waits for."""
    found = Searched(moving({LEAVE: (), MOVE: (), OTHER: (MOVE,)}, (MOVE, OTHER)))
    assert found.waits == {(LEAVE, OTHER)}
    found = Searched(
        moving({OTHER: (), MOVE: (OTHER,), SLOW: (), FILL: (MOVE, SLOW)}, (MOVE, OTHER))
    )
    assert found.waits == {(OTHER, SLOW)}


def test_plan_with_too_many_orders_is_said_to_be_the_best_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    least = Searched(moving(LATE)).exposure
    monkeypatch.setattr(best_order, "MOST_SETS", 1)
    found = Searched(moving(LATE)).exposure
    assert found == replace(least, least="found")


def exchanged() -> RandomPlan:
    """Both appliances leave, each comes back, and a gate waits for them."""
    network = graphs.network_of(live_of(graphs.ulanqab()).nodes)
    values = values_of(network)
    slots = [slot for slot in values if slot.what == "member"]
    values |= {Slot("health", slot.key, slot.part): "Healthy" for slot in slots}
    needs: dict[str, tuple[str, ...]] = {}
    fillings: dict[int, tuple[Filling, ...]] = {}
    for slot in slots:
        name = f"server_group_member.main/{slot.part}"
        fillings[len(needs)] = ((slot, None),)
        needs[f"{name}:delete"] = ()
        fillings[len(needs)] = ((slot, values[slot]),)
        needs[f"{name}:create"] = (f"{name}:delete",)
    needs[HEALTH_GATE] = tuple(needs)
    steps = tuple(
        Step(
            name,
            Address(name.partition(":")[0]),
            name.partition(":")[2],
            None if name == HEALTH_GATE else A_CALL,
            needs=frozenset(needed),
        )
        for name, needed in needs.items()
    )
    start = network_of(values, network, network.labels)
    return RandomPlan(start, steps, Effects(values, fillings, start))


def test_orders_of_what_decides_health_are_explored_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A gate tells what is done before it, so the plan is looked at anew for each."""
    found = Searched(exchanged())
    assert found.exposure.lost_s > 0
    assert found.exposure.least == "possible"
    assert found.looks > 6
    monkeypatch.setattr(order_search, "MOST_EXPLORED", 2)
    assert Searched(exchanged()).exposure.least == "found"


def contested() -> RandomPlan:
    """A plan whose calls fill one route in any order: with nothing, and with what it was, twice."""
    plan = moving({})
    was = plan.made.start[ROUTE]
    values = (None, was, None, was)
    steps = tuple(
        Step(f"route.r/{n}:create", Address(f"route.r/{n}"), "create", A_CALL) for n in range(4)
    )
    fillings = {number: ((ROUTE, value),) for number, value in enumerate(values)}
    return RandomPlan(plan.start, steps, replace(plan.made, fillings=fillings))


@pytest.mark.parametrize(("budget", "most"), [("MOST_TRIES", 0), ("MOST_STATES", 1)])
def test_subnet_that_a_budget_does_not_suffice_for_is_named_and_asked_about(
    monkeypatch: pytest.MonkeyPatch, budget: str, most: int
) -> None:
    assert not Searched(contested()).after.seen.unjudged
    monkeypatch.setattr(transient_flows, budget, most)
    found = Searched(contested())
    seen, harm = found.after.seen, found.after.harm
    assert seen.unjudged == ("vswitch.business/shop/app-b",)
    asked = harm.needing_consent(seen.transient_flows, seen.unjudged)
    assert {(each.subnet, each.direction) for each in asked if each.reason == "not_judged"} == {
        (*seen.unjudged, "inbound"),
        (*seen.unjudged, "outbound"),
    }
    assert found.exposure.least == "found"
    lasts = found.after.harm.moves.durations.until(0, range(4))
    assert found.exposure.not_judged_s == 2 * lasts


# --- a whole plan ---

GROUP, GUARD = Address("server_group.main"), Address("security_group.appliances")


def without_probe() -> Plan:
    """The plan that ends the health check, and no longer lets its probe in."""
    there = example()
    group, guard = there[GROUP].resource, there[GUARD].resource
    assert isinstance(group, ServerGroup)
    assert isinstance(guard, SecurityGroup)
    check = group.health_check.model_copy(update={"enabled": False})
    rules = tuple(each for each in guard.rules if each.protocol != "tcp")
    target = {
        **there,
        GROUP: replace(there[GROUP], resource=group.model_copy(update={"health_check": check})),
        GUARD: replace(there[GUARD], resource=guard.model_copy(update={"rules": rules})),
    }
    live = live_of(there)
    plan = planned(target, live, known=there).plan
    return with_forecast(plan, graphs.network_of(live.nodes), live, target)


def test_order_that_no_rule_knows_follows_from_effects(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the edges of guards, a rule could close before the probe ends: all would be lost."""
    ruled = without_probe()
    monkeypatch.setattr(build_module, "guard_edges", lambda _: None)
    found = without_probe()
    closes, ends = f"{GUARD}:revoke", f"{GROUP}:modify"
    assert found.forecast is not None
    assert AddedNeed(closes, ends, "lost") in found.forecast.exposure.added
    assert ruled.forecast is not None
    assert not ruled.forecast.exposure.added
    assert {each.id: each.needs for each in found.steps} == {
        each.id: each.needs for each in ruled.steps
    }
    assert found == without_probe()
    assert plan_from_json(plan_to_json(found)).steps == found.steps


def test_rule_that_a_large_plan_lacks_is_one_edge(tmp_path: Path) -> None:
    """There are too many orders for each; what the harm needs to come to pass is not much."""
    return_path, cut_over = "route.gwlbe/v0:create", "route.gateway/v0/app-i0:redirect"
    live, plan = before(SMALL, tmp_path)
    network = graphs.network_of(live.nodes)
    (subnet,) = (each for each in network.subnets.values() if each.role == "business")
    public = PublicAddress("8.0.0.1", "", "eni-1", subnet.vpc, subnet.id)
    used = replace(network, public_ips=(public,))
    known = {each.address: each.towards for each in plan.changes if each.towards}
    lacking = replace(plan, steps=without(plan.steps, return_path))
    found = with_forecast(lacking, used, live, known).forecast
    assert found is not None
    assert found.exposure == Exposure(added=(AddedNeed(cut_over, return_path, "lost"),))
    assert found.worst == "asymmetric"

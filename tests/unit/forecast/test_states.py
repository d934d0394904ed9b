"""What a plan's moments are, how they are found at little cost, and what is not judged says so."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from gwlbfw.address import Address
from gwlbfw.forecast import transient_flows
from gwlbfw.forecast.effects import effects
from gwlbfw.forecast.order import StepOrder, numbers_in
from gwlbfw.forecast.transient_flows import Exploration, explore
from gwlbfw.plan import Plan, Step
from gwlbfw.plan.forecast import TransientFlow
from gwlbfw.resources.graph import Live
from tests.scenarios.topology_builder import Size
from tests.unit.forecast.insertion import before
from tests.unit.plan.planned import planned
from tests.unit.reachability.graphs import network_of
from tests.unit.samples import live_of

ZONES = ("cn-hangzhou-i", "cn-hangzhou-j", "cn-hangzhou-k")


def explored(live: Live, plan: Plan, steps: tuple[Step, ...] | None = None) -> Exploration:
    chosen = plan.steps if steps is None else steps
    known = {c.address: c.towards for c in plan.changes if c.towards}
    start = network_of(live.nodes)
    return explore(start, chosen, effects(start, chosen, plan.changes, known))


SMALL = Size(region="cn-hangzhou", zones=ZONES[:1])


def shown(found: Iterable[TransientFlow]) -> set[tuple[str, str, str]]:
    return {(Address(m.subnet).path[-1], m.direction, m.verdict) for m in found}


class TestMoments:
    def test_a_zone_is_asymmetric_between_its_two_routes(self, tmp_path: Path) -> None:
        live, plan = before(SMALL, tmp_path)
        found = explored(live, plan)
        assert shown(found.transient_flows) == {("app-i0", "inbound", "asymmetric")}
        (transient,) = found.transient_flows
        assert transient.before == "bypass"
        assert transient.until == (f"route.business/v0/{ZONES[0]}:modify",)
        assert transient.after == ("route.gateway/v0/app-i0:redirect",)
        assert not transient.black_hole
        assert found.worst == "asymmetric"

    @pytest.mark.parametrize("dropped", ["route.gwlbe/v0:create", f"endpoint.v0/{ZONES[0]}:zone"])
    def test_a_rule_of_order_that_is_dropped_is_found(self, tmp_path: Path, dropped: str) -> None:
        """The routes then turn without a thing that they need."""
        live, plan = before(SMALL, tmp_path)
        steps = without(plan.steps, dropped)
        assert any(each.id == dropped for each in steps)
        assert explored(live, plan).worst == "asymmetric"
        assert explored(live, plan, steps).worst == "black_hole"

    def test_loss_lasts_from_the_removal_of_a_lone_appliance_to_the_health_of_the_next(
        self, tmp_path: Path
    ) -> None:
        _, plan = before(SMALL, tmp_path)
        there = live_of({c.address: c.towards for c in plan.changes if c.towards})
        at, node = next((a, n) for a, n in there.nodes.items() if a.kind == "instance")
        larger = node.resource.model_copy(update={"instance_type": "ecs.g7ne.2xlarge"})
        replacing = planned({**there.nodes, at: replace(node, resource=larger)}, there).plan
        lost = [e for e in explored(there, replacing).transient_flows if e.black_hole]
        member = f"server_group_member.main/{at.path[-1]}"
        assert {each.direction for each in lost} == {"inbound", "outbound"}
        assert {each.after for each in lost} == {(f"{member}:replace-delete",)}
        assert {each.until for each in lost} == {(f"{at}:healthy",)}

    def test_subnet_without_a_way_out_yet_loses_nothing(self, tmp_path: Path) -> None:
        """A subnet whose table has no way out yet."""
        live, _ = before(SMALL, tmp_path)
        bare = {at: n for at, n in live.nodes.items() if not at.startswith("route.business/")}
        full, plan = before(SMALL, tmp_path)
        target = {c.address: c.towards for c in plan.changes if c.towards}
        there = Live(bare, addresses=full.addresses)
        assert not any(
            each.black_hole for each in explored(there, planned(target, there).plan).transient_flows
        )


def without(steps: tuple[Step, ...], dropped: str) -> tuple[Step, ...]:
    """The steps, with nothing that waits for one of them; it waits for what it did."""
    (gone,) = (each for each in steps if each.id == dropped)
    found = []
    for step in steps:
        needs = step.needs
        if dropped in needs and (step.cuts_over or step.call is None):
            needs = (needs - {dropped}) | gone.needs
        found.append(replace(step, needs=needs))
    return tuple(found)


class TestCost:
    def test_cost_grows_with_the_subnets_and_not_with_their_product(self, tmp_path: Path) -> None:
        """Nine subnets in three zones, six appliances: a few states for each subnet."""
        few = Size(region="cn-hangzhou", zones=ZONES, subnets=1, appliances=2)
        many = replace(few, subnets=3)
        one, three = (explored(*before(each, tmp_path)) for each in (few, many))
        assert not three.unjudged
        assert three.states <= 4 * one.states
        assert three.states < 2_000

    def test_appliances_that_nothing_leads_to_yet_cost_nothing(self, tmp_path: Path) -> None:
        sizes = [Size(region="cn-hangzhou", zones=ZONES, appliances=n) for n in (1, 2)]
        one, two = (explored(*before(each, tmp_path)).states for each in sizes)
        assert one == two

    def test_a_subnet_with_too_many_states_is_unknown_and_said_so(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(transient_flows, "MOST_STATES", 2)
        found = explored(*before(SMALL, tmp_path))
        assert found.unjudged == ("vswitch.business/v0/app-i0",)
        assert found.worst == "unknown"


class TestOrder:
    STEPS = tuple(
        Step(name, Address("vpc.a"), "p", None, needs=frozenset(needs))
        for name, needs in (("a", ""), ("b", "a"), ("c", "a"), ("d", "bc"), ("e", ""))
    )

    def test_every_closed_set_is_named_once(self) -> None:
        order = StepOrder(self.STEPS)
        found = [names(order, each) for each in order.closed_sets(range(5))]
        bare = {"", "a", "ab", "ac", "abc", "abcd"}
        assert sorted(found) == sorted(bare | {"".join(sorted(f"{each}e")) for each in bare})

    def test_order_of_all_steps_holds_for_some_of_them(self) -> None:
        order = StepOrder(self.STEPS)
        assert sorted(names(order, each) for each in order.closed_sets([0, 3])) == ["", "a", "ad"]

    def test_prerequisites_of_a_done_step_count_as_done(self) -> None:
        order = StepOrder(self.STEPS)
        assert names(order, order.closure(1 << 3)) == "abcd"


def names(order: StepOrder, done: int) -> str:
    return "".join(step.id for at, step in enumerate(order.steps) if at in set(numbers_in(done)))

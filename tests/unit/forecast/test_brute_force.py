"""What a plan's moments are said to do to traffic is what each of them does, judged one by one."""

import os
from functools import partial
from itertools import chain
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gwlbfw.forecast.effects import Effects
from gwlbfw.forecast.orders import Inquiry, Region
from gwlbfw.forecast.transient_flows import Rehearsal
from gwlbfw.layout import LISTENER
from gwlbfw.plan import Step
from gwlbfw.plan.health_gate import HEALTH_GATE
from gwlbfw.reachability.flows import Flow
from gwlbfw.reachability.model import Balancer, Machine, ServerGroup
from gwlbfw.reachability.slots import Slot, values_of
from gwlbfw.reachability.slots import network_of as slots_network
from gwlbfw.resources.forwarding import InboundRule, Probe
from tests.unit.forecast.one_by_one import Done, OneByOne, flows_of, subnets_of, verdicts
from tests.unit.forecast.random_plans import MOST_SETS, RandomPlan, random_plan
from tests.unit.reachability.graphs import network_of, ulanqab
from tests.unit.reachability.worlds import B, C
from tests.unit.samples import live_of

EXAMPLES = int(os.environ.get("GWLBFW_ORDERS", "100"))
"""How many plans are tried; a long run asks for thousands."""
MOST = MOST_SETS if EXAMPLES > 100 else 32


def check(plan: RandomPlan) -> None:
    """Compare the verdicts on all addresses of every subnet, in both directions.

    At each moment by itself, and at all moments together as the plan's forecast finds them.
    """
    rehearsal, every = Rehearsal(plan.start, plan.steps, plan.made), OneByOne(plan)
    networks = {done: every.network(done) for done in every.sets}
    for key in subnets_of(plan):
        before = flows_of(plan.start, key)
        judged = {done: flows_of(network, key) for done, network in networks.items()}
        for done, expected in judged.items():
            said = flows_at(rehearsal, key, done)
            assert verdicts(said, before) == verdicts(expected, before), (key, sorted(done))
        outcomes = rehearsal.outcomes(partial(flows_of, key=key), 100_000)
        found = verdicts(chain.from_iterable(each.result for each in outcomes), before)
        assert found == verdicts(chain.from_iterable(judged.values()), before), key


def flows_at(rehearsal: Rehearsal, key: str, done: Done) -> list[Flow]:
    """The flows of a subnet at one moment alone, by the questions that the forecast asks."""
    bits = sum(1 << each for each in done)
    rest = (1 << len(rehearsal.order.steps)) - 1 & ~bits
    inquiry = Inquiry(rehearsal.moments)
    inquiry.region = Region(bits, rest)
    return flows_of(rehearsal.network(inquiry), key)


@pytest.mark.parametrize("part", range(2))
@settings(
    max_examples=EXAMPLES // 2,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32))
def test_engine_says_what_brute_force_finds(part: int, seed: int) -> None:
    check(random_plan(Random(f"{part}/{seed}"), MOST))  # noqa: S311 - no secret is made of it


# --- what it found ---


def with_calls(*calls: dict[Slot, object], gate_after: int, **health: str) -> RandomPlan:
    """The vendor's scenario, with calls in turn that fill these slots, and a gate among them."""
    network = network_of(live_of(ulanqab()).nodes)
    values = values_of(network)
    values |= {Slot("health", MAIN, f"id-instance-appliance-fw-{k}"): v for k, v in health.items()}
    names = [f"call {number}" for number in range(len(calls))]
    names.insert(gate_after, HEALTH_GATE)
    steps = tuple(
        Step(name, LISTENER, "healthy", None, needs=frozenset(names[:at]))
        if name == HEALTH_GATE
        else Step(name, LISTENER, "modify", None, needs=frozenset(names[:at]))
        for at, name in enumerate(names)
    )
    numbers = [at for at, name in enumerate(names) if name != HEALTH_GATE]
    fillings = {at: tuple(each.items()) for at, each in zip(numbers, calls, strict=True)}
    return RandomPlan(
        slots_network(values, network, network.labels), steps, Effects(values, fillings, network)
    )


MAIN = "id-server_group-main"
MEMBERS = {name: Slot("member", MAIN, f"id-instance-appliance-fw-{name}") for name in "bc"}
SUBNET = "id-vswitch-business-shop-app-b"


def verdict_at_end(plan: RandomPlan) -> set[str]:
    """The verdicts once all steps are done; brute force says the same of every moment."""
    check(plan)
    rehearsal = Rehearsal(plan.start, plan.steps, plan.made)
    done = frozenset(range(len(plan.steps)))
    return {each.verdict for each in flows_at(rehearsal, SUBNET, done)}


def group(port: int = 80, *, enabled: bool = True) -> dict[Slot, object]:
    return {Slot("group", MAIN): ServerGroup(MAIN, probe=Probe(enabled, port=port))}


def test_gate_vouches_for_appliances() -> None:
    assert verdict_at_end(with_calls(gate_after=0, b="Initial", c="Initial")) == {"inspected"}


def test_gate_does_not_vouch_for_appliances_without_a_health_check() -> None:
    plan = with_calls(group(enabled=False), gate_after=1, b="Initial", c="Initial")
    assert verdict_at_end(plan) == {"unknown"}


def test_gate_does_not_vouch_for_a_group_that_an_appliance_leaves() -> None:
    """The one that it saw may be that which left."""
    plan = with_calls({MEMBERS["b"]: None}, gate_after=0, b="Initial", c="Initial")
    assert verdict_at_end(plan) == {"black_hole"}


def test_gate_does_not_vouch_for_a_group_that_nobody_is_in() -> None:
    gone = dict.fromkeys(MEMBERS.values())
    assert verdict_at_end(with_calls(gone, gate_after=1, b="Healthy")) == {"black_hole"}


def test_unknown_health_is_lost_with_what_health_needs() -> None:
    plan = with_calls(group(22), gate_after=0, b="Unavailable", c="Unavailable")
    assert verdict_at_end(plan) == {"black_hole"}


def test_address_that_comes_before_its_rules_takes_health() -> None:
    """Once the rules let it in, no gate has seen the appliances healthy yet."""
    tight, wide = (
        (InboundRule("all", "-1/-1", block, accepts=True, priority=1),)
        for block in ("10.0.1.0/24", "10.0.0.0/16")
    )
    guarded = {
        Slot("machine", slot.part): Machine(slot.part, "", security_groups=("sg",))
        for slot in MEMBERS.values()
    }
    one, two = ({B: "10.0.1.41"}, {B: "10.0.1.41", C: "10.0.2.41"})
    at = Slot("balancer", "id-load_balancer-main")
    plan = with_calls(
        {**guarded, Slot("rules", "sg"): tight, at: Balancer(at.key, one)},
        {at: Balancer(at.key, two)},
        {Slot("rules", "sg"): wide},
        gate_after=1,
    )
    assert verdict_at_end(plan) == {"black_hole"}


def stopped(name: str, **more: object) -> dict[Slot, object]:
    machine = Machine(MEMBERS[name].part, "", running=False, **more)  # type: ignore[arg-type]
    return {Slot("machine", machine.id): machine}


def test_gate_that_no_running_appliance_can_pass_has_seen_a_stopped_one_run() -> None:
    plan = with_calls({**stopped("b"), **stopped("c")}, gate_after=1)
    assert verdict_at_end(plan) == {"unknown"}
    guarded = {**stopped("b", security_groups=("sg",)), **stopped("c", security_groups=("sg",))}
    all_in = (InboundRule("all", "-1/-1", "0.0.0.0/0", accepts=True, priority=1),)
    open_to_all = {Slot("rules", "sg"): all_in}
    assert verdict_at_end(with_calls({**guarded, **open_to_all}, gate_after=1)) == {"inspected"}


def test_gate_is_passed_by_the_appliance_that_runs_before_one_that_is_stopped() -> None:
    """Whether that which runs takes packets is not known, so a stopped one does not tell either."""
    all_in = (InboundRule("all", "-1/-1", "0.0.0.0/0", accepts=True, priority=1),)
    unknown = Machine(MEMBERS["c"].part, "", security_groups=("sg-unknown",))
    calls = {
        **stopped("b", security_groups=("sg",)),
        Slot("rules", "sg"): all_in,
        Slot("machine", unknown.id): unknown,
    }
    assert verdict_at_end(with_calls(calls, gate_after=1)) == {"unknown"}

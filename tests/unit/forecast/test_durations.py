"""The expected length of what can be seen between the calls of a plan."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwlbfw.address import Address
from gwlbfw.cloud.call import Call
from gwlbfw.forecast.durations import StepDurations, expected_duration, step_durations
from gwlbfw.forecast.order import StepOrder
from gwlbfw.plan import Step
from gwlbfw.resources.durations import AT_ONCE, Duration, PhaseDuration
from gwlbfw.topology.models import Cutover
from tests.scenarios.topology_builder import Size
from tests.unit.forecast.insertion import before
from tests.unit.forecast.test_states import SMALL, ZONES, explored
from tests.unit.plan.planned import planned

CALL = Call("vpc", "ModifyRouteEntry")


def step(name: str, *needs: str, **more: object) -> Step:
    made = Step(name, Address(f"route.{name}"), "modify", CALL, needs=frozenset(needs))
    return replace(made, **more)  # type: ignore[arg-type]


def lasting(*steps: tuple[Step, float]) -> StepDurations:
    """Steps with the seconds of each, all of them after the call."""
    order = StepOrder(tuple(each for each, _ in steps))
    return StepDurations(order, [PhaseDuration(AT_ONCE, Duration(s)) for _, s in steps])


def test_path_to_a_step_is_as_long_as_its_steps() -> None:
    durations = lasting((step("a"), 1), (step("b", "a"), 2), (step("c", "b"), 4))
    assert durations.until(0b001, [2]) == 6
    assert durations.until(0b011, [2]) == 4


def test_longest_of_the_paths_to_a_step_counts() -> None:
    durations = lasting((step("a"), 1), (step("b"), 5), (step("c", "a", "b"), 4))
    assert durations.until(0, [2]) == 9


def test_longest_of_several_ends_counts() -> None:
    durations = lasting((step("a"), 1), (step("b"), 5))
    assert durations.until(0, [0, 1]) == 5


def test_steps_of_one_serial_key_run_one_after_the_other() -> None:
    one, other = step("a", serial="network"), step("b", serial="network")
    last = step("c", "a", "b")
    assert lasting((one, 3), (other, 4), (last, 1)).until(0, [2]) == 8
    apart = replace(other, serial="another")
    assert lasting((one, 3), (apart, 4), (last, 1)).until(0, [2]) == 5


def test_serial_key_is_held_for_the_call_alone_where_the_next_may_start_after_it() -> None:
    one = step("a", serial="privatelink", through=False)
    other = step("b", serial="privatelink")
    assert lasting((one, 3), (other, 4), (step("c", "a", "b"), 1)).until(0, [2]) == 5


def test_state_without_an_end_has_no_length() -> None:
    assert lasting((step("a"), 1)).until(0b1, []) == 0


def test_cut_over_that_waits_for_the_key_already_goes_first() -> None:
    zones = [
        step(f"{zone}{number}", *([f"{zone}1"] if number == 2 else []), serial="network")
        for zone in "ab"
        for number in (1, 2)
    ]
    durations = lasting(*((replace(each, cuts_over=True), 3) for each in zones))
    assert durations.until(0b0001, [1]) == 6  # b1, then a2; b2 queues behind it
    assert durations.until(0b0101, [1]) == 6  # b2, then a2


class TestPlans:
    def test_zone_is_asymmetric_for_as_long_as_its_last_route_takes(self, tmp_path: Path) -> None:
        live, plan = before(SMALL, tmp_path)
        (transient,) = explored(live, plan).transient_flows
        assert transient.seconds == 3.25  # ModifyRouteEntry, and the status of the entry

    def test_zones_that_are_cut_over_at_once_wait_for_each_other(self, tmp_path: Path) -> None:
        live, plan = before(Size(region="cn-hangzhou", zones=ZONES[:2]), tmp_path)
        target = {c.address: c.towards for c in plan.changes if c.towards}
        at_once = planned(target, live, cutover=Cutover(strategy="all-at-once")).plan
        assert {e.seconds for e in explored(live, plan).transient_flows} == {3.25}
        assert {e.seconds for e in explored(live, at_once).transient_flows} == {6.5}


class TestExpectedDuration:
    ATTEMPT = Step("m", Address("route_table_association.x"), "move", CALL, attempt=True)
    INSTEAD = Step("d", Address("route_table_association.x"), "dissociate", CALL, unless="m")

    def test_alternative_takes_no_time_where_the_attempt_succeeds(self) -> None:
        assert expected_duration(self.ATTEMPT).seconds == 5.25
        assert expected_duration(self.INSTEAD).seconds == 0

    def test_refused_attempt_takes_its_call_alone(self) -> None:
        assert expected_duration(self.ATTEMPT, refused=True).seconds == 0.25
        assert expected_duration(self.INSTEAD, refused=True).seconds == 5.25

    def test_deletion_in_a_replacement_takes_as_long_as_any(self) -> None:
        doomed = Step("v", Address("vswitch.x"), "delete", CALL)
        renamed = replace(doomed, phase="replace-delete")
        assert expected_duration(renamed) == expected_duration(doomed)

    def test_batch_of_rules_takes_as_long_as_the_first(self) -> None:
        first = Step("g", Address("security_group.x"), "authorize", CALL)
        assert expected_duration(replace(first, phase="authorize-2")) == expected_duration(first)

    @pytest.mark.parametrize(("phase", "seconds"), [("healthy", 10), ("drained", 300)])
    def test_gate_takes_as_long_as_its_wait(self, phase: str, seconds: float) -> None:
        gate = Step("gate", Address("listener.main"), phase, None)
        assert expected_duration(gate).seconds == seconds


@st.composite
def networks(draw: st.DrawFn) -> StepDurations:
    """Steps with any needs, serial keys and durations."""
    pairs = []
    for number in range(draw(st.integers(1, 8))):
        needs = draw(st.sets(st.sampled_from(range(number)))) if number else set[int]()
        made = step(
            f"s{number}",
            *(f"s{each}" for each in needs),
            serial=draw(st.sampled_from(["", "network", "other"])),
            through=draw(st.booleans()),
            cuts_over=draw(st.booleans()),
        )
        pairs.append((made, draw(st.integers(0, 60)) / 4))
    return lasting(*pairs)


def states(durations: StepDurations, data: st.DataObject) -> tuple[int, list[int]]:
    """A state, and steps that are not done in it."""
    numbers = range(len(durations.order.steps))
    order = durations.order
    done = order.closure(sum(1 << each for each in data.draw(st.sets(st.sampled_from(numbers)))))
    left = [each for each in numbers if not done >> each & 1]
    return done, data.draw(st.lists(st.sampled_from(left), min_size=1, unique=True)) if left else []


def longer(durations: StepDurations, number: int, by: float) -> StepDurations:
    each = [*durations.each]
    status = Duration(each[number].status.seconds + by)
    each[number] = each[number]._replace(status=status)
    return replace(durations, each=each)


@settings(deadline=None)
@given(networks(), st.data())
def test_length_is_at_least_that_of_each_step_that_ends_it(
    durations: StepDurations, data: st.DataObject
) -> None:
    done, ends = states(durations, data)
    length = durations.until(done, ends)
    assert length >= max((durations.each[number].seconds for number in ends), default=0.0)


@settings(deadline=None)
@given(networks(), st.data(), st.integers(0, 40))
def test_length_never_shrinks_where_a_step_takes_longer(
    durations: StepDurations, data: st.DataObject, more: int
) -> None:
    done, ends = states(durations, data)
    number = data.draw(st.sampled_from(range(len(durations.order.steps))))
    assert longer(durations, number, more / 4).until(done, ends) >= durations.until(done, ends)


@pytest.mark.parametrize("size", [SMALL, Size(region="cn-hangzhou", zones=ZONES[:2])])
def test_every_transient_flow_lasts_at_least_as_long_as_its_longest_end(
    size: Size, tmp_path: Path
) -> None:
    live, plan = before(size, tmp_path)
    durations = step_durations(StepOrder(plan.steps))
    seconds = {s.id: d.seconds for s, d in zip(plan.steps, durations.each, strict=True)}
    flows = explored(live, plan).transient_flows
    assert flows
    for each in flows:
        assert each.seconds is not None
        assert each.seconds >= max(seconds[end] for end in each.until)

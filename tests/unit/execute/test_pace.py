"""The pace of polls: by what kinds state, by what a run has seen, and by neither."""

from dataclasses import replace
from itertools import islice

import pytest

from gwlbfw.cloud.backoff import CLOUD_BACKOFF, LOOPBACK_BACKOFF
from gwlbfw.execute.pace import FIRST_POLL, Pace, stated_s
from gwlbfw.plan.model import Step
from tests.unit.execute.fake_transport import step

VPC, ENDPOINT = step("vpc.a:create"), step("endpoint.a/zone:create")


def polls(pace: Pace, of: Step, until_s: float) -> list[float]:
    """The seconds after its call at which a phase is polled that is over after so many."""
    at, found = 0.0, list[float]()
    for pause in pace.pauses(pace.expected_s(of), 0.0):
        found.append(at := at + pause)
        if at >= until_s:
            return found
    raise AssertionError


def test_the_first_poll_on_the_cloud_comes_shortly_before_the_stated_end() -> None:
    assert polls(Pace(CLOUD_BACKOFF), ENDPOINT, 0.0) == [stated_s(ENDPOINT) * FIRST_POLL]


@pytest.mark.parametrize("part", [0.7, 0.9, 1.0, 1.3])
def test_an_end_about_the_stated_one_is_found_in_few_polls_and_soon(part: float) -> None:
    end = stated_s(ENDPOINT) * part
    found = polls(Pace(CLOUD_BACKOFF), ENDPOINT, end)
    assert len(found) <= 9
    assert found[-1] - end <= stated_s(ENDPOINT) * (0.16 if part < FIRST_POLL else 0.07)


def test_pauses_grow_to_the_longest_where_a_phase_takes_far_longer_than_stated() -> None:
    found = polls(Pace(CLOUD_BACKOFF), VPC, 300.0)
    assert found[-1] - found[-2] == CLOUD_BACKOFF.cap
    assert len(found) < 50


def test_the_first_poll_on_this_machine_comes_at_once() -> None:
    first, second = islice(Pace(LOOPBACK_BACKOFF).pauses(0.0, 0.0), 2)
    assert (first, second) == (0.0, LOOPBACK_BACKOFF.first)


def test_what_was_seen_of_a_phase_is_expected_of_the_next() -> None:
    pace = Pace(CLOUD_BACKOFF)
    pace.note(VPC, not_ready_s=5.9, ready_s=6.1)
    assert pace.expected_s(VPC) == 6.0


def test_one_phase_that_takes_very_long_delays_the_polls_of_the_next_but_little() -> None:
    pace = Pace(CLOUD_BACKOFF)
    pace.note(VPC, not_ready_s=599.0, ready_s=601.0)
    assert pace.expected_s(VPC) == stated_s(VPC) * 1.5


def test_a_gate_that_waited_for_long_delays_no_other() -> None:
    gate = replace(step("listener.main:healthy"), call=None)
    pace = Pace(CLOUD_BACKOFF)
    pace.note(gate, not_ready_s=299.0, ready_s=301.0)
    assert polls(pace, gate, 0.0) == [0.0]


def test_a_phase_that_was_over_at_the_first_poll_is_expected_to_be_shorter() -> None:
    pace = Pace(CLOUD_BACKOFF)
    for _ in range(20):
        pace.note(VPC, not_ready_s=None, ready_s=max(pace.expected_s(VPC) * FIRST_POLL, 0.1))
    assert polls(pace, VPC, 0.0) == [0.0]


def test_what_was_seen_of_one_phase_tells_how_far_the_stated_of_others_is_off() -> None:
    slow, fast = Pace(LOOPBACK_BACKOFF), Pace(CLOUD_BACKOFF)
    slow.note(VPC, stated_s(VPC), stated_s(VPC))
    fast.note(VPC, 0.0, 0.0)
    assert slow.expected_s(ENDPOINT) == stated_s(ENDPOINT)
    assert fast.expected_s(ENDPOINT) == 0.0


def test_the_time_that_has_passed_since_the_call_counts() -> None:
    pace = Pace(CLOUD_BACKOFF)
    expected = pace.expected_s(ENDPOINT)
    assert next(pace.pauses(expected, expected)) == 0.0
    assert next(pace.pauses(expected, 10.0)) == pytest.approx(expected * FIRST_POLL - 10.0)

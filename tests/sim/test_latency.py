"""Latency profiles: what takes how long, and that it is the same for the same seed."""

import pytest

from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.latency import REALISTIC_STATUSES, Duration, Latency, profile
from gwlbfw.sim.services.registry import implemented
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.store.record import RECORD_TYPES
from gwlbfw.sim.wire import HttpRequest

CREATE = HttpRequest("POST", "Action=CreateVpc&Version=2016-04-28&CidrBlock=10.0.0.0/8")


def _vpc_status_after(latency: Latency, seconds: float) -> str:
    clock = TurnedClock()
    simulator = Simulator(settings=Settings(latency=latency), clock=clock)
    simulator.handle(CREATE)
    clock.advance(seconds)
    simulator.status()
    (vpc,) = [each for each in simulator.state if each.kind == "vpc"]
    simulator.close()
    return vpc.status


def test_simulator_without_latency_takes_no_time() -> None:
    assert _vpc_status_after(profile("none"), 0) == "Available"


def test_status_lasts_as_long_as_its_profile() -> None:
    latency = Latency(statuses={"vpc": Duration(10)})
    assert _vpc_status_after(latency, 9.9) == "Pending"
    assert _vpc_status_after(latency, 10) == "Available"


def test_named_status_wins_over_its_kind_and_kind_over_default() -> None:
    latency = Latency(
        statuses={"vpc:Pending": Duration(3), "vpc": Duration(2)}, default=Duration(1)
    )
    lasts = [latency.status(*each, "") for each in (("vpc", "Pending"), ("vpc", "x"), ("eip", "x"))]
    assert lasts == [3, 2, 1]


def test_speed_shortens_all_durations() -> None:
    slow, fast = profile("realistic"), profile("realistic", speed=10)
    for each in (slow, fast):
        assert each.status("vpc", "Pending", "a") > 0
    assert fast.status("vpc", "Pending", "a") == slow.status("vpc", "Pending", "a") / 10
    assert fast.call("vpc", "CreateVpc", 1) == slow.call("vpc", "CreateVpc", 1) / 10


def test_jitter_is_bounded_and_depends_on_the_seed_alone() -> None:
    latency = profile("realistic", seed="a")
    times = [latency.call("vpc", "CreateVpc", number) for number in range(200)]
    mean = latency.calls["vpc:Create*"].seconds
    assert all(0.7 * mean <= each <= 1.3 * mean for each in times)
    assert max(times) - min(times) > 0.4 * mean
    again = profile("realistic", seed="a")
    assert times == [again.call("vpc", "CreateVpc", number) for number in range(200)]
    assert times[0] != profile("realistic", seed="b").call("vpc", "CreateVpc", 0)


def test_reply_is_delayed_by_its_profile() -> None:
    latency = Latency(calls={"vpc:Create*": Duration(2)})
    simulator = Simulator(settings=Settings(latency=latency))
    assert simulator.handle(CREATE).delay == 2
    assert (
        simulator.handle(HttpRequest("POST", "Action=DescribeVpcs&Version=2016-04-28")).delay == 0
    )
    simulator.close()


def test_realistic_profile_names_existing_kinds() -> None:
    assert implemented()
    assert {name.partition(":")[0] for name in REALISTIC_STATUSES} <= RECORD_TYPES.keys()


@pytest.mark.parametrize(("name", "speed"), [("slow", 1), ("fast", 0), ("fast", -1)])
def test_unknown_profile_is_refused(name: str, speed: float) -> None:
    with pytest.raises(SimulatorError):
        profile(name, speed)

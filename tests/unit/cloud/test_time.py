import asyncio
from datetime import UTC, datetime, timedelta
from itertools import islice

from gwlbfw.cloud.backoff import CLOUD_BACKOFF, LOOPBACK_BACKOFF, Backoff
from gwlbfw.cloud.clock import ManualClock, SystemClock


async def test_a_sleep_on_the_manual_clock_ends_at_once_and_is_noted() -> None:
    told: list[float] = []
    clock = ManualClock(datetime(2026, 5, 1, tzinfo=UTC), told.append)
    await clock.sleep(90)
    assert (clock.now(), told, clock.sleeps) == (90, [90], [90])
    assert clock.utc() == datetime(2026, 5, 1, 0, 1, 30, tzinfo=UTC)


async def test_overlapping_sleeps_pass_together() -> None:
    told: list[float] = []
    clock = ManualClock(on_sleep=told.append)
    await asyncio.gather(clock.sleep(3), clock.sleep(5), clock.sleep(1))
    assert clock.now() == sum(told) == 5


async def test_the_system_clock_goes_forward() -> None:
    clock = SystemClock()
    before = clock.now()
    await clock.sleep(0)
    assert clock.now() >= before
    assert abs(clock.utc() - datetime.now(UTC)) < timedelta(minutes=1)


def test_backoff_delays_grow_up_to_the_cap_and_stay_there() -> None:
    assert list(islice(Backoff(1, 2, 5).delays(), 5)) == [1, 2, 4, 5, 5]
    assert next(iter(CLOUD_BACKOFF.delays())) == 1.0
    assert max(islice(LOOPBACK_BACKOFF.delays(), 50)) == 0.5

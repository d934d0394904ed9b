"""Turns at what the cloud takes one at a time."""

import asyncio

import pytest

from gwlbfw.execute.pace import stated_s
from gwlbfw.execute.serial import SerialLock, remaining_s
from tests.unit.execute.fake_transport import step


def test_the_remaining_time_of_a_step_is_that_of_the_longest_chain_it_begins() -> None:
    first, short = step("vpc.a:create"), step("vswitch.a/b:create", "vpc.a:create")
    long = step("endpoint.a/b:create", "vpc.a:create")
    left = remaining_s((first, short, long))
    assert left["vswitch.a/b:create"] == stated_s(short)
    assert left["vpc.a:create"] == stated_s(first) + stated_s(long)


async def in_turn(lock: SerialLock, urgency: float, turns: list[float]) -> None:
    async with lock.hold(urgency):
        turns.append(urgency)
        await asyncio.sleep(0)


async def test_the_most_urgent_of_those_that_wait_is_next() -> None:
    lock, turns = SerialLock(), list[float]()
    async with lock.hold(0.0):
        waiting = [asyncio.create_task(in_turn(lock, each, turns)) for each in (1.0, 3.0, 2.0)]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    assert turns == [3.0, 2.0, 1.0]


@pytest.mark.parametrize("at_its_turn", [False, True])
async def test_one_that_is_cancelled_is_passed_over(at_its_turn: bool) -> None:
    lock, turns = SerialLock(), list[float]()
    async with lock.hold(0.0):
        gone, other = (asyncio.create_task(in_turn(lock, each, turns)) for each in (2.0, 1.0))
        await asyncio.sleep(0)
        if not at_its_turn:
            gone.cancel()
    gone.cancel()
    await asyncio.wait([gone, other])
    assert turns == [1.0]
    async with lock.hold(0.0):
        pass

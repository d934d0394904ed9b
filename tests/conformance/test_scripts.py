"""Every script of the suite comes out on the simulator as it says, and leaves nothing behind."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import gwlbfw.sim
from gwlbfw.cloud.clock import ManualClock
from gwlbfw.conformance import Difference, Script, Step, load_scripts, run_script
from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.fixture.calls import FixtureCall
from gwlbfw.sim.services import registry
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from tests.conformance.sending import send_to

SCRIPTS = load_scripts()
SIMULATOR = Path(gwlbfw.sim.__file__).parent
MAKES = re.compile(r"Create|Allocate|RunInstances|Associate|Attach|AddZone|AddUser|Authorize")
"""Beginnings of the names of actions after which there is something to remove."""
REGION = re.compile(r"\b(cn|ap|us|eu|me|na)-[a-z]+")


def _beginnings() -> dict[str, Script]:
    """Each script up to a step that makes something, by the place of that step."""
    return {
        step.call.place: replace(script, steps=script.steps[: number + 1])
        for script in SCRIPTS
        for number, step in enumerate(script.steps)
        if step.undo and "" in (step.refused or ("",))
    }


BEGINNINGS = _beginnings()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda each: each.name)
async def test_script_comes_out_as_it_says_and_leaves_nothing(script: Script) -> None:
    assert await _run(script) == ()


@pytest.mark.parametrize("place", BEGINNINGS)
async def test_script_that_ends_while_something_is_made_leaves_nothing(place: str) -> None:
    assert await _run(BEGINNINGS[place]) == ()


async def _run(script: Script) -> tuple[Difference, ...]:
    """What differs; nothing may be left or in the way."""
    clock = TurnedClock()
    simulator = Simulator(settings=Settings(transition=1.0), clock=clock)
    send = send_to(simulator)
    outcome = await run_script(script, send, ManualClock(on_sleep=clock.advance), "conform-test")
    assert outcome.left == ()
    assert outcome.problem == ""
    clock.advance(3600)
    assert simulator.status().empty
    return outcome.differences


def test_scripts_have_names_of_their_own_claims_and_sources() -> None:
    assert len({each.name for each in SCRIPTS}) == len(SCRIPTS)
    for script in SCRIPTS:
        assert script.claim.endswith("."), script.name
        assert script.source, script.name
        assert script.cost, script.name
        assert 0 < script.minutes <= 30, script.name


def test_scripts_call_actions_that_the_simulator_carries_out() -> None:
    registry.load_services()
    called = {(call.product, call.action) for script in SCRIPTS for call in _calls(script)}
    assert called <= registry.implemented()


def test_scripts_remove_whatever_a_step_may_make() -> None:
    careless = {
        step.call.place
        for step in _steps()
        if MAKES.match(step.call.action) and step.call.params and not step.undo
    }
    assert careless == set()


def test_scripts_name_no_region_and_no_zone() -> None:
    bound = {
        f"{call.place}: {text}"
        for script in SCRIPTS
        for call in _calls(script)
        for text in call.params.values()
        if REGION.search(text)
    }
    assert bound == set()


def test_guesses_are_in_the_files_that_the_steps_name() -> None:
    homes = {each.unverified for each in _steps()} - {""}
    assert {each for each in homes if not _has_guess(each)} == set()


def _has_guess(home: str) -> bool:
    """True if a file, or one of a folder, says that something is UNVERIFIED."""
    places = [SIMULATOR / folder / home for folder in ("services", "")]
    files = [each.with_name(f"{each.name}.py") for each in places]
    files += [file for each in places for file in each.rglob("*.py")]
    return any(each.exists() and "UNVERIFIED" in each.read_text("utf-8") for each in files)


def _steps() -> Iterator[Step]:
    for script in SCRIPTS:
        yield from script.steps


def _calls(script: Script) -> Iterator[FixtureCall]:
    for step in script.steps:
        yield step.call
        yield from step.undo

"""Every script of the suite comes out on the simulator as it says, and leaves nothing behind."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import gwlbfw.sim
from gwlbfw.cloud.clock import ManualClock
from gwlbfw.conformance import Script, load_scripts, run_script
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


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda each: each.name)
async def test_script_comes_out_as_it_says_and_leaves_nothing(script: Script) -> None:
    clock = TurnedClock()
    simulator = Simulator(settings=Settings(transition=1.0), clock=clock)
    send = send_to(simulator)
    outcome = await run_script(script, send, ManualClock(on_sleep=clock.advance), "conform-test")
    assert outcome.differences == ()
    assert outcome.left == ()
    assert outcome.problem == ""
    clock.advance(3600)
    assert simulator.status().empty


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda each: each.name)
def test_script_names_its_source_and_actions_that_exist(script: Script) -> None:
    assert script.claim.endswith(".")
    assert script.source
    assert script.cost
    assert 0 < script.minutes <= 30
    registry.load_services()
    for call in _calls(script):
        assert (call.product, call.action) in registry.implemented()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda each: each.name)
def test_script_removes_whatever_a_step_may_make(script: Script) -> None:
    for step in script.steps:
        if MAKES.match(step.call.action) and step.call.params:
            assert step.undo, f"{step.call.place} has no undo"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda each: each.name)
def test_script_names_no_region_and_no_zone(script: Script) -> None:
    for call in _calls(script):
        for text in call.params.values():
            assert not re.search(r"\b(cn|ap|us|eu|me)-[a-z]+", text), f"{call.place}: {text}"


def test_guesses_are_in_the_files_that_the_steps_name() -> None:
    homes = {each.unverified for script in SCRIPTS for each in script.steps} - {""}
    for home in homes:
        found = [SIMULATOR / f"{folder}{home}.py" for folder in ("services/", "")]
        assert any(each.exists() and "UNVERIFIED" in each.read_text("utf-8") for each in found), home


def _calls(script: Script) -> Iterator[FixtureCall]:
    for step in script.steps:
        yield step.call
        yield from step.undo

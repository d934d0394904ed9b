"""Every script of the suite comes out on the simulator as it says, and leaves nothing behind."""

from collections.abc import Mapping

import pytest

from gwlbfw.cloud.clock import ManualClock
from gwlbfw.conformance import Answer, Script, load_scripts, run_script
from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.services import registry
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from tests.conformance.sending import send_to

SCRIPTS = load_scripts()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda each: each.name)
async def test_script_comes_out_as_it_says_and_leaves_nothing(script: Script) -> None:
    clock = TurnedClock()
    simulator = Simulator(settings=Settings(transition=1.0), clock=clock)
    send = send_to(simulator)
    outcome = await run_script(script, send, ManualClock(on_sleep=clock.advance), "conform-test")
    assert outcome.differences == ()
    assert outcome.left == ()
    clock.advance(3600)
    assert simulator.status().empty


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda each: each.name)
def test_script_names_its_source_and_actions_that_exist(script: Script) -> None:
    assert script.claim.endswith(".")
    assert script.source
    assert script.cost
    registry.load_services()
    for step in script.steps:
        for call in (step.call, *step.undo):
            assert (call.product, call.action) in registry.implemented()


async def test_difference_is_found_and_what_was_made_is_removed() -> None:
    script = next(each for each in SCRIPTS if each.name == "one-ipv4-gateway-per-vpc")
    clock = TurnedClock()
    simulator = Simulator(settings=Settings(transition=1.0), clock=clock)
    send = send_to(simulator)

    def changed(product: str, action: str, params: Mapping[str, str]) -> Answer:
        answer = send(product, action, params)
        return Answer(answer.body, answer.code and f"Other.{answer.code}", answer.message)

    outcome = await run_script(script, changed, ManualClock(on_sleep=clock.advance), "conform-test")
    (first, second) = outcome.differences
    assert first.expected == "refused with OperationDenied.VpcExistIpv4Gateway"
    assert first.actual.startswith("refused with Other.OperationDenied.")
    assert second.call == "vpc:GetIpv4GatewayAttribute"
    clock.advance(3600)
    assert simulator.status().empty

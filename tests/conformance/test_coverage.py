"""Which of the simulator's actions no script calls, and why."""

from fnmatch import fnmatchcase
from pathlib import Path

from gwlbfw import policy
from gwlbfw.conformance import load_scripts
from gwlbfw.sim.services import registry
from gwlbfw.topology.load import load

EXAMPLE = Path(__file__).parents[2] / "examples" / "ulanqab.yaml"
WHOLE = ("gwlb", "privatelink", "sts")
"""Products of which every action is in a script; of vpc and ecs, every one that the tool sends."""
WITHOUT = {
    "*:MoveResourceGroup": "it takes a second resource group, whose name is taken for days after",
    "*:ChangeResourceGroup": "likewise",
    "sts:AssumeRole": "it takes a role, which a script can't make",
    "privatelink:OpenPrivateLinkService": "an account opens it once and for all",
}
"""Patterns of actions that no script calls, each with the reason."""


def test_every_action_is_in_a_script_or_has_a_reason() -> None:
    registry.load_services()
    wanted = {f"{product}:{name}" for product, name in registry.implemented() if product in WHOLE}
    without = (wanted | _sent_by_the_tool()) - _called()
    assert {each for each in without if not _has_reason(each)} == set()


def test_reasons_are_for_actions_without_a_script() -> None:
    assert {each for each in _called() if _has_reason(each)} == set()


def _has_reason(action: str) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in WITHOUT)


def _sent_by_the_tool() -> set[str]:
    """What a topology's policy allows, of what the simulator carries out."""
    named = policy.actions(load(EXAMPLE, {}).require()).values()
    known = {f"{product}:{name}" for product, name in registry.implemented()}
    return known.intersection(*[set().union(*named)])


def _called() -> set[str]:
    return {
        f"{call.product}:{call.action}"
        for script in load_scripts()
        for step in script.steps
        for call in (step.call, *step.undo)
    }

"""The page on the simulator says what the code does, and every action is called by a test."""

import re
from pathlib import Path

import pytest
import yaml

from gwlbfw.sim import faults
from gwlbfw.sim.services.registry import implemented
from tools import fidelity

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "simulator.md"


def test_page_on_the_simulator_is_current() -> None:
    """`python -m tools.fidelity docs/simulator.md` makes it so."""
    text = PAGE.read_text(encoding="utf-8")
    assert fidelity.with_tables(text) == text


def test_every_link_of_the_page_has_a_target() -> None:
    text = PAGE.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    anchors = {each.lower().replace("/", "").replace(" ", "-") for each in headings}
    linked = set(re.findall(r"\]\(#([^)]+)\)", text))
    assert linked <= anchors


def test_fault_rules_on_the_page_are_valid() -> None:
    blocks = re.findall(r"```yaml\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    rules = [each for each in blocks if each.startswith("rules:")]
    assert [len(faults.from_data(yaml.safe_load(each))) for each in rules] == [4]


def test_page_without_the_marker_is_refused() -> None:
    with pytest.raises(ValueError, match="has no line"):
        fidelity.with_tables("# A page")


def test_every_action_documents_what_is_modelled() -> None:
    found = fidelity.action_fidelities()
    assert {(each.product, each.action) for each in found} == implemented()
    assert all(each.modelled for each in found)


def test_every_action_is_called_by_a_test() -> None:
    text = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "sim").rglob("*.py")
    )
    called = {word.replace("_", "").lower() for word in re.findall(r"\w+", text)}
    assert {action for _, action in implemented() if action.lower() not in called} == set()

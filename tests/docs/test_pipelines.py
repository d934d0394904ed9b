"""The workflows in the guide are sound, and their gwlbfw steps do what they are shown for."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.transcript import Shell

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guides" / "ci.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
PLAN, APPLY, DRIFT = (yaml.safe_load(each) for each in EXAMPLES)
WORKFLOWS = {
    path.name: path.read_text(encoding="utf-8")
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
} | {f"ci.md {number}": text for number, text in enumerate(EXAMPLES)}
TAMPER = (
    "vsw=$(gwlbfw sim call vpc DescribeVSwitches PageSize=1 | grep -o 'vsw-[a-z0-9]*' | head -1)\n"
    "gwlbfw sim call vpc ModifyVSwitchAttribute VSwitchId=$vsw VSwitchName=other > tampered.json"
)


def step(workflow: dict[str, Any], name: str) -> str:
    """What a step runs."""
    steps = [each for job in workflow["jobs"].values() for each in job["steps"]]
    return str(next(each["run"] for each in steps if each.get("name") == name))


@pytest.mark.scenario
def test_workflow_steps_validate_plan_and_look_for_drift(tmp_path: Path) -> None:
    shutil.copy(ROOT / "examples" / "ulanqab.yaml", tmp_path / "topology.yaml")
    shutil.copy(ROOT / "examples" / "hello-world.sh", tmp_path)
    output = tmp_path / "output"
    environment = {"GWLBFW_SIM": "1", "STATE": "state", "GITHUB_OUTPUT": str(output)}
    with Shell(tmp_path, environment) as shell:
        assert shell.run(step(PLAN, "Validate")) == "topology.yaml is valid"
        assert "saved to firewall.plan" in shell.run(step(PLAN, "Plan"))
        assert "41 to create" in (tmp_path / "plan.md").read_text()
        shell.run(step(PLAN, "Shorten"))
        assert (tmp_path / "comment.md").read_text() == (tmp_path / "plan.md").read_text()
        (tmp_path / "plan.md").write_text("x" * 60_001)
        assert "41 to create" in shell.run(step(PLAN, "Shorten"))
        assert len((tmp_path / "comment.md").read_text()) < 10_000
        shell.run(step(APPLY, "Apply"))
        shell.run(step(DRIFT, "Look for drift"))
        shell.run(TAMPER)
        shell.run(step(DRIFT, "Look for drift"))
    assert output.read_text().splitlines() == ["code=0", "code=2"]
    sarif = json.loads((tmp_path / "drift.sarif").read_text())
    (result,) = sarif["runs"][0]["results"]
    assert result["ruleId"] == "drift-vswitch"
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place == "topology.yaml"


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_is_sound(name: str) -> None:
    content = yaml.safe_load(WORKFLOWS[name])
    assert content["jobs"]
    for job in content["jobs"].values():
        assert job["runs-on"]
        assert job["steps"]
        assert all(("uses" in each) != ("run" in each) for each in job["steps"])


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_pins_actions_by_commit_and_holds_no_long_lived_key(name: str) -> None:
    text = WORKFLOWS[name]
    used = re.findall(r"uses: (.*)", text)
    assert used
    assert [
        each for each in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", each)
    ] == []
    assert "ACCESS_KEY" not in text
    assert not re.search(r"git\+https|@main", text)


def test_locked_dependencies_have_hashes_and_no_address() -> None:
    lines = (ROOT / ".ci" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    starts = [each for each in lines if not each.startswith(" ")]
    assert all(re.match(r"[\w.\[\]-]+==\S+ .*\\$", each) for each in starts)
    assert all(
        re.match(r" {4}--hash=sha256:[0-9a-f]{64}( \\)?$", each)
        for each in lines
        if each not in starts
    )
    assert {"aiohttp", "hatchling", "pytest"} <= {each.partition("==")[0] for each in starts}

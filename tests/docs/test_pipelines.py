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
PLAN, DRIFT = (yaml.safe_load(each) for each in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL))
TAMPER = (
    "vsw=$(gwlbfw sim call vpc DescribeVSwitches PageSize=1 | grep -o 'vsw-[a-z0-9]*' | head -1)\n"
    "gwlbfw sim call vpc ModifyVSwitchAttribute VSwitchId=$vsw VSwitchName=other > tampered.json"
)


def step(workflow: dict[str, Any], name: str) -> str:
    """What a step runs."""
    (job,) = workflow["jobs"].values()
    return str(next(each["run"] for each in job["steps"] if each.get("name") == name))


@pytest.mark.scenario
def test_workflow_steps_validate_plan_and_look_for_drift(tmp_path: Path) -> None:
    shutil.copy(ROOT / "examples" / "ulanqab.yaml", tmp_path / "topology.yaml")
    shutil.copy(ROOT / "examples" / "hello-world.sh", tmp_path)
    output = tmp_path / "output"
    environment = {"GWLBFW_SIM": "1", "STATE": "state", "GITHUB_OUTPUT": str(output)}
    with Shell(tmp_path, environment) as shell:
        assert shell.run(step(PLAN, "Validate")) == "topology.yaml is valid"
        assert shell.run(step(PLAN, "Plan")) == ""
        assert "41 to create" in (tmp_path / "plan.md").read_text()
        shell.run("gwlbfw apply topology.yaml --state state --auto-approve")
        shell.run(step(DRIFT, "Look for drift"))
        shell.run(TAMPER)
        shell.run(step(DRIFT, "Look for drift"))
    assert output.read_text().splitlines() == ["code=0", "code=2"]
    sarif = json.loads((tmp_path / "drift.sarif").read_text())
    (result,) = sarif["runs"][0]["results"]
    assert result["ruleId"] == "drift-vswitch"
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place == "topology.yaml"


@pytest.mark.parametrize("path", sorted((ROOT / ".github" / "workflows").glob("*.yml")))
def test_a_workflow_is_sound(path: Path) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert content["jobs"]
    for job in content["jobs"].values():
        assert job["runs-on"]
        assert job["steps"]
        assert all(("uses" in each) != ("run" in each) for each in job["steps"])

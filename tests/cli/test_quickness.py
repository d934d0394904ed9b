"""No command loads what it does not need: that keeps help and validation quick."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from gwlbfw.cli.app import COMMANDS

SLOW = frozenset(
    {
        "aiohttp",
        "alibabacloud_tea_openapi",
        "asyncio",
        "darabonba",
        "gwlbfw.sim.simulator",
        "gwlbfw.stack",
        "rich",
    }
)
HELP_NEEDS = frozenset({"gwlbfw.cli", "gwlbfw.diagnostics"})
"""What help may load of gwlbfw: the command line, and the diagnostics that its screen shows."""
SCRIPT = """
import json, sys
from gwlbfw.cli.app import run
lines = json.load(sys.stdin)
codes = [run(line) for line in lines]
print("", json.dumps([codes, sorted(sys.modules)]), sep="\\n")
"""


def loaded(folder: Path, *lines: Sequence[str]) -> frozenset[str]:
    """The modules of a process that has run these command lines."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps(lines),
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    codes, modules = json.loads(done.stdout.splitlines()[-1])
    assert codes == [0] * len(lines), done.stderr
    return frozenset(modules)


def engine(modules: frozenset[str]) -> set[str]:
    """The modules of gwlbfw that are not the command line's."""
    ours = {".".join(each.split(".")[:2]) for each in modules if each.startswith("gwlbfw.")}
    return ours - HELP_NEEDS


def test_help_of_no_command_loads_the_engine(folder: Path) -> None:
    helped = [[*name.split(), "--help"] for name in ("", *COMMANDS, "sim")]
    modules = loaded(folder, *helped)
    assert engine(modules) == set()
    assert {each.partition(".")[0] for each in modules} & (SLOW | {"pydantic", "yaml"}) == {"rich"}


@pytest.mark.parametrize(
    "line",
    ["version", "schema", "validate ulanqab.yaml", "validate ulanqab.yaml --format sarif"],
)
def test_command_without_a_cloud_loads_nothing_slow(folder: Path, line: str) -> None:
    assert loaded(folder, line.split()) & SLOW == set()


def test_check_sees_what_is_loaded(folder: Path) -> None:
    modules = loaded(folder, ["sim", "status"])
    assert "gwlbfw.sim.simulator" in modules
    assert "gwlbfw.sim" in engine(modules)

"""What need not be loaded is not: that is what makes help and validation quick."""

import subprocess
import sys
from pathlib import Path

import pytest

SLOW = (
    "alibabacloud_tea_openapi",
    "darabonba",
    "aiohttp",
    "rich",
    "asyncio",
    "gwlbfw.stack",
    "gwlbfw.sim.simulator",
)
SCRIPT = """
import sys
from gwlbfw.cli.app import run
code = run(sys.argv[2:])
print(*sorted(set(sys.argv[1].split(",")) & set(sys.modules)), file=sys.stderr)
sys.exit(code)
"""


def loaded(folder: Path, *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, ",".join(SLOW), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    "line",
    [
        "--help",
        "plan --help",
        "version",
        "schema",
        "validate ulanqab.yaml",
        "validate ulanqab.yaml --format sarif",
    ],
)
def test_no_command_loads_what_it_does_not_need(folder: Path, line: str) -> None:
    slow = loaded(folder, *line.split())
    allowed = {"asyncio", "gwlbfw.stack"} if line == "plan --help" else set()
    assert slow <= allowed


def test_the_check_would_see_what_is_loaded(folder: Path) -> None:
    assert "gwlbfw.sim.simulator" in loaded(folder, "sim", "status")

"""The library example does what it says."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "library.py"


@pytest.mark.scenario
def test_the_library_example_deploys_proves_and_destroys() -> None:
    ran = subprocess.run(
        [sys.executable, EXAMPLE], capture_output=True, text=True, check=True, timeout=120
    )
    said = [line for line in ran.stdout.splitlines() if not line.startswith("  ")]
    assert said[0] == "to create: 41"
    assert "nothing left to do: True" in said
    assert "all Internet traffic is inspected: True" in said
    assert "drifted: False" in said
    assert said[-1] == "the region is empty: True"
    assert ran.stderr == ""

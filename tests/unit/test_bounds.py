"""However a file is spoilt, reading it takes no more memory than a process may have."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST = 1536 << 20
"""Bytes that a process may have; each case has a deadline of its own."""
FILES = [
    f"{folder}/test_fuzz.py"
    for folder in ("tests/unit/topology", "tests/unit/plan", "tests/unit/state")
]
CASES = "4"


@pytest.mark.skipif(sys.platform != "linux", reason="no other system holds a process to it")
def test_corrupted_files_are_read_in_little_memory() -> None:
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({MOST}, {MOST}))"
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", *FILES]
    done = subprocess.run(
        [sys.executable, "-c", f"{limit}; import pytest; raise SystemExit(pytest.main({options}))"],
        cwd=ROOT,
        env={**os.environ, "GWLBFW_FUZZ": CASES},
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr

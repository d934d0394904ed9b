"""Proxies in the environment have no business on this machine."""

import os
import subprocess
import sys
from pathlib import Path

from tests.scenarios.testbed import EXAMPLES

DEAD = "http://127.0.0.1:9"


def test_simulator_is_reached_despite_a_dead_proxy(tmp_path: Path) -> None:
    """The whole way from apply to an empty simulator, with every proxy variable set."""
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    proxies = {spelt: DEAD for name in names for spelt in (name, name.lower())}
    environment = {**os.environ, **proxies, "NO_PROXY": "", "no_proxy": ""}
    topology = str(EXAMPLES / "ulanqab.yaml")

    def gwlbfw(*arguments: str) -> str:
        done = subprocess.run(
            [Path(sys.executable).with_name("gwlbfw"), *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    gwlbfw("apply", topology, "--sim", "--auto-approve")
    gwlbfw("plan", topology, "--sim", "--detailed-exitcode")
    gwlbfw("destroy", topology, "--sim", "--auto-approve")
    assert '"empty": true' in gwlbfw("sim", "status", "--format", "json")

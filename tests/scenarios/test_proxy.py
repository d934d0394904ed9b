"""Proxies in the environment have no business on this machine."""

import os
from pathlib import Path

from tests.scenarios.testbed import EXAMPLES
from tests.support.command_process import CommandProcess

DEAD = "http://127.0.0.1:9"


def test_simulator_is_reached_despite_a_dead_proxy(tmp_path: Path) -> None:
    """The whole way from apply to an empty simulator, with every proxy variable set."""
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    proxies = {spelt: DEAD for name in names for spelt in (name, name.lower())}
    environment = {**os.environ, **proxies, "NO_PROXY": "", "no_proxy": ""}
    topology = str(EXAMPLES / "ulanqab.yaml")

    def gwlbfw(*arguments: str) -> str:
        with CommandProcess(arguments, tmp_path, environment) as process:
            said, complained = process.communicate(timeout=60)
        assert process.returncode == 0, said + complained
        return said

    gwlbfw("apply", topology, "--sim", "--auto-approve")
    gwlbfw("plan", topology, "--sim", "--detailed-exitcode")
    gwlbfw("destroy", topology, "--sim", "--auto-approve")
    assert '"empty": true' in gwlbfw("sim", "status", "--format", "json")

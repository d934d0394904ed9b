"""Clients that share no code with the Python SDK: the vendor's for Node.js, both signatures.

`make node-clients` installs them into `.node-clients`; without them these tests are skipped.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gwlbfw.sim.server import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator

SCRIPTS = Path(__file__).parent / "node"
MODULES = Path(__file__).parents[3] / ".node-clients" / "node_modules"
NODE = shutil.which("node")
PACKAGES = ("@alicloud/pop-core", "@alicloud/openapi-client", "@alicloud/tea-util")

pytestmark = [
    pytest.mark.simulator,
    pytest.mark.skipif(NODE is None, reason="there is no node"),
    pytest.mark.skipif(
        not all((MODULES / each).is_dir() for each in PACKAGES),
        reason=f"the vendor's packages for Node.js are not in {MODULES}: make node-clients",
    ),
]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """One that verifies signatures, and refuses parameters that don't exist."""
    simulator = Simulator(settings=Settings(credentials={"key": "secret"}, strict=True))
    yield simulator
    simulator.close()


@pytest.fixture
def url(simulator: Simulator) -> Iterator[str]:
    with Server(simulator) as server:
        yield server.url


def _run(script: str, *arguments: str) -> Any:
    environment = {"PATH": os.environ["PATH"], "NODE_PATH": str(MODULES)}
    ran = subprocess.run(
        [NODE or "", str(SCRIPTS / script), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(ran.stdout)


def _check(found: Any, simulator: Simulator) -> None:
    (listed,) = found["listed"]
    assert (listed["VpcId"], listed["VpcName"]) == (found["made"], "node")
    assert listed["Tags"]["Tag"] == [{"Key": "made by", "Value": "a*b ~ /ü"}]
    assert found["refused"] == "InvalidVpcId.NotFound"
    assert simulator.status().resources == {"vpc": 1}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_node_client_of_signature_version_1_works(
    simulator: Simulator, url: str, method: str
) -> None:
    _check(_run("version1.js", url, "key", "secret", method), simulator)


def test_node_client_of_acs3_works(simulator: Simulator, url: str) -> None:
    found = _run("acs3.js", url.removeprefix("http://"), "key", "secret")
    _check(found, simulator)
    assert found["balancers"] == 5


@pytest.mark.parametrize(
    ("key", "secret", "code"),
    [
        ("key", "wrong", "SignatureDoesNotMatch"),
        ("unknown", "secret", "InvalidAccessKeyId.NotFound"),
    ],
)
def test_node_client_with_a_wrong_key_is_refused(
    url: str, key: str, secret: str, code: str
) -> None:
    assert _run("version1.js", url, key, secret, "POST") == {"error": code}
    assert _run("acs3.js", url.removeprefix("http://"), key, secret) == {"error": code}

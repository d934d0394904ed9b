"""The simulator in another process, as tests of other programs start it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gwlbfw.sim.errors import SimulatorError
from gwlbfw.simulator import SimulatorProcess, simulated_cloud

pytestmark = pytest.mark.simulator

CALL = """
import json, os, ssl, urllib.request
url = f"https://{os.environ['ALIBABA_CLOUD_ENDPOINT_VPC']}/?Action=%s&Version=2016-04-28"
context = ssl.create_default_context()
opener = urllib.request.build_opener(
    urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
)
print(opener.open(url).read().decode())
"""


def answer(action: str, environment: dict[str, str]) -> dict[str, object]:
    """What another program is answered that knows nothing but the environment."""
    words = [sys.executable, "-c", CALL % action]
    done = subprocess.run(words, env={**os.environ, **environment}, capture_output=True, check=True)
    return dict(json.loads(done.stdout))


def test_process_serves_other_programs_by_their_environment_until_stopped() -> None:
    simulator = SimulatorProcess("--clock", "standing", "--transition", "60")
    with simulator:
        folder = simulator.ca_file.parent
        vpc = answer("CreateVpc", simulator.environment())
        simulator.save("one")
        simulator.advance(60)
        listed = json.dumps(answer("DescribeVpcs", simulator.environment()))
        assert f'"{vpc["VpcId"]}"' in listed
        assert '"Status": "Available"' in listed
        simulator.reset()
        assert answer("DescribeVpcs", simulator.environment())["TotalCount"] == 0
        simulator.load("one")
        assert answer("DescribeVpcs", simulator.environment())["TotalCount"] == 1
    assert not folder.exists()
    simulator.stop()


def test_process_has_the_folder_and_the_keys_that_it_is_given(tmp_path: Path) -> None:
    folder, keys = tmp_path / "sim", {"key": "hush"}
    with SimulatorProcess(data=folder, credentials=keys, region="cn-hangzhou") as simulator:
        found = simulator.environment()
        assert simulator.ca_file == folder / "ca.pem"
    assert found["ALIBABA_CLOUD_ACCESS_KEY_ID"] == "key"
    assert found["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] == "hush"
    assert found["ALIBABA_CLOUD_REGION"] == "cn-hangzhou"
    assert (folder / "state.sqlite").exists()


def test_process_that_does_not_start_says_why() -> None:
    with pytest.raises(SimulatorError, match="did not start: error: there is no quota x here"):
        SimulatorProcess("--quota", "x=1").start()


def test_environment_has_an_endpoint_for_every_product() -> None:
    with simulated_cloud() as cloud:
        found = cloud.environment()
        host = cloud.url.removeprefix("http://")
        assert {found[f"ALIBABA_CLOUD_ENDPOINT_{each}"] for each in ("VPC", "ECS", "STS")} == {host}
        assert answer("DescribeVpcs", found)["TotalCount"] == 0

"""The simulated cloud as others use it in their tests."""

from pathlib import Path

import pytest
from alibabacloud_vpc20160428 import models

from gwlbfw import Stack, Topology
from gwlbfw.sim.settings import Settings
from gwlbfw.simulator import SimulatedCloud, simulated_cloud

pytestmark = pytest.mark.simulator

ULANQAB = Path(__file__).parents[2] / "examples" / "ulanqab.yaml"


def create_vpc(cloud: SimulatedCloud) -> str:
    request = models.CreateVpcRequest(region_id="cn-wulanchabu", cidr_block="10.0.0.0/16")
    return str(cloud.client("vpc").create_vpc(request).body.vpc_id)


def vpc_status(cloud: SimulatedCloud) -> str:
    request = models.DescribeVpcsRequest(region_id="cn-wulanchabu")
    return str(cloud.client("vpc").describe_vpcs(request).body.vpcs.vpc[0].status)


def test_with_block_has_a_cloud_that_the_vendors_client_can_call() -> None:
    with simulated_cloud() as cloud:
        assert create_vpc(cloud).startswith("vpc-")
        assert cloud.status().resources == {"vpc": 1}


def test_simulated_clouds_are_independent() -> None:
    with simulated_cloud() as one, simulated_cloud() as other:
        create_vpc(one)
        assert one.url != other.url
        assert other.status().empty


def test_simulated_cloud_can_be_nested_in_itself() -> None:
    use = simulated_cloud()
    with use as outer, use as inner:
        create_vpc(inner)
        assert outer.status().empty


def test_standing_time_passes_only_by_advance() -> None:
    settings = Settings(transition=60.0)
    with simulated_cloud(settings, clock="standing") as cloud:
        create_vpc(cloud)
        assert vpc_status(cloud) == "Pending"
        cloud.advance(60.0)
        assert vpc_status(cloud) == "Available"


def test_running_time_can_be_put_forward() -> None:
    with simulated_cloud(Settings(transition=3600.0)) as cloud:
        create_vpc(cloud)
        assert vpc_status(cloud) == "Pending"
        cloud.advance(3600.0)
        assert vpc_status(cloud) == "Available"


def test_folder_keeps_the_simulated_state(tmp_path: Path) -> None:
    with simulated_cloud(folder=tmp_path) as cloud:
        create_vpc(cloud)
    with simulated_cloud(folder=tmp_path) as cloud:
        assert cloud.status().resources == {"vpc": 1}
        cloud.reset()
        assert cloud.status().empty


def test_the_first_of_the_configured_keys_signs() -> None:
    with simulated_cloud(Settings(credentials={"key": "secret"})) as cloud:
        assert create_vpc(cloud)


@simulated_cloud()
def test_a_decorated_function_is_given_the_cloud_beside_its_fixtures(
    tmp_path: Path, cloud: SimulatedCloud
) -> None:
    assert tmp_path.is_dir()
    assert create_vpc(cloud)


@simulated_cloud(clock="standing")
async def test_a_decorated_coroutine_is_given_the_cloud_too(cloud: SimulatedCloud) -> None:
    assert cloud.status().empty


@simulated_cloud()
def test_a_decorated_function_need_not_ask_for_it() -> None:
    with simulated_cloud() as cloud:
        assert cloud.status().empty


def test_every_call_of_a_decorated_function_has_an_empty_cloud() -> None:
    @simulated_cloud()
    def fill(cloud: SimulatedCloud | None = None) -> int:
        assert cloud is not None
        create_vpc(cloud)
        return cloud.status().resources["vpc"]

    assert [fill(), fill()] == [1, 1]


def test_a_stack_waits_without_time_passing(tmp_path: Path) -> None:
    with simulated_cloud(Settings(transition=2.0), clock="standing") as cloud:
        stack = Stack(Topology.load(ULANQAB), cloud.cloud, state=tmp_path)
        with stack:
            plan = stack.sync.plan()
            before = cloud.clock.now()
            assert stack.sync.apply(plan).outcome == "done"
            assert cloud.clock.now() - before > 20.0
            assert stack.sync.plan().is_empty

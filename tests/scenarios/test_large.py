"""Several VPCs in three zones."""

import pytest

from tests.scenarios.testbed import Testbed
from tests.scenarios.topology_builder import Size, topology

HONGKONG = ("cn-hongkong", ("cn-hongkong-b", "cn-hongkong-c", "cn-hongkong-d"))
TOKYO = ("ap-northeast-1", ("ap-northeast-1a", "ap-northeast-1b", "ap-northeast-1c"))


@pytest.mark.parametrize(
    ("place", "tables", "bootstrap"),
    [(HONGKONG, "per-zone", "iptables"), (TOKYO, "per-subnet", "none")],
)
def test_large_stack_is_deployed_stays_as_it_is_and_is_destroyed(
    testbed: Testbed, place: tuple[str, tuple[str, ...]], tables: str, bootstrap: str
) -> None:
    region, zones = place
    size = Size(
        region=region,
        zones=zones,
        vpcs=3,
        subnets=2 if tables == "per-subnet" else 3,
        servers=3,
        appliances=2,
        bootstrap=bootstrap,
        route_tables=tables,
    )
    stack = testbed.stack(topology(size))
    stack.apply()
    assert stack.changes() == {}
    assert not stack.drift().drifted
    testbed.forget()
    assert stack.changes() == {}
    stack.destroy()
    assert testbed.resources == {}

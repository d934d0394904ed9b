"""Whatever the topology, and from wherever it starts: apply, nothing left to do, destroy, empty."""

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.scenarios.conftest import served
from tests.scenarios.topology_builder import Size, topology

ZONES = ("cn-hongkong-b", "cn-hongkong-c", "cn-hongkong-d")
SIZES = st.builds(
    Size,
    region=st.just("cn-hongkong"),
    zones=st.integers(1, 3).map(lambda count: ZONES[:count]),
    vpcs=st.integers(1, 3),
    subnets=st.integers(1, 3),
    servers=st.integers(0, 2),
    appliances=st.integers(1, 2),
    bootstrap=st.just("none"),
    route_tables=st.sampled_from(["per-zone", "per-subnet"]),
    order=st.sampled_from(["inbound-first", "outbound-first"]),
    strategy=st.sampled_from(["zone-by-zone", "all-at-once"]),
    auto_accept=st.booleans(),
).filter(lambda size: size.route_tables == "per-zone" or len(size.zones) * size.subnets <= 7)
"""A VPC has nine custom tables: those of its subnets, the gateway's and the endpoints'."""
FEW = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)


HONG_KONG = Size(
    region="cn-hongkong",
    zones=("cn-hongkong-b",),
    subnets=2,
    appliances=1,
    route_tables="per-subnet",
    strategy="all-at-once",
)


@FEW
@example(first=HONG_KONG, then=replace(HONG_KONG, subnets=3, route_tables="per-zone"))
@given(first=SIZES, then=SIZES)
def test_any_topology_converges_from_any_other(first: Size, then: Size) -> None:
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as testbed:
        for size in (first, then):
            stack = testbed.stack(topology(size))
            stack.apply(whatever=True)
            assert stack.changes() == {}
            assert not stack.drift().drifted
        testbed.forget()
        testbed.stack(topology(then)).destroy()
        assert testbed.resources == {}

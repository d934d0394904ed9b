"""Speed: what a call costs doesn't grow with what there is.

What is counted is the work of the interpreter, not time, which depends on the machine.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any
from urllib.parse import urlencode

import pytest

from gwlbfw.openapi import versions
from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.services.ecs.instance.record import Instance
from gwlbfw.sim.services.ecs.network_interface import NetworkInterface
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.store.index import Index
from gwlbfw.sim.store.record import RECORD_TYPES, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import HttpRequest

REGION = "cn-wulanchabu"
FEW, MANY = 500, 10_000


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    simulator = Simulator(clock=TurnedClock())
    yield simulator
    simulator.close()


def _fill(simulator: Simulator, kind: str, total: int) -> None:
    state = simulator.state
    region = Region(state, simulator.settings.account, REGION, simulator.clock.now())
    while len(state) < total:
        region.add(RECORD_TYPES[kind](tags={"n": str(len(state) % 5)}))
    state.commit()


def _call(simulator: Simulator, product: str, action: str, **flat: str) -> Any:
    query = urlencode({"Action": action, "Version": versions()[product], **flat})
    reply = simulator.handle(HttpRequest("POST", query))
    assert reply.status == 200, reply.body
    return json.loads(reply.body)


def _work(call: Callable[[], object]) -> int:
    """How many function calls it takes."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        call()
    finally:
        sys.setprofile(before)
    return calls


LISTS = [
    ("security_group", "ecs", "DescribeSecurityGroups"),
    ("network_interface", "ecs", "DescribeNetworkInterfaces"),
    ("eip", "vpc", "DescribeEipAddresses"),
    ("route_table", "vpc", "DescribeRouteTableList"),
    ("ipv4_gateway", "vpc", "ListIpv4Gateways"),
    ("load_balancer", "gwlb", "ListLoadBalancers"),
    ("server_group", "gwlb", "ListServerGroups"),
    ("listener", "gwlb", "ListListeners"),
    ("endpoint", "privatelink", "ListVpcEndpoints"),
    ("endpoint_service", "privatelink", "ListVpcEndpointServices"),
]


@pytest.mark.parametrize(("kind", "product", "action"), LISTS)
def test_cost_of_a_page_is_independent_of_the_length_of_the_list(
    simulator: Simulator, kind: str, product: str, action: str
) -> None:
    def page() -> None:
        _call(simulator, product, action)

    costs = []
    for total in (FEW, MANY):
        _fill(simulator, kind, total)
        page()
        costs.append(_work(page))
    assert costs[1] < 1.2 * costs[0]


def test_pages_of_ten_thousand_resources_do_not_slow_down(
    simulator: Simulator,
) -> None:
    _fill(simulator, "load_balancer", MANY)
    seen: list[str] = []
    costs: list[int] = []
    token = ""
    while token or not seen:

        def page() -> None:
            nonlocal token
            more = {"NextToken": token} if token else {}
            reply = _call(simulator, "gwlb", "ListLoadBalancers", MaxResults="1000", **more)
            seen.extend(each["LoadBalancerId"] for each in reply["LoadBalancers"])
            token = reply["NextToken"]

        costs.append(_work(page))
    assert len(set(seen)) == MANY
    assert max(costs[1:]) < 1.2 * costs[1]


def test_users_of_a_resource_are_found_by_an_index(simulator: Simulator) -> None:
    _fill(simulator, "listener", MANY)
    simulator.state.users("gwlb-none")
    assert _work(lambda: simulator.state.users("gwlb-none")) < 20


def test_index_follows_changes_of_records() -> None:
    record = RECORD_TYPES["eip"](id="eip-a", serial=1)
    index = Index(lambda each: [each.status], [record])
    assert index.find("Available") == [record]
    record.status = "InUse"
    index.mark_stale(record)
    assert (index.find("Available"), index.find("InUse")) == ([], [record])
    index.discard(record)
    assert index.find("InUse") == []


def test_index_lists_oldest_records_first() -> None:
    records: list[Record] = [RECORD_TYPES["eip"](id=f"eip-{n}", serial=n) for n in (3, 1, 2)]
    index = Index(lambda each: [each.status], records)
    assert [each.serial for each in index.find("Available")] == [1, 2, 3]


@dataclass
class _VSwitch:
    """A vSwitch with so many instances, and calls about a further one."""

    simulator: Simulator
    clock: TurnedClock
    launch: dict[str, str]
    made: str = ""

    @classmethod
    def with_instances(cls, number: int) -> "_VSwitch":
        clock = TurnedClock()
        simulator = Simulator(clock=clock)
        vpc = _call(simulator, "vpc", "CreateVpc", CidrBlock="10.0.0.0/8")["VpcId"]
        region = Region(simulator.state, simulator.settings.account, REGION, clock.now())
        place: dict[str, Any] = {"vpc_id": vpc, "zone_id": "cn-wulanchabu-b"}
        vswitch = region.add(VSwitch(**place, cidr="10.0.0.0/16"))
        for index in range(number):
            instance = region.add(Instance(instance_type="ecs.g7.large"))
            region.add(
                NetworkInterface(
                    **place,
                    vswitch_id=vswitch.id,
                    owner=instance.id,
                    primary=True,
                    ip=f"10.0.{index // 250}.{index % 250 + 1}",
                )
            )
        simulator.state.commit()
        made = cls(simulator, clock, {})
        made.settle()
        group = _call(simulator, "ecs", "CreateSecurityGroup", VpcId=vpc)["SecurityGroupId"]
        made.launch |= {"VSwitchId": vswitch.id, "SecurityGroupId": group}
        made.launch |= {"InstanceType": "ecs.g7.large", "ImageId": "m-" + "a" * 20}
        return made

    def settle(self) -> None:
        """Let all that is under way come to its end."""
        self.clock.advance(60)
        _call(self.simulator, "ecs", "DescribeRegions")

    def run(self) -> None:
        reply = _call(self.simulator, "ecs", "RunInstances", **self.launch)
        (self.made,) = reply["InstanceIdSets"]["InstanceIdSet"]

    def delete(self) -> None:
        _call(self.simulator, "ecs", "DeleteInstance", InstanceId=self.made, Force="true")
        self.settle()

    def describe(self, name: str, text: str) -> Any:
        """The instance that a filter finds."""
        value = text if name.endswith("Id") else json.dumps([text])
        reply = _call(self.simulator, "ecs", "DescribeInstances", **{name: value}, PageSize="1")
        return reply["Instances"]["Instance"][0]


def test_cost_of_a_launch_and_a_release_is_independent_of_the_instances_in_the_vswitch() -> None:
    costs = []
    for number in (20, 2000):
        vswitch = _VSwitch.with_instances(number)
        vswitch.run()
        vswitch.settle()
        vswitch.delete()
        cost = [_work(vswitch.run)]
        vswitch.settle()
        costs.append([*cost, _work(vswitch.delete)])
        vswitch.simulator.close()
    assert costs[1][0] < 1.2 * costs[0][0]
    assert costs[1][1] < 1.2 * costs[0][1]


@pytest.mark.parametrize("name", ["InstanceIds", "PrivateIpAddresses"])
def test_cost_of_finding_an_instance_is_independent_of_the_others(name: str) -> None:
    costs = []
    for number in (20, 2000):
        vswitch = _VSwitch.with_instances(number)
        found = vswitch.describe("VSwitchId", vswitch.launch["VSwitchId"])
        addresses = found["VpcAttributes"]["PrivateIpAddress"]["IpAddress"]
        text = found["InstanceId"] if name == "InstanceIds" else addresses[0]
        vswitch.describe(name, text)
        costs.append(_work(partial(vswitch.describe, name, text)))
        vswitch.simulator.close()
    assert costs[1] < 1.2 * costs[0]

"""Holders of EIPs are looked up over the wire: here, elsewhere, known to nobody, or refused."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from gwlbfw.address import Address
from gwlbfw.cloud.error_codes import cloud_error
from gwlbfw.cloud.transport import BoundCall, Reply, Transport
from gwlbfw.discovery.fetch import Fetcher
from gwlbfw.errors import CloudError, TransportError
from gwlbfw.reachability import Network, fetch_facts, judge, parse_network
from tests.scenarios.conftest import served
from tests.scenarios.existing import Existing
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import RefusingTransport, Testbed, example

pytestmark = [pytest.mark.simulator, pytest.mark.scenario]
SUBNETS = {"app": "prod", "vtb": "prod", "far": "other"}
"""A business subnet, a bystander, and a subnet of another VPC."""
LOOK_UPS = {
    "EcsInstance": "ecs:DescribeInstances",
    "NetworkInterface": "ecs:DescribeNetworkInterfaces",
    "Nat": "vpc:DescribeNatGateways",
    "HaVip": "vpc:DescribeHaVips",
    "SlbInstance": "slb:DescribeLoadBalancers",
}


@dataclass
class Held:
    """Two VPCs in which holders of every type have an EIP each, in every subnet."""

    made: Existing
    eips: dict[tuple[str, str], str] = field(default_factory=dict)
    """By type of holder and subnet."""
    holders: dict[tuple[str, str], str] = field(default_factory=dict)

    def hold(self, kind: str, subnet: str) -> None:
        """Make a holder with an EIP."""
        self.holders[kind, subnet] = held = getattr(self, f"_{kind}")(subnet)
        eip = self.made.eip(f"{kind}-{subnet}")
        self.made.testbed.done(
            "vpc:AssociateEipAddress", AllocationId=eip, InstanceId=held, InstanceType=kind
        )
        self.eips[kind, subnet] = eip

    def _EcsInstance(self, subnet: str) -> str:  # noqa: N802 - the type's name
        return self.made.instance(f"ecs-{subnet}", B, subnet, f"group-{SUBNETS[subnet]}")

    def _NetworkInterface(self, subnet: str) -> str:  # noqa: N802
        group = self.made.ids[f"group-{SUBNETS[subnet]}"]
        return self._id("ecs:CreateNetworkInterface", subnet, SecurityGroupId=group)

    def _Nat(self, subnet: str) -> str:  # noqa: N802
        vpc = self.made.ids[SUBNETS[subnet]]
        return self._id("vpc:CreateNatGateway", subnet, VpcId=vpc, NatType="Enhanced")

    def _HaVip(self, subnet: str) -> str:  # noqa: N802
        return self._id("vpc:CreateHaVip", subnet)

    def _SlbInstance(self, subnet: str) -> str:  # noqa: N802
        vpc = self.made.ids[SUBNETS[subnet]]
        return self._id("slb:CreateLoadBalancer", subnet, VpcId=vpc, AddressType="intranet")

    def _id(self, action: str, subnet: str, **params: Any) -> str:
        made = self.made.testbed.done(action, VSwitchId=self.made.ids[subnet], **params)
        fields = ("NetworkInterfaceId", "NatGatewayId", "HaVipId", "LoadBalancerId")
        return str(next(made[each] for each in fields if each in made))

    def network(
        self, watch: Callable[[Transport], Transport] = lambda transport: transport
    ) -> tuple[Network, Counter[str]]:
        """The network as the tool reads it, and the calls that this takes."""
        stack = self.made.testbed.stack(example("ulanqab"), watch)
        api = stack.stack.api
        facts = asyncio.run(fetch_facts(Fetcher(api), {"": [self.made.ids["prod"]]}, ""))
        names = {
            self.made.ids["prod"]: Address("vpc.business/shop"),
            self.made.ids["app"]: Address("vswitch.business/shop/app"),
        }
        stack.close()
        return parse_network(facts, names), api.calls


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    with served(tmp_path_factory.mktemp("held"), over_http=True) as testbed:
        yield all_held(testbed)


def all_held(testbed: Testbed) -> Held:
    found = Held(Existing(testbed))
    for number, vpc in enumerate(("prod", "other")):
        found.made.vpc(vpc, f"10.{number}.0.0/16")
        found.made.group(f"group-{vpc}", vpc)
    for number, (subnet, vpc) in enumerate(SUBNETS.items()):
        block = f"10.{'01'[vpc == 'other']}.{number}.0/24"
        found.made.subnet(subnet, vpc, B, block)
        for kind in LOOK_UPS:
            found.hold(kind, subnet)
    return found


def test_every_holder_is_placed_in_its_subnet_by_one_call_a_type(held: Held) -> None:
    network, calls = held.network()
    placed = {each.id: each.subnet for each in network.public_ips}
    of_nat = {each.id: each.subnet for each in network.nat_gateways.values()}
    for (kind, subnet), eip in held.eips.items():
        key = held.holders[kind, subnet]
        found = of_nat.get(key) if kind == "Nat" else placed.get(eip)
        assert found == (None if subnet == "far" else held.made.ids[subnet]), (kind, subnet)
    assert {name: calls[name] for name in LOOK_UPS.values()} == {
        "ecs:DescribeInstances": 2,  # those of the VPC, and those of EIPs
        "ecs:DescribeNetworkInterfaces": 2,
        "vpc:DescribeNatGateways": 2,
        "vpc:DescribeHaVips": 1,
        "slb:DescribeLoadBalancers": 1,
    }
    assert not any(not each.vpc for each in network.public_ips)


def test_interface_that_the_api_does_not_know_hides_no_other(held: Held) -> None:
    def refusal(call: BoundCall) -> CloudError | None:
        if "NetworkInterfaceId" not in call.params:
            return None
        return cloud_error(call.name, "InvalidEniId.NotFound", "one of them", "req-1", status=404)

    network, calls = held.network(lambda inner: RefusingTransport(inner, refusal))
    assert unplaced(network) == {}
    assert calls["ecs:DescribeNetworkInterfaces"] == 3


def test_product_that_can_not_be_reached_leaves_its_holders_without_a_place(held: Held) -> None:
    def refusal(call: BoundCall) -> CloudError | TransportError | None:
        failed = TransportError(call.name, "slb.example", "no such host", sent=True)
        return failed if call.product == "slb" else None

    network, _ = held.network(lambda inner: RefusingTransport(inner, refusal))
    of_balancers = {held.eips["SlbInstance", subnet] for subnet in SUBNETS}
    assert {*unplaced(network)} == of_balancers
    assert all("slb.example" in each for each in unplaced(network).values())


def unplaced(network: Network) -> dict[str, str]:
    """The messages on EIPs that can't be placed, by EIP."""
    findings = judge(network).findings
    return {each.subject: each.message for each in findings if "can't be placed" in each.message}


@dataclass
class Forgetful:
    """Knows nothing of what is looked up in one list beside those of the VPCs."""

    inner: Transport
    action: str

    def send(self, call: BoundCall) -> Reply:
        reply = self.inner.send(call)
        if call.name != self.action or "VpcId" in call.params:
            return reply
        return Reply({key: _emptied(each) for key, each in reply.body.items()}, reply.request_id)


def _emptied(value: Any) -> Any:
    return {key: [] for key in value} if isinstance(value, dict) else 0


@pytest.mark.parametrize("kind", LOOK_UPS)
def test_holder_that_no_list_knows_can_not_be_placed(held: Held, kind: str) -> None:
    network, _ = held.network(lambda inner: Forgetful(inner, LOOK_UPS[kind]))
    lost = {
        eip
        for (of, subnet), eip in held.eips.items()
        if of == kind and (subnet == "far" or kind in ("HaVip", "SlbInstance"))
    }
    assert {*unplaced(network)} == lost
    assert not judge(network).proven


@pytest.mark.parametrize("kind", LOOK_UPS)
def test_refused_look_up_says_what_the_policy_lacks(held: Held, kind: str) -> None:
    def refusal(call: BoundCall) -> CloudError | None:
        if call.name != LOOK_UPS[kind] or "VpcId" in call.params:
            return None
        return cloud_error(call.name, "Forbidden.RAM", "no", "req-1", status=403)

    network, _ = held.network(lambda inner: RefusingTransport(inner, refusal))
    said = unplaced(network)
    assert held.eips[kind, "far"] in said
    assert all(f'"Action": "{LOOK_UPS[kind]}"' in each for each in said.values())

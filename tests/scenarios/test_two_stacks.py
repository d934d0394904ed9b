"""Two stacks side by side: what carries the tag of one is nobody else's to steer."""

import pytest

from tests.scenarios.dump import dump
from tests.scenarios.existing import SUBNETS, Existing
from tests.scenarios.testbed import ZONE_B as B
from tests.scenarios.testbed import ZONE_C as C
from tests.scenarios.testbed import Content, Testbed, example

FIRST = "ulanqab-direct"


def direct(made: Existing) -> Content:
    """The example of servers without a gateway, with the ids of a network that exists."""
    content = example("direct-eips")
    shop = content["business_vpcs"]["shop"]
    shop["id"] = made.ids["prod"]
    shop["zones"][B]["subnets"]["app-b"]["id"] = made.ids["app-b"]
    shop["zones"][C]["subnets"]["app-c"]["id"] = made.ids["app-c"]
    return content


def second(content: Content) -> Content:
    """A stack of another name that wants the same subnets."""
    zones = content["business_vpcs"]["shop"]["zones"]
    zones[B]["gwlbe_subnet"] = {"cidr": "192.168.111.0/24"}
    zones[C]["gwlbe_subnet"] = {"cidr": "192.168.112.0/24"}
    return {**content, "name": "second"}


@pytest.fixture
def made(testbed: Testbed) -> Existing:
    """A network that a first stack steers."""
    made = Existing(testbed)
    made.vpc("prod", "192.168.0.0/16")
    for name, (zone, cidr) in SUBNETS.items():
        made.subnet(name, "prod", zone, cidr)
    testbed.stack(direct(made)).apply(whatever=True)
    testbed.settle()
    return made


def refusal(testbed: Testbed, content: Content) -> str:
    before = dump(testbed)
    said = testbed.stack(content).refusal()
    assert dump(testbed) == before
    assert FIRST in said
    return said


def live_ids(testbed: Testbed, action: str, items: str, field: str) -> list[str]:
    found = testbed.call(action)
    for name in items.split("."):
        found = found[name]
    return [str(each[field]) for each in found]


def test_a_second_stack_on_one_vpc_is_refused_with_the_firsts_name(
    testbed: Testbed, made: Existing
) -> None:
    stack = testbed.stack(second(direct(made)))
    said = refusal(testbed, second(direct(made)))
    assert f"the VPC's IPv4 gateway belongs to the stack {FIRST}" in said
    assert f"the route table of vswitch.business/shop/app-b belongs to the stack {FIRST}" in said
    (gateway,) = live_ids(testbed, "vpc:ListIpv4Gateways", "Ipv4GatewayModels", "Ipv4GatewayId")
    assert gateway not in said
    assert stack.stack.sync.destroy().outcome == "done"


def test_what_another_stack_made_is_refused_by_its_id(testbed: Testbed, made: Existing) -> None:
    (gateway,) = live_ids(testbed, "vpc:ListIpv4Gateways", "Ipv4GatewayModels", "Ipv4GatewayId")
    content = second(direct(made))
    content["business_vpcs"]["shop"]["ipv4_gateway"] = {"id": gateway}
    said = refusal(testbed, content)
    assert f"ipv4_gateway.shop belongs to the stack {FIRST}" in said
    assert f"route_table.gateway/shop belongs to the stack {FIRST}" in said


def test_the_first_stack_goes_on_and_leaves_as_it_came(testbed: Testbed, made: Existing) -> None:
    refusal(testbed, second(direct(made)))
    first = testbed.stack(direct(made))
    assert first.changes() == {}
    first.destroy(whatever=True)
    assert testbed.stack(second(direct(made))).plan().summary["create"] > 20

"""What each kind states of itself is true: of forwarding by the model, of the rest by effects."""

from collections.abc import Mapping

import pytest

from gwlbfw.address import Address
from gwlbfw.cli.views.changes import groups
from gwlbfw.diff import diff
from gwlbfw.discovery.listing import vpc_side
from gwlbfw.drift import drift
from gwlbfw.forecast.effects import assume_healthy
from gwlbfw.plan.health_gate import affects_health
from gwlbfw.reachability import Network, NetworkBuilder, apply, judge, remove
from gwlbfw.resources import Route
from gwlbfw.resources.facts import Forwarding
from gwlbfw.resources.graph import Live, Node
from gwlbfw.resources.next_hop import ENDPOINT
from gwlbfw.resources.resource import STATED, Resource, kinds, register
from tests.unit.discovery.listed import listed_object, scope, snapshot
from tests.unit.samples import example, live_of

each_kind = pytest.mark.parametrize("kind", sorted(kinds()))
LIVE = live_of(example())
Verdicts = Mapping[tuple[str, str], str]


def addresses(kind: str) -> list[Address]:
    """The addresses of a kind in the whole firewall of the example."""
    return [at for at in LIVE.nodes if at.kind == kind]


def nodes_by_kind() -> list[tuple[Address, Node]]:
    """The example's resources, parents first."""
    order = list(kinds())
    return sorted(LIVE.nodes.items(), key=lambda each: order.index(each[0].kind))


def network(*gone: Address) -> Network:
    """The forwarding model of the example with healthy appliances, without some resources."""
    builder = NetworkBuilder()
    for at, node in LIVE.nodes.items():
        builder.register(at, node)
    for _ in range(2):  # what refers to a later kind finds it the second time
        for at, node in nodes_by_kind():
            apply(builder, at, node)
    assume_healthy(builder)
    for at in gone:
        remove(builder, at, LIVE.nodes[at])
    return builder.build()


def verdicts(model: Network) -> Verdicts:
    """What becomes of the traffic of each subnet, in each direction."""
    return {(flow.subnet.id, flow.direction): flow.verdict for flow in judge(model).flows}


class TestForwarding:
    """The example is inspected as a whole; what of it carries traffic is seen by its absence."""

    WHOLE = verdicts(network())

    def test_example_is_inspected(self) -> None:
        assert set(self.WHOLE.values()) == {"inspected"}

    @each_kind
    def test_kind_forwards_where_traffic_changes_without_it(self, kind: str) -> None:
        changes = verdicts(network(*addresses(kind))) != self.WHOLE
        assert changes == (kinds()[kind].forwarding is not Forwarding.NONE)

    @each_kind
    def test_kind_interrupts_traffic_where_one_missing_changes_it(self, kind: str) -> None:
        changes = any(verdicts(network(at)) != self.WHOLE for at in addresses(kind))
        assert changes == kinds()[kind].interrupts_traffic

    @each_kind
    def test_kind_on_a_subnets_path_lies_in_the_business_vpc(self, kind: str) -> None:
        forwarding = kinds()[kind].forwarding
        vpcs = {str(getattr(LIVE.nodes[at].resource, "vpc", "")) for at in addresses(kind)}
        if forwarding in (Forwarding.SUBNET_PATH, Forwarding.ENDPOINT):
            assert "vpc.business/shop" in vpcs
        elif forwarding is Forwarding.INSPECTION:
            assert "vpc.business/shop" not in vpcs

    @each_kind
    def test_kind_is_an_endpoint_where_routes_lead_to_it_as_one(self, kind: str) -> None:
        routes = (node.resource for node in LIVE.nodes.values())
        hops = {
            str(r.next_hop) for r in routes if isinstance(r, Route) and r.next_hop_type == ENDPOINT
        }
        is_hop = any(at in hops for at in addresses(kind))
        assert is_hop == (kinds()[kind].forwarding is Forwarding.ENDPOINT)


HEALTH = {
    "instance": "it runs the appliance",
    "listener": "its health check is the one that counts",
    "security_group": "it lets the probe in",
    "server_group": "it says what is probed",
    "server_group_member": "it says who is probed",
}


@each_kind
def test_kind_affects_health_where_a_probe_depends_on_it(kind: str) -> None:
    assert kinds()[kind].affects_health == (kind in HEALTH)


@pytest.mark.parametrize("at", ["instance.server/shop/web", "security_group.servers/shop"])
def test_servers_do_not_affect_the_health_of_appliances(at: str) -> None:
    assert not affects_health(Address(at))


SIDES = {"endpoint": "business", "ipv4_gateway": "business", "load_balancer": "security"}


@each_kind
def test_vpc_is_told_by_the_resource_of_the_stack_that_lies_in_it(kind: str) -> None:
    seen = snapshot(
        listed_object("vpc", "vpc-1"), listed_object(kind, "x-1", f"{kind}.x", VpcId="vpc-1")
    )
    (vpc,) = [each for each in seen["vpc"] if each.text("VpcId") == "vpc-1"][:1]
    if kind != "vpc":
        assert vpc_side(scope(), vpc, seen) == SIDES.get(kind)
        assert kinds()[kind].vpc_side == SIDES.get(kind)


SHOWN = {
    "Network": ["vpc", "vswitch"],
    "Firewall": [
        *("security_group", "instance", "server_group", "server_group_member", "load_balancer"),
        *("listener", "endpoint_service", "endpoint_service_resource", "endpoint"),
    ],
    "Routing": ["ipv4_gateway", "route_table", "route_table_association", "route"],
    "Servers": ["security_group", "instance", "eip"],
}


def test_plan_shows_every_kind_below_its_heading_in_order() -> None:
    shown = {
        group.title: list(dict.fromkeys(change.address.kind for change in group.changes))
        for group in groups(diff(example(), Live(), {}))
    }
    assert shown == SHOWN
    assert {kind for group in SHOWN.values() for kind in group} == set(kinds())


EFFECTS = {
    "eip": "a server's public address has changed",
    "endpoint": "the zone's traffic may not reach the firewall",
    "endpoint_service": "endpoints may be refused, or accepted without approval",
    "endpoint_service_resource": "the zone's endpoint has no service to connect to",
    "instance": "an appliance or server differs from its configuration",
    "ipv4_gateway": "the VPC's path to the Internet has changed",
    "listener": "traffic may not reach the appliances",
    "load_balancer": "traffic may not be distributed over the appliances",
    "route": "traffic may pass uninspected, or be lost",
    "route_table": "the route table of these routes is missing or different",
    "route_table_association": "the subnet uses a different route table: "
    "traffic is uninspected, or lost",
    "security_group": "unintended traffic is allowed, or needed traffic denied",
    "server_group": "appliances are selected or health-checked differently",
    "server_group_member": "an appliance gets no traffic, or an unmanaged server is a member",
    "vpc": "the VPC differs from its configuration",
    "vswitch": "a subnet differs from its configuration",
}


@each_kind
def test_missing_resource_is_drift_with_the_effect_of_its_kind(kind: str) -> None:
    gone = addresses(kind)[0]
    rest = live_of(example(), [at for at in example() if at != gone])
    (item,) = drift(example(), rest).items
    assert item.effect == EFFECTS[kind]


@pytest.mark.parametrize("fact", sorted(STATED))
def test_kind_that_leaves_a_fact_unstated_is_refused(fact: str) -> None:
    facts = {name: getattr(kinds()["vpc"], name) for name in STATED if name != fact}
    forgetful = type("Forgetful", (Resource,), {"__module__": __name__, **facts})
    with pytest.raises(TypeError, match=f"Forgetful does not state its {fact}$"):
        register(forgetful)

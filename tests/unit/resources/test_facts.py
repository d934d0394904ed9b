"""What each kind states of itself is true: of forwarding by the model, of the rest by effects."""

from collections.abc import Mapping

import pytest

from gwlbfw.address import Address
from gwlbfw.cli.views import progress
from gwlbfw.forecast.durations import GATES
from gwlbfw.plan.health_gate import affects_health
from gwlbfw.reachability import Network, NetworkBuilder, judge
from gwlbfw.resources import Route
from gwlbfw.resources.facts import Forwarding
from gwlbfw.resources.graph import Node
from gwlbfw.resources.next_hop import ENDPOINT
from gwlbfw.resources.resource import STATED, Resource, kinds, register
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
            builder.apply(at, node)
    for at in gone:
        builder.remove(at, LIVE.nodes[at])
    return builder.build()


def verdicts(model: Network) -> Verdicts:
    """What becomes of the traffic of each subnet, in each direction."""
    return {(flow.subnet.id, flow.direction): flow.verdict for flow in judge(model).flows}


GUARDS = ("instance", "security_group")
"""Without these nobody knows what an appliance takes: they carry nothing by themselves."""
each_carrier = pytest.mark.parametrize("kind", [each for each in kinds() if each not in GUARDS])


class TestForwarding:
    """The example is inspected as a whole; what of it carries traffic is seen by its absence."""

    WHOLE = verdicts(network())

    def test_example_is_inspected(self) -> None:
        assert set(self.WHOLE.values()) == {"inspected"}

    @each_carrier
    def test_kind_forwards_where_traffic_changes_without_it(self, kind: str) -> None:
        changes = verdicts(network(*addresses(kind))) != self.WHOLE
        assert changes == (kinds()[kind].forwarding is not Forwarding.NONE)

    @each_carrier
    def test_kind_interrupts_traffic_where_one_missing_changes_it(self, kind: str) -> None:
        changes = any(verdicts(network(at)) != self.WHOLE for at in addresses(kind))
        assert changes == kinds()[kind].interrupts_traffic

    @pytest.mark.parametrize("kind", GUARDS)
    def test_traffic_is_unknown_without_what_guards_appliances(self, kind: str) -> None:
        assert set(verdicts(network(*addresses(kind))).values()) == {"unknown"}

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


@pytest.mark.parametrize("at", ["instance.server/shop/web", "security_group.servers/shop"])
def test_servers_do_not_affect_the_health_of_appliances(at: str) -> None:
    assert not affects_health(Address(at))


@pytest.mark.parametrize("fact", sorted(STATED))
def test_kind_that_leaves_a_fact_unstated_is_refused(fact: str) -> None:
    facts = {name: getattr(kinds()["vpc"], name) for name in STATED if name != fact}
    forgetful = type("Forgetful", (Resource,), {"__module__": __name__, **facts})
    with pytest.raises(TypeError, match=f"Forgetful does not state its {fact}$"):
        register(forgetful)


def test_letters_of_the_original_state_are_those_in_the_tags_of_deployed_stacks() -> None:
    letters = {kind: cls.original_state_letter for kind, cls in kinds().items()}
    assert {kind: letter for kind, letter in letters.items() if letter} == {
        "route": "r",
        "route_table_association": "a",
        "eip": "e",
    }


@each_kind
def test_kind_with_an_original_state_changes_where_the_stack_does_not_own_it(kind: str) -> None:
    cls = kinds()[kind]
    assert cls.watched or not cls.original_state_letter


@each_kind
def test_kind_whose_refusal_loses_traffic_is_on_a_subnets_path(kind: str) -> None:
    cls = kinds()[kind]
    assert cls.forwarding is Forwarding.SUBNET_PATH or not cls.refusal_loses_traffic


@each_kind
def test_output_of_a_kind_names_its_id_or_what_it_refers_to(kind: str) -> None:
    cls = kinds()[kind]
    if (output := cls.output) is not None:
        assert output.field or cls.id_field
        assert not output.beside or output.beside in cls.model_fields


def test_gates_of_a_plan_have_a_past_tense_and_a_duration() -> None:
    assert set(GATES) == set(progress._GATES)

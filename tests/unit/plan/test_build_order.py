"""The architecture's order in whole plans, up and down, and the gate before any route turns."""

from pathlib import Path

import pytest

from gwlbfw.address import Address, Ref
from gwlbfw.plan.health_gate import HEALTH_GATE
from gwlbfw.resources import HealthCheck, ServerGroup
from gwlbfw.resources.graph import Live, Node
from gwlbfw.resources.next_hop import GATEWAY
from gwlbfw.topology.models import Cutover
from tests.scenarios.large_topology import large_topology
from tests.unit.plan.planned import planned
from tests.unit.samples import B, C, example, graph, live_of, route, topology_graph


class TestPrecedence:
    def test_creation_follows_the_architectures_order(self) -> None:
        made = planned(example())
        for first, then in (
            ("route.gwlbe/shop:create", "ipv4_gateway.shop:activate"),
            ("ipv4_gateway.shop:activate", "route_table_association.gateway/shop:associate"),
            ("listener.main:create", f"endpoint_service_resource.main/{B}:create"),
            (f"endpoint_service_resource.main/{B}:create", f"endpoint.shop/{B}:zone"),
            ("load_balancer.main:create", "instance.appliance/ecs-01:create"),
            (f"endpoint.shop/{B}:zone", "route.gateway/shop/app-b:redirect"),
            ("route.gateway/shop/app-b:redirect", f"route.business/shop/{B}:create"),
            (f"route.business/shop/{B}:create", "route.gateway/shop/app-c:redirect"),
            ("route.gateway/shop/app-c:redirect", f"route.business/shop/{C}:create"),
            (f"route.business/shop/{B}:create", "eip.shop/ecs-b-01:associate"),
        ):
            assert made.before(first, then), (first, then)

    def test_an_endpoint_is_made_before_the_service_has_its_zone(self) -> None:
        made = planned(example())
        attached = f"endpoint_service_resource.main/{B}:create"
        assert made.unordered(f"endpoint.shop/{B}:create", attached)

    def test_an_eip_is_allocated_at_once_and_bound_last(self) -> None:
        assert planned(example())["eip.shop/ecs-b-01:create"].needs == frozenset()

    def test_deletion_is_creation_in_reverse(self) -> None:
        made = planned({}, live_of(example()))
        for first, then in (
            ("eip.shop/ecs-b-01:dissociate", f"route.business/shop/{B}:delete"),
            (f"route.business/shop/{C}:delete", "route.gateway/shop/app-c:reset-to-local"),
            ("route.gateway/shop/app-c:reset-to-local", f"route.business/shop/{B}:delete"),
            (f"route.business/shop/{B}:delete", "route.gateway/shop/app-b:reset-to-local"),
            ("route.gateway/shop/app-b:reset-to-local", "route.gwlbe/shop:delete"),
            ("route.gateway/shop/app-b:reset-to-local", f"endpoint.shop/{B}:remove-zone"),
            (f"endpoint.shop/{B}:remove-zone", f"endpoint_service_resource.main/{B}:delete"),
        ):
            assert made.before(first, then), (first, then)

    def test_appliances_go_when_no_route_leads_to_them_any_more(self) -> None:
        made = planned({}, live_of(example()))
        member = "server_group_member.main/ecs-01:delete"
        assert made.before("route.gateway/shop/app-b:reset-to-local", member)
        assert planned(example()).before(
            "server_group_member.main/ecs-01:create", "route.gateway/shop/app-b:redirect"
        )

    def test_an_appliance_need_not_outlive_the_load_balancer(self) -> None:
        made = planned({}, live_of(example()))
        assert made.before(
            "server_group_member.main/ecs-01:delete", "instance.appliance/ecs-01:delete"
        )
        assert made.unordered("load_balancer.main:delete", "instance.appliance/ecs-01:delete")

    def test_restores_are_ordered_like_deletions(self) -> None:
        out, inbound = Address("route.business/shop/b"), Address("route.gateway/shop/app")
        steered = {
            out: route("vtb-1", f"endpoint.shop/{B}"),
            inbound: route("vtb-2", f"endpoint.shop/{B}", in_gateway_table=True),
        }
        endpoint = Address(f"endpoint.shop/{B}")
        live = live_of(
            {
                endpoint: example()[endpoint],
                **{at: Node(each, owned=False) for at, each in steered.items()},
            }
        )
        back = {out: route("vtb-1", "ipv4gw-1", GATEWAY), inbound: None}
        made = planned({}, live, before=back)
        assert made.before(f"{out}:modify", f"{inbound}:reset-to-local")
        assert made.before(f"{inbound}:reset-to-local", f"endpoint.shop/{B}:remove-zone")


def test_subnets_that_are_added_to_an_inspected_zone_turn_in_its_group(tmp_path: Path) -> None:
    """They join a table that leads to the endpoint, and only then is their inbound traffic led."""
    few, many = (topology_graph(tmp_path, large_topology(zones=1, subnets=n)) for n in (1, 5))
    turning = [each for each in planned(many, live_of(few)).plan.steps if each.group]
    kinds = [each.address.kind for each in turning]
    assert kinds == ["route_table_association"] * 4 + ["route"] * 4
    assert len({each.group for each in turning}) == 1


class TestHealthGate:
    def test_enough_appliances_are_healthy_before_any_route_is_cut_over(self) -> None:
        made = planned(example(), cutover=Cutover(min_healthy_appliances=2, timeout_s=77))
        gate = made[HEALTH_GATE]
        assert (gate.call, gate.timeout_s) == (None, 77)
        healthy, paid = gate.waits
        assert (healthy.read.action, healthy.at_least) == ("GetListenerHealthStatus", 2)
        assert paid.read.action == "GetLoadBalancerAttribute"
        assert paid.until == {"LoadBalancerBusinessStatus": ["Normal"]}
        for at in ("route.gateway/shop/app-b:redirect", f"route.business/shop/{C}:create"):
            assert made.before(HEALTH_GATE, at)

    def test_gate_waits_for_everything_that_makes_appliances_healthy(self) -> None:
        made = planned(example())
        for first in (
            "listener.main:create",
            "server_group_member.main/ecs-02:create",
            "security_group.appliances:authorize",
            "instance.appliance/ecs-01:create",
        ):
            assert made.before(first, HEALTH_GATE)
        assert not made.before("instance.server/shop/ecs-b-01:create", HEALTH_GATE)

    def test_gate_names_existing_listener_and_load_balancer_by_their_ids(self) -> None:
        missing = f"route.business/shop/{B}"
        made = planned(
            example(), live_of(example(), [each for each in example() if each != missing])
        )
        assert [each.id for each in made.plan.steps] == [HEALTH_GATE, f"{missing}:create"]
        assert [each.read.params for each in made[HEALTH_GATE].waits] == [
            {"ListenerId": "id-listener-main"},
            {"LoadBalancerId": "id-load_balancer-main"},
        ]

    @pytest.mark.parametrize("missing", ["eip.shop/ecs-b-01", "listener.main", "vpc.security"])
    def test_no_gate_where_no_route_is_cut_over(self, missing: str) -> None:
        made = planned(
            example(), live_of(example(), [each for each in example() if each != missing])
        )
        turning = [each for each in made.steps if each.startswith("route.")]
        assert bool(turning) == (HEALTH_GATE in made.steps)

    def test_no_gate_in_a_destroy(self) -> None:
        assert HEALTH_GATE not in planned({}, live_of(example())).steps

    def test_no_gate_without_a_health_check_or_a_listener(self) -> None:
        at = Address("server_group.main")
        unchecked = example()[at].resource.model_copy(
            update={"health_check": HealthCheck(enabled=False)}
        )
        assert isinstance(unchecked, ServerGroup)
        assert HEALTH_GATE not in planned({**example(), at: Node(unchecked)}).steps
        deaf = {each: node for each, node in example().items() if each != "listener.main"}
        assert HEALTH_GATE not in planned(deaf).steps
        assert HEALTH_GATE not in planned(graph({"route.r": route("vtb-1", "ep-1")})).steps

    def test_entry_that_leads_elsewhere_is_reset_to_local_only_when_it_can_be_cut_over(
        self,
    ) -> None:
        at = Address("route.gateway/shop/app-b")
        live = live_of(example())
        elsewhere = live.nodes[at].resource.model_copy(update={"next_hop": Ref("ep-1")})
        made = planned(example(), Live({**live.nodes, at: Node(elsewhere)}))
        assert made[f"{at}:reset-to-local"].needs == {HEALTH_GATE}
        assert made[f"{at}:redirect"].needs == {f"{at}:reset-to-local"}

"""What stands against a plan."""

from collections.abc import Iterable

import pytest

from gwlbfw.address import Address, Ref
from gwlbfw.diagnostics import Diagnostic
from gwlbfw.diff import diff
from gwlbfw.plan.validation import closed_group_errors, protection_errors, traffic_cut_errors
from gwlbfw.resources import Instance, Rule, SecurityGroup
from gwlbfw.resources.graph import Live, Node, ResourceGraph
from gwlbfw.resources.next_hop import GATEWAY
from tests.unit.samples import B, C, example, graph, group, live_of, route, vpc, vswitch


def codes(found: Iterable[Diagnostic]) -> list[tuple[str, str | None]]:
    return [(each.code, each.subject) for each in found]


class TestProtection:
    AT = Address("vswitch.s")

    def problems(self, target: ResourceGraph, known: ResourceGraph) -> list[Diagnostic]:
        live = live_of(graph({"vswitch.s": vswitch(cidr="10.0.1.0/24")}))
        return list(protection_errors(diff(target, live, {}), known))

    def test_protected_resource_is_not_replaced(self) -> None:
        target = {self.AT: Node(vswitch(cidr="10.0.2.0/24"), protect=True)}
        (problem,) = self.problems(target, target)
        assert (problem.code, problem.subject) == ("protected", "vswitch.s")
        assert "the plan would replace it (cidr can't change in place)" in problem.message
        assert problem.hint

    def test_resource_that_was_protected_when_last_applied_is_not_deleted(self) -> None:
        (problem,) = self.problems({}, {self.AT: Node(vswitch(), protect=True)})
        assert "delete" in problem.message

    def test_protected_resource_may_be_changed_in_place(self) -> None:
        target = {self.AT: Node(vswitch(name="new"), protect=True)}
        assert self.problems(target, target) == []

    def test_unprotected_resource_may_be_deleted(self) -> None:
        assert self.problems({}, {self.AT: Node(vswitch())}) == []
        assert self.problems({}, {}) == []


class TestTraffic:
    """Nothing that carries traffic goes while the routes stay that lead to it."""

    def problems(self, target: ResourceGraph, live: Live) -> list[tuple[str, str | None]]:
        return codes(traffic_cut_errors(diff(target, live, {}), target, live))

    def without(self, *gone: str) -> ResourceGraph:
        return {at: node for at, node in example().items() if at not in gone}

    @pytest.mark.parametrize(
        "gone",
        [
            "load_balancer.main",
            "listener.main",
            "server_group.main",
            "endpoint_service.main",
            f"endpoint_service_resource.main/{B}",
            f"endpoint.shop/{B}",
            "ipv4_gateway.shop",
            "route.gwlbe/shop",
            "route_table.gwlbe/shop",
            f"route_table_association.gwlbe/shop/{B}",
            "route_table.gateway/shop",
            "route_table_association.gateway/shop",
            f"vswitch.gwlbe/shop/{B}",
        ],
    )
    def test_resource_on_a_routes_path_is_not_deleted_before_the_route(self, gone: str) -> None:
        assert self.problems(self.without(gone), live_of(example())) == [("cuts-traffic", gone)]

    def test_resource_may_be_deleted_together_with_the_routes_through_it(self) -> None:
        routes = [at for at in example() if at.startswith(("route.business", "route.gateway"))]
        target = self.without("listener.main", f"endpoint.shop/{B}", *routes)
        assert self.problems(target, live_of(example())) == []

    def test_zone_may_be_deleted_together_with_its_routes(self) -> None:
        gone = (
            f"endpoint.shop/{B}",
            f"endpoint_service_resource.main/{B}",
            f"route_table_association.gwlbe/shop/{B}",
            f"vswitch.gwlbe/shop/{B}",
            f"route.business/shop/{B}",
            "route.gateway/shop/app-b",
        )
        assert self.problems(self.without(*gone), live_of(example())) == []

    def test_gateway_of_another_vpc_is_no_traffic_cut(self) -> None:
        other = {Address("ipv4_gateway.office"): example()[Address("ipv4_gateway.shop")]}
        live = live_of({**example(), **other})
        assert self.problems(example(), live) == []

    def test_everything_may_be_deleted_at_once(self) -> None:
        assert self.problems({}, live_of(example())) == []

    def test_a_server_or_an_appliance_may_go(self) -> None:
        gone = ("instance.appliance/ecs-02", "server_group_member.main/ecs-02")
        assert self.problems(self.without(*gone), live_of(example())) == []

    def test_a_zone_is_not_taken_from_a_load_balancer_in_use(self) -> None:
        at = Address("load_balancer.main")
        node = example()[at]
        fewer = node.resource.model_copy(update={"zones": {B: Ref(f"vswitch.security/{B}")}})
        target = {**example(), at: Node(fewer)}
        assert self.problems(target, live_of(example())) == [("cuts-traffic", at)]
        (problem,) = traffic_cut_errors(
            diff(target, live_of(example()), {}), target, live_of(example())
        )
        assert "take a zone from" in problem.message

    def test_zone_may_be_added_to_a_load_balancer_in_use(self) -> None:
        at = Address("load_balancer.main")
        zones = {"cn-wulanchabu-a": Ref[object]("vsw-1")}
        more = example()[at].resource.model_copy(
            update={"zones": {**zones, **{z: Ref(f"vswitch.security/{z}") for z in (B, C)}}}
        )
        target = {**example(), at: Node(more)}
        assert self.problems(target, live_of(example())) == []

    def test_restored_association_is_no_traffic_cut(self) -> None:
        at = Address("route_table_association.gateway/shop")
        live = live_of(example())
        changes = diff(self.without(at), live, {at: None})
        assert codes(traffic_cut_errors(changes, self.without(at), live)) == []

    def test_route_that_leads_past_the_firewall_may_be_deleted(self) -> None:
        target = graph({"route.r": route(hop="ipv4_gateway.shop", kind=GATEWAY)})
        live = live_of({**target, Address("ipv4_gateway.shop"): Node(vpc())})
        assert self.problems(target, live) == []


NEEDED = (
    Rule(protocol="udp", ports="6081/6081", source="10.0.1.0/24"),
    Rule(protocol="tcp", ports="22/22", source="10.0.1.0/24"),
)


def appliance(*groups: str) -> Instance:
    return Instance(
        vswitch=Ref("vsw-1"),
        zone="b",
        instance_type="t",
        security_groups=tuple(Ref(each) for each in groups),
    )


def closed(*rules: Rule, needed: Iterable[Rule] = NEEDED) -> list[str]:
    target = graph({"instance.appliance/fw": appliance("sg-1")})
    live = Live(others={"sg-1": Node(group(*rules), owned=False)})
    return [each.message for each in closed_group_errors(target, live, list(needed))]


def rule(protocol: str, ports: str, source: str = "10.0.0.0/8", policy: str = "accept") -> Rule:
    return Rule(protocol=protocol, ports=ports, source=source, policy=policy)


class TestOpenness:
    """Existing groups of appliances must let in Geneve and the probe."""

    @pytest.mark.parametrize(
        "rules",
        [
            (rule("all", "-1/-1"),),
            (rule("udp", "6081/6081"), rule("tcp", "22/22")),
            (rule("udp", "1/65535"), rule("tcp", "-1/-1", "10.0.1.0/24")),
            (rule("udp", "6000/7000", "0.0.0.0/0"), rule("tcp", "22/80")),
        ],
    )
    def test_rules_that_let_both_in(self, rules: tuple[Rule, ...]) -> None:
        assert closed(*rules) == []

    @pytest.mark.parametrize(
        "other",
        [
            rule("tcp", "6081/6081"),
            rule("udp", "6082/6083"),
            rule("udp", "6081/6081", "10.0.1.0/25"),
            rule("udp", "6081/6081", "sg-9"),
            rule("udp", "6081/6081", "2001:db8::/32"),
            rule("udp", "6081/6081", policy="drop"),
            rule("udp", "whatever"),
        ],
    )
    def test_rules_that_look_like_it_and_do_not(self, other: Rule) -> None:
        (message,) = closed(rule("tcp", "22/22"), other)
        assert "don't let in udp 6081/6081 from 10.0.1.0/24" in message

    def test_missing_rules_are_all_named_at_once(self) -> None:
        (message,) = closed()
        assert message == (
            "the security groups of instance.appliance/fw don't let in "
            "udp 6081/6081 from 10.0.1.0/24; tcp 22/22 from 10.0.1.0/24"
        )

    def test_several_groups_count_together(self) -> None:
        target = graph(
            {
                "instance.appliance/fw": appliance("sg-1", "security_group.g"),
                "security_group.g": group(rule("udp", "-1/-1")),
            }
        )
        live = Live(others={"sg-1": Node(group(rule("tcp", "22/22")), owned=False)})
        assert list(closed_group_errors(target, live, NEEDED)) == []

    def test_a_group_that_can_not_be_seen_is_not_judged(self) -> None:
        target = graph({"instance.appliance/fw": appliance("sg-1", "sg-unseen")})
        live = Live(others={"sg-1": Node(SecurityGroup(vpc=Ref("vpc-1")), owned=False)})
        assert list(closed_group_errors(target, live, NEEDED)) == []
        assert (
            list(closed_group_errors(graph({"instance.appliance/fw": appliance()}), live, NEEDED))
            == []
        )

    def test_groups_of_servers_are_not_judged(self) -> None:
        target = graph({"instance.server/shop/web": appliance("sg-1")})
        live = Live(others={"sg-1": Node(group(), owned=False)})
        assert list(closed_group_errors(target, live, NEEDED)) == []

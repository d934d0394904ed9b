"""Each rule of the architecture's order, on a graph that has just what the rule is about."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from gwlbfw.address import Address, Ref
from gwlbfw.plan.rules import (
    CUT_OVER,
    GroupOrdering,
    Ordering,
    Rule,
    cut_over_after_members,
    cut_over_after_return_path,
    cut_over_sequence,
    eip_association_after_routes,
    endpoint_zone_after_service_resource,
    endpoint_zone_after_subnet_association,
    gateway_activation_after_routes,
    inbound_cut_over_after_association,
    launch_after_balancer_addresses,
    orderings,
    redirect_after_subnet,
    routes_around_association,
    service_resource_after_listener,
)
from gwlbfw.plan.wiring import Wiring
from gwlbfw.resources import (
    Eip,
    Endpoint,
    EndpointServiceResource,
    Instance,
    Launch,
    Listener,
    RouteTableAssociation,
    ServerGroupMember,
)
from gwlbfw.resources.next_hop import ENDPOINT, GATEWAY
from gwlbfw.resources.resource import Resource
from gwlbfw.topology.models import Cutover
from tests.unit.samples import example, graph, route, vswitch

LISTENER = Listener(load_balancer=Ref("gwlb-1"), server_group=Ref("sgp-1"), tcp_idle_timeout_s=350)


def wired(resources: dict[str, Resource]) -> Wiring:
    return Wiring(graph(resources))


def said(rule: Rule, resources: dict[str, Resource], **cutover: object) -> set[tuple[str, str]]:
    """Who comes before whom, by this rule alone."""
    found = rule(wired(resources), Cutover.model_validate(cutover))
    return {(each.first, each.then) for each in one_by_one(found)}


def one_by_one(found: Iterable[Ordering | GroupOrdering]) -> Iterator[Ordering]:
    """The orderings, those of a group spelled out."""
    for each in found:
        if isinstance(each, GroupOrdering):
            flags = (each.reversible, each.yields_to_replacement)
            for first, then in itertools.product(each.first, each.then):
                yield Ordering(first, then, each.then_phase, None, *flags)
        else:
            yield each


def link(table: str, subject: str, vpc: str = "vpc.a") -> RouteTableAssociation:
    return RouteTableAssociation(vpc=Ref(vpc), table=Ref(table), subject=Ref(subject))


def instance(subnet: str = "vswitch.s", *, user_data: bool = False) -> Instance:
    launch = Launch(user_data=user_data)
    return Instance(vswitch=Ref(subnet), zone="b", instance_type="t", launch=launch)


class TestFilledAndAssociated:
    LINK = "route_table_association.s"
    TO_GATEWAY: ClassVar[dict[str, Any]] = {"hop": "ipv4_gateway.g", "kind": GATEWAY}

    def rules(self, filling: Resource) -> set[Ordering]:
        resources = {
            "route.r": filling,
            self.LINK: link("route_table.t", "vswitch.s"),
            "route_table_association.other": link("route_table.u", "vswitch.u"),
        }
        return set(one_by_one(routes_around_association(wired(resources), Cutover())))

    def test_a_subnet_joins_its_table_while_that_is_empty(self) -> None:
        joined = {Ordering(Address(self.LINK), Address("route.r"))}
        assert self.rules(route("route_table.t")) == joined
        assert self.rules(route("route_table.t", **self.TO_GATEWAY)) == joined

    def test_moved_subnet_finds_the_entries_of_the_table_it_left(self) -> None:
        found = self.rules(route("route_table.t", **self.TO_GATEWAY, fills=True))
        assert found == {Ordering(Address("route.r"), Address(self.LINK))}

    def test_moved_subnet_finds_its_old_default_route_which_is_cut_over_afterwards(self) -> None:
        staged = {"type": GATEWAY, "ref": "ipv4_gateway.g"}
        found = self.rules(route("route_table.t", staged=staged, fills=True))
        assert found == {
            Ordering(Address("route.r"), Address(self.LINK), first_phase="pre-route"),
            Ordering(Address(self.LINK), Address("route.r"), CUT_OVER),
        }

    def test_inspected_subnet_that_moves_finds_the_route_to_its_endpoint(self) -> None:
        found = self.rules(route("route_table.t", turned=True))
        assert found == {Ordering(Address("route.r"), Address(self.LINK))}

    def test_subnet_without_internet_joins_its_table_before_the_route_to_the_endpoint(self) -> None:
        """Else what it sends would pass an endpoint, and what comes in none."""
        found = self.rules(route("route_table.t", fills=True))
        assert found == {Ordering(Address(self.LINK), Address("route.r"))}

    def test_gateways_table_may_be_filled_before_it_is_associated(self) -> None:
        resources: dict[str, Resource] = {
            "route.r": route("route_table.t"),
            "route_table_association.g": link("route_table.t", "ipv4_gateway.g"),
        }
        assert said(routes_around_association, resources) == set()


class TestActivatedAfterRoutes:
    def test_a_gateway_is_activated_when_the_routes_to_it_stand(self) -> None:
        resources = {"route.r": route(hop="ipv4_gateway.g", kind=GATEWAY)}
        (rule,) = gateway_activation_after_routes(wired(dict(resources)), Cutover())
        assert rule == Ordering(
            Address("route.r"), Address("ipv4_gateway.g"), "activate", reversible=False
        )

    def test_route_staged_to_the_gateway_stands_before_its_activation_too(self) -> None:
        staged = {"type": GATEWAY, "ref": "ipv4_gateway.g"}
        (rule,) = gateway_activation_after_routes(
            wired({"route.r": route(staged=staged)}), Cutover()
        )
        assert isinstance(rule, Ordering)
        assert (rule.first_phase, rule.then, rule.then_phase) == (
            "pre-route",
            "ipv4_gateway.g",
            "activate",
        )

    def test_gateways_own_table_is_associated_once_the_gateway_is_active(self) -> None:
        found = said(
            gateway_activation_after_routes,
            {
                "route_table_association.g": link("route_table.t", "ipv4_gateway.g"),
                "route_table_association.s": link("route_table.t", "vswitch.s"),
            },
        )
        assert found == {("ipv4_gateway.g", "route_table_association.g")}

    def test_a_gateway_that_is_no_part_of_the_stack_is_no_matter(self) -> None:
        resources: dict[str, Resource] = {
            "route.r": route(hop="ipv4gw-1", kind=GATEWAY),
            "route_table_association.g": link("route_table.t", "ipv4gw-1"),
        }
        assert said(gateway_activation_after_routes, resources) == set()


def test_an_entry_of_a_gateways_table_comes_with_its_subnet() -> None:
    found = said(
        redirect_after_subnet,
        {
            "route.in": route("route_table.g", in_gateway_table=True, destination="10.0.1.0/24"),
            "route.out": route("route_table.t", destination="10.0.1.0/24"),
            "vswitch.s": vswitch(cidr="10.0.1.0/24"),
            "vswitch.elsewhere": vswitch("vpc.z", cidr="10.0.1.0/24"),
            "vswitch.other": vswitch(cidr="10.0.2.0/24"),
        },
    )
    assert found == {("vswitch.s", "route.in")}


class TestAttachedAfterListening:
    RESOURCE = EndpointServiceResource(
        service=Ref("endpoint_service.main"), load_balancer=Ref("load_balancer.main"), zone="b"
    )

    def test_a_load_balancer_becomes_a_service_when_it_has_a_listener(self) -> None:
        at = "endpoint_service_resource.main/b"
        found = said(
            service_resource_after_listener, {at: self.RESOURCE, "listener.main": LISTENER}
        )
        assert found == {("listener.main", at)}

    def test_service_without_a_listener_waits_for_nothing(self) -> None:
        at = "endpoint_service_resource.main/b"
        assert said(service_resource_after_listener, {at: self.RESOURCE}) == set()

    def test_an_endpoint_gets_a_zone_once_the_service_is_in_it(self) -> None:
        endpoint = Endpoint(
            vpc=Ref("vpc.a"),
            service=Ref("endpoint_service.main"),
            zones={"b": Ref("vsw-b"), "c": Ref("vsw-c")},
        )
        resources = {"endpoint.shop/b": endpoint, "endpoint_service_resource.main/b": self.RESOURCE}
        (rule,) = endpoint_zone_after_service_resource(wired(dict(resources)), Cutover())
        attached = Address("endpoint_service_resource.main/b")
        assert rule == Ordering(attached, Address("endpoint.shop/b"), "zone")

    def test_an_endpoint_gets_a_zone_when_its_subnet_has_its_table(self) -> None:
        endpoint = Endpoint(
            vpc=Ref("vpc.a"), service=Ref("epsrv-1"), zones={"b": Ref("vswitch.gwlbe/shop/b")}
        )
        table = "route_table_association.gwlbe/shop/b"
        resources: dict[str, Resource] = {
            "endpoint.shop/b": endpoint,
            table: link("route_table.g", "vswitch.gwlbe/shop/b"),
            "route_table_association.gwlbe/shop/c": link("route_table.g", "vswitch.gwlbe/shop/c"),
        }
        (rule,) = endpoint_zone_after_subnet_association(wired(resources), Cutover())
        assert rule == Ordering(Address(table), Address("endpoint.shop/b"), "zone")


class TestLaunchedAfterAddresses:
    def test_an_appliance_with_user_data_waits_for_the_load_balancers_addresses(self) -> None:
        resources: dict[str, Resource] = {
            "instance.appliance/fw": instance(user_data=True),
            "load_balancer.main": LISTENER,
        }
        (rule,) = launch_after_balancer_addresses(wired(resources), Cutover())
        assert (rule.first, rule.then) == ("load_balancer.main", "instance.appliance/fw")
        assert not rule.reversible

    def test_machines_without_bootstrap_do_not_wait_for_the_load_balancer(self) -> None:
        resources: dict[str, Resource] = {
            "instance.appliance/plain": instance(),
            "instance.server/shop/web": instance(user_data=True),
            "load_balancer.main": LISTENER,
        }
        assert said(launch_after_balancer_addresses, resources) == set()

    def test_appliance_without_a_load_balancer_waits_for_nothing(self) -> None:
        resources: dict[str, Resource] = {"instance.appliance/fw": instance(user_data=True)}
        assert said(launch_after_balancer_addresses, resources) == set()


class TestSteeredAfterReturn:
    STEERED = "route.business/shop/b"

    def test_traffic_is_cut_over_to_an_endpoint_once_the_return_route_stands(self) -> None:
        found = said(
            cut_over_after_return_path,
            {
                self.STEERED: route(),
                "route.gwlbe/shop": route("route_table.g", "ipv4_gateway.shop", GATEWAY),
                "route_table_association.gwlbe/shop/b": link("route_table.g", "vswitch.gwlbe/b"),
                "route_table_association.gateway/shop": link("route_table.h", "ipv4_gateway.shop"),
            },
        )
        assert found == {
            ("route.gwlbe/shop", self.STEERED),
            ("route_table_association.gwlbe/shop/b", self.STEERED),
            ("route_table_association.gateway/shop", self.STEERED),
        }

    def test_return_route_of_another_vpc_is_no_matter(self) -> None:
        found = said(
            cut_over_after_return_path,
            {
                self.STEERED: route(),
                "route.gwlbe/other": route("rt", "ipv4_gateway.o", GATEWAY, vpc="vpc.other"),
                "route_table_association.gwlbe/other/b": link("rt", "vswitch.x", "vpc.other"),
                "route_table_association.business/shop/app": link("route_table.a", "vswitch.app"),
                "route.business/shop/x": route("route_table.x", "ipv4_gateway.shop", GATEWAY),
            },
        )
        assert found == set()


def test_traffic_is_cut_over_to_an_endpoint_once_there_are_appliances() -> None:
    member = ServerGroupMember(group=Ref("sgp-1"), instance=Ref("i-1"))
    found = said(
        cut_over_after_members,
        {
            "route.business/shop/b": route(),
            "route.gwlbe/shop": route("route_table.g", "ipv4_gateway.shop", GATEWAY),
            "server_group_member.main/fw": member,
        },
    )
    assert found == {("server_group_member.main/fw", "route.business/shop/b")}


class TestBoundAfterRoutes:
    def resources(self, **more: Resource) -> dict[str, Resource]:
        return {
            "eip.shop/web": Eip(instance=Ref("instance.server/shop/web")),
            "instance.server/shop/web": instance("vswitch.business/shop/app"),
            "route_table_association.business/shop/app": link(
                "route_table.t", "vswitch.business/shop/app"
            ),
            "route.out": route("route_table.t"),
            "route.gateway/shop/app": route("route_table.g", in_gateway_table=True),
            "route.gateway/shop/other": route("route_table.g", in_gateway_table=True),
            "route.elsewhere": route("route_table.u"),
            "route.direct": route("route_table.t", "ipv4_gateway.shop", GATEWAY),
            **more,
        }

    def test_an_eip_is_bound_once_its_subnets_routes_stand_both_ways(self) -> None:
        assert said(eip_association_after_routes, self.resources()) == {
            ("route.out", "eip.shop/web"),
            ("route.gateway/shop/app", "eip.shop/web"),
        }
        rules = eip_association_after_routes(wired(self.resources()), Cutover())
        assert {rule.then_phase for rule in rules} == {"associate"}

    def test_eip_that_is_unbound_or_bound_to_an_unmanaged_server_waits_for_nothing(self) -> None:
        for instance_ref in ("", "i-1", "instance.server/shop/missing"):
            resources = self.resources()
            resources["eip.shop/web"] = Eip(instance=Ref(instance_ref))
            assert said(eip_association_after_routes, resources) == set()


class TestCutOverInOrder:
    IN_B, IN_B2 = "route.gateway/shop/app-b", "route.gateway/shop/web-b"
    OUT_B, IN_C, OUT_C = (
        "route.business/shop/b",
        "route.gateway/shop/app-c",
        "route.business/shop/c",
    )

    def resources(self) -> dict[str, Resource]:
        def turned(zone: str, *, inbound: bool) -> Resource:
            return route(hop=f"endpoint.shop/{zone}", in_gateway_table=inbound)

        return {
            self.IN_B: turned("b", inbound=True),
            self.IN_B2: turned("b", inbound=True),
            self.OUT_B: turned("b", inbound=False),
            self.IN_C: turned("c", inbound=True),
            self.OUT_C: turned("c", inbound=False),
            "route.direct": route(hop="ipv4_gateway.shop", kind=GATEWAY),
            "route.stranger": route(hop="ep-1", kind=ENDPOINT),
        }

    def test_inbound_is_cut_over_before_outbound_and_zones_one_after_the_other(self) -> None:
        assert said(cut_over_sequence, self.resources()) == chain(
            [self.IN_B, self.IN_B2, self.OUT_B, self.IN_C, self.OUT_C]
        )

    def test_outbound_is_cut_over_first_if_the_file_says_so(self) -> None:
        found = said(cut_over_sequence, self.resources(), order="outbound-first")
        assert found == chain([self.OUT_B, self.IN_B, self.IN_B2, self.OUT_C, self.IN_C])

    def test_all_zones_are_cut_over_at_once_where_the_file_says_so(self) -> None:
        found = said(cut_over_sequence, self.resources(), strategy="all-at-once")
        assert found == chain([self.IN_B, self.IN_B2, self.OUT_B]) | chain([self.IN_C, self.OUT_C])

    def test_vpcs_are_cut_over_side_by_side(self) -> None:
        resources = {
            **self.resources(),
            "route.business/office/b": route("route_table.o", "endpoint.office/b"),
        }
        assert said(cut_over_sequence, resources) == said(cut_over_sequence, self.resources())


def chain(addresses: Iterable[str]) -> set[tuple[str, str]]:
    steps = list(addresses)
    return set(itertools.pairwise(steps))


def test_orderings_speak_of_the_graphs_own_addresses() -> None:
    found = [*one_by_one(orderings(example(), Cutover()))]
    assert found
    assert all(each.first in example() and each.then in example() for each in found)


def test_zone_turns_once_none_of_its_subnets_is_between_two_tables() -> None:
    """Also where each has a table of its own; what another zone's do is no matter."""
    zones = {"one": "b", "two": "b", "far": "c"}
    subnets = {f"vswitch.business/a/{name}": vswitch(zone=zone) for name, zone in zones.items()}
    links = {
        f"route_table_association.business/a/{name}": link(
            f"route_table.business/a/{name}", f"vswitch.business/a/{name}"
        )
        for name in zones
    }
    inbound = route("route_table.gateway/a", destination="10.0.1.0/24", in_gateway_table=True)
    ways = {"route.gateway/a/one": inbound}
    assert said(inbound_cut_over_after_association, {**subnets, **links, **ways}) == {
        (f"route_table_association.business/a/{name}", "route.gateway/a/one")
        for name in ("one", "two")
    }

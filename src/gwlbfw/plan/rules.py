"""The architecture's order, rule by rule: which phase of a graph comes before which.

For what a plan builds, the rules hold on the desired graph; for what it deletes, reversed, on the
live graph. An order that follows from the references of an API call needs no rule. The tests of
each rule (tests/scenarios/test_ordering_rules.py) show what the cloud or traffic would do without.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.layout import (
    LISTENER,
    LOAD_BALANCER,
    Role,
)
from gwlbfw.plan.wiring import Wiring
from gwlbfw.resources import Eip, EndpointServiceResource, Instance, RouteTableAssociation
from gwlbfw.resources.graph import ResourceGraph
from gwlbfw.resources.next_hop import ENDPOINT, GATEWAY
from gwlbfw.topology.models import Cutover

CUT_OVER = "(cut-over)"
"""The phase that changes the path of traffic, whatever its name."""


@dataclass(frozen=True)
class Ordering:
    """`first` comes before `then`; a phase of None means all of the change."""

    first: Address
    then: Address
    then_phase: str | None = None
    first_phase: str | None = None
    reversible: bool = True
    """True if deletions follow the reversed order."""
    yields_to_replacement: bool = False
    """True if a `first` that is replaced waits for no deleted `then`: what comes after it does."""
    gives_up_in: str = ""
    """The phase in which a `first` that remains gives up what `then` depended on."""


@dataclass(frozen=True)
class GroupOrdering:
    """Each of `first` comes before each of `then`, said once for all of them."""

    first: tuple[Address, ...]
    then: tuple[Address, ...]
    then_phase: str | None = None
    reversible: bool = True
    yields_to_replacement: bool = False


Found = Iterator[Ordering | GroupOrdering]
Rule = Callable[[Wiring, Cutover], Found]


def routes_around_association(wiring: Wiring, _: Cutover) -> Found:
    """A vSwitch joins an empty table; one that is moved finds its routes in the new table.

    AssociateRouteTable may refuse a table whose gateway is not active yet
    (OperationDenied.Ipv4GatewayNotActive, UNVERIFIED), so before activation the default route
    comes after the association; once it is active, a moved subnet would lose its route meanwhile.
    """
    for table, associations in wiring.associations_of_table.items():
        links = tuple(link for link, association in associations if not association.of_gateway)
        joined_first: list[Address] = []
        filled_first: list[Address] = []
        for address, route in wiring.routes_of_table.get(table, ()):
            staged = route.staged and not route.turned
            empty = not route.fills or (not staged and route.next_hop_type == ENDPOINT)
            if empty and not route.turned:
                joined_first.append(address)
            elif staged:
                for link in links:
                    yield Ordering(address, link, first_phase="pre-route")
                    yield Ordering(link, address, CUT_OVER)
            else:
                filled_first.append(address)
        yield GroupOrdering(links, tuple(joined_first))
        yield GroupOrdering(tuple(filled_first), links)


def gateway_activation_after_routes(wiring: Wiring, _: Cutover) -> Found:
    """A gateway is activated when the routes to it exist, and gets its table after that."""
    for address, route in wiring.routes:
        if route.next_hop_type == GATEWAY and route.next_hop.address is not None:
            yield Ordering(address, route.next_hop.address, "activate", reversible=False)
        elif route.staged and route.staged.type == GATEWAY and route.staged.ref.address:
            gateway = route.staged.ref.address
            yield Ordering(address, gateway, "activate", "pre-route", reversible=False)
    for link, association in wiring.associations:
        owner = association.subject.address
        if association.of_gateway and owner is not None:
            yield Ordering(owner, link)


def redirect_after_subnet(wiring: Wiring, _: Cutover) -> Found:
    """A gateway table's entry exists with its vSwitch, which can't be deleted while redirected."""
    for address, route in wiring.routes:
        subnet = wiring.subnet_of_block.get((route.vpc, route.destination))
        if route.in_gateway_table and subnet is not None:
            yield Ordering(subnet, address)


def service_resource_after_listener(wiring: Wiring, _: Cutover) -> Found:
    """A load balancer becomes a service's resource when it has a listener.

    Without, traffic could be cut over to a load balancer that forwards nothing.
    """
    for address, node in wiring.graph.items():
        if isinstance(node.resource, EndpointServiceResource) and LISTENER in wiring.graph:
            yield Ordering(LISTENER, address)


def service_resource_after_balancer_zones(wiring: Wiring, _: Cutover) -> Found:
    """The load balancer is attached in a zone that it has, and leaves none that is attached."""
    for address, node in wiring.graph.items():
        if isinstance(node.resource, EndpointServiceResource) and LOAD_BALANCER in wiring.graph:
            yield Ordering(LOAD_BALANCER, address, gives_up_in="zones")


def endpoint_zone_after_service_resource(wiring: Wiring, _: Cutover) -> Found:
    """An endpoint gets a zone once the service has a resource in it (the subset rule)."""
    for address, endpoint in wiring.endpoints:
        if (service := endpoint.service.address) is None:
            continue
        for zone in endpoint.zones:
            attached = service.child(EndpointServiceResource.kind, zone)
            if attached in wiring.graph:
                yield Ordering(attached, address, "zone")


def endpoint_zone_after_subnet_association(wiring: Wiring, _: Cutover) -> Found:
    """An endpoint gets a zone when its vSwitch has its table: before, the vSwitch may be Pending.

    AddZoneToVpcEndpoint refuses such a vSwitch for good (VSwitchStatusNotAllowed).
    """
    for address, endpoint in wiring.endpoints:
        for vswitch in endpoint.zones.values():
            for link, _association in wiring.associations_of_subject.get(vswitch, ()):
                yield Ordering(link, address, "zone")


def endpoint_zone_after_service(wiring: Wiring, _: Cutover) -> Found:
    """An endpoint gets a zone when its service accepts connections as the file says."""
    for address, endpoint in wiring.endpoints:
        service = endpoint.service.address
        if service in wiring.graph and service is not None:
            yield Ordering(service, address, "zone", reversible=False)


def inbound_cut_over_after_association(wiring: Wiring, _: Cutover) -> Found:
    """Inbound traffic of a subnet is cut over when the subnet has its own table, not before.

    So have those of its zone, and those that share its table: the zone is looked at when it has
    turned, and none may be between two tables then.
    """
    of_table: defaultdict[str, list[Address]] = defaultdict(list)
    of_zone: defaultdict[tuple[str, str], list[Address]] = defaultdict(list)
    for address, route in wiring.routes:
        if not route.in_gateway_table:
            continue
        at = layout.parse(address)
        own = wiring.graph.get(layout.business_association(at.vpc, at.name))
        if own and isinstance(own.resource, RouteTableAssociation):
            of_table[own.resource.table].append(address)
            of_zone[wiring.zone(own.resource)].append(address)
    turning = [(wiring.associations_of_table[each], routes) for each, routes in of_table.items()]
    for zone, routes in of_zone.items():
        turning.append((wiring.associations_of_zone.get(zone, ()), routes))
    for associations, routes in turning:
        links = tuple(link for link, _association in associations)
        yield GroupOrdering(links, tuple(routes), CUT_OVER, reversible=False)


def launch_after_balancer_addresses(wiring: Wiring, _: Cutover) -> Found:
    """An appliance's launch script needs the load balancer's addresses, known once it is Active."""
    for address, node in wiring.graph.items():
        launched = isinstance(node.resource, Instance) and node.resource.launch.user_data
        if launched and layout.is_appliance(address) and LOAD_BALANCER in wiring.graph:
            yield Ordering(LOAD_BALANCER, address, reversible=False)


def cut_over_after_return_path(wiring: Wiring, _: Cutover) -> Found:
    """A route is cut over to an endpoint once what returns from there has a route out."""
    returning: defaultdict[str, list[Address]] = defaultdict(list)
    for other, back in wiring.routes:
        if back.next_hop_type == GATEWAY and layout.parse(other).role is Role.GWLBE:
            returning[back.vpc].append(other)
    for link, association in wiring.associations:
        if layout.parse(link).role in (Role.GWLBE, Role.GATEWAY):
            returning[association.vpc].append(link)
    leaving: defaultdict[str, list[Address]] = defaultdict(list)
    for address, route in wiring.routes_to_endpoints:
        leaving[route.vpc].append(address)
    for vpc, ways_out in returning.items():
        yield GroupOrdering(tuple(ways_out), tuple(leaving[vpc]), CUT_OVER)


def cut_over_after_members(wiring: Wiring, _: Cutover) -> Found:
    """A route is cut over once every appliance is a member, and back before any leaves.

    One that is replaced comes back: a route that another takes the place of goes after that.
    """
    routes = tuple(address for address, _route in wiring.routes_to_endpoints)
    yield GroupOrdering(tuple(wiring.members), routes, yields_to_replacement=True)


def eip_association_after_routes(wiring: Wiring, _: Cutover) -> Found:
    """An EIP is bound once its subnet's routes are cut over, and unbound before they go back."""
    inbound_of = dict(wiring.routes)
    for address, node in wiring.graph.items():
        server = node.resource.instance.address if isinstance(node.resource, Eip) else None
        if (instance := wiring.instance(server)) is None:
            continue
        subnet = instance.vswitch
        at = layout.parse(Address(subnet))
        inbound = layout.gateway_route(at.vpc, at.name)
        joined = wiring.associations_of_subject.get(subnet, ())
        ways = {way for _, each in joined for way in wiring.ways_to_endpoints.get(each.table, ())}
        if inbound in inbound_of and inbound_of[inbound].next_hop_type == ENDPOINT:
            ways.add(inbound)
        for other in ways:
            yield Ordering(other, address, "associate", CUT_OVER)


def cut_over_sequence(wiring: Wiring, cutover: Cutover) -> Found:
    """The routes of a zone are cut over one after the other, and zone after zone.

    Inbound first means that the gateway table's entries come before the default route; rolled
    back, all of it is reversed. A route that leads to the endpoint before a subnet moves to its
    table cuts nothing over.
    """
    by_zone: dict[str, dict[str, list[tuple[bool, Address]]]] = {}
    for address, route in wiring.routes:
        endpoint = route.next_hop.address
        if route.next_hop_type == ENDPOINT and endpoint is not None and not route.turned:
            at = layout.parse(endpoint)
            zones = by_zone.setdefault(at.vpc, {})
            outbound_now = route.in_gateway_table == (cutover.order == "outbound-first")
            zones.setdefault(at.zone, []).append((outbound_now, address))
    for zones in by_zone.values():
        last: list[Address] = []
        for zone in sorted(zones):
            routes_of_zone = [address for _, address in sorted(zones[zone])]
            chain = (
                [*last[-1:], *routes_of_zone]
                if cutover.strategy == "zone-by-zone"
                else routes_of_zone
            )
            for first, then in pairwise(chain):
                yield Ordering(first, then, CUT_OVER, CUT_OVER)
            last = routes_of_zone


RULES: tuple[Rule, ...] = (
    routes_around_association,
    gateway_activation_after_routes,
    redirect_after_subnet,
    service_resource_after_listener,
    service_resource_after_balancer_zones,
    endpoint_zone_after_service_resource,
    endpoint_zone_after_subnet_association,
    endpoint_zone_after_service,
    inbound_cut_over_after_association,
    launch_after_balancer_addresses,
    cut_over_after_return_path,
    cut_over_after_members,
    eip_association_after_routes,
    cut_over_sequence,
)


def orderings(graph: ResourceGraph, cutover: Cutover) -> Found:
    """The orderings of all rules on a graph."""
    wiring = Wiring(graph)
    return (each for rule in RULES for each in rule(wiring, cutover))

"""Existing subnets that move to a route table of the stack's own.

A subnet on the VPC's system table, or on one that others use too, gets a table with the same custom
entries, so that nothing but its path to the Internet changes.
"""

from collections.abc import Iterator
from dataclasses import replace

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.blueprint.graph_builder import GraphBuilder
from gwlbfw.blueprint.subnets import DeclaredSubnet, business_subnets
from gwlbfw.layout import Role
from gwlbfw.resources import Ipv4Gateway, Route, RouteTable, RouteTableAssociation
from gwlbfw.resources.graph import Live, Node, OriginalState
from gwlbfw.resources.next_hop import GATEWAY, NAT_GATEWAY, Hop
from gwlbfw.resources.resource import Resource
from gwlbfw.resources.route import DEFAULT
from gwlbfw.topology.models import Topology


def previous_table(builder: GraphBuilder, subnet: DeclaredSubnet) -> Ref[RouteTable] | None:
    """The table that a subnet is on, or was on before the stack moved it."""
    if builder.live is None:
        return None
    if subnet.association in builder.remembered:
        was = builder.remembered[subnet.association]
        known = was.table if isinstance(was, RouteTableAssociation) else None
    else:
        live = builder.live_resource(subnet.association, RouteTableAssociation)
        known = live.table if live else None
    return known or system_table(builder.live, subnet.vpc)


def system_table(live: Live, vpc: str) -> Ref[RouteTable] | None:
    """The system route table of a business VPC."""
    for cloud_id, node in live.of_kind("route_table"):
        table = node.resource
        if not isinstance(table, RouteTable) or not table.system:
            continue
        if table.vpc.address == layout.business_vpc(vpc):
            return Ref(live.addresses.get(cloud_id, cloud_id))
    return None


def custom_entries(live: Live, table: Ref[RouteTable]) -> Iterator[Route]:
    """The entries of a table that are not the system's own, but for those that lead nowhere."""
    nodes = [*live.nodes.values(), *live.others.values()]
    found = [n.resource for n in nodes if isinstance(n.resource, Route)]
    yield from sorted(
        (each for each in found if each.table == table and each.next_hop not in live.gone),
        key=lambda route: route.destination,
    )


def must_move(builder: GraphBuilder, subnet: DeclaredSubnet) -> bool:
    """True if a subnet exists and can't keep its table, because others use that too."""
    if not subnet.choice.id or builder.live is None:
        return False
    table = previous_table(builder, subnet)
    address = table.address if table else None
    kept = address is not None and address in builder.live.nodes
    return not (kept and address is not None and layout.parse(address).role is Role.BUSINESS)


def table_name(builder: GraphBuilder, subnet: DeclaredSubnet) -> str:
    """The name in its address of the table that a moved subnet gets.

    One per zone; where two subnets of a zone leave tables with different entries, one per
    previous table, named like a kept one.
    """
    if builder.topology.business_vpcs[subnet.vpc].route_tables == "per-subnet":
        return subnet.name
    movers = [
        p
        for p in business_subnets(builder.topology, subnet.vpc, subnet.zone)
        if must_move(builder, p)
    ]
    signatures = {_signature(builder, mover) for mover in movers}
    if len(signatures) <= 1:
        return subnet.zone
    mine = previous_table(builder, subnet)
    names = sorted(mover.name for mover in movers if previous_table(builder, mover) == mine)
    # A table that is there already stays, whichever of its subnets has got another key since.
    there = (n for n in names if builder.live_node(layout.business_route_table(subnet.vpc, n)))
    return next(there, names[0])


def _signature(builder: GraphBuilder, subnet: DeclaredSubnet) -> tuple[tuple[str, str, str], ...]:
    table = previous_table(builder, subnet)
    found = custom_entries(builder.live, table) if builder.live and table else ()
    return tuple((r.destination, r.next_hop_type, r.next_hop) for r in found)


def copy_entries(builder: GraphBuilder, subnet: DeclaredSubnet, table: Address) -> None:
    """Add the custom entries of the previous table to the new one, but for the default route."""
    old = previous_table(builder, subnet)
    if builder.live is None or old is None:
        return
    for entry in custom_entries(builder.live, old):
        if entry.managed:
            builder.add_error(
                "not-copyable",
                f"the entry {entry.destination} of the table that the subnet leaves was made by "
                "another service and can't be copied",
                *subnet.place,
                hint="move the subnet to a table of its own yourself, with that route in place",
            )
        elif entry.destination != DEFAULT:
            address = layout.route(table, entry.destination)
            # A controller that writes to this table too names its entries as it likes.
            there = builder.live_resource(address, Route)
            named = {"name": there.name if there else entry.name}
            at_table = {"table": Ref[RouteTable](table), "fills": True}
            builder.create(address, entry.model_copy(update={**named, **at_table}))


def initial_next_hop(builder: GraphBuilder, subnet: DeclaredSubnet, table: Address) -> Hop | None:
    """The next hop of a table's default route until it is cut over to the endpoint.

    As the previous table has it; where EIPs had direct access, to the gateway, which alone gives it
    once it is active: public addresses went past a NAT gateway until then, whatever led there. None
    where the subnet had no path out, or its table has the route already.
    """
    if builder.live is None:
        return None
    direct = had_direct_access(builder.topology, subnet.vpc)
    for entry in custom_entries(builder.live, previous_table(builder, subnet) or Ref(table)):
        if entry.destination == DEFAULT and not entry.in_gateway_table:
            if direct and entry.next_hop_type == NAT_GATEWAY:
                break
            moved = must_move(builder, subnet)
            return Hop(type=entry.next_hop_type, ref=entry.next_hop) if moved else None
    if direct:
        return Hop(type=GATEWAY, ref=Ref(layout.ipv4_gateway(subnet.vpc)))
    return None


def leaves_while_inspected(builder: GraphBuilder, subnet: DeclaredSubnet, table: Address) -> bool:
    """True if a subnet moves to this table from one that leads to its endpoint, both ways, now."""
    link = builder.live_resource(subnet.association, RouteTableAssociation)
    old = link.table.address if link else None
    if old in (None, table):
        return False
    ways = (layout.route(old, DEFAULT), layout.gateway_route(subnet.vpc, subnet.name))
    routes = [builder.live_resource(each, Route) for each in ways]
    endpoint = layout.endpoint(subnet.vpc, subnet.zone)
    return all(each is not None and each.next_hop.address == endpoint for each in routes)


def had_direct_access(topology: Topology, vpc: str) -> bool:
    """True if a VPC exists and had no IPv4 gateway: its EIPs reached the Internet directly."""
    choice = topology.business_vpcs[vpc]
    return bool(choice.id) and not choice.ipv4_gateway.id


def loses_access_without_route(builder: GraphBuilder, vpc: str, route: Address) -> bool:
    """True if a subnet that moves to a table has no Internet there until this route is made.

    So it is where an IPv4 gateway was found, and for a new route once the stack's own is active.
    """
    if not had_direct_access(builder.topology, vpc):
        return True
    gateway = builder.live_resource(layout.ipv4_gateway(vpc), Ipv4Gateway)
    return gateway is not None and gateway.enabled and builder.live_node(route) is None


def moved_default_routes(live: Live, original: OriginalState) -> dict[Address, Node]:
    """The default routes of moved subnets, with the next hop that they get before they go.

    Neither a file without these subnets nor a lost record says that; their previous table
    does.
    """
    found: dict[Address, Node] = {}
    for link, was in original.items():
        node = live.nodes.get(link)
        if link.kind != "route_table_association" or node is None:
            continue
        table = node.resource.table if isinstance(node.resource, RouteTableAssociation) else None
        address = layout.route(table.address, DEFAULT) if table and table.address else link
        route = live.nodes.get(address)
        hop = _original_next_hop(live, link, was)
        if route is not None and isinstance(route.resource, Route) and hop is not None:
            staged = route.resource.model_copy(update={"staged": hop, "fills": True})
            found[address] = replace(route, resource=staged)
    return found


def _original_next_hop(live: Live, link: Address, was: Resource | None) -> Hop | None:
    """The next hop of the default route of a subnet's previous table."""
    old = was.table if isinstance(was, RouteTableAssociation) else None
    table = old or system_table(live, layout.parse(link).vpc)
    for entry in custom_entries(live, table) if table else ():
        if entry.destination == DEFAULT and not entry.in_gateway_table:
            return Hop(type=entry.next_hop_type, ref=entry.next_hop)
    return None

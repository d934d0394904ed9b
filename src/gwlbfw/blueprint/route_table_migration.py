"""Existing subnets that move to a table of the stack's own, and what others keep meanwhile.

A subnet on the VPC's system table, or on one that others use too, gets a table with the same custom
entries, so that nothing but its way to the Internet changes.
"""

from collections.abc import Iterator
from dataclasses import replace

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.blueprint.business_vpc import gateway, vpc
from gwlbfw.blueprint.graph_builder import GraphBuilder
from gwlbfw.blueprint.subnets import DeclaredSubnet, business_subnets
from gwlbfw.layout import Role
from gwlbfw.resources import Ipv4Gateway, Route, RouteTable, RouteTableAssociation, VSwitch
from gwlbfw.resources.graph import Live, Node, OriginalState
from gwlbfw.resources.resource import Resource
from gwlbfw.resources.route import DEFAULT, GATEWAY, Hop

Table = Ref[RouteTable]


def previous_table(builder: GraphBuilder, subnet: DeclaredSubnet) -> Table | None:
    """The table that a subnet is on, or was on before the stack moved it."""
    if builder.live is None:
        return None
    if subnet.association in builder.remembered:
        was = builder.remembered[subnet.association]
        known = was.table if isinstance(was, RouteTableAssociation) else None
    else:
        live = builder.live_resource(subnet.association, RouteTableAssociation)
        known = live.table if live else None
    return known or system_table(builder.live, subnet.key)


def system_table(live: Live, key: str) -> Table | None:
    """The system route table of a business VPC."""
    for cloud_id, node in live.of_kind("route_table"):
        table = node.resource
        if isinstance(table, RouteTable) and table.system and table.vpc == vpc(key):
            return Ref(live.addresses.get(cloud_id, cloud_id))
    return None


def custom_entries(live: Live, table: Table) -> Iterator[Route]:
    """The entries of a table that are not the system's own."""
    nodes = [*live.nodes.values(), *live.others.values()]
    found = [n.resource for n in nodes if isinstance(n.resource, Route)]
    yield from sorted(
        (route for route in found if route.table == table), key=lambda route: route.destination
    )


def must_move(builder: GraphBuilder, subnet: DeclaredSubnet) -> bool:
    """Whether a subnet exists and can't keep its table, because others go by it too."""
    if not subnet.choice.id or builder.live is None:
        return False
    table = previous_table(builder, subnet)
    address = table.address if table else None
    kept = address is not None and address in builder.live.nodes
    return not (kept and address is not None and layout.parse(address).role is Role.BUSINESS)


def table_name(builder: GraphBuilder, subnet: DeclaredSubnet) -> str:
    """The last part of the address of the table that a moved subnet gets.

    One per zone; where two subnets of a zone leave tables with different entries, one per table
    left, named like a kept one.
    """
    if builder.topology.business_vpcs[subnet.key].route_tables == "per-subnet":
        return subnet.name
    movers = [
        p
        for p in business_subnets(builder, subnet.key)
        if p.zone == subnet.zone and must_move(builder, p)
    ]
    signatures = {_signature(builder, mover) for mover in movers}
    if len(signatures) <= 1:
        return subnet.zone
    mine = previous_table(builder, subnet)
    return min(mover.name for mover in movers if previous_table(builder, mover) == mine)


def _signature(builder: GraphBuilder, subnet: DeclaredSubnet) -> tuple[tuple[str, str, str], ...]:
    table = previous_table(builder, subnet)
    found = custom_entries(builder.live, table) if builder.live and table else ()
    return tuple((r.destination, r.next_hop_type, r.next_hop) for r in found)


def copy_entries(
    builder: GraphBuilder, subnet: DeclaredSubnet, table: Address, account: str
) -> None:
    """The custom entries of the table left, but for the default route, in the new table."""
    old = previous_table(builder, subnet)
    if builder.live is None or old is None:
        return
    for entry in custom_entries(builder.live, old):
        if entry.managed:
            builder.add_error(
                "not-copyable",
                f"the entry {entry.destination} of the table that the subnet leaves was made by "
                "another service and can't be copied",
                *subnet.yaml_path,
                hint="move the subnet to a table of its own yourself, with that route in place",
            )
        elif entry.destination != DEFAULT:
            address = layout.route(table, entry.destination)
            copied = entry.model_copy(update={"table": Ref[RouteTable](table), "fills": True})
            builder.create(address, copied, account=account)


def initial_next_hop(builder: GraphBuilder, subnet: DeclaredSubnet, table: Table) -> Hop | None:
    """Where a table's default route leads until it turns to the endpoint.

    As the table left has it; where EIPs had direct access, to the gateway, which alone gives it
    once it is active. None where the subnet had no way out, or its table has the route already.
    """
    if builder.live is None:
        return None
    for entry in custom_entries(builder.live, previous_table(builder, subnet) or table):
        if entry.destination == DEFAULT and not entry.in_gateway_table:
            moved = must_move(builder, subnet)
            return Hop(type=entry.next_hop_type, ref=entry.next_hop) if moved else None
    return (
        Hop(type=GATEWAY, ref=gateway(subnet.key))
        if had_direct_access(builder, subnet.key)
        else None
    )


def had_direct_access(builder: GraphBuilder, key: str) -> bool:
    """Whether the VPC exists and had no IPv4 gateway: its EIPs reached the Internet directly."""
    choice = builder.topology.business_vpcs[key]
    return bool(choice.id) and not choice.ipv4_gateway.id


def keep_bystanders(builder: GraphBuilder, key: str, account: str) -> None:
    """Subnets that the file doesn't name keep their Internet when the gateway is activated."""
    if builder.live is None or not had_direct_access(builder, key):
        return
    for table, subnets in sorted(_bystanders(key, builder.live).items()):
        address = layout.bystander_route(key, _table_id(builder.live, table))
        has_way = any(r.destination == DEFAULT for r in custom_entries(builder.live, table))
        if has_way and address not in builder.remembered:
            continue
        if builder.topology.business_vpcs[key].bystanders == "refuse":
            _refuse_bystanders(builder, key, table, subnets)
            continue
        route = Route(
            vpc=vpc(key),
            table=table,
            destination=DEFAULT,
            next_hop_type=GATEWAY,
            next_hop=gateway(key),
        )
        builder.manage_existing(address, route, account)


def _bystanders(key: str, live: Live) -> dict[Table, list[str]]:
    """The unnamed vSwitches of a VPC by the table they go by."""
    tables: dict[str, Table] = {}
    for node in [*live.nodes.values(), *live.others.values()]:
        if isinstance(link := node.resource, RouteTableAssociation):
            tables[link.subject] = link.table
    users: dict[Table, list[str]] = {}
    system = system_table(live, key)
    for cloud_id, node in live.others.items():
        if isinstance(node.resource, VSwitch) and node.resource.vpc == vpc(key):
            table = tables.get(cloud_id, system)
            if table is not None:
                users.setdefault(table, []).append(cloud_id)
    return users


def _table_id(live: Live, table: Table) -> str:
    node = live.nodes.get(Address(table))
    return node.id if node else str(table)


def _refuse_bystanders(builder: GraphBuilder, key: str, table: Table, subnets: list[str]) -> None:
    builder.add_error(
        "bystanders",
        f"activating the IPv4 gateway would take the Internet from {', '.join(sorted(subnets))}, "
        f"which go by {table} without a route to the gateway",
        "business_vpcs",
        key,
        "bystanders",
        hint="give that table a default route, or let gwlbfw do so: `bystanders: allow`",
    )


def refuse_inactive(builder: GraphBuilder, key: str) -> None:
    """A gateway of others that is not active stays so: activation can't be taken back."""
    choice = builder.topology.business_vpcs[key].ipv4_gateway
    live = builder.live_resource(Address(gateway(key)), Ipv4Gateway)
    if choice.id and live is not None and not live.enabled:
        builder.add_error(
            "would-activate",
            f"{choice.id} is not active, and activating it could not be taken back by `destroy`",
            "business_vpcs",
            key,
            "ipv4_gateway",
            "id",
            hint="activate it yourself, or delete it and let gwlbfw make one: `ipv4_gateway: {}`",
        )


def moved_default_routes(live: Live, memory: OriginalState) -> dict[Address, Node]:
    """Default routes of moved subnets, with where they lead before they go.

    Neither a file without these subnets nor a lost record says that; the table that they were on
    before does.
    """
    found: dict[Address, Node] = {}
    for link, was in memory.items():
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
    """The default route of the table that a subnet was on before it moved."""
    old = was.table if isinstance(was, RouteTableAssociation) else None
    table = old or system_table(live, layout.parse(link).vpc)
    for entry in custom_entries(live, table) if table else ():
        if entry.destination == DEFAULT and not entry.in_gateway_table:
            return Hop(type=entry.next_hop_type, ref=entry.next_hop)
    return None

"""The routes of a business VPC: out through the endpoint of the zone, and in through it too."""

from dataclasses import replace

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.blueprint import bystanders
from gwlbfw.blueprint import route_table_migration as migration
from gwlbfw.blueprint.graph_builder import DESCRIPTION, PLAIN, GraphBuilder
from gwlbfw.blueprint.subnets import DeclaredSubnet, business_subnets
from gwlbfw.resources import Route, RouteTable, RouteTableAssociation, VSwitch
from gwlbfw.resources.next_hop import ENDPOINT, GATEWAY
from gwlbfw.resources.route import DEFAULT


def build(builder: GraphBuilder, vpc: str) -> None:
    """Add the tables, associations and routes of a business VPC."""
    _gwlbe_table(builder, vpc)
    zone_of: dict[Address, str] = {}
    users: dict[Address, list[DeclaredSubnet]] = {}
    for subnet in business_subnets(builder.topology, vpc):
        table = _route_table(builder, subnet)
        if zone_of.setdefault(table, subnet.zone) == subnet.zone:
            _outbound_route(builder, subnet, table)
        else:
            builder.add_error(
                "table-of-two-zones",
                f"{table} serves subnets of two zones, but each zone's "
                "traffic goes through the endpoint of its own",
                *subnet.place,
            )
        _inbound_route(builder, subnet)
        users.setdefault(table, []).append(subnet)
    for table, subnets in users.items():
        _turn_at_once(builder, table, subnets)
    bystanders.keep_internet_access(builder, vpc)


def _gwlbe_table(builder: GraphBuilder, vpc: str) -> None:
    """One table for the endpoints' subnets: what comes back from inspection goes to the gateway."""
    address = layout.gwlbe_route_table(vpc)
    table = RouteTable(
        vpc=Ref(layout.business_vpc(vpc)),
        serves="VSwitch",
        name=builder.name(PLAIN, vpc, "gwlbe"),
        description=DESCRIPTION,
    )
    builder.create(address, table)
    for zone_id, zone in builder.topology.business_vpcs[vpc].zones.items():
        association = RouteTableAssociation(
            vpc=Ref(layout.business_vpc(vpc)),
            table=Ref(address),
            subject=Ref(layout.gwlbe_subnet(vpc, zone_id)),
        )
        link = layout.gwlbe_association(vpc, zone_id)
        builder.create_or_manage(link, association, owned=not zone.gwlbe_subnet.id)
    route = Route(
        vpc=Ref(layout.business_vpc(vpc)),
        table=Ref(address),
        destination=DEFAULT,
        next_hop_type=GATEWAY,
        next_hop=Ref(layout.ipv4_gateway(vpc)),
        name=builder.name(PLAIN, vpc, "to-internet"),
    )
    builder.create(layout.gwlbe_route(vpc), route)


def _route_table(builder: GraphBuilder, subnet: DeclaredSubnet) -> Address:
    """The table of a business subnet, added together with their association."""
    named = subnet.choice.route_table
    if named and named.id:
        table = layout.business_route_table(subnet.vpc, subnet.name)
        assumed = RouteTable(vpc=Ref(layout.business_vpc(subnet.vpc)), serves="VSwitch")
        place = (*subnet.place, "route_table", "id")
        builder.use_existing(table, named.id, assumed, named, *place)
    elif not subnet.choice.id:
        table = _own_table(builder, subnet, _default_name(builder, subnet))
    elif migration.must_move(builder, subnet):
        table = _own_table(builder, subnet, migration.table_name(builder, subnet))
        migration.copy_entries(builder, subnet, table)
    else:
        table = _kept_table(builder, subnet)
    association = RouteTableAssociation(
        vpc=Ref(layout.business_vpc(subnet.vpc)), table=Ref(table), subject=Ref(subnet.address)
    )
    builder.create_or_manage(subnet.association, association, owned=not subnet.choice.id)
    return table


def _default_name(builder: GraphBuilder, subnet: DeclaredSubnet) -> str:
    per_subnet = builder.topology.business_vpcs[subnet.vpc].route_tables == "per-subnet"
    return subnet.name if per_subnet else subnet.zone


def _own_table(builder: GraphBuilder, subnet: DeclaredSubnet, name: str) -> Address:
    """A table of the stack's own, which other subnets may have added already."""
    choice = subnet.choice.route_table or PLAIN
    address = layout.business_route_table(subnet.vpc, name)
    if address not in builder.nodes:
        table = RouteTable(
            vpc=Ref(layout.business_vpc(subnet.vpc)),
            serves="VSwitch",
            name=builder.name(choice, subnet.vpc, name),
            description=DESCRIPTION,
        )
        builder.create(address, table, choice)
    return address


def _kept_table(builder: GraphBuilder, subnet: DeclaredSubnet) -> Address:
    """The table that a subnet which exists keeps: one that only subnets of its zone here use."""
    own = layout.business_route_table(subnet.vpc, subnet.name)
    previous = migration.previous_table(builder, subnet)
    table = (previous.address if previous else None) or own
    if table not in builder.nodes:
        node = builder.live_node(table)
        assumed = RouteTable(vpc=Ref(layout.business_vpc(subnet.vpc)), serves="VSwitch")
        builder.use_existing(table, node.id if node else "", assumed, PLAIN)
    return table


def _outbound_route(builder: GraphBuilder, subnet: DeclaredSubnet, table: Address) -> None:
    """Everything that leaves the subnets of a table goes to the endpoint of their zone."""
    address = layout.route(table, DEFAULT)
    if address in builder.nodes:
        return
    owned = builder.nodes[table].owned
    exists = bool(subnet.choice.id)
    route = Route(
        vpc=Ref(layout.business_vpc(subnet.vpc)),
        table=Ref(table),
        destination=DEFAULT,
        next_hop_type=ENDPOINT,
        next_hop=Ref(layout.endpoint(subnet.vpc, subnet.zone)),
        name=builder.name(PLAIN, subnet.vpc, "to-firewall") if owned else None,
        staged=migration.initial_next_hop(builder, subnet, table) if exists else None,
        fills=migration.loses_access_without_route(builder, subnet.vpc, address),
    )
    builder.create_or_manage(address, route, owned=owned)


def _turn_at_once(builder: GraphBuilder, table: Address, subnets: list[DeclaredSubnet]) -> None:
    """Lead a table to the endpoint from the start, if a subnet that moves to it is inspected.

    One that moves to it and is not, turns by that.
    """
    moving = [each for each in subnets if builder.live_node(each.address)]
    address = layout.route(table, DEFAULT)
    if any(migration.leaves_while_inspected(builder, each, table) for each in moving):
        node = builder.nodes[address]
        turned = node.resource.model_copy(update={"turned": True})
        builder.nodes[address] = replace(node, resource=turned)


def _inbound_route(builder: GraphBuilder, subnet: DeclaredSubnet) -> None:
    """The gateway table's route of inbound traffic to the endpoint of the subnet's zone."""
    vswitch = builder.nodes[subnet.address].resource
    table = layout.gateway_route_table(subnet.vpc)
    route = Route(
        vpc=Ref(layout.business_vpc(subnet.vpc)),
        table=Ref(table),
        in_gateway_table=True,
        destination=vswitch.cidr if isinstance(vswitch, VSwitch) else "",
        next_hop_type=ENDPOINT,
        next_hop=Ref(layout.endpoint(subnet.vpc, subnet.zone)),
    )
    address = layout.gateway_route(subnet.vpc, subnet.name)
    builder.create_or_manage(address, route, owned=builder.nodes[table].owned)

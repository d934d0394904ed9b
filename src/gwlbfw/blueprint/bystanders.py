"""Bystanders: the subnets of a business VPC that the topology does not name."""

from collections.abc import Iterator

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.blueprint.graph_builder import GraphBuilder
from gwlbfw.blueprint.route_table_migration import custom_entries, had_direct_access, system_table
from gwlbfw.blueprint.subnets import business_subnets
from gwlbfw.resources import Route, RouteTable, RouteTableAssociation, VSwitch
from gwlbfw.resources.graph import Live
from gwlbfw.resources.next_hop import GATEWAY
from gwlbfw.resources.route import DEFAULT


def keep_internet_access(builder: GraphBuilder, vpc: str) -> None:
    """Give bystanders a route to the gateway whose activation takes their direct access."""
    if builder.live is None or not had_direct_access(builder.topology, vpc):
        return
    for table, subnets in sorted(_bystanders_by_table(builder, vpc).items()):
        node = builder.live.nodes.get(Address(table))
        address = layout.bystander_route(vpc, node.id if node else str(table))
        has_default = any(r.destination == DEFAULT for r in custom_entries(builder.live, table))
        if has_default and address not in builder.remembered:
            continue
        if builder.topology.business_vpcs[vpc].bystanders == "refuse":
            _refuse(builder, vpc, table, subnets)
            continue
        route = Route(
            vpc=Ref(layout.business_vpc(vpc)),
            table=table,
            destination=DEFAULT,
            next_hop_type=GATEWAY,
            next_hop=Ref(layout.ipv4_gateway(vpc)),
        )
        builder.manage_existing(address, route)


def _bystanders_by_table(builder: GraphBuilder, vpc: str) -> dict[Ref[RouteTable], list[str]]:
    """The ids of a VPC's bystanders by the table that each uses, or will be back on."""
    live = builder.live or Live()
    tables: dict[str, Ref[RouteTable]] = {}
    for node in [*live.nodes.values(), *live.others.values()]:
        if isinstance(link := node.resource, RouteTableAssociation):
            tables[link.subject] = link.table
    users: dict[Ref[RouteTable], list[str]] = {}
    system = system_table(live, vpc)
    for cloud_id, node in live.others.items():
        vswitch = node.resource
        if isinstance(vswitch, VSwitch) and vswitch.vpc.address == layout.business_vpc(vpc):
            table = tables.get(cloud_id, system)
            if table is not None:
                users.setdefault(table, []).append(cloud_id)
    for cloud_id, association in _leaving(builder, vpc):
        was = builder.remembered[association]
        table = was.table if isinstance(was, RouteTableAssociation) else system
        if table is not None:
            users.setdefault(table, []).append(cloud_id)
    return users


def _leaving(builder: GraphBuilder, vpc: str) -> Iterator[tuple[str, Address]]:
    """The ids of existing subnets that the stack has moved and the file names no more."""
    named = {each.address for each in business_subnets(builder.topology, vpc)}
    for address, node in (builder.live or Live()).nodes.items():
        if not layout.is_business_subnet(address) or address in named or node.owned:
            continue
        at = layout.parse(address)
        link = layout.business_association(at.vpc, at.name)
        if at.vpc == vpc and link in builder.remembered:
            yield node.id, link


def _refuse(builder: GraphBuilder, vpc: str, table: Ref[RouteTable], subnets: list[str]) -> None:
    builder.add_error(
        "bystanders",
        f"activating the IPv4 gateway would take the Internet from {', '.join(sorted(subnets))}, "
        f"which go by {table} without a route to the gateway",
        "business_vpcs",
        vpc,
        "bystanders",
        hint="give that table a default route, or let gwlbfw do so: `bystanders: allow`",
    )

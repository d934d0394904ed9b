"""The routes of a business VPC: out through the endpoint of the zone, and in through it too."""

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.blueprint import route_table_migration
from gwlbfw.blueprint.business_vpc import gateway, gateway_table, vpc
from gwlbfw.blueprint.graph_builder import DESCRIPTION, PLAIN, GraphBuilder
from gwlbfw.blueprint.subnets import DeclaredSubnet, business_subnets
from gwlbfw.resources import Endpoint, Route, RouteTable, RouteTableAssociation, VSwitch
from gwlbfw.resources.route import DEFAULT, ENDPOINT, GATEWAY
from gwlbfw.topology.parts import ManagedObject


def endpoint(key: str, zone: str) -> Ref[Endpoint]:
    """The endpoint of a VPC in a zone."""
    return Ref(layout.endpoint(key, zone))


def build(builder: GraphBuilder, key: str) -> None:
    """The tables, associations and routes of a business VPC."""
    account = builder.topology.business_vpcs[key].account or ""
    _gwlbe_table(builder, key, account)
    routed: dict[Ref[RouteTable], str] = {}
    for subnet in business_subnets(builder, key):
        table = _route_table(builder, subnet, account)
        if routed.setdefault(table, subnet.zone) == subnet.zone:
            _outbound_route(builder, subnet, table, account)
        else:
            builder.add_error(
                "table-of-two-zones",
                f"{table} serves subnets of two zones, but each zone's "
                "traffic goes through the endpoint of its own",
                "business_vpcs",
                key,
                "zones",
                subnet.zone,
                "subnets",
                subnet.name,
            )
        _inbound_route(builder, subnet, account)
    route_table_migration.keep_bystanders(builder, key, account)
    route_table_migration.refuse_inactive(builder, key)


def _gwlbe_table(builder: GraphBuilder, key: str, account: str) -> None:
    """One table for the endpoints' subnets: what comes back from inspection goes to the gateway."""
    address = layout.gwlbe_route_table(key)
    builder.create(
        address,
        RouteTable(
            vpc=vpc(key),
            serves="VSwitch",
            name=builder.name(PLAIN, key, "gwlbe"),
            description=DESCRIPTION,
        ),
        account=account,
    )
    for zone_id, zone in builder.topology.business_vpcs[key].zones.items():
        link = layout.gwlbe_association(key, zone_id)
        subject = layout.gwlbe_subnet(key, zone_id)
        association = RouteTableAssociation(vpc=vpc(key), table=Ref(address), subject=Ref(subject))
        if zone.gwlbe_subnet.id:
            builder.manage_existing(link, association, account)
        else:
            builder.create(link, association, account=account)
    builder.create(
        layout.gwlbe_route(key),
        Route(
            vpc=vpc(key),
            table=Ref(address),
            destination=DEFAULT,
            next_hop_type=GATEWAY,
            next_hop=gateway(key),
            name=builder.name(PLAIN, key, "to-internet"),
        ),
        account=account,
    )


def _route_table(builder: GraphBuilder, subnet: DeclaredSubnet, account: str) -> Ref[RouteTable]:
    """The subnet's table and its association with it."""
    named = subnet.choice.route_table
    if named and named.id:
        table = layout.business_route_table(subnet.key, subnet.name)
        assumed = RouteTable(vpc=vpc(subnet.key), serves="VSwitch")
        builder.use_existing(
            table, named.id, assumed, named, account, *subnet.yaml_path, "route_table", "id"
        )
    elif subnet.choice.id and not route_table_migration.must_move(builder, subnet):
        table = _kept_table(builder, subnet, account)
    elif subnet.choice.id:
        table = _own_table(
            builder,
            subnet,
            named or PLAIN,
            account,
            route_table_migration.table_name(builder, subnet),
        )
        route_table_migration.copy_entries(builder, subnet, table, account)
    else:
        table = _own_table(builder, subnet, named or PLAIN, account)
    association = RouteTableAssociation(
        vpc=vpc(subnet.key), table=Ref(table), subject=Ref(subnet.vswitch)
    )
    if subnet.choice.id:
        builder.manage_existing(subnet.association, association, account)
    else:
        builder.create(subnet.association, association, account=account)
    return Ref(table)


def _own_table(
    builder: GraphBuilder,
    subnet: DeclaredSubnet,
    choice: ManagedObject,
    account: str,
    last: str = "",
) -> Address:
    per_subnet = builder.topology.business_vpcs[subnet.key].route_tables == "per-subnet"
    last = last or (subnet.name if per_subnet else subnet.zone)
    address = layout.business_route_table(subnet.key, last)
    if address not in builder.nodes:
        builder.create(
            address,
            RouteTable(
                vpc=vpc(subnet.key),
                serves="VSwitch",
                name=builder.name(choice, subnet.key, last),
                description=DESCRIPTION,
            ),
            choice,
            account,
        )
    return address


def _kept_table(builder: GraphBuilder, subnet: DeclaredSubnet, account: str) -> Address:
    """The table that a subnet which exists keeps: one that only subnets of its zone here use."""
    own = layout.business_route_table(subnet.key, subnet.name)
    was = route_table_migration.previous_table(builder, subnet)
    table = (was.address if was else None) or own
    if table not in builder.nodes:
        node = builder.live.nodes.get(table) if builder.live else None
        assumed = RouteTable(vpc=vpc(subnet.key), serves="VSwitch")
        builder.use_existing(table, node.id if node else "", assumed, PLAIN, account)
    return table


def _outbound_route(
    builder: GraphBuilder, subnet: DeclaredSubnet, table: Ref[RouteTable], account: str
) -> None:
    """Everything that leaves the subnets of a table goes to the endpoint of their zone."""
    address = layout.route(Address(table), DEFAULT)
    if address in builder.nodes:
        return
    owned = builder.nodes[Address(table)].owned
    route = Route(
        vpc=vpc(subnet.key),
        table=table,
        destination=DEFAULT,
        next_hop_type=ENDPOINT,
        next_hop=endpoint(subnet.key, subnet.zone),
        name=builder.name(PLAIN, subnet.key, "to-firewall") if owned else None,
        staged=route_table_migration.initial_next_hop(builder, subnet, table)
        if subnet.choice.id
        else None,
        fills=not route_table_migration.had_direct_access(builder, subnet.key),
    )
    _add_route(builder, address, route, account, owned=owned)


def _inbound_route(builder: GraphBuilder, subnet: DeclaredSubnet, account: str) -> None:
    """What comes from the Internet to the subnet goes to the endpoint of its zone first."""
    vswitch = builder.nodes[subnet.vswitch].resource
    table = gateway_table(subnet.key)
    route = Route(
        vpc=vpc(subnet.key),
        table=table,
        in_gateway_table=True,
        destination=vswitch.cidr if isinstance(vswitch, VSwitch) else "",
        next_hop_type=ENDPOINT,
        next_hop=endpoint(subnet.key, subnet.zone),
    )
    address = layout.gateway_route(subnet.key, subnet.name)
    _add_route(builder, address, route, account, owned=builder.nodes[Address(table)].owned)


def _add_route(
    builder: GraphBuilder, address: Address, route: Route, account: str, *, owned: bool
) -> None:
    if owned:
        builder.create(address, route, account=account)
    else:
        builder.manage_existing(address, route, account)

"""The routes of a business VPC: out through the endpoint of the zone, and in through it too."""

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.blueprint import route_table_migration
from gwlbfw.blueprint.business_vpc import gateway, gateway_table, vpc
from gwlbfw.blueprint.draft import DESCRIPTION, PLAIN, Draft
from gwlbfw.blueprint.subnets import Place, places
from gwlbfw.resources import Endpoint, Route, RouteTable, RouteTableAssociation, VSwitch
from gwlbfw.resources.route import DEFAULT, ENDPOINT, GATEWAY
from gwlbfw.topology.parts import ManagedObject


def endpoint(key: str, zone: str) -> Ref[Endpoint]:
    """The endpoint of a VPC in a zone."""
    return Ref(layout.endpoint(key, zone))


def draw(draft: Draft, key: str) -> None:
    """The tables, associations and routes of a business VPC."""
    account = draft.topology.business_vpcs[key].account or ""
    _gwlbe_table(draft, key, account)
    routed: dict[Ref[RouteTable], str] = {}
    for place in places(draft, key):
        table = _table(draft, place, account)
        if routed.setdefault(table, place.zone) == place.zone:
            _out(draft, place, table, account)
        else:
            draft.complain(
                "table-of-two-zones",
                f"{table} serves subnets of two zones, but each zone's "
                "traffic goes through the endpoint of its own",
                "business_vpcs",
                key,
                "zones",
                place.zone,
                "subnets",
                place.name,
            )
        _in(draft, place, account)
    route_table_migration.keep_bystanders(draft, key, account)
    route_table_migration.refuse_inactive(draft, key)


def _gwlbe_table(draft: Draft, key: str, account: str) -> None:
    """One table for the endpoints' subnets: what comes back from inspection goes to the gateway."""
    address = layout.gwlbe_route_table(key)
    draft.create(
        address,
        RouteTable(
            vpc=vpc(key),
            serves="VSwitch",
            name=draft.name(PLAIN, key, "gwlbe"),
            description=DESCRIPTION,
        ),
        account=account,
    )
    for zone_id, zone in draft.topology.business_vpcs[key].zones.items():
        link = layout.gwlbe_association(key, zone_id)
        subject = layout.gwlbe_subnet(key, zone_id)
        association = RouteTableAssociation(vpc=vpc(key), table=Ref(address), subject=Ref(subject))
        if zone.gwlbe_subnet.id:
            draft.steer(link, association, account)
        else:
            draft.create(link, association, account=account)
    draft.create(
        layout.gwlbe_route(key),
        Route(
            vpc=vpc(key),
            table=Ref(address),
            destination=DEFAULT,
            next_hop_type=GATEWAY,
            next_hop=gateway(key),
            name=draft.name(PLAIN, key, "to-internet"),
        ),
        account=account,
    )


def _table(draft: Draft, place: Place, account: str) -> Ref[RouteTable]:
    """The subnet's table and its association with it."""
    named = place.choice.route_table
    if named and named.id:
        table = layout.business_route_table(place.key, place.name)
        assumed = RouteTable(vpc=vpc(place.key), serves="VSwitch")
        draft.exists(
            table, named.id, assumed, named, account, *place.yaml_path, "route_table", "id"
        )
    elif place.choice.id and not route_table_migration.moves(draft, place):
        table = _kept(draft, place, account)
    elif place.choice.id:
        table = _own_table(
            draft, place, named or PLAIN, account, route_table_migration.last_name(draft, place)
        )
        route_table_migration.copy(draft, place, table, account)
    else:
        table = _own_table(draft, place, named or PLAIN, account)
    association = RouteTableAssociation(
        vpc=vpc(place.key), table=Ref(table), subject=Ref(place.vswitch)
    )
    if place.choice.id:
        draft.steer(place.association, association, account)
    else:
        draft.create(place.association, association, account=account)
    return Ref(table)


def _own_table(
    draft: Draft, place: Place, choice: ManagedObject, account: str, last: str = ""
) -> Address:
    per_subnet = draft.topology.business_vpcs[place.key].route_tables == "per-subnet"
    last = last or (place.name if per_subnet else place.zone)
    address = layout.business_route_table(place.key, last)
    if address not in draft.nodes:
        draft.create(
            address,
            RouteTable(
                vpc=vpc(place.key),
                serves="VSwitch",
                name=draft.name(choice, place.key, last),
                description=DESCRIPTION,
            ),
            choice,
            account,
        )
    return address


def _kept(draft: Draft, place: Place, account: str) -> Address:
    """The table that a subnet which exists keeps: one that only subnets of its zone here use."""
    own = layout.business_route_table(place.key, place.name)
    was = route_table_migration.left(draft, place)
    table = (was.address if was else None) or own
    if table not in draft.nodes:
        node = draft.live.nodes.get(table) if draft.live else None
        assumed = RouteTable(vpc=vpc(place.key), serves="VSwitch")
        draft.exists(table, node.id if node else "", assumed, PLAIN, account)
    return table


def _out(draft: Draft, place: Place, table: Ref[RouteTable], account: str) -> None:
    """Everything that leaves the subnets of a table goes to the endpoint of their zone."""
    address = layout.route(Address(table), DEFAULT)
    if address in draft.nodes:
        return
    owned = draft.nodes[Address(table)].owned
    route = Route(
        vpc=vpc(place.key),
        table=table,
        destination=DEFAULT,
        next_hop_type=ENDPOINT,
        next_hop=endpoint(place.key, place.zone),
        name=draft.name(PLAIN, place.key, "to-firewall") if owned else None,
        staged=route_table_migration.staged(draft, place, table) if place.choice.id else None,
        fills=not route_table_migration.was_direct(draft, place.key),
    )
    _put(draft, address, route, account, owned=owned)


def _in(draft: Draft, place: Place, account: str) -> None:
    """What comes from the Internet to the subnet goes to the endpoint of its zone first."""
    subnet = draft.nodes[place.vswitch].resource
    table = gateway_table(place.key)
    route = Route(
        vpc=vpc(place.key),
        table=table,
        in_gateway_table=True,
        destination=subnet.cidr if isinstance(subnet, VSwitch) else "",
        next_hop_type=ENDPOINT,
        next_hop=endpoint(place.key, place.zone),
    )
    address = layout.gateway_route(place.key, place.name)
    _put(draft, address, route, account, owned=draft.nodes[Address(table)].owned)


def _put(draft: Draft, address: Address, route: Route, account: str, *, owned: bool) -> None:
    if owned:
        draft.create(address, route, account=account)
    else:
        draft.steer(address, route, account)

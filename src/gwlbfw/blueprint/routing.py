"""The routes of a business VPC: out through the endpoint of the zone, and in through it too."""

from collections.abc import Iterator
from dataclasses import dataclass

from gwlbfw.address import Address, Ref
from gwlbfw.blueprint.business_vpc import gateway, gateway_table, vpc
from gwlbfw.blueprint.draft import DESCRIPTION, PLAIN, Draft
from gwlbfw.resources import Endpoint, Route, RouteTable, RouteTableAssociation, VSwitch
from gwlbfw.resources.route import DEFAULT, ENDPOINT, GATEWAY
from gwlbfw.topology.models import BusinessSubnet, Created


@dataclass(frozen=True)
class Place:
    """A business subnet: its VPC's key, its zone, its own key and what the file says of it."""

    key: str
    zone: str
    name: str
    choice: BusinessSubnet

    @property
    def vswitch(self) -> Address:
        """The subnet's address."""
        return Address.of("vswitch", "business", self.key, self.name)

    @property
    def association(self) -> Address:
        """The address of its association with a route table."""
        return Address.of("route_table_association", "business", self.key, self.name)


def places(draft: Draft, key: str) -> Iterator[Place]:
    """The business subnets of a VPC."""
    for zone_id, zone in draft.topology.business_vpcs[key].zones.items():
        for name, subnet in zone.subnets.items():
            yield Place(key, zone_id, name, subnet)


def endpoint(key: str, zone: str) -> Ref[Endpoint]:
    """The endpoint of a VPC in a zone."""
    return Ref(Address.of("endpoint", key, zone))


def draw(draft: Draft, key: str) -> None:
    """The tables, associations and routes of a business VPC."""
    account = draft.topology.business_vpcs[key].account or ""
    _gwlbe_table(draft, key, account)
    routed: dict[Ref[RouteTable], str] = {}
    for place in places(draft, key):
        table = _table(draft, place, account)
        if table is not None and routed.setdefault(table, place.zone) == place.zone:
            _out(draft, place, table, account)
        elif table is not None:
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


def _gwlbe_table(draft: Draft, key: str, account: str) -> None:
    """One table for the endpoints' subnets: what comes back from inspection goes to the gateway."""
    address = Address.of("route_table", "gwlbe", key)
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
        link = Address.of("route_table_association", "gwlbe", key, zone_id)
        subject = Address.of("vswitch", "gwlbe", key, zone_id)
        draft.create(
            link,
            RouteTableAssociation(
                vpc=vpc(key),
                table=Ref(address),
                subject=Ref(subject),
            ),
            account=account,
        )
        live = draft.live_resource(link, RouteTableAssociation)
        if zone.gwlbe_subnet.id and draft.live and not (live and live.table.address == address):
            _refuse_move(draft, "business_vpcs", key, "zones", zone_id, "gwlbe_subnet")
    draft.create(
        Address.of("route", "gwlbe", key),
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


def _table(draft: Draft, place: Place, account: str) -> Ref[RouteTable] | None:
    """The subnet's table and its association with it; None where the plan is refused."""
    named = place.choice.route_table
    if named and named.id:
        table = Address.of("route_table", "business", place.key, place.name)
        where = ("business_vpcs", place.key, "zones", place.zone, "subnets", place.name)
        assumed = RouteTable(vpc=vpc(place.key), serves="VSwitch")
        draft.exists(table, named.id, assumed, named, account, *where, "route_table", "id")
    elif place.choice.id:
        return _kept(draft, place, account)
    else:
        table = _own_table(draft, place, named or PLAIN, account)
    association = RouteTableAssociation(
        vpc=vpc(place.key), table=Ref(table), subject=Ref(place.vswitch)
    )
    if not place.choice.id:
        draft.create(place.association, association, account=account)
        return Ref(table)
    live = draft.live_resource(place.association, RouteTableAssociation)
    if draft.live and not (live and live.table.address == table):
        _refuse_move(draft, "business_vpcs", place.key, "zones", place.zone, "subnets", place.name)
    draft.steer(place.association, association, account)
    return Ref(table)


def _own_table(draft: Draft, place: Place, choice: Created, account: str) -> Address:
    per_subnet = draft.topology.business_vpcs[place.key].route_tables == "per-subnet"
    last = place.name if per_subnet else place.zone
    address = Address.of("route_table", "business", place.key, last)
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


def _kept(draft: Draft, place: Place, account: str) -> Ref[RouteTable] | None:
    """The table that a subnet which exists keeps: one that only subnets of its zone here use."""
    live = draft.live_resource(place.association, RouteTableAssociation)
    table = live.table.address if live else None
    own = Address.of("route_table", "business", place.key, place.name)
    if draft.live is None:
        table = own
    elif table is None and own in draft.live.nodes:
        table = own  # as recorded: someone has moved the subnet off it since
    if table is None:
        where = ("business_vpcs", place.key, "zones", place.zone, "subnets", place.name)
        _refuse_move(draft, *where)
        return None
    if table not in draft.nodes:
        node = draft.live.nodes.get(table) if draft.live else None
        assumed = RouteTable(vpc=vpc(place.key), serves="VSwitch")
        draft.exists(table, node.id if node else "", assumed, PLAIN, account)
    draft.steer(
        place.association,
        RouteTableAssociation(vpc=vpc(place.key), table=Ref(table), subject=Ref(place.vswitch)),
        account,
    )
    return Ref(table)


def _refuse_move(draft: Draft, *place: str) -> None:
    draft.complain(
        "would-move",
        "the subnet is on the VPC's system route table, or on one that others use "
        "too; the plan would move an existing subnet to another table, so it is refused",
        *place,
        hint="associate it with a custom route table of its own, with the same routes, first",
    )


def _out(draft: Draft, place: Place, table: Ref[RouteTable], account: str) -> None:
    """Everything that leaves the subnets of a table goes to the endpoint of their zone."""
    address = Address.of("route", *Address(table).path)
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
    address = Address.of("route", "gateway", place.key, place.name)
    _put(draft, address, route, account, owned=draft.nodes[Address(table)].owned)


def _put(draft: Draft, address: Address, route: Route, account: str, *, owned: bool) -> None:
    if owned:
        draft.create(address, route, account=account)
    else:
        draft.steer(address, route, account)

"""A business VPC: its subnets, its IPv4 gateway and that gateway's route table."""

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.blueprint.graph_builder import DESCRIPTION, GraphBuilder
from gwlbfw.blueprint.security_vpc import check_subnet, refuse_overlap
from gwlbfw.resources import Ipv4Gateway, RouteTable, RouteTableAssociation, Vpc, VSwitch
from gwlbfw.topology.business_vpc import BusinessVpc
from gwlbfw.topology.parts import Subnet


def build(builder: GraphBuilder, key: str) -> None:
    """The VPC, its subnets, its gateway and the gateway's table."""
    choice = builder.topology.business_vpcs[key]
    account = choice.account or ""
    address = layout.business_vpc(key)
    wanted = Vpc(
        cidr=str(choice.cidr or ""), name=builder.name(choice, key), description=DESCRIPTION
    )
    if choice.id:
        builder.use_existing(
            address, choice.id, wanted, choice, account, "business_vpcs", key, "id"
        )
    else:
        builder.create(address, wanted, choice, account)
    for zone_id, zone in choice.zones.items():
        at = ("business_vpcs", key, "zones", zone_id)
        gwlbe = layout.gwlbe_subnet(key, zone_id)
        name = (key, "gwlbe", zone_id)
        _subnet(builder, gwlbe, zone.gwlbe_subnet, zone_id, name, *at, "gwlbe_subnet", "id")
        for name_, subnet in zone.subnets.items():
            business = layout.business_subnet(key, name_)
            _subnet(builder, business, subnet, zone_id, (key, name_), *at, "subnets", name_, "id")
    _gateway(builder, key, choice)
    _gateway_table(builder, key, choice)


def vpc(key: str) -> Ref[Vpc]:
    """The business VPC with this key."""
    return Ref(layout.business_vpc(key))


def gateway(key: str) -> Ref[Ipv4Gateway]:
    """Its IPv4 gateway."""
    return Ref(layout.ipv4_gateway(key))


def gateway_table(key: str) -> Ref[RouteTable]:
    """The route table of its IPv4 gateway."""
    return Ref(layout.gateway_route_table(key))


def _subnet(
    builder: GraphBuilder,
    address: Address,
    choice: Subnet,
    zone: str,
    name: tuple[str, ...],
    *place: str,
) -> None:
    key = layout.parse(address).vpc
    account = builder.topology.business_vpcs[key].account or ""
    wanted = VSwitch(
        vpc=vpc(key),
        zone=zone,
        cidr=str(choice.cidr or ""),
        name=builder.name(choice, *name),
        description=DESCRIPTION,
    )
    if choice.id:
        builder.use_existing(address, choice.id, wanted, choice, account, *place)
        check_subnet(builder, Ref(address), vpc(key), zone, *place)
    else:
        builder.create(address, wanted, choice, account)
        refuse_overlap(builder, wanted, *place[:-1], "cidr")


def _gateway(builder: GraphBuilder, key: str, choice: BusinessVpc) -> None:
    address = Address(gateway(key))
    account = choice.account or ""
    wanted = Ipv4Gateway(
        vpc=vpc(key),
        enabled=True,
        internet_mode=choice.ipv4_gateway.on_delete,
        returns_direct=bool(choice.id) and choice.ipv4_gateway.on_delete == "public",
        name=builder.name(choice.ipv4_gateway, key),
        description=DESCRIPTION,
    )
    place = ("business_vpcs", key, "ipv4_gateway")
    live = builder.live_resource(address, Ipv4Gateway)
    if choice.ipv4_gateway.id:
        builder.use_existing(
            address, choice.ipv4_gateway.id, wanted, choice.ipv4_gateway, account, *place, "id"
        )
        if live is not None and live.vpc != vpc(key):
            builder.add_error("wrong-vpc", f"the gateway is in {live.vpc}", *place, "id")
    else:
        builder.create(address, wanted, choice.ipv4_gateway, account)
        _refuse_second_gateway(builder, key, *place)


def _refuse_second_gateway(builder: GraphBuilder, key: str, *place: str) -> None:
    """A VPC has one IPv4 gateway at most (OperationDenied.VpcExistIpv4Gateway)."""
    for cloud_id, node in builder.live.of_kind("ipv4_gateway") if builder.live else ():
        theirs = cloud_id not in (builder.live.addresses if builder.live else {})
        if theirs and isinstance(node.resource, Ipv4Gateway) and node.resource.vpc == vpc(key):
            builder.add_error(
                "gateway-exists",
                f"the VPC has an IPv4 gateway already: {cloud_id}",
                *place,
                hint=f"use it: `ipv4_gateway: {{id: {cloud_id}}}`",
            )


def _gateway_table(builder: GraphBuilder, key: str, choice: BusinessVpc) -> None:
    account = choice.account or ""
    address = Address(gateway_table(key))
    link = layout.gateway_association(key)
    table = RouteTable(
        vpc=vpc(key),
        serves="Gateway",
        name=builder.name(choice.gateway_route_table, key, "gateway"),
        description=DESCRIPTION,
    )
    association = RouteTableAssociation(
        vpc=vpc(key), table=gateway_table(key), subject=gateway(key)
    )
    found = builder.live.nodes.get(address) if builder.live else None
    theirs = found.id if found and not found.owned else ""
    if existing := choice.gateway_route_table.id or theirs:
        builder.use_existing(
            address,
            existing,
            table,
            choice.gateway_route_table,
            account,
            "business_vpcs",
            key,
            "gateway_route_table",
            "id",
        )
        builder.manage_existing(link, association, account)
    else:
        builder.create(address, table, choice.gateway_route_table, account)
        builder.create(link, association, account=account)

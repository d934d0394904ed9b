"""A business VPC: its subnets, its IPv4 gateway and that gateway's route table."""

from gwlbfw import layout
from gwlbfw.address import Ref
from gwlbfw.blueprint.graph_builder import DESCRIPTION, GraphBuilder
from gwlbfw.blueprint.subnets import add_subnet, business_subnets
from gwlbfw.resources import Ipv4Gateway, RouteTable, RouteTableAssociation, Vpc
from gwlbfw.resources.tags import other_stack


def build(builder: GraphBuilder, vpc: str) -> None:
    """Add the VPC, its subnets, its gateway and the gateway's table."""
    choice = builder.topology.business_vpcs[vpc]
    place = ("business_vpcs", vpc)
    name = builder.name(choice, vpc)
    wanted = Vpc(cidr=str(choice.cidr or ""), name=name, description=DESCRIPTION)
    builder.use_or_create(layout.business_vpc(vpc), choice.id, wanted, choice, *place, "id")
    for zone_id, zone in choice.zones.items():
        address = layout.gwlbe_subnet(vpc, zone_id)
        name = builder.name(zone.gwlbe_subnet, vpc, "gwlbe", zone_id)
        at = (*place, "zones", zone_id, "gwlbe_subnet")
        add_subnet(builder, address, zone.gwlbe_subnet, zone_id, name, *at)
        for each in business_subnets(builder.topology, vpc, zone_id):
            name = builder.name(each.choice, vpc, each.name)
            add_subnet(builder, each.address, each.choice, zone_id, name, *each.place)
    _gateway(builder, vpc)
    _gateway_table(builder, vpc)


def _gateway(builder: GraphBuilder, vpc: str) -> None:
    exists = bool(builder.topology.business_vpcs[vpc].id)
    choice = builder.topology.business_vpcs[vpc].ipv4_gateway
    address = layout.ipv4_gateway(vpc)
    wanted = Ipv4Gateway(
        vpc=Ref(layout.business_vpc(vpc)),
        enabled=True,
        internet_mode=choice.on_delete,
        returns_direct=exists and choice.on_delete == "public",
        name=builder.name(choice, vpc),
        description=DESCRIPTION,
    )
    place = ("business_vpcs", vpc, "ipv4_gateway")
    builder.use_or_create(address, choice.id, wanted, choice, *place, "id")
    live = builder.live_resource(address, Ipv4Gateway)
    if not choice.id:
        _refuse_second_gateway(builder, vpc, *place)
    elif live is not None:
        _check_gateway(builder, vpc, live)


def _check_gateway(builder: GraphBuilder, vpc: str, live: Ipv4Gateway) -> None:
    """A gateway that exists must be in its VPC, and active: activation can't be taken back."""
    place = ("business_vpcs", vpc, "ipv4_gateway", "id")
    if live.vpc.address != layout.business_vpc(vpc):
        builder.add_error("wrong-vpc", f"the gateway is in {live.vpc}", *place)
    if not live.enabled:
        cloud_id = builder.topology.business_vpcs[vpc].ipv4_gateway.id
        builder.add_error(
            "would-activate",
            f"{cloud_id} is not active, and activating it could not be taken back by `destroy`",
            *place,
            hint="activate it yourself, or delete it and let gwlbfw make one: `ipv4_gateway: {}`",
        )


def _refuse_second_gateway(builder: GraphBuilder, vpc: str, *place: str) -> None:
    """A VPC has one IPv4 gateway at most (OperationDenied.VpcExistIpv4Gateway)."""
    if builder.live is None:
        return
    for cloud_id, node in builder.live.of_kind("ipv4_gateway"):
        gateway = node.resource
        if not isinstance(gateway, Ipv4Gateway) or cloud_id in builder.live.addresses:
            continue
        if gateway.vpc.address != layout.business_vpc(vpc):
            continue
        if theirs := other_stack(gateway, builder.topology.name):
            builder.add_error(
                "another-stack",
                f"the VPC's IPv4 gateway belongs to the stack {theirs}, and a VPC has but one",
                *place,
                hint=f"have one stack steer all of the VPC, or `destroy` {theirs} first",
            )
            continue
        builder.add_error(
            "gateway-exists",
            f"the VPC has an IPv4 gateway already: {cloud_id}",
            *place,
            hint=f"use it: `ipv4_gateway: {{id: {cloud_id}}}`",
        )


def _gateway_table(builder: GraphBuilder, vpc: str) -> None:
    """The gateway's table: the file's, else the one that the gateway has, else a new one."""
    choice = builder.topology.business_vpcs[vpc].gateway_route_table
    address = layout.gateway_route_table(vpc)
    found = builder.live_node(address)
    existing = choice.id or (found.id if found and not found.owned else "")
    table = RouteTable(
        vpc=Ref(layout.business_vpc(vpc)),
        serves="Gateway",
        name=builder.name(choice, vpc, "gateway"),
        description=DESCRIPTION,
    )
    place = ("business_vpcs", vpc, "gateway_route_table", "id")
    builder.use_or_create(address, existing, table, choice, *place)
    association = RouteTableAssociation(
        vpc=Ref(layout.business_vpc(vpc)),
        table=Ref(address),
        subject=Ref(layout.ipv4_gateway(vpc)),
    )
    builder.create_or_manage(layout.gateway_association(vpc), association, owned=not existing)

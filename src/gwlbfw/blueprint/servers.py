"""Application servers of a business VPC, their security group and their EIPs."""

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.blueprint.graph_builder import DESCRIPTION, GraphBuilder
from gwlbfw.blueprint.machines import Placement, launched_instance
from gwlbfw.blueprint.subnets import business_subnets
from gwlbfw.resources import Eip, Instance, Rule, SecurityGroup
from gwlbfw.resources.security_group import in_order
from gwlbfw.resources.tags import other_stack
from gwlbfw.topology.parts import Eip as EipChoice


def build(builder: GraphBuilder, vpc: str) -> None:
    """Add the servers of a business VPC, with what belongs to them."""
    _security_group(builder, vpc)
    for name, choice in builder.topology.business_vpcs[vpc].servers.items():
        _server(builder, vpc, name)
        if choice.eip is not None:
            _eip(builder, vpc, name, choice.eip)


def _security_group(builder: GraphBuilder, vpc: str) -> None:
    """The group of the servers; none where all of these exist."""
    declared = builder.topology.business_vpcs[vpc]
    choice = declared.security_group
    if not choice.id and all(server.id for server in declared.servers.values()):
        return
    wanted = SecurityGroup(
        vpc=Ref(layout.business_vpc(vpc)),
        name=builder.name(choice, vpc, "servers"),
        description=DESCRIPTION,
        rules=in_order(
            Rule(protocol=each.protocol, ports=each.ports, source=str(each.source))
            for each in declared.ingress
        ),
    )
    place = ("business_vpcs", vpc, "security_group", "id")
    builder.use_or_create(layout.server_security_group(vpc), choice.id, wanted, choice, *place)


def _server(builder: GraphBuilder, vpc: str, name: str) -> None:
    choice = builder.topology.business_vpcs[vpc].servers[name]
    address = layout.server(vpc, name)
    if choice.id:
        assumed = Instance(vswitch=Ref(""), zone="", instance_type="")
        place = ("business_vpcs", vpc, "servers", name, "id")
        builder.use_existing(address, choice.id, assumed, choice, *place)
        return
    subnets = business_subnets(builder.topology, vpc)
    zone = next((each.zone for each in subnets if each.name == choice.subnet), "")
    subnet = layout.business_subnet(vpc, choice.subnet or "")
    wanted = launched_instance(
        choice,
        Placement(subnet, zone, layout.server_security_group(vpc)),
        template=builder.topology.read_user_data(choice),
        jumbo_frames=False,
        name=builder.name(choice, name),
    )
    builder.create(address, wanted, choice)


def _eip(builder: GraphBuilder, vpc: str, name: str, choice: EipChoice) -> None:
    """The EIP of a server: a new one, or one that exists and is free or bound to this server."""
    address, server = layout.server_eip(vpc, name), layout.server(vpc, name)
    place = ("business_vpcs", vpc, "servers", name, "eip")
    if not choice.id:
        _refuse_second_eip(builder, server, *place)
        bandwidth = choice.bandwidth_mbps or 5
        wanted = Eip(
            bandwidth_mbps=bandwidth, instance=Ref(server), name=builder.name(choice, name)
        )
        builder.create(address, wanted, choice)
        return
    builder.use_existing(address, choice.id, Eip(), choice, *place, "id")
    live = builder.live_resource(address, Eip)
    if live is None:
        return
    if live.instance and live.instance.address != server:
        builder.add_error(
            "eip-bound",
            f"the EIP is bound to {live.instance}",
            *(*place, "id"),
            hint="unbind it first, or name another",
        )
    elif not live.instance or address in builder.remembered:
        bound = builder.nodes[address].resource.model_copy(update={"instance": Ref(server)})
        builder.manage_existing(address, bound)


def _refuse_second_eip(builder: GraphBuilder, server: Address, *place: str) -> None:
    """An instance has one EIP at most (InvalidAssociation.Duplicated)."""
    for cloud_id, node in builder.live.others.items() if builder.live else ():
        if not isinstance(node.resource, Eip) or node.resource.instance.address != server:
            continue
        if theirs := other_stack(node.resource, builder.topology.name):
            builder.add_error(
                "another-stack",
                f"the server has an EIP of the stack {theirs} already",
                *place,
                hint=f"have one stack give it its EIP, or `destroy` {theirs} first",
            )
            continue
        builder.add_error(
            "server-has-eip",
            f"the server has an EIP already: {cloud_id}",
            *place,
            hint=f"use it: `eip: {{id: {cloud_id}}}`",
        )

"""Application servers of a business VPC, their security group and their EIPs."""

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.blueprint.business_vpc import vpc
from gwlbfw.blueprint.graph_builder import DESCRIPTION, GraphBuilder
from gwlbfw.blueprint.security_vpc import launched_instance
from gwlbfw.blueprint.subnets import business_subnets
from gwlbfw.resources import Eip, Instance, Rule, SecurityGroup
from gwlbfw.resources.security_group import in_order


def build(builder: GraphBuilder, key: str) -> None:
    """The servers of a business VPC."""
    choice = builder.topology.business_vpcs[key]
    account = choice.account or ""
    group: Ref[SecurityGroup] = Ref(layout.server_security_group(key))
    wanted = SecurityGroup(
        vpc=vpc(key),
        name=builder.name(choice.security_group, key, "servers"),
        description=DESCRIPTION,
        rules=in_order(
            Rule(protocol=each.protocol, ports=each.ports, source=str(each.source))
            for each in choice.ingress
        ),
    )
    if choice.security_group.id:
        place = ("business_vpcs", key, "security_group", "id")
        builder.use_existing(
            Address(group), choice.security_group.id, wanted, choice.security_group, account, *place
        )
    elif any(not server.id for server in choice.servers.values()):
        builder.create(Address(group), wanted, choice.security_group, account)
    for name in choice.servers:
        _server(builder, key, name, group)
        _eip(builder, key, name)


def _server(builder: GraphBuilder, key: str, name: str, group: Ref[SecurityGroup]) -> None:
    choice = builder.topology.business_vpcs[key].servers[name]
    account = builder.topology.business_vpcs[key].account or ""
    address = layout.server(key, name)
    if choice.id:
        place = ("business_vpcs", key, "servers", name, "id")
        assumed = Instance(vswitch=Ref(""), zone="", instance_type="")
        builder.use_existing(address, choice.id, assumed, choice, account, *place)
        return
    zone = next(
        (each.zone for each in business_subnets(builder, key) if each.name == choice.subnet), ""
    )
    wanted = launched_instance(
        choice,
        Ref(layout.business_subnet(key, choice.subnet or "")),
        zone,
        group,
        template=builder.topology.read_user_data(choice),
        jumbo=False,
        name=builder.name(choice, name),
    )
    builder.create(address, wanted, choice, account)


def _eip(builder: GraphBuilder, key: str, name: str) -> None:
    choice = builder.topology.business_vpcs[key].servers[name].eip
    if choice is None:
        return
    account = builder.topology.business_vpcs[key].account or ""
    address = layout.server_eip(key, name)
    server: Ref[Instance] = Ref(layout.server(key, name))
    if not choice.id:
        _refuse_second_eip(builder, key, name, server)
        builder.create(
            address,
            Eip(
                bandwidth_mbps=choice.bandwidth_mbps or 5,
                instance=server,
                name=builder.name(choice, name),
            ),
            choice,
            account,
        )
        return
    place = ("business_vpcs", key, "servers", name, "eip", "id")
    builder.use_existing(address, choice.id, Eip(), choice, account, *place)
    live = builder.live_resource(address, Eip)
    if live is None or (live.instance == server and address not in builder.remembered):
        return
    if live.instance and live.instance != server:
        builder.add_error(
            "eip-bound",
            f"the EIP is bound to {live.instance}",
            *place,
            hint="unbind it first, or name another",
        )
        return
    node = builder.nodes[address]
    builder.manage_existing(address, node.resource.model_copy(update={"instance": server}), account)


def _refuse_second_eip(builder: GraphBuilder, key: str, name: str, server: Ref[Instance]) -> None:
    """An instance has one EIP at most (InvalidAssociation.Duplicated)."""
    for cloud_id, node in builder.live.others.items() if builder.live else ():
        if isinstance(node.resource, Eip) and node.resource.instance == server:
            builder.add_error(
                "server-has-eip",
                f"the server has an EIP already: {cloud_id}",
                *("business_vpcs", key, "servers", name, "eip"),
                hint=f"use it: `eip: {{id: {cloud_id}}}`",
            )

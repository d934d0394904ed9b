"""Application servers of a business VPC, their security group and their EIPs."""

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.blueprint.business_vpc import vpc
from gwlbfw.blueprint.draft import DESCRIPTION, Draft
from gwlbfw.blueprint.security_vpc import machine
from gwlbfw.blueprint.subnets import places
from gwlbfw.resources import Eip, Instance, Rule, SecurityGroup
from gwlbfw.resources.security_group import in_order


def draw(draft: Draft, key: str) -> None:
    """The servers of a business VPC."""
    choice = draft.topology.business_vpcs[key]
    account = choice.account or ""
    group: Ref[SecurityGroup] = Ref(layout.server_security_group(key))
    wanted = SecurityGroup(
        vpc=vpc(key),
        name=draft.name(choice.security_group, key, "servers"),
        description=DESCRIPTION,
        rules=in_order(
            Rule(protocol=each.protocol, ports=each.ports, source=str(each.source))
            for each in choice.ingress
        ),
    )
    if choice.security_group.id:
        place = ("business_vpcs", key, "security_group", "id")
        draft.exists(
            Address(group), choice.security_group.id, wanted, choice.security_group, account, *place
        )
    elif any(not server.id for server in choice.servers.values()):
        draft.create(Address(group), wanted, choice.security_group, account)
    for name in choice.servers:
        _server(draft, key, name, group)
        _eip(draft, key, name)


def _server(draft: Draft, key: str, name: str, group: Ref[SecurityGroup]) -> None:
    choice = draft.topology.business_vpcs[key].servers[name]
    account = draft.topology.business_vpcs[key].account or ""
    address = layout.server(key, name)
    if choice.id:
        place = ("business_vpcs", key, "servers", name, "id")
        assumed = Instance(vswitch=Ref(""), zone="", instance_type="")
        draft.exists(address, choice.id, assumed, choice, account, *place)
        return
    zone = next((each.zone for each in places(draft, key) if each.name == choice.subnet), "")
    wanted = machine(
        choice,
        Ref(layout.business_subnet(key, choice.subnet or "")),
        zone,
        group,
        template=draft.topology.read_user_data(choice),
        jumbo=False,
        name=draft.name(choice, name),
    )
    draft.create(address, wanted, choice, account)


def _eip(draft: Draft, key: str, name: str) -> None:
    choice = draft.topology.business_vpcs[key].servers[name].eip
    if choice is None:
        return
    account = draft.topology.business_vpcs[key].account or ""
    address = layout.server_eip(key, name)
    server: Ref[Instance] = Ref(layout.server(key, name))
    if not choice.id:
        _refuse_second(draft, key, name, server)
        draft.create(
            address,
            Eip(
                bandwidth_mbps=choice.bandwidth_mbps or 5,
                instance=server,
                name=draft.name(choice, name),
            ),
            choice,
            account,
        )
        return
    place = ("business_vpcs", key, "servers", name, "eip", "id")
    draft.exists(address, choice.id, Eip(), choice, account, *place)
    live = draft.live_resource(address, Eip)
    if live is None or (live.instance == server and address not in draft.memory):
        return
    if live.instance and live.instance != server:
        draft.complain(
            "eip-bound",
            f"the EIP is bound to {live.instance}",
            *place,
            hint="unbind it first, or name another",
        )
        return
    node = draft.nodes[address]
    draft.steer(address, node.resource.model_copy(update={"instance": server}), account)


def _refuse_second(draft: Draft, key: str, name: str, server: Ref[Instance]) -> None:
    """An instance has one EIP at most (InvalidAssociation.Duplicated)."""
    for cloud_id, node in draft.live.others.items() if draft.live else ():
        if isinstance(node.resource, Eip) and node.resource.instance == server:
            draft.complain(
                "server-has-eip",
                f"the server has an EIP already: {cloud_id}",
                *("business_vpcs", key, "servers", name, "eip"),
                hint=f"use it: `eip: {{id: {cloud_id}}}`",
            )

"""The effect of a network's resources, coming or going, on the forwarding model.

`apply_resource` has those of the firewall and of machines, and puts both together.
"""

from dataclasses import replace
from functools import singledispatch

from gwlbfw.reachability import model
from gwlbfw.reachability.builder import NetworkBuilder
from gwlbfw.reachability.model import NextHop
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.resources import (
    Ipv4Gateway,
    Route,
    RouteTable,
    RouteTableAssociation,
    Vpc,
    VSwitch,
)
from gwlbfw.resources.facts import Forwarding
from gwlbfw.resources.resource import Resource


@singledispatch
def apply_kind(resource: Resource, builder: NetworkBuilder, key: str) -> None:
    """Add a resource, or make it like this; nothing for a kind that forwards no packets."""
    del builder, key
    _refuse_forwarding(resource)


@singledispatch
def remove_kind(resource: Resource, builder: NetworkBuilder, key: str) -> None:
    """Remove a resource; nothing for a kind that forwards no packets."""
    del builder, key
    _refuse_forwarding(resource)


def _refuse_forwarding(resource: Resource) -> None:
    """Raise TypeError for a kind that forwards packets, but whose effect no function has."""
    if resource.forwarding is not Forwarding.NONE:
        raise TypeError(f"{resource.kind} forwards packets, and has no effect on the model")


@apply_kind.register
def _(vpc: Vpc, builder: NetworkBuilder, key: str) -> None:
    old = builder.vpcs.get(key)
    further = old.cidrs[1:] if old else ()
    cidrs = (Prefix.parse(vpc.cidr), *further) if vpc.cidr else further
    builder.vpcs[key] = model.Vpc(key, cidrs, centralised=old.centralised if old else False)


@remove_kind.register
def _(vpc: Vpc, builder: NetworkBuilder, key: str) -> None:
    """As long as a stranger's subnet is in it, the cloud refuses that it goes."""
    del vpc
    if all(each.vpc != key for each in builder.subnets.values()):
        builder.vpcs.pop(key, None)


@apply_kind.register
def _(vswitch: VSwitch, builder: NetworkBuilder, key: str) -> None:
    if key not in builder.subnets and vswitch.cidr:
        vpc = builder.key_of(vswitch.vpc)
        table, role = builder.system_table(vpc), builder.role(key, vpc)
        cidr = Prefix.parse(vswitch.cidr)
        builder.add_subnet(model.Subnet(key, vpc, vswitch.zone, cidr, table, role))


@remove_kind.register
def _(vswitch: VSwitch, builder: NetworkBuilder, key: str) -> None:
    del vswitch
    builder.remove_subnet(key)


@apply_kind.register
def _(table: RouteTable, builder: NetworkBuilder, key: str) -> None:
    if key not in builder.tables:
        vpc = builder.key_of(table.vpc)
        builder.add_table(model.Table(key, vpc, serves=table.serves, system=table.system))


@remove_kind.register
def _(table: RouteTable, builder: NetworkBuilder, key: str) -> None:
    del table
    builder.remove_table(key)


@apply_kind.register
def _(association: RouteTableAssociation, builder: NetworkBuilder, key: str) -> None:
    del key
    _associate(builder, builder.key_of(association.subject), builder.key_of(association.table))


@remove_kind.register
def _(association: RouteTableAssociation, builder: NetworkBuilder, key: str) -> None:
    del key
    subject = builder.key_of(association.subject)
    subnet = builder.subnets.get(subject)
    _associate(builder, subject, builder.system_table(subnet.vpc) if subnet else "")


def _associate(builder: NetworkBuilder, subject: str, table: str) -> None:
    if subject in builder.gateways:
        builder.gateways[subject] = replace(builder.gateways[subject], table=table)
    elif subject in builder.subnets:
        builder.subnets[subject] = replace(builder.subnets[subject], table=table)


@apply_kind.register
def _(route: Route, builder: NetworkBuilder, key: str) -> None:
    del key
    if ":" not in route.destination and route.destination:
        hop = NextHop(route.next_hop_type, builder.key_of(route.next_hop))
        builder.add_entry(builder.key_of(route.table), Prefix.parse(route.destination), hop)


@remove_kind.register
def _(route: Route, builder: NetworkBuilder, key: str) -> None:
    del key
    builder.remove_entry(builder.key_of(route.table), Prefix.parse(route.destination))


@apply_kind.register
def _(gateway: Ipv4Gateway, builder: NetworkBuilder, key: str) -> None:
    old = builder.gateways.get(key)
    table = old.table if old else ""
    builder.gateways[key] = model.Gateway(key, builder.key_of(gateway.vpc), gateway.enabled, table)


@remove_kind.register
def _(gateway: Ipv4Gateway, builder: NetworkBuilder, key: str) -> None:
    """VPC API, DeleteIpv4Gateway: InternetMode says what the VPC is left with."""
    old = builder.gateways.pop(key, None)
    vpc = builder.vpcs.get(builder.key_of(gateway.vpc))
    if old is not None and old.enabled and vpc is not None:
        builder.vpcs[vpc.id] = replace(vpc, centralised=gateway.internet_mode == "private")

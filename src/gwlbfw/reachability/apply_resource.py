"""What each kind of resource, coming or going, does to the forwarding model."""

from dataclasses import replace
from functools import singledispatch

from gwlbfw.address import Address
from gwlbfw.reachability import model
from gwlbfw.reachability.builder import NetworkDraft
from gwlbfw.reachability.model import EndpointZone, Member, Network, NextHop, PublicAddress
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.resources import (
    Eip,
    Endpoint,
    EndpointService,
    EndpointServiceResource,
    Instance,
    Ipv4Gateway,
    Listener,
    LoadBalancer,
    Route,
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    ServerGroup,
    ServerGroupMember,
    Vpc,
    VSwitch,
)
from gwlbfw.resources.graph import Live, Node, ResourceGraph
from gwlbfw.resources.resource import Resource

_ORDER: tuple[type[Resource], ...] = (
    *(Vpc, VSwitch, RouteTable, Ipv4Gateway, RouteTableAssociation, Route),
    *(EndpointService, LoadBalancer, EndpointServiceResource, ServerGroup, Listener),
    *(Instance, ServerGroupMember, Endpoint, Eip),
)
OFF_THE_PATH: tuple[type[Resource], ...] = (SecurityGroup,)
"""Kinds that forward nothing. A security group may drop packets, but sends none another way."""


def from_graph(graph: ResourceGraph, base: Network | None = None) -> Network:
    """The forwarding model of a graph: on top of `base` where there is one, else of it alone.

    Without a base, a VPC without an active gateway is taken to be in direct mode, and a table
    to have no entries but the graph's. With one, what the graph does not mention stays.
    """
    draft = NetworkDraft(base)
    for address, node in graph.items():
        draft.know(address, node)
    for kind in _ORDER:
        for address, node in graph.items():
            if isinstance(node.resource, kind):
                put(draft, address, node)
    return draft.network()


def everything(live: Live) -> ResourceGraph:
    """All that was seen live, as one graph: the stack's, and what is no part of it."""
    others = {
        Address.of(node.resource.kind, cloud_id): node for cloud_id, node in live.others.items()
    }
    return {**others, **live.nodes}


def put(draft: NetworkDraft, address: Address, node: Node) -> None:
    """A resource comes, or becomes like this."""
    _put(node.resource, draft, draft.know(address, node))


def drop(draft: NetworkDraft, address: Address, node: Node) -> None:
    """A resource goes."""
    _drop(node.resource, draft, draft.know(address, node))


@singledispatch
def _put(resource: Resource, draft: NetworkDraft, key: str) -> None:
    """For a kind that is off the path: nothing."""
    del draft, key
    assert isinstance(resource, OFF_THE_PATH), resource.kind  # noqa: S101


@singledispatch
def _drop(resource: Resource, draft: NetworkDraft, key: str) -> None:
    """For a kind that is off the path, or whose going its routes' going says: nothing."""
    del resource, draft, key


@_put.register
def _(vpc: Vpc, draft: NetworkDraft, key: str) -> None:
    old = draft.vpcs.get(key)
    further = old.cidrs[1:] if old else ()
    cidrs = (Prefix.parse(vpc.cidr), *further) if vpc.cidr else further
    draft.vpcs[key] = model.Vpc(key, cidrs, centralised=old.centralised if old else False)


@_drop.register
def _(vpc: Vpc, draft: NetworkDraft, key: str) -> None:
    """As long as a stranger's subnet is in it, the cloud refuses that it goes."""
    del vpc
    if all(each.vpc != key for each in draft.subnets.values()):
        draft.vpcs.pop(key, None)


@_put.register
def _(vswitch: VSwitch, draft: NetworkDraft, key: str) -> None:
    if key not in draft.subnets and vswitch.cidr:
        vpc = draft.key(vswitch.vpc)
        table, role = draft.system_table(vpc), draft.role(key, vpc)
        cidr = Prefix.parse(vswitch.cidr)
        draft.add_subnet(model.Subnet(key, vpc, vswitch.zone, cidr, table, role))


@_drop.register
def _(vswitch: VSwitch, draft: NetworkDraft, key: str) -> None:
    del vswitch
    draft.remove_subnet(key)


@_put.register
def _(table: RouteTable, draft: NetworkDraft, key: str) -> None:
    if key not in draft.tables:
        vpc = draft.key(table.vpc)
        draft.add_table(model.Table(key, vpc, serves=table.serves, system=table.system))


@_drop.register
def _(table: RouteTable, draft: NetworkDraft, key: str) -> None:
    del table
    draft.remove_table(key)


@_put.register
def _(association: RouteTableAssociation, draft: NetworkDraft, key: str) -> None:
    del key
    _associate(draft, draft.key(association.subject), draft.key(association.table))


@_drop.register
def _(association: RouteTableAssociation, draft: NetworkDraft, key: str) -> None:
    del key
    subject = draft.key(association.subject)
    subnet = draft.subnets.get(subject)
    _associate(draft, subject, draft.system_table(subnet.vpc) if subnet else "")


def _associate(draft: NetworkDraft, subject: str, table: str) -> None:
    if subject in draft.gateways:
        draft.gateways[subject] = replace(draft.gateways[subject], table=table)
    elif subject in draft.subnets:
        draft.subnets[subject] = replace(draft.subnets[subject], table=table)


@_put.register
def _(route: Route, draft: NetworkDraft, key: str) -> None:
    del key
    if ":" not in route.destination and route.destination:
        hop = NextHop(route.next_hop_type, draft.key(route.next_hop))
        draft.put_entry(draft.key(route.table), Prefix.parse(route.destination), hop)


@_drop.register
def _(route: Route, draft: NetworkDraft, key: str) -> None:
    del key
    draft.remove_entry(draft.key(route.table), Prefix.parse(route.destination))


@_put.register
def _(gateway: Ipv4Gateway, draft: NetworkDraft, key: str) -> None:
    old = draft.gateways.get(key)
    table = old.table if old else ""
    draft.gateways[key] = model.Gateway(key, draft.key(gateway.vpc), gateway.enabled, table)


@_drop.register
def _(gateway: Ipv4Gateway, draft: NetworkDraft, key: str) -> None:
    """VPC API, DeleteIpv4Gateway: InternetMode says what the VPC is left with."""
    old = draft.gateways.pop(key, None)
    vpc = draft.vpcs.get(draft.key(gateway.vpc))
    if old is not None and old.enabled and vpc is not None:
        draft.vpcs[vpc.id] = replace(vpc, centralised=gateway.internet_mode == "private")


@_put.register
def _(endpoint: Endpoint, draft: NetworkDraft, key: str) -> None:
    state = "Connected" if endpoint.connected else "Disconnected"
    zones = tuple(
        EndpointZone(zone, draft.key(subnet), state)
        for zone, subnet in sorted(endpoint.zones.items())
    )
    vpc, service = draft.key(endpoint.vpc), draft.key(endpoint.service)
    draft.endpoints[key] = model.Endpoint(key, vpc, service, zones, state)


@_drop.register
def _(endpoint: Endpoint, draft: NetworkDraft, key: str) -> None:
    del endpoint
    draft.endpoints.pop(key, None)


@_put.register
def _(service: EndpointService, draft: NetworkDraft, key: str) -> None:
    del service
    draft.services.setdefault(key, model.Service(key))


@_drop.register
def _(service: EndpointService, draft: NetworkDraft, key: str) -> None:
    del service
    draft.services.pop(key, None)


@_put.register
def _(resource: EndpointServiceResource, draft: NetworkDraft, key: str) -> None:
    del key
    _attach(draft, resource, attached=True)


@_drop.register
def _(resource: EndpointServiceResource, draft: NetworkDraft, key: str) -> None:
    del key
    _attach(draft, resource, attached=False)


def _attach(draft: NetworkDraft, resource: EndpointServiceResource, *, attached: bool) -> None:
    service = draft.services.get(draft.key(resource.service))
    if service is not None:
        pair = (resource.zone, draft.key(resource.load_balancer))
        others = [each for each in service.resources if each != pair]
        resources = tuple([*others, pair] if attached else others)
        draft.services[service.id] = replace(service, resources=resources)


@_put.register
def _(balancer: LoadBalancer, draft: NetworkDraft, key: str) -> None:
    old = draft.balancers.get(key)
    draft.balancers[key] = model.Balancer(
        key,
        {zone: old.addresses.get(zone, "") if old else "" for zone in sorted(balancer.zones)},
        mode=balancer.traffic_mode or "LoadBalance",
        listener=old.listener if old else None,
    )


@_drop.register
def _(balancer: LoadBalancer, draft: NetworkDraft, key: str) -> None:
    del balancer
    draft.balancers.pop(key, None)


@_put.register
def _(listener: Listener, draft: NetworkDraft, key: str) -> None:
    heard = model.Listener(key, draft.key(listener.server_group))
    _listen(draft, draft.key(listener.load_balancer), heard)


@_drop.register
def _(listener: Listener, draft: NetworkDraft, key: str) -> None:
    del key
    _listen(draft, draft.key(listener.load_balancer), None)


def _listen(draft: NetworkDraft, balancer: str, listener: model.Listener | None) -> None:
    if balancer in draft.balancers:
        draft.balancers[balancer] = replace(draft.balancers[balancer], listener=listener)


@_put.register
def _(group: ServerGroup, draft: NetworkDraft, key: str) -> None:
    old = draft.groups.get(key)
    members = old.members if old else ()
    draft.groups[key] = model.ServerGroup(key, members, checked=group.health_check.enabled)


@_drop.register
def _(group: ServerGroup, draft: NetworkDraft, key: str) -> None:
    del group
    draft.groups.pop(key, None)


@_put.register
def _(member: ServerGroupMember, draft: NetworkDraft, key: str) -> None:
    del key
    group = draft.groups.get(draft.key(member.group))
    server = draft.key(member.instance)
    if group is None or any(each.server == server for each in group.members):
        return
    machine = draft.machines.get(server)
    label = draft.labels.get(server, server)
    draft.assumed[f"{label} is taken to be healthy once it is in its server group"] = None
    joined = (*group.members, Member(server, machine.ip if machine else ""))
    draft.groups[group.id] = replace(group, members=joined)


@_drop.register
def _(member: ServerGroupMember, draft: NetworkDraft, key: str) -> None:
    del key
    group = draft.groups.get(draft.key(member.group))
    server = draft.key(member.instance)
    if group is not None:
        left = tuple(each for each in group.members if each.server != server)
        draft.groups[group.id] = replace(group, members=left)


@_put.register
def _(instance: Instance, draft: NetworkDraft, key: str) -> None:
    old = draft.machines.get(key)
    ip = instance.private_ip or (old.ip if old else "")
    subnet = draft.key(instance.vswitch)
    draft.machines[key] = model.Machine(key, subnet, ip, instance.name or "")


@_drop.register
def _(instance: Instance, draft: NetworkDraft, key: str) -> None:
    del instance
    draft.machines.pop(key, None)


@_put.register
def _(eip: Eip, draft: NetworkDraft, key: str) -> None:
    old = draft.publics.get(key)
    holder = draft.key(eip.instance) if eip.instance else ""
    machine = draft.machines.get(holder)
    subnet = draft.subnets.get(machine.subnet) if machine else None
    draft.publics.pop(key, None)
    if machine is not None and subnet is not None:
        address = old.address if old else ""
        draft.publics[key] = PublicAddress(
            address, machine.ip, holder, subnet.vpc, subnet.id, id=key
        )


@_drop.register
def _(eip: Eip, draft: NetworkDraft, key: str) -> None:
    del eip
    draft.publics.pop(key, None)

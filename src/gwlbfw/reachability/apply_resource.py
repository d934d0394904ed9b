"""The effect of any resource, coming or going, on the forwarding model."""

from dataclasses import replace

from gwlbfw.address import Address
from gwlbfw.reachability import model
from gwlbfw.reachability.apply_network import apply_kind, remove_kind
from gwlbfw.reachability.builder import NetworkBuilder
from gwlbfw.reachability.model import EndpointZone, Member, PublicAddress
from gwlbfw.resources import (
    Eip,
    Endpoint,
    EndpointService,
    EndpointServiceResource,
    Instance,
    Listener,
    LoadBalancer,
    ServerGroup,
    ServerGroupMember,
)
from gwlbfw.resources.endpoint import CONNECTED, DISCONNECTED
from gwlbfw.resources.graph import Node
from gwlbfw.resources.load_balancer import NORMAL


def apply(builder: NetworkBuilder, address: Address, node: Node) -> None:
    """Add a resource, or make it like this."""
    apply_kind(node.resource, builder, builder.register(address, node))


def remove(builder: NetworkBuilder, address: Address, node: Node) -> None:
    """Remove a resource."""
    remove_kind(node.resource, builder, builder.register(address, node))


@apply_kind.register
def _(endpoint: Endpoint, builder: NetworkBuilder, key: str) -> None:
    state = CONNECTED if endpoint.connected else DISCONNECTED
    zones = tuple(
        EndpointZone(zone, builder.key_of(subnet), state)
        for zone, subnet in sorted(endpoint.zones.items())
    )
    vpc, service = builder.key_of(endpoint.vpc), builder.key_of(endpoint.service)
    builder.endpoints[key] = model.Endpoint(key, vpc, service, zones, state)


@remove_kind.register
def _(endpoint: Endpoint, builder: NetworkBuilder, key: str) -> None:
    del endpoint
    builder.endpoints.pop(key, None)


@apply_kind.register
def _(service: EndpointService, builder: NetworkBuilder, key: str) -> None:
    del service
    builder.services.setdefault(key, model.Service(key))


@remove_kind.register
def _(service: EndpointService, builder: NetworkBuilder, key: str) -> None:
    del service
    builder.services.pop(key, None)


@apply_kind.register
def _(resource: EndpointServiceResource, builder: NetworkBuilder, key: str) -> None:
    del key
    _attach(builder, resource, attached=True)


@remove_kind.register
def _(resource: EndpointServiceResource, builder: NetworkBuilder, key: str) -> None:
    del key
    _attach(builder, resource, attached=False)


def _attach(builder: NetworkBuilder, resource: EndpointServiceResource, *, attached: bool) -> None:
    service = builder.services.get(builder.key_of(resource.service))
    if service is not None:
        pair = (resource.zone, builder.key_of(resource.load_balancer))
        others = [each for each in service.resources if each != pair]
        resources = tuple([*others, pair] if attached else others)
        builder.services[service.id] = replace(service, resources=resources)


@apply_kind.register
def _(balancer: LoadBalancer, builder: NetworkBuilder, key: str) -> None:
    old = builder.balancers.get(key)
    builder.balancers[key] = model.Balancer(
        key,
        {zone: old.addresses.get(zone, "") if old else "" for zone in sorted(balancer.zones)},
        mode=balancer.traffic_mode or "LoadBalance",
        business=old.business if old else NORMAL,
        listener=old.listener if old else None,
    )


@remove_kind.register
def _(balancer: LoadBalancer, builder: NetworkBuilder, key: str) -> None:
    del balancer
    builder.balancers.pop(key, None)


@apply_kind.register
def _(listener: Listener, builder: NetworkBuilder, key: str) -> None:
    heard = model.Listener(key, builder.key_of(listener.server_group))
    _listen(builder, builder.key_of(listener.load_balancer), heard)


@remove_kind.register
def _(listener: Listener, builder: NetworkBuilder, key: str) -> None:
    del key
    _listen(builder, builder.key_of(listener.load_balancer), None)


def _listen(builder: NetworkBuilder, balancer: str, listener: model.Listener | None) -> None:
    if balancer in builder.balancers:
        builder.balancers[balancer] = replace(builder.balancers[balancer], listener=listener)


@apply_kind.register
def _(group: ServerGroup, builder: NetworkBuilder, key: str) -> None:
    old = builder.groups.get(key)
    members = old.members if old else ()
    builder.groups[key] = model.ServerGroup(key, members, checked=group.health_check.enabled)


@remove_kind.register
def _(group: ServerGroup, builder: NetworkBuilder, key: str) -> None:
    del group
    builder.groups.pop(key, None)


@apply_kind.register
def _(member: ServerGroupMember, builder: NetworkBuilder, key: str) -> None:
    del key
    group = builder.groups.get(builder.key_of(member.group))
    server = builder.key_of(member.instance)
    if group is None or any(each.server == server for each in group.members):
        return
    machine = builder.machines.get(server)
    label = builder.labels.get(server, server)
    builder.assumed[f"{label} is taken to be healthy once it is in its server group"] = None
    joined = (*group.members, Member(server, machine.ip if machine else ""))
    builder.groups[group.id] = replace(group, members=joined)


@remove_kind.register
def _(member: ServerGroupMember, builder: NetworkBuilder, key: str) -> None:
    del key
    group = builder.groups.get(builder.key_of(member.group))
    server = builder.key_of(member.instance)
    if group is not None:
        left = tuple(each for each in group.members if each.server != server)
        builder.groups[group.id] = replace(group, members=left)


@apply_kind.register
def _(instance: Instance, builder: NetworkBuilder, key: str) -> None:
    old = builder.machines.get(key)
    ip = instance.private_ip or (old.ip if old else "")
    subnet = builder.key_of(instance.vswitch)
    builder.machines[key] = model.Machine(key, subnet, ip, instance.name or "")


@remove_kind.register
def _(instance: Instance, builder: NetworkBuilder, key: str) -> None:
    del instance
    builder.machines.pop(key, None)


@apply_kind.register
def _(eip: Eip, builder: NetworkBuilder, key: str) -> None:
    old = builder.public_ips.get(key)
    holder = builder.key_of(eip.instance) if eip.instance else ""
    machine = builder.machines.get(holder)
    subnet = builder.subnets.get(machine.subnet) if machine else None
    builder.public_ips.pop(key, None)
    if machine is not None and subnet is not None:
        address = old.address if old else ""
        builder.public_ips[key] = PublicAddress(
            address, machine.ip, holder, subnet.vpc, subnet.id, id=key
        )


@remove_kind.register
def _(eip: Eip, builder: NetworkBuilder, key: str) -> None:
    del eip
    builder.public_ips.pop(key, None)

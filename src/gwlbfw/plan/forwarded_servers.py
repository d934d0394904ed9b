"""The errors of a plan that NAT gateways stand against."""

from collections.abc import Iterator, Sequence

from gwlbfw import layout
from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.diff import Change
from gwlbfw.reachability import Network
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.resources import Eip
from gwlbfw.resources.graph import Live
from gwlbfw.topology.models import Topology


def forwarded_server_errors(
    changes: Sequence[Change], network: Network, live: Live, topology: Topology
) -> Iterator[Diagnostic]:
    """No EIP is bound to a machine that a DNAT entry leads to.

    VPC API, AssociateEipAddress: BIND_INSTANCE_HAVE_PORTMAP_OR_BIND_EIP. That comes last of all.
    """
    for change in changes:
        eip = change.towards.resource if change.towards else None
        if not isinstance(eip, Eip) or not eip.instance:
            continue
        was = change.was.resource if change.was and change.action != "replace" else None
        bound = isinstance(was, Eip) and was.instance == eip.instance
        server = live.nodes.get(eip.instance.address) if eip.instance.address else None
        if bound or server is None:
            continue
        for gateway, outside in _forwards_to(network, server.id):
            at = layout.parse(change.address)
            yield error(
                "server-has-dnat",
                f"{change.address} can't be bound to {server.id}: the NAT gateway {gateway} "
                f"forwards {outside} to it, and the cloud gives such a machine no EIP",
                place=topology.place("business_vpcs", at.vpc, "servers", at.name, "eip"),
                hint="delete that DNAT entry first, or leave `eip` out",
            )


def _forwards_to(network: Network, machine_id: str) -> Iterator[tuple[str, str]]:
    """The NAT gateways that forward to a machine, and what, in words."""
    machine = network.machines.get(machine_id)
    subnet = network.subnets.get(machine.subnet) if machine else None
    if machine is None or subnet is None or not machine.ip:
        return
    for nat in network.nat_gateways_in(subnet.vpc):
        for entry in nat.forwards or ():
            if entry.target == Prefix.parse(machine.ip):
                yield nat.id, entry.outside

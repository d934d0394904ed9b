"""The subnets that a network's verdict is about: those that the file names, or the stack steers."""

from collections.abc import Iterable
from dataclasses import replace

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.reachability.network import Network
from gwlbfw.resources.graph import ResourceGraph


def with_steered_subnets(network: Network, live: ResourceGraph) -> Network:
    """The network with every business subnet that the stack has now, by tag or by its state.

    As the file has it, a subnet that it no longer names is a stranger's.
    """
    steered = {
        node.id: address
        for address, node in live.items()
        if layout.is_business_subnet(address)
        and node.id in network.subnets
        and node.id not in network.labels
    }
    subnets = dict(network.subnets)
    for key in steered:
        subnets[key] = replace(subnets[key], role="business")
    return replace(network, subnets=subnets, labels={**network.labels, **steered})


def named_part(network: Network, named: Network) -> Network:
    """The network as far as the file is about it; `named` has its roles, as they were read.

    A subnet that left the file is a stranger's again, and a VPC that left it is none of its.
    """
    left = {
        key for key in network.subnets if key in named.subnets and key not in named.labels
    } & network.labels.keys()
    subnets = dict(network.subnets)
    for key in left:
        subnets[key] = replace(subnets[key], role=named.subnets[key].role)
    labels = {key: each for key, each in network.labels.items() if key not in left}
    here = replace(network, subnets=subnets, labels=labels)
    named_vpcs = {layout.vpc_of(each) for each in _business_subnets(here)}
    gone = {key for key in network.vpcs if network.label(key) not in named_vpcs}
    return without_vpcs(here, gone)


def without_vpcs(network: Network, vpcs: set[str]) -> Network:
    """The network without some VPCs, and without what is in them."""
    return replace(
        network,
        vpcs={k: each for k, each in network.vpcs.items() if k not in vpcs},
        subnets={k: each for k, each in network.subnets.items() if each.vpc not in vpcs},
        tables={k: each for k, each in network.tables.items() if each.vpc not in vpcs},
        gateways={k: each for k, each in network.gateways.items() if each.vpc not in vpcs},
        public_ips=tuple(each for each in network.public_ips if each.vpc not in vpcs),
    )


def _business_subnets(network: Network) -> Iterable[Address]:
    named = (network.labels.get(each.id) for each in network.judged_subnets)
    return (*network.missing, *(each for each in named if each))

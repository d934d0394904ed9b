"""Next hops that exist no more: routes to them are neither copied nor restored.

Only a NAT gateway can be deleted while a route leads to it (VPC API, DeleteNatGateway), and only
one that is gone would be refused as the next hop of a new route.
"""

from collections.abc import Iterator

from gwlbfw.address import Ref
from gwlbfw.reachability import Network
from gwlbfw.reachability.listings import NAT_GATEWAYS
from gwlbfw.resources import Route, Vpc
from gwlbfw.resources.graph import Live, OriginalState
from gwlbfw.resources.next_hop import NAT_GATEWAY


def gone_next_hops(network: Network, live: Live, original: OriginalState) -> frozenset[str]:
    """The ids of the NAT gateways that routes lead to, or led to before, and that are gone."""
    if NAT_GATEWAYS.call.name in network.unread:
        return frozenset()
    return frozenset(
        str(each.next_hop)
        for each in _routes(live, original)
        if each.next_hop_type == NAT_GATEWAY
        and each.next_hop not in network.nat_gateways
        and _id_of(live, each.vpc) in network.vpcs
    )


def _routes(live: Live, original: OriginalState) -> Iterator[Route]:
    nodes = [*live.nodes.values(), *live.others.values()]
    for resource in (*(each.resource for each in nodes), *original.values()):
        if isinstance(resource, Route):
            yield resource


def _id_of(live: Live, vpc: Ref[Vpc]) -> str:
    node = live.nodes.get(vpc.address) if vpc.address else None
    return node.id if node else str(vpc)


def without_gone(original: OriginalState, gone: frozenset[str]) -> OriginalState:
    """The original state that can be restored: no route where it led to what is gone."""
    return {
        address: None if isinstance(was, Route) and was.next_hop in gone else was
        for address, was in original.items()
    }

"""Routes in the stack's tables that something else writes, such as a cluster's cloud controller.

Drift and plan judge them alike: what is wanted is what the file asks for now, with the copies of
the entries of tables that subnets have left; and how bad a difference is, the verdicts on the
network with it and without it say.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.diagnostics import Diagnostic, warning
from gwlbfw.layout import Role
from gwlbfw.reachability import Network, NetworkBuilder, judge
from gwlbfw.reachability.packets import sources_of
from gwlbfw.reachability.prefixes import HeaderSpace, difference, union
from gwlbfw.resources import Route
from gwlbfw.resources.facts import DriftImpact
from gwlbfw.resources.graph import Live, Node, ResourceGraph
from gwlbfw.resources.next_hop import ENDPOINT
from gwlbfw.topology.models import Topology

NAMED = 3
"""The most routes that a message names."""
_HARM = "traffic that was inspected is not any more, or is lost"


def foreign_routes(
    live: Live, wanted: ResourceGraph, made: AbstractSet[Address]
) -> frozenset[Address]:
    """The routes in tables that the stack owns and keeps, which it neither wants nor made.

    What leads to an endpoint of the stack is its own, even if no record says so.
    """
    return frozenset(
        address
        for address, node in live.nodes.items()
        if isinstance(node.resource, Route)
        and node.owned
        and not (node.resource.next_hop_type == ENDPOINT and node.resource.next_hop.address)
        and address not in wanted
        and address not in made
        and layout.route_table(address) in wanted
    )


def with_current_copies(applied: ResourceGraph, wanted: ResourceGraph) -> ResourceGraph:
    """What was applied, with the copies that the entries of left tables ask for by now."""

    def is_current(address: Address, other: ResourceGraph) -> bool:
        return is_copied(address) and layout.route_table(address) in other

    return {
        **{at: node for at, node in applied.items() if not is_current(at, wanted)},
        **{at: node for at, node in wanted.items() if is_current(at, applied)},
    }


def is_copied(address: Address) -> bool:
    """True for the copy of an entry of a table that subnets have left."""
    return layout.parse(address).role is Role.COPIED


def kept_routes(topology: Topology, foreign: AbstractSet[Address]) -> frozenset[Address]:
    """The foreign routes of the VPCs whose file keeps them."""
    vpcs = topology.business_vpcs
    return frozenset(
        each for each in foreign if vpcs[layout.parse(each).vpc].foreign_routes == "keep"
    )


def without_ownership(live: Live, addresses: AbstractSet[Address]) -> Live:
    """Live state in which these are others' and no plan touches them."""
    others = {at: replace(live.nodes[at], owned=False) for at in addresses}
    return replace(live, nodes={**live.nodes, **others}) if others else live


def harmful_routes(
    network: Network, live: Live, wanted: ResourceGraph, contested: AbstractSet[Address]
) -> frozenset[Address]:
    """The contested routes by which a flow that would be inspected is not, or is lost.

    Each is judged alone; if only several together do harm, all of them do.
    """
    if not contested:
        return frozenset()
    known = {at: wanted.get(at) or live.nodes[at] for at in contested}
    as_wanted = _with_routes(network, known, {at: wanted.get(at) for at in contested})
    inspected = _inspected(as_wanted)
    if not _is_worse(inspected, _inspected(network)):
        return frozenset()
    alone = {
        at: _with_routes(as_wanted, known, {at: live.nodes.get(at)}) for at in sorted(contested)
    }
    found = {at for at, each in alone.items() if _is_worse(inspected, _inspected(each))}
    return frozenset(found or contested)


_Spaces = Mapping[tuple[str, str, str], HeaderSpace]


def _inspected(network: Network) -> _Spaces:
    """The destinations that are inspected, by subnet, direction and source."""
    found: dict[tuple[str, str, str], HeaderSpace] = {}
    for flow in judge(network).flows:
        if flow.verdict == "inspected":
            for source in sources_of(flow.source):
                key = (flow.subnet.id, flow.direction, source)
                found[key] = union((*found.get(key, ()), *flow.space))
    return found


def _is_worse(before: _Spaces, now: _Spaces) -> bool:
    return any(difference(space, now.get(key, ())) for key, space in before.items())


def _with_routes(
    network: Network, known: ResourceGraph, routes: Mapping[Address, Node | None]
) -> Network:
    """The network with these routes, or without where there is none."""
    builder = NetworkBuilder(network)
    for address, node in routes.items():
        if node is not None:
            builder.apply(address, node)
        else:
            builder.remove(address, known[address])
    return builder.build()


def impacts(
    topology: Topology,
    foreign: AbstractSet[Address],
    contested: AbstractSet[Address],
    harmful: AbstractSet[Address],
) -> Mapping[Address, DriftImpact]:
    """The severity and effect of each contested route's drift."""
    kept = kept_routes(topology, foreign)
    found = {}
    for address in contested:
        if address in kept:
            then = "something else made it, and it stays (`foreign_routes: keep`)"
        elif address in foreign:
            then = "something else made it, and `apply` removes it (`foreign_routes: remove`)"
        else:
            then = "`apply` follows the entry of the table that the subnets left"
        harms = address in harmful
        effect = f"{_HARM}; {then}" if harms else then
        found[address] = DriftImpact("critical" if harms else "low", effect)
    return found


def kept_route_warnings(
    topology: Topology, kept: AbstractSet[Address], harmful: AbstractSet[Address]
) -> Iterator[Diagnostic]:
    """What a plan says of the foreign routes that it leaves alone, VPC by VPC."""
    for vpc in topology.business_vpcs:
        own = sorted(each for each in kept if layout.parse(each).vpc == vpc)
        for some, effect in (
            ([each for each in own if each in harmful], f", and with them {_HARM}"),
            ([each for each in own if each not in harmful], ""),
        ):
            if some:
                yield warning(
                    "foreign-routes",
                    f"something else made routes in tables of the stack: {_named(some)}; they stay"
                    f"{effect}",
                    place=topology.place("business_vpcs", vpc),
                    hint="`foreign_routes: remove` in this VPC has them removed",
                )


def _named(addresses: Sequence[Address]) -> str:
    more = len(addresses) - NAMED
    return ", ".join(addresses[:NAMED]) + (f" and {more} more" if more > 0 else "")

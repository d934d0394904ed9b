"""A firewall that is put into a network of any size, which serves traffic before."""

import json
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from gwlbfw.address import Address, Ref
from gwlbfw.blueprint import blueprint
from gwlbfw.plan import Plan
from gwlbfw.resources import Route
from gwlbfw.resources.graph import Live
from gwlbfw.resources.next_hop import GATEWAY
from gwlbfw.topology.models import Topology
from tests.scenarios.topology_builder import Size, topology
from tests.unit.plan.planned import planned
from tests.unit.samples import live_of

ROUTING = ("vpc", "vswitch", "ipv4_gateway", "route_table", "route_table_association")
MACHINES = (*ROUTING, "instance")
"""Kinds that a network may have before there is a firewall."""


def before(size: Size, folder: Path, there: Collection[str] = MACHINES) -> tuple[Live, Plan]:
    """A network with these kinds as it was without the firewall, and the plan that puts it in."""
    path = folder / "topology.json"
    path.write_text(json.dumps(topology(size)), "utf-8")
    graph = blueprint(Topology.load(path)).graph
    own = {
        at: node
        for at, node in graph.items()
        if at.kind in there and at.path[0] not in ("gwlbe", "gateway")
    }
    own |= {
        at: replace(node, resource=_to_gateway(node.resource, at))
        for at, node in graph.items()
        if at.startswith("route.business/") and isinstance(node.resource, Route)
    }
    live = live_of(own)
    return live, planned(graph, live).plan


def _to_gateway(route: Route, at: Address) -> Route:
    """The route as it led straight to the Internet."""
    gateway = Ref[object](Address.of("ipv4_gateway", at.path[1]))
    return route.model_copy(update={"next_hop_type": GATEWAY, "next_hop": gateway})

"""Small resources, and the graphs of the example topologies, as wanted and as if they were live."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from gwlbfw.address import Address, Ref
from gwlbfw.blueprint import Desired, blueprint
from gwlbfw.resources import Route, Rule, SecurityGroup, Vpc, VSwitch
from gwlbfw.resources.graph import Live, Node, ResourceGraph
from gwlbfw.resources.next_hop import ENDPOINT
from gwlbfw.resources.resource import Resource
from gwlbfw.resources.route import DEFAULT
from gwlbfw.topology.models import Topology

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("ulanqab", "brownfield", "direct-eips")
B, C = "cn-wulanchabu-b", "cn-wulanchabu-c"


@cache
def topology(name: str = "ulanqab") -> Topology:
    """One of the example topologies."""
    return Topology.load(EXAMPLES / f"{name}.yaml")


@cache
def wanted(name: str = "ulanqab") -> Desired:
    """What an example wants, drawn up without a cloud."""
    return blueprint(topology(name))


def example() -> ResourceGraph:
    """The whole firewall of the first example."""
    return wanted().graph


def topology_graph(folder: Path, content: Mapping[str, object]) -> ResourceGraph:
    """What a topology wants, drawn up without a cloud; its file is written to the folder."""
    path = folder / "topology.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return blueprint(Topology.load(path)).graph


def live_of(graph: ResourceGraph, addresses: Iterable[Address] | None = None) -> Live:
    """The graph, or some of it, as if it had been made: with ids, and nothing unread."""
    chosen = graph if addresses is None else {each: graph[each] for each in addresses}
    nodes = {at: replace(node, id=usable_id(at, node)) for at, node in chosen.items()}
    return Live(nodes, addresses={node.id: at for at, node in nodes.items() if node.id})


def usable_id(at: Address, node: Node) -> str:
    """An id for it; none where its kind has none."""
    if not type(node.resource).id_field:
        return ""
    return node.id or f"id-{at.replace('.', '-').replace('/', '-')}"


def graph(resources: Mapping[str, Resource], *, owned: bool = True) -> dict[Address, Node]:
    """A graph of these."""
    return {Address(at): Node(resource, owned=owned) for at, resource in resources.items()}


def vpc(cidr: str = "10.0.0.0/8", **more: object) -> Vpc:
    return Vpc.model_validate({"cidr": cidr, **more})


def vswitch(parent: str = "vpc.a", cidr: str = "10.0.1.0/24", **more: object) -> VSwitch:
    return VSwitch.model_validate({"vpc": parent, "zone": B, "cidr": cidr, **more})


def route(
    table: str = "route_table.a",
    hop: str = "endpoint.shop/b",
    kind: str = ENDPOINT,
    **more: object,
) -> Route:
    values = {"vpc": "vpc.a", "table": table, "destination": DEFAULT, **more}
    return Route.model_validate({**values, "next_hop_type": kind, "next_hop": hop})


def group(*rules: Rule, parent: str = "vpc.a") -> SecurityGroup:
    return SecurityGroup(vpc=Ref(parent), rules=rules)


def complete(chosen: Iterable[Address]) -> ResourceGraph:
    """The chosen part of the first example, with all that it refers to."""
    found: dict[Address, Node] = {}
    left = list(chosen)
    while left:
        at = left.pop()
        if at not in found:
            found[at] = example()[at]
            left += [ref for _, ref in example()[at].resource.refs()]
    return found

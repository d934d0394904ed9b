"""The rolling replacement of appliances that carry traffic: never all at once.

New appliances join first. Recreated ones are replaced one after the other, each when the one
before is healthy again, and those that only leave are removed last. An appliance is deleted when
it has drained: its connections have ended by themselves, or their time is up.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Value, Wait
from gwlbfw.layout import LISTENER, LOAD_BALANCER, SERVER_GROUP
from gwlbfw.plan.health_gate import health_wait
from gwlbfw.plan.model import Step
from gwlbfw.plan.steps import StepGraph, resolved_wait
from gwlbfw.resources import Instance, ServerGroup, ServerGroupMember
from gwlbfw.resources.graph import Live, Node, ResourceGraph
from gwlbfw.resources.resource import value_of
from gwlbfw.resources.server_group_member import listed
from gwlbfw.topology.models import Cutover

_PATIENCE_S = 120.0
"""Seconds that a drain may take beyond its configured time."""


def rolling_replacement(
    graph: StepGraph, target: ResourceGraph, live: Live, cutover: Cutover
) -> Iterator[Step]:
    """The gates between the steps of a rolling replacement; none where the firewall goes."""
    node = _remaining_group(graph, target, live)
    leaving = _members(graph, builds=False)
    if node is None or not leaving:
        return
    joining = _members(graph, builds=True)
    rollout = _Rollout(graph, live, node, cutover.timeout_s)
    for at in (at for at in joining if at not in leaving):
        rollout.add_member(at)
    for at in (at for at in leaving if at in joining):
        rollout.remove_member(at)
        rollout.ready = []
        rollout.add_member(at)
    for at in (at for at in leaving if at not in joining):
        rollout.remove_member(at)
    yield from rollout.gates


def _remaining_group(graph: StepGraph, target: ResourceGraph, live: Live) -> Node | None:
    """The server group, if it, its listener and its load balancer remain throughout."""
    for address in (LOAD_BALANCER, LISTENER, SERVER_GROUP):
        if address not in target or address not in live.nodes or graph.at(address, builds=False):
            return None
    probed = {_probe_of(live.nodes[SERVER_GROUP]), _probe_of(target[SERVER_GROUP])}
    # What answers the new probe need not answer the old one: there is no order that helps.
    return target[SERVER_GROUP] if len(probed) == 1 else None


def _probe_of(group: Node) -> tuple[object, ...]:
    assert isinstance(group.resource, ServerGroup)  # noqa: S101 - it is what the address says
    check = group.resource.health_check
    return check.protocol, check.port, check.path, check.domain, check.http_codes


def _members(graph: StepGraph, *, builds: bool) -> list[Address]:
    found = {d.step.address for d in graph.pending if d.builds == builds}
    return sorted(each for each in found if each.kind == ServerGroupMember.kind)


@dataclass
class _Rollout:
    """The appliances that carry traffic at each point of a replacement, and its gates."""

    graph: StepGraph
    live: Live
    node: Node
    timeout_s: float
    ready: list[str] = field(default_factory=list)
    """The steps after which the next one may leave."""
    gates: list[Step] = field(default_factory=list)

    @property
    def group(self) -> ServerGroup:
        assert isinstance(self.node.resource, ServerGroup)  # noqa: S101 - it is what the address says
        return self.node.resource

    def add_member(self, member: Address) -> None:
        """Wait until a member is healthy, or, without health checks, until it is in the group."""
        pending = self.graph.at(member, builds=True)[-1]
        server = _server(pending.change.towards)
        if not self.group.health_check.enabled or server is None:
            self.ready.append(pending.step.id)
            return
        recreated = bool(self.graph.at(server, builds=True))
        wait = health_wait({"ServerId": self._id(server, recreated=recreated)})
        self.ready.append(self._gate(server, "healthy", wait, self.timeout_s, pending.step.id))

    def remove_member(self, member: Address) -> None:
        """Remove a member when others carry traffic; its appliance goes when it has drained."""
        removal = self.graph.at(member, builds=False)
        for ready in self.ready:
            self._after(ready, removal[0].step.id)
        server = _server(removal[0].change.was)
        doomed = self.graph.at(server, builds=False) if server else []
        drain = self.group.connection_drain
        if server is None or not doomed or not drain.enabled:
            return
        there: Mapping[str, Value] = {"ServerId": self._id(server, recreated=False)}
        wait = Wait(listed(Ref(SERVER_GROUP)), "Servers", where=there, gone=True)
        patience = drain.timeout_s + _PATIENCE_S
        gate = self._gate(server, "drained", wait, patience, removal[-1].step.id)
        self._after(gate, doomed[0].step.id)

    def _gate(self, server: Address, name: str, wait: Wait, timeout_s: float, after: str) -> str:
        ids = {each: self.live.nodes[each].id for each in (LISTENER, SERVER_GROUP)}
        waits = (resolved_wait(wait, ids, self.node.account),)
        step = Step(f"{server}:{name}", server, name, None, waits, timeout_s=timeout_s)
        self.gates.append(step)
        self.graph.edges.add((after, step.id))
        return step.id

    def _id(self, server: Address, *, recreated: bool) -> Value:
        node = self.live.nodes.get(server)
        return node.id if node and not recreated else value_of(Ref[Instance](server))

    def _after(self, first: str, then: str) -> None:
        """Add an edge, unless the opposite order follows from other edges."""
        above, todo = {first}, [first]
        while todo:
            at = todo.pop()
            new = {one for one, other in self.graph.edges if other == at} - above
            above |= new
            todo += new
        if then not in above:
            self.graph.edges.add((first, then))


def _server(node: Node | None) -> Address | None:
    resource = node.resource if node else None
    return resource.instance.address if isinstance(resource, ServerGroupMember) else None

"""Appliances that are exchanged while they carry traffic: never all at once.

Those that are new join first. Those that are made anew go one after the other, each when the one
before is healthy again, and those that only leave go last. An appliance is deleted when it has
drained: connections that it knows end there by themselves, or their time is up.
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
"""How much longer than its time a drain may take."""


def rolling_replacement(
    graph: StepGraph, target: ResourceGraph, live: Live, cutover: Cutover
) -> Iterator[Step]:
    """Gates between the steps of appliances that are exchanged; none where the firewall goes."""
    node = _group_that_stays(graph, target, live)
    leaving = _members(graph, builds=False)
    if node is None or not leaving:
        return
    joining = _members(graph, builds=True)
    turns = _Turns(graph, live, node, cutover.timeout_s)
    for at in (at for at in joining if at not in leaving):
        turns.joins(at)
    for at in (at for at in leaving if at in joining):
        turns.leaves(at)
        turns.ready = []
        turns.joins(at)
    for at in (at for at in leaving if at not in joining):
        turns.leaves(at)
    yield from turns.gates


def _group_that_stays(graph: StepGraph, target: ResourceGraph, live: Live) -> Node | None:
    """The server group, where it, its listener and its load balancer are there all the time."""
    for address in (LOAD_BALANCER, LISTENER, SERVER_GROUP):
        if address not in target or address not in live.nodes or graph.at(address, builds=False):
            return None
    probed = {_probed(live.nodes[SERVER_GROUP]), _probed(target[SERVER_GROUP])}
    # What answers the new probe need not answer the old one: there is no order that helps.
    return target[SERVER_GROUP] if len(probed) == 1 else None


def _probed(group: Node) -> tuple[object, ...]:
    assert isinstance(group.resource, ServerGroup)  # noqa: S101 - it is what the address says
    check = group.resource.health_check
    return check.protocol, check.port, check.path, check.domain, check.http_codes


def _members(graph: StepGraph, *, builds: bool) -> list[Address]:
    found = {d.step.address for d in graph.pending if d.builds == builds}
    return sorted(each for each in found if each.kind == ServerGroupMember.kind)


@dataclass
class _Turns:
    """Who carries traffic at which point of an exchange, and the gates on the way."""

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

    def joins(self, member: Address) -> None:
        """A member carries traffic when it is healthy; or, where nobody checks, when it is in."""
        draft = self.graph.at(member, builds=True)[-1]
        server = _server(draft.change.towards)
        if not self.group.health_check.enabled or server is None:
            self.ready.append(draft.step.id)
            return
        anew = bool(self.graph.at(server, builds=True))
        wait = health_wait({"ServerId": self._id(server, anew=anew)})
        self.ready.append(self._gate(server, "healthy", wait, self.timeout_s, draft.step.id))

    def leaves(self, member: Address) -> None:
        """A member leaves when others carry traffic; its appliance goes when it has drained."""
        removal = self.graph.at(member, builds=False)
        for ready in self.ready:
            self._after(ready, removal[0].step.id)
        server = _server(removal[0].change.was)
        doomed = self.graph.at(server, builds=False) if server else []
        drain = self.group.connection_drain
        if server is None or not doomed or not drain.enabled:
            return
        there: Mapping[str, Value] = {"ServerId": self._id(server, anew=False)}
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

    def _id(self, server: Address, *, anew: bool) -> Value:
        node = self.live.nodes.get(server)
        return node.id if node and not anew else value_of(Ref[Instance](server))

    def _after(self, first: str, then: str) -> None:
        """`then` waits for `first`, unless something else has it the other way round."""
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

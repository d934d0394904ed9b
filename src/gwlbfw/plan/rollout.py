"""The rolling replacement of appliances that carry traffic: never all at once.

New appliances join first. Recreated ones are replaced one after the other, each when the one
before is healthy again, and those that only leave are removed last. An appliance is deleted when
it has drained: its connections have ended by themselves, or their time is up. Where the probe
changes, half of those that are recreated are replaced before it does, and the rest after it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Value, Wait
from gwlbfw.layout import LISTENER, LOAD_BALANCER, SERVER_GROUP
from gwlbfw.plan.health_gate import health_wait
from gwlbfw.plan.model import Pause, Step
from gwlbfw.plan.precedence import Precedence
from gwlbfw.plan.steps import PendingStep, StepGraph, resolved_wait
from gwlbfw.resources import Instance, ServerGroup, ServerGroupMember
from gwlbfw.resources.graph import Live, Node, ResourceGraph
from gwlbfw.resources.resource import value_of
from gwlbfw.resources.server_group_member import listed
from gwlbfw.topology.models import Cutover

_PATIENCE_S = 120.0
"""Seconds that a drain may take beyond its configured time."""


def rolling_replacement(
    graph: StepGraph,
    target: ResourceGraph,
    live: Live,
    cutover: Cutover,
    removed: Mapping[Address, str],
) -> Iterator[Step]:
    """The gates between the steps of a rolling replacement; none where the firewall goes.

    `removed` says when an interrupted run removed the members whose appliances are left.
    """
    node = _remaining_group(graph, target, live)
    if node is None:
        return
    rollout = _Rollout(graph, live, node, cutover.timeout_s)
    leaving, joining = _members(graph, builds=False), _members(graph, builds=True)
    rollout.finish_drains(removed)
    new = [at for at in joining if not graph.at(at, builds=False)]
    exchanged = [at for at in leaving if graph.at(at, builds=True)]
    if leaving and (switch := _probe_switch(graph, target, live)):
        first = len(exchanged) // 2
        rollout.exchange_before(switch, new, exchanged[:first])
        new, exchanged = [], exchanged[first:]
    for at in new if leaving else ():
        rollout.add_member(at)
    for at in exchanged:
        rollout.remove_member(at)
        rollout.ready = []
        rollout.add_member(at)
    for at in (at for at in leaving if not graph.at(at, builds=True)):
        rollout.remove_member(at)
    yield from rollout.gates


def _remaining_group(graph: StepGraph, target: ResourceGraph, live: Live) -> Node | None:
    """The server group, if it, its listener and its load balancer remain throughout."""
    for address in (LOAD_BALANCER, LISTENER, SERVER_GROUP):
        if address not in target or address not in live.nodes or graph.at(address, builds=False):
            return None
    return target[SERVER_GROUP]


def _probe_switch(graph: StepGraph, target: ResourceGraph, live: Live) -> PendingStep | None:
    """The step that changes what the health check sends, which not all appliances may answer."""
    if _probe_of(live.nodes[SERVER_GROUP]) == _probe_of(target[SERVER_GROUP]):
        return None
    return next((d for d in graph.at(SERVER_GROUP, builds=True) if d.phase.name == "modify"), None)


def _probe_of(group: Node) -> tuple[object, ...]:
    check = _group(group).health_check
    return check.protocol, check.port, check.path, check.domain, check.http_codes


def _group(node: Node) -> ServerGroup:
    assert isinstance(node.resource, ServerGroup)  # noqa: S101 - it is what the address says
    return node.resource


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

    @cached_property
    def _precedence(self) -> Precedence:
        return Precedence(self.graph.edges)

    @property
    def group(self) -> ServerGroup:
        return _group(self.node)

    def exchange_before(
        self, switch: PendingStep, new: list[Address], exchanged: list[Address]
    ) -> None:
        """Exchange some appliances before the probe changes, and wait for their health after it.

        They need not answer the old probe, nor the others the new one: so the others carry traffic
        until it changes, and these do from then on.
        """
        for at in exchanged:
            self.remove_member(at)
            self.ready = [self.graph.at(at, builds=True)[-1].step.id]
        for at in (*new, *exchanged):
            self._after(self.graph.at(at, builds=True)[-1].step.id, switch.step.id)
        self.ready = [] if new or exchanged else [self._others_healthy(switch)]
        for at in (*new, *exchanged):
            self.add_member(at)
            self._after(switch.step.id, self.ready[-1])

    def _others_healthy(self, switch: PendingStep) -> str:
        """The gate for the health of a member that stays, once the probe has changed.

        Such is an appliance that an interrupted run has recreated before. Where none stays, or
        health is not checked, it is the change itself.
        """
        stays = [
            at
            for at, node in self.live.nodes.items()
            if isinstance(node.resource, ServerGroupMember) and not self.graph.at(at, builds=False)
        ]
        servers = [
            self._id(each, recreated=False)
            for at in stays
            if (each := _server(self.live.nodes[at]))
        ]
        if not servers or not self.group.health_check.enabled:
            return switch.step.id
        wait = health_wait({})
        wait = replace(wait, until={**wait.until, "ServerId": servers})
        return self._gate(SERVER_GROUP, "healthy", wait, self.timeout_s, switch.step.id)

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

    def finish_drains(self, removed: Mapping[Address, str]) -> None:
        """Wait before each appliance is deleted whose membership has ended already.

        An interrupted run may have ended it a moment ago. The cloud lists what drains; as its lists
        may lag, the drain's whole time passes too: since the removal, where that is known.
        """
        drains = [
            each.connection_drain for each in (self.group, _group(self.live.nodes[SERVER_GROUP]))
        ]
        seconds = max((float(each.timeout_s) for each in drains if each.enabled), default=0.0)
        doomed = [
            d for d in self.graph.pending if not d.builds and layout.is_appliance(d.step.address)
        ]
        for pending in doomed if seconds else ():
            server = pending.step.address
            member = layout.server_group_member(layout.parse(server).name)
            leaves = self.graph.at(member, builds=False)
            if leaves or pending is not self.graph.at(server, builds=False)[0]:
                continue
            pause = Pause(seconds, removed.get(member, ""))
            self._after(self._drained(server, pause), pending.step.id)

    def _drained(self, server: Address, pause: Pause | None = None, after: str = "") -> str:
        """The gate that waits until the group lists an appliance no more."""
        there: Mapping[str, Value] = {"ServerId": self._id(server, recreated=False)}
        wait = Wait(listed(Ref(SERVER_GROUP)), "Servers", where=there, gone=True)
        patience = self.group.connection_drain.timeout_s + _PATIENCE_S
        return self._gate(server, "drained", wait, patience, after, pause)

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
        self._after(self._drained(server, after=removal[-1].step.id), doomed[0].step.id)

    def _gate(
        self,
        server: Address,
        name: str,
        wait: Wait,
        timeout_s: float,
        after: str,
        pause: Pause | None = None,
    ) -> str:
        ids = {each: self.live.nodes[each].id for each in (LISTENER, SERVER_GROUP)}
        waits = (resolved_wait(wait, ids, self.node.account),)
        step = Step(f"{server}:{name}", server, name, None, waits, timeout_s=timeout_s, pause=pause)
        self.gates.append(step)
        if after:
            self._precedence.add(after, step.id)
        return step.id

    def _id(self, server: Address, *, recreated: bool) -> Value:
        node = self.live.nodes.get(server)
        return node.id if node and not recreated else value_of(Ref[Instance](server))

    def _after(self, first: str, then: str) -> None:
        """Add an edge, unless the opposite order follows from other edges."""
        if not self._precedence.leads(then, first):
            self._precedence.add(first, then)


def _server(node: Node | None) -> Address | None:
    resource = node.resource if node else None
    return resource.instance.address if isinstance(resource, ServerGroupMember) else None

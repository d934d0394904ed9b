"""The health gate: no route is cut over before the load balancer and enough appliances are fit."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.cloud.call import Field, Value, Wait
from gwlbfw.layout import LISTENER, LOAD_BALANCER, SERVER_GROUP, Role
from gwlbfw.plan.model import Step
from gwlbfw.plan.steps import PendingStep, StepGraph, resolved_wait
from gwlbfw.resources import Listener, Route, ServerGroup
from gwlbfw.resources.graph import Live, Node, ResourceGraph
from gwlbfw.resources.load_balancer import paid
from gwlbfw.resources.next_hop import ENDPOINT
from gwlbfw.resources.resource import GWLB, kinds
from gwlbfw.topology.models import Cutover

HEALTH_GATE = f"{LISTENER}:healthy"


def health_gate(
    graph: StepGraph, target: ResourceGraph, live: Live, cutover: Cutover
) -> Iterator[Step]:
    """The step that waits for enough healthy appliances before any route is cut over.

    And for the load balancer's business status: one in arrears forwards nothing, whatever the
    health of its appliances.
    """
    cut_overs = [d for d in graph.pending if d.builds and _cuts_over_to_endpoint(d)]
    group = target.get(SERVER_GROUP)
    listener = target.get(LISTENER)
    if not cut_overs or listener is None or not isinstance(listener.resource, Listener):
        return
    if not (
        group and isinstance(group.resource, ServerGroup) and group.resource.health_check.enabled
    ):
        return
    for pending in graph.pending:
        if pending.builds and affects_health(pending.step.address):
            graph.edges.add((pending.step.id, HEALTH_GATE))
    for pending in cut_overs:
        graph.edges.add((HEALTH_GATE, pending.step.id))
    yield _gate(listener, live, cutover)


def affects_health(address: Address) -> bool:
    """True if a change there can change which appliances are healthy."""
    of_servers = layout.parse(address).role in (Role.SERVER, Role.SERVERS)
    return kinds()[address.kind].affects_health and not of_servers


def _cuts_over_to_endpoint(pending: PendingStep) -> bool:
    towards = pending.change.towards
    return (
        towards is not None
        and isinstance(towards.resource, Route)
        and towards.resource.next_hop_type == ENDPOINT
        and pending.phase.cuts_over
        and pending.step.phase != "reset-to-local"
    )


def _gate(listener: Node, live: Live, cutover: Cutover) -> Step:
    healthy = replace(health_wait({}), at_least=cutover.min_healthy_appliances)
    ids = {each: live.nodes[each].id for each in (LISTENER, LOAD_BALANCER) if each in live.nodes}
    waits = (healthy, paid(LOAD_BALANCER))
    return Step(
        id=HEALTH_GATE,
        address=LISTENER,
        phase="healthy",
        call=None,
        waits=tuple(resolved_wait(each, ids, listener.account) for each in waits),
        timeout_s=cutover.timeout_s,
    )


def health_wait(where: Mapping[str, Value]) -> Wait:
    """The wait until one of those appliances is healthy in the eyes of the listener."""
    return Wait(
        GWLB.call("GetListenerHealthStatus", ListenerId=Field(LISTENER, "ListenerId")),
        "ListenerHealthStatus.ServerGroupInfos.Servers",
        where=where,
        until={"Status": ["Healthy"]},
    )

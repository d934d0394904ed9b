"""A plan's traffic: what live routes do now, at its end, and in every state in between."""

from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Any

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Json
from gwlbfw.diff import Change
from gwlbfw.forecast.effects import effects, healthy
from gwlbfw.forecast.states import Moment, Rehearsal, rehearse
from gwlbfw.plan.health_gate import affects_health
from gwlbfw.plan.model import Outlook, Plan, Step
from gwlbfw.reachability import (
    Network,
    NetworkDraft,
    Verdict,
    judge,
    put,
)
from gwlbfw.resources import RouteTableAssociation
from gwlbfw.resources.graph import Live, Node, ResourceGraph


def outlook(
    seen_live: Network,
    live: Live,
    steps: tuple[Step, ...],
    changes: tuple[Change, ...],
    known: ResourceGraph,
) -> Outlook:
    """What a plan does to traffic, from the network as it is.

    What is only tried is rehearsed both ways: as if the cloud let it, and as if it refused.
    """
    start = _completed(seen_live, live)
    changes = tuple(_by_id(each, start, live) for each in changes)
    does = effects(steps, changes, known)
    draft = NetworkDraft(start)
    for step in steps:
        if step.id in does:
            does[step.id].on(draft)
    if any(affects_health(step.address) for step in steps):
        healthy(draft)
    before, after = judge(seen_live), judge(draft.network())
    quiet = _quiet(seen_live, live)
    seen = rehearse(start, steps, does, quiet)
    if not any(step.attempt for step in steps):
        report = _report(before, after, seen, Rehearsal())
        return Outlook(after.proven, seen.worst, report, end=after)
    refused = rehearse(start, steps, effects(steps, changes, known, refused=True), quiet)
    report = _report(before, after, seen, refused)
    return Outlook(after.proven, seen.worst, report, _risky(steps, refused), after)


def _quiet(network: Network, live: Live) -> frozenset[str]:
    """The stack's own VPCs in which nothing has a public address: no traffic works that could end.

    Such is a VPC that an interrupted run has made, where EIPs come after the routes.
    """
    loud = {each.vpc for each in network.publics}
    loud |= {each.vpc for each in network.nats.values() if each.public}
    own = {node.id for address, node in live.nodes.items() if address.kind == "vpc" and node.owned}
    return frozenset(own - loud)


def _completed(network: Network, live: Live) -> Network:
    """The network with what of the firewall no endpoint leads to at the moment."""
    draft = NetworkDraft(network)
    held: tuple[Container[str], ...] = (draft.groups, draft.balancers, draft.services)
    kinds = ("server_group", "load_balancer", "endpoint_service")
    lacking = {
        address
        for address, node in live.nodes.items()
        for holder, kind in zip(held, kinds, strict=True)
        if address.kind == kind and node.id not in holder
    }
    parts = {
        "server_group": "server_group_member",
        "load_balancer": "listener",
        "endpoint_service": "endpoint_service_resource",
    }
    for address, node in live.nodes.items():
        inside = any(
            parts.get(each.kind) == address.kind and ref == each
            for each in lacking
            for _, ref in node.resource.refs()
        )
        if address in lacking or inside:
            put(draft, address, node)
    return draft.network()


def _by_id(change: Change, network: Network, live: Live) -> Change:
    """The change with a subnet by its id that is the stack's no longer, and has no address here."""
    ids = {address: cloud_id for cloud_id, address in live.addresses.items()}

    def named(node: Node | None) -> Node | None:
        link = node.resource if node else None
        if node is None or not isinstance(link, RouteTableAssociation):
            return node
        cloud_id = ids.get(Address(link.subject), "")
        if not cloud_id or cloud_id in network.labels:
            return node
        return replace(node, resource=link.model_copy(update={"subject": Ref(cloud_id)}))

    return replace(change, was=named(change.was), towards=named(change.towards))


def _risky(steps: tuple[Step, ...], refused: Rehearsal) -> frozenset[str]:
    """The steps, needed only after a refusal, with which traffic would be lost."""
    last = {
        each for moment in refused.moments if moment.is_black_hole for each in moment.after_steps
    }
    return frozenset(
        step.id
        for step in steps
        if step.unless and step.address.kind == "route_table_association" and step.id in last
    )


def _report(
    before: Verdict, after: Verdict, seen: Rehearsal, refused: Rehearsal
) -> Mapping[str, Json]:
    return {
        "before": dict(before.to_json()),
        "after": dict(after.to_json()),
        "transitions": [_moment(each) for each in seen.moments],
        "if_refused": [_moment(m) for m in refused.moments if m not in seen.moments],
        "states": seen.states + refused.states,
        "unjudged": list(seen.unjudged),
        "worst": seen.worst,
    }


def _moment(moment: Moment) -> Json:
    return {
        "vpc": moment.vpc,
        "subnet": moment.subnet,
        "direction": moment.direction,
        "destinations": list(moment.destinations),
        "before": moment.before,
        "verdict": moment.verdict,
        "black_hole": moment.is_black_hole,
        "after": list(moment.after_steps),
        "until": list(moment.until_steps),
    }


def end_of(plan: Plan) -> Verdict:
    """The verdict on the end of a plan that was just made."""
    assert plan.outlook is not None  # noqa: S101 - whoever makes a plan looks
    assert plan.outlook.end is not None  # noqa: S101 - only a plan from a file has none
    return plan.outlook.end


def accepted(plan: Plan) -> frozenset[tuple[str, str, str]]:
    """What is not inspected at a plan's end: by subnet, direction and verdict."""
    report: Mapping[str, Any] = plan.outlook.report if plan.outlook else {"after": {"flows": ()}}
    return frozenset(
        (
            layout.business_subnet(flow["vpc"], flow["subnet"]),
            flow["direction"],
            flow["verdict"],
        )
        for flow in report["after"]["flows"]
        if flow["verdict"] != "inspected"
    )

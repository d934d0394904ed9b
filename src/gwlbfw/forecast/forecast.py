"""The forecast of a plan's traffic: as live routes have it now, at the end, and in between."""

from dataclasses import replace

from gwlbfw.address import Address, Ref
from gwlbfw.diff import Change
from gwlbfw.forecast.effects import effects
from gwlbfw.forecast.transient_flows import Exploration, explore
from gwlbfw.plan.forecast import Forecast, TransientFlow
from gwlbfw.plan.model import Plan, Step
from gwlbfw.reachability import Network, NetworkBuilder, Verdict, judge
from gwlbfw.resources import RouteTableAssociation
from gwlbfw.resources.forwarding import RulesFact
from gwlbfw.resources.graph import Live, Node, ResourceGraph
from gwlbfw.resources.resource import Resource, kinds


def forecast_traffic(
    network: Network,
    live: Live,
    steps: tuple[Step, ...],
    changes: tuple[Change, ...],
    known: ResourceGraph,
) -> Forecast:
    """The effect of a plan on the traffic of the live network.

    A call that is only tried is judged both ways: as if the cloud took it, and as if it refused.
    """
    start = _with_unreached(network, live)
    changes = _by_id(changes, start, live)
    if_taken = effects(start, steps, changes, known)
    before, end = judge(network), judge(if_taken.end)
    idle_vpcs = _idle_vpcs(network, live)
    seen = explore(start, steps, if_taken, idle_vpcs)
    refused = Exploration()
    if any(step.attempt for step in steps):
        if_refused = effects(start, steps, changes, known, refused=True)
        refused = explore(start, steps, if_refused, idle_vpcs, refused=True)
    return Forecast(
        before.summary(),
        end.summary(),
        seen.transient_flows,
        _added(refused, seen),
        seen.states + refused.states,
        seen.unjudged,
        _lossy_steps(steps, refused),
        end,
    )


def verdict_at_end(plan: Plan) -> Verdict:
    """The verdict on the end of a plan that was just made, and not read from a file."""
    assert plan.forecast is not None  # noqa: S101 - every plan that changes anything has one
    assert plan.forecast.end is not None  # noqa: S101 - only a plan from a file has none
    return plan.forecast.end


def _idle_vpcs(network: Network, live: Live) -> frozenset[str]:
    """The stack's own VPCs in which nothing has a public address: no traffic works that could end.

    Such is a VPC that an interrupted run has made, where EIPs come after the routes.
    """
    public = {each.vpc for each in network.public_ips}
    public |= {each.vpc for each in network.nat_gateways.values() if each.public}
    own = {node.id for address, node in live.nodes.items() if address.kind == "vpc" and node.owned}
    return frozenset(own - public)


def _with_unreached(network: Network, live: Live) -> Network:
    """The network with what of the stack its reading did not reach, and what guards that.

    Such are the firewall's parts while no endpoint leads to them.
    """
    builder = NetworkBuilder(network)
    for address, node in live.nodes.items():
        builder.register(address, node)
    there = set(builder.values)
    order = list(kinds())
    nodes = sorted(live.nodes.items(), key=lambda each: order.index(each[0].kind))
    stated = [(builder.register(address, node), node) for address, node in nodes]
    guards = [(key, node) for key, node in live.others.items() if guards_machines(node.resource)]
    for key, node in (*guards, *stated):
        facts = node.resource.forwarding_facts(Ref(key))
        builder.values.update(
            (slot, value) for slot, value in builder.fillings(facts) if slot not in there
        )
    return builder.build()


def guards_machines(resource: Resource) -> bool:
    """True for what states rules by which machines take packets."""
    return any(isinstance(each, RulesFact) for each in resource.forwarding_facts(Ref("")))


def _by_id(changes: tuple[Change, ...], network: Network, live: Live) -> tuple[Change, ...]:
    """The changes, with subnets by id that are the stack's no longer, and have no address."""
    ids = {address: cloud_id for cloud_id, address in live.addresses.items()}

    def named(node: Node | None) -> Node | None:
        link = node.resource if node else None
        if node is None or not isinstance(link, RouteTableAssociation):
            return node
        cloud_id = ids.get(Address(link.subject), "")
        if not cloud_id or cloud_id in network.labels:
            return node
        return replace(node, resource=link.model_copy(update={"subject": Ref(cloud_id)}))

    return tuple(
        replace(each, was=named(each.was), towards=named(each.towards)) for each in changes
    )


def _added(refused: Exploration, seen: Exploration) -> tuple[TransientFlow, ...]:
    """The transient flows that a refusal adds, whatever their length."""
    known = {replace(each, seconds=0.0) for each in seen.transient_flows}
    return tuple(
        each for each in refused.transient_flows if replace(each, seconds=0.0) not in known
    )


def _lossy_steps(steps: tuple[Step, ...], refused: Exploration) -> frozenset[str]:
    """The steps, needed only after a refusal, with which traffic would be lost."""
    last = {
        step_id for flow in refused.transient_flows if flow.black_hole for step_id in flow.after
    }
    return frozenset(
        step.id
        for step in steps
        if step.unless and kinds()[step.address.kind].refusal_loses_traffic and step.id in last
    )

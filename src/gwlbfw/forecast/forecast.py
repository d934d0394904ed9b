"""The forecast of a plan's traffic: as live routes have it now, at the end, and in between."""

from collections.abc import Iterator
from dataclasses import replace

from gwlbfw.address import Address, Ref
from gwlbfw.diff import Change
from gwlbfw.forecast.durations import step_durations
from gwlbfw.forecast.effects import effects
from gwlbfw.forecast.harm import Harm, Removal
from gwlbfw.forecast.order import StepOrder
from gwlbfw.forecast.order_search import Outlook, least_exposed
from gwlbfw.forecast.transient_flows import Exploration, explore
from gwlbfw.forecast.users import UserMoves
from gwlbfw.plan.forecast import Forecast, TransientFlow
from gwlbfw.plan.model import Plan, Step
from gwlbfw.reachability import Network, NetworkBuilder, Verdict, judge
from gwlbfw.reachability.naming import named_part, with_steered_subnets
from gwlbfw.reachability.usage import directions_in_use
from gwlbfw.resources import RouteTableAssociation
from gwlbfw.resources.forwarding import RulesFact
from gwlbfw.resources.graph import Live, Node, ResourceGraph
from gwlbfw.resources.resource import Resource, kinds


def with_forecast(plan: Plan, network: Network, live: Live, known: ResourceGraph) -> Plan:
    """The plan with its effect on the traffic of the live network, in an order that harms least.

    What the stack steers now counts before it, whether the file still names it or not. A call that
    is only tried is judged both ways: as if the cloud took it, and as if it refused.
    """
    steered = with_steered_subnets(network, live.nodes)
    start = _with_unreached(steered, live)
    changes = _by_id(plan.changes, start, live)
    removal = Removal.of(live, changes) if plan.destroys else None

    def look(steps: tuple[Step, ...]) -> Outlook:
        made = effects(start, steps, changes, known)
        idle = [*_idle_subnets(start, made.end, removal)]
        moves = UserMoves(start, made, step_durations(StepOrder(steps)))
        return Outlook(made, explore(start, steps, made, idle), Harm(moves, removal))

    outlook, exposure = least_exposed(plan.steps, look)
    steps, seen, end = outlook.steps, outlook.seen, outlook.made.end
    refused = Exploration()
    if any(step.attempt for step in steps):
        if_refused = effects(start, steps, changes, known, refused=True)
        idle = [*_idle_subnets(start, end, removal)]
        refused = explore(start, steps, if_refused, idle, refused=True)
    unjudged = tuple(dict.fromkeys((*seen.unjudged, *refused.unjudged)))
    at_end = judge(named_part(end, network))
    forecast = Forecast(
        judge(replace(steered, missing=())).summary(),
        at_end.summary(),
        seen.transient_flows,
        _added(refused, seen),
        seen.states + refused.states,
        unjudged,
        _lossy_steps(steps, refused),
        outlook.harm.needing_consent(seen.transient_flows, unjudged),
        exposure,
        at_end,
    )
    return replace(plan, steps=steps, forecast=forecast)


def _idle_subnets(start: Network, end: Network, removal: Removal | None) -> Iterator[str]:
    """The ids of the subnets that nobody uses, or only what goes as it may."""
    for key, subnet in start.subnets.items():
        may_go = removal is not None and key not in end.subnets and removal.made_all(start, subnet)
        if may_go or not directions_in_use(start, subnet):
            yield key


def verdict_at_end(plan: Plan) -> Verdict:
    """The verdict on the end of a plan that was just made, and not read from a file."""
    assert plan.forecast is not None  # noqa: S101 - every plan that changes anything has one
    assert plan.forecast.end is not None  # noqa: S101 - only a plan from a file has none
    return replace(plan.forecast.end, place=plan.place)


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

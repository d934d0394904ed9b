"""The check of live routes: after a zone's cut-over, and of all zones when a run has ended."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.cloud.client import ApiClient
from gwlbfw.discovery.fetch import Fetcher
from gwlbfw.errors import GwlbfwError, Missing
from gwlbfw.execute.interrupts import Interrupted
from gwlbfw.execute.report import ApplyReport
from gwlbfw.layout import business_subnet
from gwlbfw.plan.forecast import TransientFlow
from gwlbfw.plan.model import Plan
from gwlbfw.reachability import Network
from gwlbfw.reachability.fetch import fetch_network
from gwlbfw.reachability.flows import Flow, rank
from gwlbfw.reachability.packets import sources_of
from gwlbfw.reachability.prefixes import (
    HeaderSpace,
    cidr_blocks,
    difference,
    header_space,
    intersection,
    union,
)
from gwlbfw.reachability.summary import FlowSummary
from gwlbfw.reachability.verdict import Verdict, judge
from gwlbfw.topology.models import Topology

UNKNOWN_FOR_PAUSES = 12
"""For how many of the longest pauses a zone is looked at again while its verdict is unknown."""

Destinations = Mapping[tuple[str, str, str, str], HeaderSpace]
"""Some destinations by subnet, direction, verdict and source."""


@dataclass(frozen=True)
class AcceptedFlows:
    """The destinations whose lack of inspection was consented to."""

    at_end: Destinations = field(default_factory=dict)
    meanwhile: Destinations = field(default_factory=dict)
    """Those, also as they are before and between the calls: the path of one may lie in several
    zones, of which one turns before another."""


def flows_accepted_with(plan: Plan) -> AcceptedFlows:
    """The flows that are not inspected at a plan's end, which who carries it out accepts."""
    forecast = plan.forecast
    if forecast is None:
        return AcceptedFlows()
    at_end = _destinations(forecast.after.refutations)
    shown = _destinations(
        (*forecast.after.refutations, *forecast.before.refutations, *forecast.transient_flows)
    )
    lasting: defaultdict[tuple[str, str, str], HeaderSpace] = defaultdict(tuple)
    for (subnet, direction, _, source), space in at_end.items():
        key = subnet, direction, source
        lasting[key] = union((*lasting[key], *space))
    meanwhile = {
        (subnet, direction, verdict, source): intersection(
            space, lasting[subnet, direction, source]
        )
        for (subnet, direction, verdict, source), space in shown.items()
    }
    return AcceptedFlows(at_end, meanwhile)


def _destinations(flows: Iterable[FlowSummary | TransientFlow]) -> Destinations:
    found: dict[tuple[str, str, str, str], HeaderSpace] = {}
    for flow in flows:
        named = isinstance(flow, FlowSummary)
        subnet = str(business_subnet(flow.vpc, flow.subnet)) if named else flow.subnet
        for source in sources_of(flow.source):
            key = subnet, flow.direction, flow.verdict, source
            found[key] = union((*found.get(key, ()), *header_space(*flow.destinations)))
    return found


async def fetch_objection(
    api: ApiClient,
    topology: Topology,
    group: str,
    ids: Mapping[Address, str],
    accepted: AcceptedFlows,
) -> str | None:
    """The objection of live routes to a zone's cut-over, in words; None where it is inspected.

    Only the zone's VPC is fetched. The cloud's lists may lag behind what was just made, and other
    steps delete what they list. So an unknown verdict, or one that lacks what was listed, is
    fetched again; traffic that passes uninspected or is lost is not waited for, nor what the cloud
    refuses to list.
    """
    vpc, _, zone = group.partition("/")
    narrowed = topology.model_copy(update={"business_vpcs": {vpc: topology.business_vpcs[vpc]}})
    return await _fetch_objection(_Look(api, narrowed, ids, accepted.meanwhile, zone))


async def with_objection_at_end(
    api: ApiClient, topology: Topology, report: ApplyReport, accepted: AcceptedFlows
) -> ApplyReport:
    """The report of a run whose steps are all done, with what live routes of any VPC object.

    There is nothing to roll back any more, so lists that lag are waited for, whatever they show.
    Without an objection where the run is stopped meanwhile.
    """
    look = _Look(api, topology, report.ids, accepted.at_end, patient=True)
    try:
        return replace(report, objection=await _fetch_objection(look) or "")
    except Interrupted:
        return report


@dataclass(frozen=True)
class _Look:
    """What is looked at: the business subnets of a topology, or those of one of its zones."""

    api: ApiClient
    topology: Topology
    ids: Mapping[Address, str]
    accepted: Destinations
    zone: str = ""
    patient: bool = False
    """True if every objection may be one that passes."""

    @property
    def subnets(self) -> tuple[Address, ...]:
        return tuple(
            business_subnet(key, name)
            for key, vpc in self.topology.business_vpcs.items()
            for zone_id, zone in vpc.zones.items()
            if self.zone in ("", zone_id)
            for name in zone.subnets
        )


@dataclass(frozen=True)
class _Objection:
    text: str
    may_pass: bool


async def _fetch_objection(look: _Look) -> str | None:
    """The objection of live routes, once it does not pass; None where there is none."""
    clock, backoff = look.api.clock, look.api.backoff
    end = clock.now() + backoff.cap * UNKNOWN_FOR_PAUSES
    for delay in backoff.delays():
        objection = await _fetch_objection_now(look)
        if objection is None:
            return None
        if clock.now() + delay > end or not (objection.may_pass or look.patient):
            return objection.text
        await clock.sleep(delay)
    raise AssertionError  # pragma: no cover - the delays never end


async def _fetch_objection_now(look: _Look) -> _Objection | None:
    try:
        verdict = judge(await fetch_network(Fetcher(look.api), look.topology, look.ids))
    except GwlbfwError as problem:
        text = f"live routes can't be judged: {problem}"
        return _Objection(text, may_pass=isinstance(problem, Missing))
    if unseen := _unseen(verdict, look.subnets):
        text = f"the traffic of {unseen} can't be judged: the cloud does not list the subnet"
        return _Objection(text, may_pass=True)
    objection = _worst_objection(verdict, look.subnets, look.accepted)
    if objection is not None and _lacks_listener(verdict.network, look.ids):
        return replace(objection, may_pass=True)
    return objection


def _lacks_listener(network: Network, ids: Mapping[Address, str]) -> bool:
    """True if the listener, which the health gate has just asked, is not in a list yet."""
    balancer = network.balancers.get(ids.get(layout.LOAD_BALANCER, ""))
    return layout.LISTENER in ids and balancer is not None and balancer.listener is None


def _unseen(verdict: Verdict, subnets: Sequence[Address]) -> Address | None:
    """A subnet of which the verdict says nothing."""
    seen = {verdict.network.label(flow.subnet.id) for flow in verdict.flows}
    return next((each for each in subnets if each not in seen), None)


def _worst_objection(
    verdict: Verdict, subnets: Sequence[Address], accepted: Destinations
) -> _Objection | None:
    """The worst of the subnets' flows that has destinations neither inspected nor accepted."""
    label = verdict.network.label
    against: list[tuple[Flow, HeaderSpace]] = []
    for flow in verdict.refutations:
        subnet = label(flow.subnet.id)
        left = union(
            span
            for source in sources_of(flow.source)
            for span in difference(
                flow.space, accepted.get((subnet, flow.direction, flow.verdict, source), ())
            )
        )
        if subnet in subnets and left:
            against.append((flow, left))
    if not against:
        return None
    flow, space = min(against, key=lambda each: rank(each[0].verdict))
    return _Objection(_sentence(verdict, flow, space), may_pass=flow.verdict == "unknown")


_FEW = 3
"""The number of blocks of a class that a sentence names."""


def _sentence(verdict: Verdict, flow: Flow, space: HeaderSpace) -> str:
    named = cidr_blocks(space)
    blocks = ", ".join(named[:_FEW]) + (", …" if len(named) > _FEW else "")
    where = "to" if flow.direction == "outbound" else "for"
    label = verdict.network.label(flow.subnet.id)
    return f"{flow.direction} traffic of {label} {where} {blocks} is not inspected: {flow.verdict}"

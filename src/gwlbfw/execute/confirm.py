"""The check of live routes after a zone's cut-over: is its traffic inspected now?"""

from collections.abc import Container, Mapping, Sequence

from gwlbfw.address import Address
from gwlbfw.cloud.client import ApiClient
from gwlbfw.discovery.fetch import Fetcher
from gwlbfw.errors import CloudError, Missing, TransportError
from gwlbfw.layout import business_subnet
from gwlbfw.reachability.fetch import fetch_network
from gwlbfw.reachability.flows import Flow, rank
from gwlbfw.reachability.verdict import Verdict, judge
from gwlbfw.topology.models import Topology

UNKNOWN_FOR_PAUSES = 12
"""For how many of the longest pauses a zone is looked at again while its verdict is unknown."""

AcceptedFlows = Container[tuple[str, str, str]]
"""Subnet, direction and verdict of the flows whose lack of inspection was consented to."""


async def fetch_objection(
    api: ApiClient,
    topology: Topology,
    group: str,
    ids: Mapping[Address, str],
    accepted: AcceptedFlows,
) -> str | None:
    """The objection of live routes to a zone's cut-over, in words; None where it is inspected.

    The cloud's lists may lag behind what was just made, and other steps delete what they list. So
    an unknown verdict, or one that lacks what was listed, is fetched again; traffic that passes
    uninspected or is lost is not waited for, nor what the cloud refuses to list.
    """
    end = api.clock.now() + api.backoff.cap * UNKNOWN_FOR_PAUSES
    for delay in api.backoff.delays():
        is_last = api.clock.now() + delay > end
        try:
            verdict = judge(await fetch_network(Fetcher(api), topology, ids))
        except (CloudError, TransportError) as problem:
            if not isinstance(problem, Missing) or is_last:
                return f"its traffic can't be judged: {problem}"
            await api.clock.sleep(delay)
            continue
        flow = _worst_uninspected(verdict, _subnets_of(topology, group), accepted)
        if flow is None:
            return None
        if flow.verdict != "unknown" or is_last:
            return _objection(verdict, flow)
        await api.clock.sleep(delay)
    raise AssertionError  # pragma: no cover - the delays never end


def _subnets_of(topology: Topology, group: str) -> list[Address]:
    """The business subnets whose traffic one cut-over steers: those of a VPC and zone."""
    key, zone = group.split("/")
    return [business_subnet(key, name) for name in topology.business_vpcs[key].zones[zone].subnets]


def _worst_uninspected(
    verdict: Verdict, subnets: Sequence[Address], accepted: AcceptedFlows
) -> Flow | None:
    """The worst flow of the subnets that is neither inspected nor accepted; None for none."""
    label = verdict.network.label
    against = [
        flow
        for flow in verdict.refutations
        if (subnet := label(flow.subnet.id)) in subnets
        and (subnet, flow.direction, flow.verdict) not in accepted
    ]
    return min(against, key=lambda flow: rank(flow.verdict), default=None)


_FEW = 3
"""The number of blocks of a class that a sentence names."""


def _objection(verdict: Verdict, flow: Flow) -> str:
    blocks = ", ".join(flow.destinations[:_FEW])
    blocks += ", …" if len(flow.destinations) > _FEW else ""
    where = "to" if flow.direction == "outbound" else "for"
    label = verdict.network.label(flow.subnet.id)
    return f"{flow.direction} traffic of {label} {where} {blocks} is not inspected: {flow.verdict}"

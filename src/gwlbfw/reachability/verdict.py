"""The verdict: is all Internet traffic of every business subnet inspected, both ways?"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gwlbfw import layout
from gwlbfw.cloud.call import Json
from gwlbfw.reachability.exposure import Exposure, exposure
from gwlbfw.reachability.findings import Finding, findings
from gwlbfw.reachability.flows import Flow, flows
from gwlbfw.reachability.network import Network
from gwlbfw.reachability.path import path
from gwlbfw.reachability.summary import (
    FindingSummary,
    FlowSummary,
    VerdictSummary,
    verdict_to_json,
)
from gwlbfw.reachability.walk import Walker


@dataclass(frozen=True)
class Verdict:
    """Every flow of every business subnet, and what else was found."""

    flows: tuple[Flow, ...]
    findings: tuple[Finding, ...]
    network: Network = field(compare=False, repr=False)
    exposure: Exposure | None = None
    """What is open, where no topology says what is to be proven."""
    place: str = field(default="", compare=False)
    """The cloud and accounts in which it was judged, for people."""

    @property
    def proven(self) -> bool:
        """True if everything is inspected, by the same endpoint both ways, and nothing is open."""
        return not self.refutations and all(e.severity != "critical" for e in self.findings)

    @property
    def refutations(self) -> tuple[Flow, ...]:
        """The flows that are not inspected as they should be."""
        closed = self.exposure.closed if self.exposure else frozenset()
        return tuple(
            each
            for each in self.flows
            if each.verdict != "inspected" and each.subnet.id not in closed
        )

    @property
    def exposed(self) -> tuple[Flow, ...]:
        """The flows that somebody uses uninspected, as far as that is told apart."""
        open_ = self.exposure.flows if self.exposure else ()
        return tuple(flow for flow, is_open in zip(self.flows, open_, strict=False) if is_open)

    def summary(self) -> VerdictSummary:
        """The verdict as plain values, without the network."""
        rows = tuple(_flow(self.network, each) for each in self.flows)
        if self.exposure:
            pairs = zip(rows, self.exposure.flows, strict=True)
            rows = tuple(replace(row, exposed=is_open) for row, is_open in pairs)
        return VerdictSummary(
            rows,
            tuple(_finding(self.network, each) for each in self.findings),
        )

    def to_json(self) -> Mapping[str, Json]:
        """The verdict as `verify --format json` says it."""
        return {**verdict_to_json(self.summary()), "proven": self.proven}


def judge(network: Network) -> Verdict:
    """The verdict on a network. Its cost grows with the number of entries, not of addresses."""
    walker = Walker(network)
    found = tuple(flow for subnet in network.judged_subnets for flow in flows(walker, subnet))
    return Verdict(found, findings(network, walker, found), network)


def judge_by_use(network: Network) -> Verdict:
    """The verdict on a network that no topology describes: what nobody can use refutes nothing."""
    verdict = judge(network)
    return replace(verdict, exposure=exposure(network, verdict.flows))


def key_of(network: Network, thing: str) -> str:
    """The YAML key of a VPC or subnet that has one, else its id."""
    address = network.labels.get(thing)
    at = layout.parse(address) if address else None
    return at.name or at.vpc or thing if at else thing


def _flow(network: Network, flow: Flow) -> FlowSummary:
    return FlowSummary(
        key_of(network, flow.subnet.vpc),
        key_of(network, flow.subnet.id),
        flow.direction,
        flow.destinations,
        flow.inspected,
        network.label(flow.endpoint) if flow.endpoint else None,
        flow.symmetric,
        flow.verdict,
        path(network, flow),
        flow.source,
    )


def _finding(network: Network, finding: Finding) -> FindingSummary:
    hops = path(network, finding.flow) if finding.flow else ()
    return FindingSummary(finding.severity, finding.subject, finding.message, hops)

"""The verdict: whether all Internet traffic of every business subnet is inspected, both ways."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gwlbfw import layout
from gwlbfw.cloud.call import Json
from gwlbfw.reachability.findings import Finding, findings
from gwlbfw.reachability.flows import Flow, flows
from gwlbfw.reachability.model import Network
from gwlbfw.reachability.path import path
from gwlbfw.reachability.walk import Walker


@dataclass(frozen=True)
class Verdict:
    """Every flow of every business subnet, and what else was found."""

    flows: tuple[Flow, ...]
    findings: tuple[Finding, ...]
    network: Network = field(compare=False, repr=False)

    @property
    def proven(self) -> bool:
        """Whether everything is inspected, by the same endpoint both ways, and nothing is open."""
        return not self.refutations and all(e.severity != "critical" for e in self.findings)

    @property
    def refutations(self) -> tuple[Flow, ...]:
        """The flows that are not inspected as they should be."""
        return tuple(each for each in self.flows if each.verdict != "inspected")

    def to_json(self) -> Mapping[str, Json]:
        """The verdict as `verify --format json` says it."""
        return {
            "proven": self.proven,
            "flows": [_flow(self.network, each) for each in self.flows],
            "findings": [
                {
                    "severity": each.severity,
                    "subject": each.subject,
                    "message": each.message,
                    "path": path(self.network, each.flow) if each.flow else [],
                }
                for each in self.findings
            ],
        }


def judge(network: Network) -> Verdict:
    """The verdict on a network. Its cost grows with the number of entries, not of addresses."""
    walker = Walker(network)
    found = tuple(flow for subnet in network.judged for flow in flows(walker, subnet))
    return Verdict(found, findings(walker, found), network)


def key_of(network: Network, thing: str) -> str:
    """The YAML key of a VPC or subnet that has one, else its id."""
    address = network.labels.get(thing)
    at = layout.parse(address) if address else None
    return at.name or at.vpc or thing if at else thing


def _flow(network: Network, flow: Flow) -> Mapping[str, Json]:
    return {
        "vpc": key_of(network, flow.subnet.vpc),
        "subnet": key_of(network, flow.subnet.id),
        "direction": flow.direction,
        "destinations": list(flow.destinations),
        "inspected": flow.inspected,
        "endpoint": network.label(flow.endpoint) if flow.endpoint else None,
        "symmetric": flow.symmetric,
        "verdict": flow.verdict,
        "path": path(network, flow),
    }

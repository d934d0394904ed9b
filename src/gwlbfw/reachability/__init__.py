"""The forwarding model: the proof that all Internet traffic is inspected, and any packet's path."""

from gwlbfw.reachability.builder import NetworkBuilder
from gwlbfw.reachability.facts import NetworkFacts
from gwlbfw.reachability.fetch import fetch_network, fetch_vpc_network
from gwlbfw.reachability.fetch_facts import NoSuchVpc, fetch_facts
from gwlbfw.reachability.findings import Finding
from gwlbfw.reachability.flows import Flow
from gwlbfw.reachability.network import Network
from gwlbfw.reachability.parse_facts import parse_network
from gwlbfw.reachability.trace import Trace, trace
from gwlbfw.reachability.trace_ends import NoSuchPlace
from gwlbfw.reachability.verdict import Verdict, judge, judge_by_use

__all__ = [
    "Finding",
    "Flow",
    "Network",
    "NetworkBuilder",
    "NetworkFacts",
    "NoSuchPlace",
    "NoSuchVpc",
    "Trace",
    "Verdict",
    "fetch_facts",
    "fetch_network",
    "fetch_vpc_network",
    "judge",
    "judge_by_use",
    "parse_network",
    "trace",
]

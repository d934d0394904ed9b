"""The forwarding model: the proof that all Internet traffic is inspected, and any packet's path."""

from gwlbfw.reachability.apply_resource import apply, remove
from gwlbfw.reachability.builder import NetworkBuilder
from gwlbfw.reachability.findings import Finding
from gwlbfw.reachability.flows import Flow
from gwlbfw.reachability.model import Network
from gwlbfw.reachability.observe import NetworkFacts, NoSuchVpc, observe_network
from gwlbfw.reachability.snapshot import from_snapshot
from gwlbfw.reachability.survey import fetch_network, fetch_vpc_network
from gwlbfw.reachability.trace import Trace, trace
from gwlbfw.reachability.trace_ends import NoSuchPlace
from gwlbfw.reachability.verdict import Verdict, judge

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
    "apply",
    "fetch_network",
    "fetch_vpc_network",
    "from_snapshot",
    "judge",
    "observe_network",
    "remove",
    "trace",
]

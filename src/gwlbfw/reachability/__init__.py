"""What packets do: the proof that all Internet traffic is inspected, and the way of any packet."""

from gwlbfw.reachability.apply_resource import drop, everything, from_graph, put
from gwlbfw.reachability.builder import NetworkDraft
from gwlbfw.reachability.findings import Finding
from gwlbfw.reachability.flows import Flow
from gwlbfw.reachability.model import Network
from gwlbfw.reachability.observe import NetworkFacts, NoSuchVpc, observe_network
from gwlbfw.reachability.places import NoSuchPlace
from gwlbfw.reachability.snapshot import from_snapshot
from gwlbfw.reachability.survey import fetch_network, fetch_vpc_network
from gwlbfw.reachability.trace import Trace, trace
from gwlbfw.reachability.verdict import Verdict, judge

__all__ = [
    "Finding",
    "Flow",
    "Network",
    "NetworkDraft",
    "NetworkFacts",
    "NoSuchPlace",
    "NoSuchVpc",
    "Trace",
    "Verdict",
    "drop",
    "everything",
    "fetch_network",
    "fetch_vpc_network",
    "from_graph",
    "from_snapshot",
    "judge",
    "observe_network",
    "put",
    "trace",
]

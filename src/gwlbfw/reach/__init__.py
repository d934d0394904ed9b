"""What packets do: the proof that all Internet traffic is inspected, and the way of any packet."""

from gwlbfw.reach.draft import NetworkDraft
from gwlbfw.reach.effects import drop, everything, from_graph, put
from gwlbfw.reach.findings import Finding
from gwlbfw.reach.flow import Flow
from gwlbfw.reach.network import Network
from gwlbfw.reach.observe import NetworkFacts, NoSuchVpc, observe_network
from gwlbfw.reach.places import NoSuchPlace
from gwlbfw.reach.report import trace_text, verdict_text
from gwlbfw.reach.snapshot import from_snapshot
from gwlbfw.reach.trace import Trace, trace
from gwlbfw.reach.verdict import Verdict, judge

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
    "from_graph",
    "from_snapshot",
    "judge",
    "observe_network",
    "put",
    "trace",
    "trace_text",
    "verdict_text",
]

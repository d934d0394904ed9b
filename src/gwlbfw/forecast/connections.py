"""The connections of others to the stack's service, between the calls of a plan.

What the service loses, they lose; nobody here knows their routes, so each counts as in use.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gwlbfw.forecast.durations import StepDurations
from gwlbfw.forecast.moments import HarmfulMoments
from gwlbfw.forecast.order import StepOrder, numbers_in
from gwlbfw.forecast.orders import Outcome
from gwlbfw.plan.forecast import Reason, TransientFlow
from gwlbfw.reachability import Network
from gwlbfw.reachability.flows import Direction, Judgement
from gwlbfw.reachability.forwarding_model import ForwardingModel
from gwlbfw.reachability.inspection import inspections
from gwlbfw.reachability.model import Connection, Endpoint

_WORKING: Mapping[Judgement, tuple[Judgement, ...]] = {
    "inspected": ("inspected",),
    "bypass": ("inspected", "bypass"),
    # What could not be judged before may have worked, so its loss is a harm.
    "unknown": ("inspected", "bypass", "unknown"),
}
"""What is no worse than each verdict; what is a black hole before can't get worse."""
_REASONS: Mapping[Judgement, Reason] = {
    "black_hole": "lost",
    "unknown": "not_judged",
    "bypass": "uninspected",
}
Span = tuple[tuple[str, ...], tuple[str, ...], float | None]
"""After and until which steps, and how long; None for good."""
BOTH_WAYS: tuple[Direction, ...] = ("inbound", "outbound")


def alike(connections: Sequence[Connection]) -> Iterator[tuple[Connection, ...]]:
    """The connections in groups that meet the same at every moment: in the same zones."""
    found: defaultdict[object, list[Connection]] = defaultdict(list)
    for each in connections:
        at = each.endpoint
        zones = frozenset((zone.zone, zone.status) for zone in at.zones)
        found[at.service, at.connection, zones].append(each)
    yield from map(tuple, found.values())


def connection_verdict(network: ForwardingModel, endpoint: Endpoint) -> Judgement:
    """What becomes of packets that enter an endpoint; of several zones the worst."""
    found = inspections(network, endpoint)
    if any(each.state == "drops" for each in found):
        return "black_hole"
    if any(each.state == "unknown" for each in found):
        return "unknown"
    return "inspected" if all(each.inspected for each in found) else "bypass"


@dataclass
class ConnectionHarm:
    """The harm of a plan to connections that are alike."""

    start: Network
    end: Network
    connections: tuple[Connection, ...]
    durations: StepDurations

    def __post_init__(self) -> None:
        self._before = self.verdict_in(self.start)
        self._at_end = self._reason(self.verdict_in(self.end))
        self._found: dict[tuple[Reason, Judgement, tuple[str, ...], tuple[str, ...]], float] = {}
        self.harmful_moments: list[HarmfulMoments] = []

    def verdict_in(self, network: ForwardingModel) -> Judgement:
        """What becomes of their packets in a network."""
        endpoint = self.connections[0].endpoint
        if endpoint.service in self.start.services and network.service(endpoint.service) is None:
            return "black_hole"
        return connection_verdict(network, endpoint)

    def judge(self, order: StepOrder, outcome: Outcome[Judgement]) -> None:
        """Take up what became of them at some moments."""
        reason = self._reason(outcome.result)
        if reason is None:
            return
        done = outcome.example & outcome.relevant
        until = order.next_ids([*numbers_in(outcome.relevant)], done)
        seconds = self.durations.until(outcome.example, [order.numbers[each] for each in until])
        lasts = reason == self._at_end
        key = reason, outcome.result, order.last_ids(done), () if lasts else until
        self._found[key] = max(seconds, self._found.get(key, 0.0))
        if not lasts:
            span = key[2], until, seconds
            self.harmful_moments += (
                HarmfulMoments(flow, outcome.region, outcome.relevant)
                for flow in self._flows(outcome.result, reason, span)
            )

    def transient_flows(self) -> Iterator[TransientFlow]:
        """What becomes of each of them, where it is worse than before."""
        for (reason, verdict, after, until), seconds in self._found.items():
            length = None if reason == self._at_end else seconds
            yield from self._flows(verdict, reason, (after, until, length))

    def not_judged(self) -> Iterator[TransientFlow]:
        """What is said of each where its moments are too many: from the start to the end."""
        everything = [*range(len(self.durations.order.steps))]
        until = self.durations.order.last_ids((1 << len(everything)) - 1)
        span = (), until, self.durations.until(0, everything)
        if self._before in _WORKING:
            yield from self._flows("unknown", "not_judged", span)

    def _reason(self, now: Judgement) -> Reason | None:
        harmless = _WORKING.get(self._before, (now,))
        return None if now in harmless else _REASONS[now]

    def _flows(
        self,
        verdict: Judgement,
        reason: Reason,
        span: Span,
    ) -> Iterator[TransientFlow]:
        """The flows of each of them."""
        for each in self.connections:
            for direction in BOTH_WAYS:
                yield self._flow(each, direction, verdict, reason, span)

    def _flow(
        self,
        connection: Connection,
        direction: Direction,
        verdict: Judgement,
        reason: Reason,
        span: Span,
    ) -> TransientFlow:
        at = connection.endpoint
        after, until, seconds = span
        return TransientFlow(
            at.vpc,
            self.start.label(at.service),
            direction,
            (),
            self._before,
            verdict,
            reason,
            after=after,
            until=until,
            seconds=seconds,
            holder=_holder(connection),
        )


def _holder(connection: Connection) -> str:
    if not connection.endpoint.id:
        return "any endpoint of others"
    account = f" of account {connection.owner}" if connection.owner else ""
    return f"{connection.endpoint.id}{account}"

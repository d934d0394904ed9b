"""What a plan says of traffic, held against what was seen of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network

from gwlbfw.plan import Plan
from gwlbfw.plan.forecast import TransientFlow
from gwlbfw.reachability import Flow
from tests.traffic.user_traffic import BADNESS, Place, Seen, UserFlow

LOST = BADNESS["black_hole"]


@dataclass(frozen=True)
class Progress:
    """The steps of a plan that have been started, and those that are done."""

    started: frozenset[str]
    done: frozenset[str]


@dataclass(frozen=True)
class Statement:
    """What a plan says of the traffic that is there when it is made."""

    plan: Plan
    names: Mapping[str, str]
    """Ids by address, of everything that is there when it is made."""
    start: Seen

    @cached_property
    def own(self) -> frozenset[str]:
        """The ids of what a plan that destroys takes away, which may go with all its traffic."""
        gone = (e for e in self.plan.changes if self.plan.destroys and e.action == "delete")
        return frozenset(each.id for each in gone)

    @cached_property
    def flows(self) -> Sequence[TransientFlow]:
        """Everything that is said to be otherwise at some moment, or for good."""
        said = self.plan.forecast
        return (*said.transient_flows, *said.transient_if_refused, *said.consent) if said else ()

    @cached_property
    def _asked_about(self) -> Sequence[TransientFlow]:
        """Everything that may be lost, as its user allows it.

        A plan that destroys need not ask before it puts back what was found.
        """
        said = self.plan.forecast
        if self.plan.destroys or not said:
            return self.flows
        return (*said.transient_if_refused, *said.consent)

    def objections(self, now: Seen, progress: Progress | None = None) -> Iterator[str]:
        """What is worse at a moment than it was at first, without a word of it in the plan.

        Without the progress, of this moment or any other: once a call was refused and others were
        undone, what is done says little.
        """
        for flow, was in self.start.verdicts.items():
            verdict = now.verdict(flow)
            if BADNESS.get(was, LOST) >= LOST or BADNESS[verdict] <= BADNESS[was]:
                continue
            if {flow.user, self.start.places[flow.user].machine} & self.own:
                continue
            if not self._is_said(flow, was, verdict, progress):
                place = self.start.places[flow.user]
                yield f"{flow} in {place.subnet}: {was} → {verdict}"

    def _is_said(self, flow: UserFlow, was: str, verdict: str, progress: Progress | None) -> bool:
        place = self.start.places[flow.user]
        said = self.plan.forecast
        if said and any(self._is(each, place.subnet) for each in said.unjudged):
            return True
        lost = BADNESS[verdict] >= LOST
        inside = place.address if flow.direction == "inbound" else flow.peer
        if not lost and was != "inspected" and self._as_at_end(place, flow, inside, verdict):
            return True
        found = [
            each
            for each in self.flows
            if self._is_about(each, flow) and badness(each) >= BADNESS[verdict]
        ]
        if lost and not any(each in self._asked_about for each in found):
            return False
        return any(progress is None or lasts(each, progress) for each in found)

    def _is_about(self, said: TransientFlow, flow: UserFlow) -> bool:
        place = self.start.places[flow.user]
        inside = place.address if flow.direction == "inbound" else flow.peer
        return (
            self._is(said.subnet, place.subnet)
            and said.direction == flow.direction
            and holds(said.destinations, inside)
            and said.source in (None, self.start.source(flow))
            and (not said.holder or self._is(said.holder, place.machine))
        )

    def _is(self, label: str, cloud_id: str) -> bool:
        return cloud_id in (label, self.names.get(label))

    def _as_at_end(self, place: Place, flow: UserFlow, inside: str, verdict: str) -> bool:
        """True if the plan ends in no better a verdict on the flow."""
        return any(
            self._is(self._label(each), place.subnet)
            and each.direction == flow.direction
            and holds(each.destinations, inside)
            and each.source in (None, self.start.source(flow))
            and (each.verdict == "unknown" or BADNESS[each.verdict] >= BADNESS[verdict])
            for each in self._flows_at_end
        )

    @property
    def _flows_at_end(self) -> Sequence[Flow]:
        said = self.plan.forecast
        return said.end.flows if said and said.end else ()

    def _label(self, flow: Flow) -> str:
        said = self.plan.forecast
        assert said
        assert said.end
        return str(said.end.network.label(flow.subnet.id))

    def objections_at_end(self, now: Seen, ids: Mapping[str, str]) -> Iterator[str]:
        """Where the traffic is not as the plan says of its end."""
        for flow, verdict in now.verdicts.items():
            place = now.places[flow.user]
            inside = place.address if flow.direction == "inbound" else flow.peer
            for each in self._flows_at_end:
                label = self._label(each)
                here = place.subnet in (label, self.names.get(label), ids.get(label))
                if not here or each.direction != flow.direction:
                    continue
                if each.source not in (None, now.source(flow)):
                    continue
                said = with_replies(each)
                if holds(each.destinations, inside) and not agrees(said, verdict):
                    yield f"{flow} in {label}: said {said}, is {verdict}"


def holds(blocks: Sequence[str], address: str) -> bool:
    """True if an address lies in one of some blocks."""
    return any(IPv4Address(address) in IPv4Network(each) for each in blocks)


def with_replies(flow: Flow) -> str:
    """The verdict on a flow, or on its replies where it is not inspected and these are lost."""
    if flow.verdict != "bypass" or flow.return_path.arrives:
        return flow.verdict
    return "unknown" if flow.return_path.disposition == "unknown" else "black_hole"


def agrees(said: str, seen: str) -> bool:
    """True if what is seen is what was said; of what nobody could say, anything is."""
    return said == "unknown" or BADNESS[said] == BADNESS[seen]


def badness(flow: TransientFlow) -> int:
    """How bad a flow is said to be; what nobody could judge counts as lost."""
    return LOST if flow.reason in ("lost", "not_judged") else BADNESS[flow.verdict]


def lasts(flow: TransientFlow, progress: Progress) -> bool:
    """True if a flow has come and is not over."""
    over = bool(flow.until) and progress.done >= set(flow.until)
    return progress.started >= set(flow.after) and not over

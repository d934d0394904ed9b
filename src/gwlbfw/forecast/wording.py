"""Sentences about a plan's traffic, for errors and views alike."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.plan.forecast import Exposure, Reason, TransientFlow
from gwlbfw.reachability.flows import Direction, Judgement
from gwlbfw.reachability.packets import Source
from gwlbfw.reachability.summary import FlowSummary, VerdictSummary

MOST_NAMED = 5
"""The number of flows that a message names; the plan has all."""
MOST_HARMS = 3
"""The number of harms that a message names; the plan names all."""
_FEW = 3
"""Up to how many prefixes are named."""

_VERDICTS: dict[Judgement, str] = {
    "bypass": "bypasses the firewall",
    "black_hole": "is lost in a black hole",
    "loop": "loops and is lost",
    "no_route": "is lost for want of a route",
    "unknown": "can't be judged",
    "asymmetric": "is asymmetric",
    "inspected": "is inspected",
}
_HARMS: dict[Reason | None, str] = {
    "lost": "lost",
    "not_judged": "not judged",
    "uninspected": "no longer inspected",
}
_REPLIES: dict[Reason | None, str] = {"lost": "is lost", "not_judged": "can't be judged"}
"""What becomes of the replies to requests that pass the firewall by, where these are the harm."""
_SOURCES: dict[Source, str] = {
    "public": " by public addresses",
    "nat": " by a NAT gateway",
}
_DIRECTIONS: dict[Direction, str] = {"inbound": "inbound to", "outbound": "outbound from"}


@dataclass(frozen=True)
class NamedFlow:
    """A class of traffic with its verdict, as messages name it: without most of its addresses."""

    subnet: str
    """VPC and subnet, such as `shop/app-b`."""
    direction: Direction
    verdict: Judgement
    only: tuple[str, ...] = ()
    """The few prefixes of the Internet that it is about, where it is not about the rest."""
    source: Source | None = None

    @property
    def traffic(self) -> str:
        """Such as `inbound`, or `outbound to 8.8.8.0/24`."""
        return f"{self.direction}{self._limits}"

    @property
    def _limits(self) -> str:
        by = _SOURCES[self.source] if self.source else ""
        return f"{by} to {', '.join(self.only)}" if self.only else by

    def __str__(self) -> str:
        to = self._limits
        return f"{_DIRECTIONS[self.direction]} {self.subnet}{to} {_VERDICTS[self.verdict]}"


def uninspected(verdict: VerdictSummary) -> list[NamedFlow]:
    """The classes of a verdict that are not inspected, each that reads alike once."""
    return list(
        dict.fromkeys(
            NamedFlow(
                f"{each.vpc}/{each.subnet}",
                each.direction,
                each.verdict,
                _named(each),
                each.source,
            )
            for each in verdict.refutations
        )
    )


def objections(verdict: VerdictSummary) -> list[str]:
    """Everything that stands against a verdict's proof: a short sentence each."""
    traffic: dict[tuple[str, Judgement], list[str]] = {}
    for flow in uninspected(verdict):
        traffic.setdefault((flow.subnet, flow.verdict), []).append(flow.traffic)
    flows = [
        f"{subnet} {_VERDICTS[judgement]}, "
        f"{'both ways' if each == [*_DIRECTIONS] else ' and '.join(each)}"
        for (subnet, judgement), each in traffic.items()
    ]
    return [*flows, *(f"{each.subject}: {each.message}" for each in verdict.critical_findings)]


def distinct(flows: Iterable[TransientFlow]) -> list[TransientFlow]:
    """Transient flows without the prefixes that no message names, each once at its longest."""
    longest: dict[TransientFlow, float] = {}
    for each in flows:
        key = replace(each, destinations=_named(each), seconds=0.0)
        longest[key] = max(_seconds(each), longest.get(key, 0.0))
    return [replace(key, seconds=None if s == inf else s) for key, s in longest.items()]


def _seconds(flow: TransientFlow) -> float:
    return inf if flow.seconds is None else flow.seconds


def harm_sentences(
    flows: Iterable[TransientFlow],
    named: Callable[[str], str] = str,
    most: int | None = MOST_HARMS,
) -> Iterator[str]:
    """The harm to each subnet or user of it, once at its longest, in words; a few, or all.

    `named` says how a step is named, by its id.
    """
    alike: dict[tuple[str, str, Reason | None], list[TransientFlow]] = {}
    for each in flows:
        alike.setdefault((each.holder, each.subnet, each.reason), []).append(each)
    for (holder, subnet, reason), same in [*alike.items()][:most]:
        longest = max(same, key=_seconds)
        who = keys_of(subnet) or subnet
        who = f"{holder} in {who}" if holder else who
        traffic = [*dict.fromkeys(named_flow(each).traffic for each in same)]
        ways = "both ways" if {*traffic} == {*_DIRECTIONS} else " and ".join(traffic)
        yield f"{who}, {ways}: {_HARMS[reason]} {length(longest)}, {span(longest, named)}"
    if most is not None and len(alike) > most:
        yield f"and {len(alike) - most} more"


def named_flow(flow: TransientFlow) -> NamedFlow:
    """A transient flow as messages name it; a subnet without an address by its id."""
    subnet = keys_of(flow.subnet) or flow.subnet
    return NamedFlow(subnet, flow.direction, flow.verdict, _named(flow), flow.source)


def keys_of(subnet: str) -> str:
    """The keys of a business subnet and its VPC, such as `shop/app-b`; empty for another."""
    at = layout.parse(Address(subnet))
    return f"{at.vpc}/{at.name}" if layout.is_business_subnet(Address(subnet)) else ""


def transient_sentence(flow: TransientFlow, *, proven: bool) -> str:
    """A transient flow in words; `proven` says whether the end of the plan is."""
    named = str(named_flow(flow))
    if flow.verdict == "bypass" and flow.reason in _REPLIES:
        return f"{named}, and the reply {_REPLIES[flow.reason]}"
    if flow.verdict != "asymmetric":
        return named
    between_endpoints = flow.before == "inspected" and proven
    reply = "passes another endpoint" if between_endpoints else "does not"
    return f"{named}: the request passes the firewall, the reply {reply}"


def span(flow: TransientFlow, named: Callable[[str], str] = str) -> str:
    """Between which steps a transient flow is seen; `named` names each by its id."""
    after, until = [[*map(named, each)] for each in (flow.after, flow.until)]
    if flow.seconds is None:
        return f"from {' and '.join(after) or 'the start'} on"
    if not after and not until:
        return "in some orders of the calls"
    return f"between {' and '.join(after) or 'the start'} and {' or '.join(until) or 'the end'}"


def length(flow: TransientFlow) -> str:
    """The expected length of a transient flow in words, such as `for about 7 s`."""
    return "for good" if flow.seconds is None else about(flow.seconds)


def about(seconds: float) -> str:
    """An expected length in words."""
    return f"for about {max(1, round(seconds))} s"


def harm_word(reason: Reason) -> str:
    """A harm in a word or two."""
    return _HARMS[reason]


def exposure_sentence(exposure: Exposure) -> str:
    """The exposure of a plan in words; empty where it is none."""
    amounts: tuple[tuple[Reason, float], ...] = (
        ("lost", exposure.lost_s),
        ("not_judged", exposure.not_judged_s),
        ("uninspected", exposure.uninspected_s),
    )
    harms = [each for each in amounts if each[1]]
    if not harms:
        return ""
    named = " and ".join(f"{_HARMS[reason]} {about(seconds)}" for reason, seconds in harms)
    best = (
        "no order of these calls has less"
        if exposure.least == "possible"
        else ("no order that was tried has less")
    )
    return f"All flows together are {named}: {best}."


def in_short(sentences: Sequence[str]) -> Iterator[str]:
    """The first few of them, and how many more there are."""
    yield from sentences[:MOST_NAMED]
    if len(sentences) > MOST_NAMED:
        yield f"and {len(sentences) - MOST_NAMED} more"


def _named(flow: FlowSummary | TransientFlow) -> tuple[str, ...]:
    few = flow.direction == "outbound" and len(flow.destinations) <= _FEW
    return flow.destinations if few else ()

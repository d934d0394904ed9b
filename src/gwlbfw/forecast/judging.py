"""The judging of one state: what became of a subnet's flows, given those before and at the end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from gwlbfw.plan.forecast import LOST, Reason
from gwlbfw.reachability.flows import Direction, Flow, Judgement
from gwlbfw.reachability.packets import Source
from gwlbfw.reachability.prefixes import HeaderSpace, difference, intersection, union


@dataclass(frozen=True)
class JudgedFlow:
    """A class of traffic in a state, where it is harmed, or neither as before nor as at the end."""

    direction: Direction
    source: Source
    space: HeaderSpace
    before: Judgement
    verdict: Judgement
    reason: Reason | None
    """The harm to a flow that works before; None where there is none."""
    lasts: bool
    """True if the end does it the same harm."""


def judged_flows(
    before: Sequence[Flow], now: Sequence[Flow], at_end: Sequence[Flow]
) -> Iterator[JudgedFlow]:
    """What became of the flows of a subnet in one state.

    A class of destinations that a state has no flow for has no way there any more: it is lost, as
    are all of a subnet that is gone. The machines are the same in all three.
    """
    for was in before:
        for space, flow in _parts(was, was.space, now):
            reason = harm(was, flow)
            verdict = flow.verdict if flow else "no_route"
            parts: dict[bool, list[HeaderSpace]] = {}
            for part, end in _parts(was, space, at_end):
                end_verdict = end.verdict if end else "no_route"
                unlike = verdict not in ("inspected", was.verdict, end_verdict)
                lasts = reason is not None and harm(was, end) == reason
                if reason or unlike:
                    parts.setdefault(lasts, []).append(part)
            for lasts, each in parts.items():
                joined = union(span for part in each for span in part)
                yield JudgedFlow(
                    was.direction,
                    was.sender.source,
                    joined,
                    was.verdict,
                    verdict,
                    reason,
                    lasts=lasts,
                )


def _parts(
    was: Flow, space: HeaderSpace, flows: Sequence[Flow]
) -> Iterator[tuple[HeaderSpace, Flow | None]]:
    """The parts of a space with the flow of each; None for what has none."""
    key = was.direction, was.sender
    alike = [each for each in flows if (each.direction, each.sender) == key]
    for flow in alike:
        if shared := intersection(space, flow.space):
            yield shared, flow
    if rest := difference(space, union(span for flow in alike for span in flow.space)):
        yield rest, None


def works(flow: Flow) -> bool:
    """True for traffic that gets through, there and back, inspected or not."""
    return flow.forward_path.arrives and flow.return_path.arrives


def harm(was: Flow, now: Flow | None) -> Reason | None:
    """The harm to a flow of before; none to one that did not work then, nor where it is no worse.

    What could not be judged before may have worked, so its loss is a harm; so is an IPv4 gateway
    that becomes active before a machine that may do NAT, as that needs a route to it from then on.
    A request that passes the firewall by, and gets no reply, is lost too.
    """
    fate = _fate(now)
    if fate == "lost":
        return "lost" if _fate(was) != "lost" else None
    if _fate(was) == "unknown" and _needs_gateway(now) and not _needs_gateway(was):
        return "not_judged"
    if not works(was) or was.verdict == "unknown":
        return None
    if fate == "unknown":
        return "not_judged"
    is_worse = was.verdict == "inspected" and now is not None and now.verdict != "inspected"
    return "uninspected" if is_worse else None


def _needs_gateway(flow: Flow | None) -> bool:
    paths = (flow.forward_path, flow.return_path) if flow else ()
    return any(each.needs_gateway for each in paths)


def _fate(flow: Flow | None) -> Literal["works", "unknown", "lost"]:
    """What becomes of a flow, there and back, whatever inspects it."""
    if flow is None or flow.verdict in LOST:
        return "lost"
    ends = {flow.forward_path.disposition, flow.return_path.disposition}
    if "unknown" in ends or flow.verdict == "unknown":
        return "unknown"
    return "works" if works(flow) else "lost"

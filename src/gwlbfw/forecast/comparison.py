"""The effect of a plan on traffic, compared with that of a saved one: it may only be better."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import inf

from gwlbfw.forecast.consent import consent_needed, steps_needing_consent
from gwlbfw.forecast.wording import harm_sentences, named_flow, objections
from gwlbfw.plan.forecast import TransientFlow
from gwlbfw.plan.model import Plan
from gwlbfw.reachability.summary import VerdictSummary


def consent_beyond(saved: Plan, now: Plan) -> str:
    """The first thing that needs consent now, and not as far in the saved plan; else empty."""
    return next(_consent_beyond(saved, now), "")


def effect_beyond(saved: Plan, now: Plan) -> str:
    """The first thing seen between the calls of a plan now, and not in the saved plan."""
    if (forecast := now.forecast) is None:
        return ""
    before = saved.forecast
    shown = (*before.transient_flows, *before.transient_if_refused) if before else ()
    flows = _beyond((*forecast.transient_flows, *forecast.transient_if_refused), shown)
    unjudged = before.unjudged if before else ()
    found = (
        *(str(named_flow(each)) for each in flows),
        *(f"{each} can't be judged" for each in forecast.unjudged if each not in unjudged),
    )
    return next(iter(found), "")


def _consent_beyond(saved: Plan, now: Plan) -> Iterator[str]:
    needed, shown = consent_needed(now), consent_needed(saved)
    for flows, before in (
        (needed.harmed_flows, shown.harmed_flows),
        (needed.no_longer_inspected, shown.no_longer_inspected),
    ):
        yield from harm_sentences(_beyond(flows, before))
    if needed.uninspected_end is not None:
        yield from objections(_end_beyond(needed.uninspected_end, shown.uninspected_end))
    risky = steps_needing_consent(now) - steps_needing_consent(saved)
    yield from (f"{each} loses traffic" for each in sorted(risky))


def _end_beyond(end: VerdictSummary, shown: VerdictSummary | None) -> VerdictSummary:
    """What stands against the proof of an end, and not against that of the other one."""
    refutations = shown.refutations if shown else ()
    findings = {(each.subject, each.message) for each in shown.critical_findings} if shown else ()
    flows = [
        flow
        for flow in end.refutations
        if not any(
            replace(other, destinations=flow.destinations) == flow
            and set(flow.destinations) <= set(other.destinations)
            for other in refutations
        )
    ]
    new = [e for e in end.critical_findings if (e.subject, e.message) not in findings]
    return VerdictSummary(tuple(flows), tuple(new))


def _beyond(flows: Iterable[TransientFlow], shown: Sequence[TransientFlow]) -> list[TransientFlow]:
    """The flows that none of the others shows, at least as long and with all destinations."""
    return [each for each in flows if not any(_is_shown(each, other) for other in shown)]


def _is_shown(flow: TransientFlow, other: TransientFlow) -> bool:
    return (
        _who(flow) == _who(other)
        and set(flow.destinations) <= set(other.destinations)
        and _seconds(flow) <= _seconds(other)
    )


def _who(flow: TransientFlow) -> tuple[object, ...]:
    return (flow.vpc, flow.subnet, flow.direction, flow.holder, flow.verdict, flow.reason)


def _seconds(flow: TransientFlow) -> float:
    return inf if flow.seconds is None else flow.seconds

"""The forecast of a plan as text: traffic before, at the end, and between the calls."""

from collections.abc import Iterator, Mapping, Sequence

from gwlbfw import layout
from gwlbfw.cli.views.style import PLAIN, Style
from gwlbfw.cli.views.values import plural
from gwlbfw.forecast.consent import consent_needed, missing_consent, steps_needing_consent
from gwlbfw.forecast.durations import expected_duration
from gwlbfw.forecast.wording import (
    about,
    distinct,
    exposure_sentence,
    harm_sentences,
    harm_word,
    in_short,
    length,
    named_flow,
    objections,
    span,
    transient_sentence,
    uninspected,
)
from gwlbfw.layout import Role
from gwlbfw.plan.forecast import Forecast, Reason, TransientFlow
from gwlbfw.plan.model import BACK, Plan, Step
from gwlbfw.reachability.summary import VerdictSummary

_CUT = (
    "Existing connections of a zone are dropped silently behind a stateful appliance when the zone",
    "is cut over, unless the appliance picks up connections mid-stream.",
)
_AFFECTED = (
    "Requests affected: those that arrive between a zone's first and last call, and those in",
    "flight, at 100 requests/s about 100 a second. None where appliances pick up mid-stream.",
)
_FIRST_PACKET = (
    "where only the first packet of a connection has to be inspected, this\naffects requests"
)
_ORDER: Mapping[Role | None, str] = {
    Role.GATEWAY: f"Inbound first: {_FIRST_PACKET} from the servers, and none to them.",
    Role.BUSINESS: f"Outbound first: {_FIRST_PACKET} to the servers, and none from them.",
}
"""The requests that the order affects, by the side whose route is cut over first."""
_BACK = (
    "Existing connections continue without the firewall. An appliance that has to see both",
    "directions of a connection delays those that are opened between a zone's calls.",
)


def traffic_text(plan: Plan, style: Style = PLAIN) -> Iterator[str]:
    """The section of a plan on its traffic; nothing without a forecast."""
    if (forecast := plan.forecast) is None:
        return
    between = _BetweenCalls(plan, forecast)
    harms = [*between.harms()]
    if harms:
        yield f"  {style('error', 'needs consent')}:"
        yield from (f"    {line}" for line in harms)
        yield ""
    yield f"  before  {_state(forecast.before, style, 'there is no traffic yet')}"
    yield f"  after   {_state(forecast.after, style, 'there is no traffic left to inspect')}"
    seen = (
        *between.sections(),
        between.connections(),
        between.activations(),
        [*in_short([*between.waits()])],
        *between.refusals(),
    )
    for part in seen:
        if part:
            yield ""
            yield from (f"  {line}" for line in part)
    yield ""
    yield from (f"  {line}" for line in _coverage(forecast))
    yield from (f"  {style('warning', line)}" for line in _required_flags(plan))


def unproven_remark(plan: Plan) -> str:
    """A remark on a plan without changes whose live routes are not proven; else empty."""
    forecast = plan.forecast
    if forecast is None or forecast.proven or plan.destroys:
        return ""
    named = "; ".join(in_short(objections(forecast.after)))
    return f"But not all Internet traffic is inspected: {named} (see `gwlbfw verify`)."


def verdict_word(verdict: VerdictSummary) -> str:
    """A verdict as `proven`, `no traffic`, or how much of it is not inspected."""
    if verdict.proven:
        return "proven"
    refuted = len(uninspected(verdict))
    if not verdict.flows:
        return "no traffic"
    return f"not proven ({refuted} not inspected)" if refuted else "not proven"


def _state(verdict: VerdictSummary, style: Style, none: str) -> str:
    if verdict.proven:
        subnets = len({(each.vpc, each.subnet) for each in verdict.flows})
        text = f"all Internet traffic of {plural(subnets, 'subnet')} is inspected, both ways"
        return f"{style('good', 'proven')}: {text}"
    if not verdict.flows:
        return none
    return f"{style('error', 'not proven')}: {'; '.join(in_short(objections(verdict)))}"


def _coverage(forecast: Forecast) -> Iterator[str]:
    every = f"every state was judged ({forecast.states} distinct)"
    if forecast.worst != "none":
        judged = "" if forecast.unjudged else f"; {every}"
        yield f"Between the calls, at worst: {forecast.worst.replace('_', ' ')}{judged}."
    elif forecast.states:
        yield f"Between the calls, all traffic is as before or as at the end: {every}."
    else:
        yield "Between the calls nothing can be lost: nobody but the stack uses the Internet here."
    if forecast.unjudged:
        names = ", ".join(forecast.unjudged)
        yield f"Not judged state by state, as there are too many: {names}."
    if exposed := exposure_sentence(forecast.exposure):
        yield exposed


def _required_flags(plan: Plan) -> Iterator[str]:
    """The flags without which `apply` refuses the plan."""
    for each in missing_consent(plan):
        flag = {"not-proven": "--accept-uninspected", "traffic-loss": "--allow-traffic-loss"}
        yield f"`gwlbfw apply` refuses this without `{flag[each.code]}`."


class _BetweenCalls:
    """The transient flows between the calls of a plan, by zone and call."""

    def __init__(self, plan: Plan, forecast: Forecast) -> None:
        self._plan, self._forecast = plan, forecast
        self._numbers = {step.id: number for number, step in enumerate(plan.steps, 1)}
        self._steps = {step.id: step for step in plan.steps}
        self._flows = distinct(forecast.transient_flows)

    def harms(self) -> Iterator[str]:
        """The harm that needs consent, and between which calls."""
        needed = consent_needed(self._plan)
        flows = (*needed.harmed_flows, *needed.no_longer_inspected)
        yield from harm_sentences(flows, self._numbered_call, most=None)

    def sections(self) -> Iterator[list[str]]:
        """A section for each zone that is cut over, or subnet with transient flows."""
        by_title: dict[str, list[TransientFlow]] = {}
        for each in sorted(self._flows, key=self._first):
            by_title.setdefault(self._title(each), []).append(each)
        for title, seen in by_title.items():
            steps = self._calls(seen)
            yield [
                f"{title}: {plural(len(steps), 'call')}" if steps else title,
                *(f"  {self._call(step)}" for step in steps),
                *(f"  {line}" for line in self._seen(seen)),
            ]

    def _first(self, flow: TransientFlow) -> int:
        return min((self._numbers[e] for e in (*flow.after, *flow.until)), default=0)

    def _title(self, flow: TransientFlow) -> str:
        groups = {self._steps[each].group for each in (*flow.after, *flow.until)} - {""}
        if groups:
            back = any(each.endswith(BACK) for each in groups)
            names = ", ".join(sorted(each.removesuffix(BACK) for each in groups))
            return f"{'Return' if back else 'Cut-over'} of {names}"
        return f"{'Restore of' if self._plan.destroys else 'At'} {named_flow(flow).subnet}"

    def _calls(self, seen: Sequence[TransientFlow]) -> list[Step]:
        """The calls between which the flows are seen, and the others of their cut-over."""
        named = {each for flow in seen for each in (*flow.after, *flow.until)}
        groups = {self._steps[each].group for each in named} - {""}
        return [step for step in self._plan.steps if step.id in named or step.group in groups]

    def _call(self, step: Step) -> str:
        name = step.call.name if step.call else "wait"
        return f"{self._numbers[step.id]}. {name}  {step.address}"

    def _seen(self, seen: Sequence[TransientFlow]) -> Iterator[str]:
        yield from in_short(
            [f"{self._span(each)}, {length(each)}: {self._sentence(each)}" for each in seen]
        )

    def _sentence(self, flow: TransientFlow) -> str:
        return transient_sentence(flow, proven=self._forecast.proven)

    def _span(self, flow: TransientFlow) -> str:
        if flow.seconds is None:
            return span(flow, self._number)
        if not flow.after and not flow.until:
            return "in some orders of the calls"
        if not flow.after:
            return f"before {self._named(flow.until, 'or')}"
        if not flow.until:
            return f"after {self._named(flow.after, 'and')}"
        return f"between {self._named(flow.after, 'and')} and {self._named(flow.until, 'or')}"

    def _named(self, steps: Sequence[str], word: str) -> str:
        return f" {word} ".join(str(number) for number in sorted(self._numbers[s] for s in steps))

    def _number(self, step: str) -> str:
        return str(self._numbers[step])

    def _numbered_call(self, step: str) -> str:
        call = self._steps[step].call
        return f"{self._numbers[step]} ({call.name if call else 'wait'})"

    def waits(self) -> Iterator[str]:
        """The calls that wait for others only so that less traffic is harmed."""
        needs: dict[tuple[str, Reason], list[str]] = {}
        for each in self._forecast.exposure.added:
            needs.setdefault((each.step, each.reason), []).append(each.needs)
        for (step, reason), others in needs.items():
            named = self._named(others, "and")
            yield f"{self._number(step)} waits for {named}, so that less is {harm_word(reason)}."

    def connections(self) -> list[str]:
        """The effect on connections and requests where traffic changes its path."""
        if self._plan.destroys:
            return [*_BACK] if self._flows else []
        cut = [step for step in self._plan.steps if step.group and not step.turns_back]
        if not cut or not self._cuts_over_live_traffic():
            return []
        several = len({step.group for step in cut}) < len(cut)
        order = _ORDER.get(layout.parse(cut[0].address).role, "")
        return [*_CUT, *_AFFECTED, *order.splitlines()] if several else [*_CUT]

    def _cuts_over_live_traffic(self) -> bool:
        flows = self._forecast.before.flows
        return any(each.verdict in ("bypass", "asymmetric") for each in flows)

    def activations(self) -> list[str]:
        """The effect of activating an IPv4 gateway where there is traffic already."""
        served = {each.vpc for each in self._forecast.before.flows}
        return [
            line
            for step in self._plan.steps
            if step.phase == "activate" and layout.parse(step.address).vpc in served
            for line in (
                f"{self._call(step)}: activating it may interrupt the VPC's",
                f"Internet traffic {about(expected_duration(step).seconds)}. The cloud offers no",
                "alternative; no flag is needed.",
            )
        ]

    def refusals(self) -> Iterator[list[str]]:
        """The transient flows to add where the cloud refuses a call that is only tried."""
        seen = distinct(self._forecast.transient_if_refused)
        tried = {step.unless for step in self._plan.steps if step.unless}
        if seen and tried:
            steps = self._calls(seen)
            names = " or ".join(self._call(self._steps[each]) for each in sorted(tried))
            stops = "  the run stops before that, unless `--allow-traffic-loss` is given"
            needs_consent = any(step.id in steps_needing_consent(self._plan) for step in steps)
            yield [
                f"If the cloud refuses {names}:",
                *(f"  {self._call(step)}" for step in steps),
                *(f"  {line}" for line in self._seen(seen)),
                *([stops] if needs_consent else []),
            ]

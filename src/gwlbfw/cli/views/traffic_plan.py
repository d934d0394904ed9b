"""What a plan does to traffic, as text: before, at the end, and what can be seen in between."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gwlbfw import layout
from gwlbfw.cli.views.style import PLAIN, Style
from gwlbfw.cli.views.values import counts
from gwlbfw.forecast.consent import (
    SeenMoment,
    carriers,
    in_short,
    moments,
    objections,
    risky,
    unallowed,
    uninspected,
)
from gwlbfw.layout import Role
from gwlbfw.plan.model import Outlook, Plan, Step

_CUT = (
    "Connections that exist when their zone is turned die silently behind a stateful appliance,",
    "unless it picks up connections mid-stream.",
)
_HIT = (
    "Requests hit: those that arrive between a zone's first and last call, and those in flight;",
    "at 100 requests/s about 100 for each second. None where appliances pick up mid-stream.",
)
_ORDER: Mapping[Role | None, str] = {
    Role.GATEWAY: "Inbound first: where only the first packet of a connection has to be seen, this "
    "hits what\nthe servers ask for, and not what is asked of them.",
    Role.BUSINESS: "Outbound first: where only the first packet of a connection has to be seen, "
    "this hits\nwhat is asked of the servers, and not what they ask for.",
}
"""Whom the order hits, by the side whose route is turned first."""
_BACK = (
    "Connections that exist go on without the firewall. An appliance that has to see both ways",
    "of a connection delays those that are opened between a zone's calls.",
)


def traffic_text(plan: Plan, style: Style = PLAIN) -> Iterator[str]:
    """The section of a plan on its traffic; nothing where nobody looked at it."""
    if (outlook := plan.outlook) is None:
        return
    report: Mapping[str, Any] = outlook.report
    yield f"  before  {_state(report['before'], style, 'there is no traffic yet')}"
    yield f"  after   {_state(report['after'], style, 'there is no traffic left to inspect')}"
    told = _Told(plan)
    seen = (*told.sections(), told.connections(), told.activations(), *told.refusals())
    for part in (carriers(plan), *seen):
        if part:
            yield ""
            yield from (f"  {line}" for line in part)
    yield ""
    yield from (f"  {line}" for line in _judged(outlook))
    yield from (f"  {style('warning', line)}" for line in _needed(plan))


def standing(plan: Plan) -> str:
    """What is to be said of a plan without changes whose live routes are not proven; or nothing."""
    outlook = plan.outlook
    if outlook is None or outlook.proven or plan.destroys:
        return ""
    report: Mapping[str, Any] = outlook.report
    named = "; ".join(in_short(objections(report["after"])))
    return f"But not all Internet traffic is inspected: {named} (see `gwlbfw verify`)."


def in_a_word(verdict: Mapping[str, Any]) -> str:
    """A verdict as `proven`, `no traffic`, or how much of it is not inspected."""
    if verdict["proven"]:
        return "proven"
    refuted = len(uninspected(verdict))
    if not verdict["flows"]:
        return "no traffic"
    return f"not proven ({refuted} not inspected)" if refuted else "not proven"


def _state(verdict: Mapping[str, Any], style: Style, none: str) -> str:
    if verdict["proven"]:
        subnets = len({(each["vpc"], each["subnet"]) for each in verdict["flows"]})
        said = f"all Internet traffic of {counts(subnets, 'subnet')} is inspected, both ways"
        return f"{style('good', 'proven')}: {said}"
    if not verdict["flows"]:
        return none
    return f"{style('error', 'not proven')}: {'; '.join(in_short(objections(verdict)))}"


def _judged(outlook: Outlook) -> Iterator[str]:
    report: Mapping[str, Any] = outlook.report
    states = report["states"]
    each = f"each of the {counts(states, 'state')} was judged"
    if outlook.worst != "none":
        yield f"Between the calls, at worst: {outlook.worst.replace('_', ' ')}; {each}."
    elif states:
        yield f"Between the calls, all traffic is as before or as at the end: {each}."
    else:
        yield (
            "Between the calls nothing can be lost: no subnet is there both before and at the end."
        )
    if names := report["unjudged"]:
        yield f"Not judged state by state, as there are too many: {', '.join(names)}."


def _needed(plan: Plan) -> Iterator[str]:
    """The flags without which it is not carried out."""
    for each in unallowed(plan):
        flag = {"not-proven": "--accept-uninspected", "traffic-loss": "--allow-traffic-loss"}
        yield f"`gwlbfw apply` refuses this without `{flag[each.code]}`."


class _Told:
    """The moments of a plan, told by the zones and calls that they belong to."""

    def __init__(self, plan: Plan) -> None:
        assert plan.outlook is not None  # noqa: S101 - whoever tells has looked
        self._plan, self._outlook = plan, plan.outlook
        self._numbers = {step.id: number for number, step in enumerate(plan.steps, 1)}
        self._steps = {step.id: step for step in plan.steps}
        self._moments = moments(plan.outlook)

    def sections(self) -> Iterator[list[str]]:
        """A section for each zone that is cut over, or subnet that something is seen of."""
        by_title: dict[str, list[SeenMoment]] = {}
        for each in sorted(self._moments, key=self._first):
            by_title.setdefault(self._title(each), []).append(each)
        for title, seen in by_title.items():
            steps = self._calls(seen)
            yield [
                f"{title}: {counts(len(steps), 'call')}" if steps else title,
                *(f"  {self._call(step)}" for step in steps),
                *(f"  {line}" for line in self._seen(seen)),
            ]

    def _first(self, moment: SeenMoment) -> int:
        return min((self._numbers[e] for e in (*moment.after, *moment.until)), default=0)

    def _title(self, moment: SeenMoment) -> str:
        groups = {self._steps[each].group for each in (*moment.after, *moment.until)} - {""}
        if groups:
            return f"Cut-over of {', '.join(sorted(groups))}"
        return f"{'Way back of' if self._plan.destroys else 'At'} {moment.flow.where}"

    def _calls(self, seen: Sequence[SeenMoment]) -> list[Step]:
        """The calls that the moments lie between, and the others of their cut-over."""
        named = {each for moment in seen for each in (*moment.after, *moment.until)}
        groups = {self._steps[each].group for each in named} - {""}
        return [step for step in self._plan.steps if step.id in named or step.group in groups]

    def _call(self, step: Step) -> str:
        name = step.call.name if step.call else "wait"
        return f"{self._numbers[step.id]}. {name}  {step.address}"

    def _seen(self, seen: Sequence[SeenMoment]) -> Iterator[str]:
        yield from in_short([f"{self._span(each)}: {each}" for each in seen])

    def _span(self, moment: SeenMoment) -> str:
        if not moment.after and not moment.until:
            return "in some orders of the calls"
        if not moment.after:
            return f"before {self._named(moment.until, 'or')}"
        if not moment.until:
            return f"after {self._named(moment.after, 'and')}"
        return f"between {self._named(moment.after, 'and')} and {self._named(moment.until, 'or')}"

    def _named(self, steps: Sequence[str], word: str) -> str:
        return f" {word} ".join(str(number) for number in sorted(self._numbers[s] for s in steps))

    def connections(self) -> list[str]:
        """What becomes of connections and requests where traffic changes its way."""
        if self._plan.destroys:
            return [*_BACK] if self._moments else []
        cut = [step for step in self._plan.steps if step.group]
        if not cut or not self._turns_what_works():
            return []
        several = len({step.group for step in cut}) < len(cut)
        order = _ORDER.get(layout.parse(cut[0].address).role, "")
        return [*_CUT, *_HIT, *order.splitlines()] if several else [*_CUT]

    def _turns_what_works(self) -> bool:
        report: Mapping[str, Any] = self._outlook.report
        return any(
            each.verdict in ("bypass", "asymmetric") for each in uninspected(report["before"])
        )

    def activations(self) -> list[str]:
        """What activating an IPv4 gateway does where there is traffic already."""
        report: Mapping[str, Any] = self._outlook.report
        served = {each["vpc"] for each in report["before"]["flows"]}
        return [
            line
            for step in self._plan.steps
            if step.phase == "activate" and layout.parse(step.address).vpc in served
            for line in (
                f"{self._call(step)}: activating it may interrupt the VPC's",
                "Internet traffic briefly. The cloud leaves no other way; no flag is needed.",
            )
        ]

    def refusals(self) -> Iterator[list[str]]:
        """What is seen in addition where the cloud refuses what is only tried."""
        seen = moments(self._outlook, "if_refused")
        tried = {step.unless for step in self._plan.steps if step.unless}
        if seen and tried:
            steps = self._calls(seen)
            names = " or ".join(self._call(self._steps[each]) for each in sorted(tried))
            stops = any(step.id in risky(self._plan) for step in steps)
            yield [
                f"If the cloud refuses {names}:",
                *(f"  {self._call(step)}" for step in steps),
                *(f"  {line}" for line in self._seen(seen)),
                "  the run stops before that, unless `--allow-traffic-loss` is given"
                if stops
                else "  for as long as these calls take",
            ]

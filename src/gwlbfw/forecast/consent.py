"""Consent: the effects of a plan on traffic that its user has to allow."""

from collections.abc import Mapping
from dataclasses import dataclass

from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.errors import PlanError
from gwlbfw.forecast.wording import harm_sentences, in_short, objections
from gwlbfw.plan.forecast import Reason, TransientFlow
from gwlbfw.plan.model import Plan
from gwlbfw.reachability.summary import VerdictSummary


@dataclass(frozen=True)
class ConsentNeeded:
    """The effects of a plan on traffic that need consent; all is empty where none is needed."""

    uninspected_end: VerdictSummary | None = None
    """The verdict on the end, where it isn't proven."""
    no_longer_inspected: tuple[TransientFlow, ...] = ()
    """The flows that are inspected before and not at the end, named by the file or not.

    These and the verdict need `--accept-uninspected`.
    """
    harmed_flows: tuple[TransientFlow, ...] = ()
    """The other flows that are harmed need `--allow-traffic-loss`."""


def consent_needed(plan: Plan) -> ConsentNeeded:
    """The consent that a plan needs, and why."""
    forecast = plan.forecast
    if forecast is None or plan.is_empty:
        return ConsentNeeded()
    unproven = not forecast.proven and not plan.destroys
    return ConsentNeeded(
        forecast.after if unproven else None,
        tuple(each for each in forecast.consent if each.accepted_as_uninspected),
        tuple(each for each in forecast.consent if not each.accepted_as_uninspected),
    )


def missing_consent(
    plan: Plan, *, accept_uninspected: bool = False, allow_traffic_loss: bool = False
) -> list[Diagnostic]:
    """The errors for effects on traffic that nobody has consented to."""
    needed = consent_needed(plan)
    problems: list[Diagnostic] = []
    if (needed.uninspected_end or needed.no_longer_inspected) and not accept_uninspected:
        problems.append(_not_proven(needed))
    if needed.harmed_flows and not allow_traffic_loss:
        problems.append(_traffic_loss(needed))
    return problems


def refuse_without_consent(
    plan: Plan, *, accept_uninspected: bool = False, allow_traffic_loss: bool = False
) -> None:
    """Raise PlanError where consent to an effect on traffic is missing."""
    if problems := missing_consent(
        plan, accept_uninspected=accept_uninspected, allow_traffic_loss=allow_traffic_loss
    ):
        raise PlanError(problems)


def steps_needing_consent(plan: Plan) -> frozenset[str]:
    """The steps that lose traffic, needed only where the cloud refuses a better one.

    A destroying plan needs no consent to the best restore that the cloud has.
    """
    return plan.forecast.lossy_steps if plan.forecast and not plan.destroys else frozenset()


def _not_proven(needed: ConsentNeeded) -> Diagnostic:
    reasons = objections(needed.uninspected_end) if needed.uninspected_end else []
    named = in_short(reasons) if reasons else harm_sentences(needed.no_longer_inspected)
    message = "at the end of the plan not all Internet traffic would be inspected"
    return error(
        "not-proven",
        f"{message}: {'; '.join(named)}",
        hint="change the topology or what stands in its way, or accept it with "
        "`--accept-uninspected`",
    )


_HARMS: Mapping[Reason | None, str] = {
    "lost": "be lost",
    "not_judged": "not be judged",
    "uninspected": "not be inspected",
}


def _traffic_loss(needed: ConsentNeeded) -> Diagnostic:
    harms = dict.fromkeys(_HARMS[each.reason] for each in needed.harmed_flows)
    return error(
        "traffic-loss",
        f"traffic that works now would {' or '.join(harms)}: "
        f"{'; '.join(harm_sentences(needed.harmed_flows))}",
        hint="do it when that can be borne, with `--allow-traffic-loss`",
    )

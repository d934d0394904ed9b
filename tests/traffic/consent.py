"""The consent that a plan asks for."""

from typing import TypedDict

from gwlbfw.forecast.consent import consent_needed, steps_needing_consent
from gwlbfw.plan import Plan


class Consent(TypedDict):
    """The consent to a plan, as `Stack.apply` takes it."""

    accept_uninspected: bool
    allow_traffic_loss: bool


def consented(plan: Plan) -> Consent:
    """No more consent than a plan asks for, and that of a call which the cloud may refuse."""
    needed = consent_needed(plan)
    return Consent(
        accept_uninspected=bool(needed.uninspected_end or needed.no_longer_inspected),
        allow_traffic_loss=bool(needed.harmed_flows or steps_needing_consent(plan)),
    )

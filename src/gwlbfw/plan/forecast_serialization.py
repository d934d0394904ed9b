"""A plan's forecast as JSON and back: `traffic` of a plan."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from gwlbfw.cloud.call import Json
from gwlbfw.plan.forecast import Exposure, Forecast, TransientFlow
from gwlbfw.reachability.summary import (
    verdict_from_json,
    verdict_to_json,
    without_empty_source,
)


@dataclass(frozen=True)
class _BetweenCalls:
    """The keys of the JSON beside the two verdicts."""

    transitions: tuple[TransientFlow, ...]
    if_refused: tuple[TransientFlow, ...]
    states: int
    unjudged: tuple[str, ...]
    worst: str
    consent: tuple[TransientFlow, ...]
    exposure: Exposure


def forecast_to_json(forecast: Forecast) -> dict[str, Json]:
    """The forecast as `plan --format json` prints it below `traffic`."""
    between = _BetweenCalls(
        transitions=forecast.transient_flows,
        if_refused=forecast.transient_if_refused,
        states=forecast.states,
        unjudged=forecast.unjudged,
        worst=forecast.worst,
        consent=forecast.consent,
        exposure=forecast.exposure,
    )
    rows: dict[str, Json] = _between_calls().dump_python(between, mode="json")
    for each in ("transitions", "if_refused", "consent"):
        rows[each] = without_empty_source(rows[each])
    before, after = verdict_to_json(forecast.before), verdict_to_json(forecast.after)
    return {"before": before, "after": after, **rows}


def forecast_from_json(content: Mapping[str, Any], lossy_steps: frozenset[str]) -> Forecast:
    """The forecast in a JSON object. Raises KeyError, TypeError and ValueError where it is none."""
    between = _between_calls().validate_json(json.dumps(content), strict=True)
    forecast = Forecast(
        verdict_from_json(content["before"]),
        verdict_from_json(content["after"]),
        between.transitions,
        between.if_refused,
        between.states,
        between.unjudged,
        lossy_steps,
        between.consent,
        between.exposure,
    )
    flows = (*between.transitions, *between.if_refused, *between.consent)
    if any(each.seconds is not None and each.seconds < 0 for each in flows):
        raise ValueError("`seconds` of a transition is below 0")
    exposure = between.exposure
    if min(exposure.lost_s, exposure.not_judged_s, exposure.uninspected_s) < 0:
        raise ValueError("an exposure is below 0")
    if between.worst != forecast.worst:
        raise ValueError("`worst` is not what the transitions make it")
    return forecast


@cache
def _between_calls() -> TypeAdapter[_BetweenCalls]:
    return TypeAdapter(_BetweenCalls)

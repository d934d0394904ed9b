"""A saved forecast is read back as it was made, and refused where it contradicts itself."""

import json
from dataclasses import replace
from typing import Any

import pytest

from gwlbfw.plan import Plan
from gwlbfw.plan.forecast import AddedNeed, Exposure, Forecast, TransientFlow
from gwlbfw.plan.forecast_serialization import forecast_from_json, forecast_to_json
from gwlbfw.reachability.path import PathHop
from gwlbfw.reachability.summary import FindingSummary, FlowSummary, VerdictSummary

HOPS = (
    PathHop("there", "vswitch.business/shop/a", "rtb-1", "0.0.0.0/0", "Custom", 0, "Ipv4Gateway",
            "ipv4_gateway.shop"),
    PathHop("there", "ipv4_gateway.shop", note="out to the Internet", end="internet"),
)  # fmt: skip
BYPASS = FlowSummary("shop", "a", "outbound", ("8.8.8.0/24",), False, None, False, "bypass", HOPS)
FINDING = FindingSummary("high", "rtb-1", "the subnet is not inspected", HOPS)
INSPECTED = replace(
    BYPASS, inspected=True, endpoint="endpoint.shop/z-a", symmetric=True, verdict="inspected"
)
LOST = TransientFlow(
    "vpc.business/shop",
    "vswitch.business/shop/a",
    "outbound",
    ("8.8.8.0/24",),
    "bypass",
    "no_route",
    reason="lost",
    after=("route.r:delete",),
    until=("route.r:create", "route.s:create"),
    seconds=3.65,
)
FOR_GOOD = replace(LOST, until=(), seconds=None, holder="instance.server/shop/web")
NEED = AddedNeed("route.r:create", "route.s:create", "lost")
FORECAST = Forecast(
    VerdictSummary((BYPASS,), (FINDING,)),
    VerdictSummary((INSPECTED,), ()),
    (LOST,),
    (replace(LOST, after=()),),
    7,
    (),
    frozenset({"route.r:delete"}),
    (FOR_GOOD,),
    Exposure(lost_s=7.3, least="found", added=(NEED,)),
)


def forecast_of(plan: Plan) -> Forecast:
    """The same forecast, between steps of this plan."""
    first, second, third, *_ = (each.id for each in plan.steps)
    lost = replace(LOST, after=(first,), until=(second, third))
    return replace(
        FORECAST,
        transient_flows=(lost,),
        transient_if_refused=(replace(lost, after=()),),
        lossy_steps=frozenset({first}),
        consent=(replace(FOR_GOOD, after=(first,)),),
        exposure=replace(FORECAST.exposure, added=(AddedNeed(third, second, "lost"),)),
    )


def written(forecast: Forecast = FORECAST) -> dict[str, Any]:
    """The forecast as it lies in a file."""
    content: dict[str, Any] = json.loads(json.dumps(forecast_to_json(forecast)))
    return content


def test_forecast_is_read_back_as_it_was() -> None:
    assert forecast_from_json(written(), FORECAST.lossy_steps) == FORECAST


def test_forecast_has_the_keys_that_users_rely_on() -> None:
    content = written()
    assert list(content) == [
        *("before", "after", "transitions", "if_refused", "states", "unjudged", "worst"),
        *("consent", "exposure"),
    ]
    assert content["worst"] == "black_hole"
    assert list(content["before"]) == ["proven", "flows", "findings"]
    (flow,) = content["before"]["flows"]
    assert list(flow) == [
        *("vpc", "subnet", "direction", "destinations", "inspected", "endpoint", "symmetric"),
        *("verdict", "path"),
    ]
    assert list(flow["path"][0]) == [
        *("way", "at", "table", "entry", "origin", "more_entries", "next_hop_type", "next_hop"),
        *("note", "end"),
    ]
    assert content["transitions"] == [
        {
            "vpc": "vpc.business/shop",
            "subnet": "vswitch.business/shop/a",
            "direction": "outbound",
            "destinations": ["8.8.8.0/24"],
            "before": "bypass",
            "verdict": "no_route",
            "reason": "lost",
            "after": ["route.r:delete"],
            "until": ["route.r:create", "route.s:create"],
            "seconds": 3.65,
            "holder": "",
        }
    ]
    (consent,) = content["consent"]
    assert (consent["reason"], consent["seconds"]) == ("lost", None)
    assert consent["holder"] == "instance.server/shop/web"
    assert content["exposure"] == {
        "lost_s": 7.3,
        "not_judged_s": 0.0,
        "uninspected_s": 0.0,
        "least": "found",
        "added": [{"step": "route.r:create", "needs": "route.s:create", "reason": "lost"}],
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("worst", "none"),
        ("worst", "nothing"),
        ("states", "7"),
        ("states", True),
        ("unjudged", "vswitch.a"),
        ("transitions", None),
        ("transitions", [{"subnet": "a"}]),
        ("consent", None),
        ("exposure", None),
        ("exposure", {"lost_s": -1.0}),
        ("exposure", {"least": "perhaps"}),
        ("before", {"proven": True, "flows": [], "findings": [{}]}),
        ("after", None),
    ],
)
def test_forecast_with_a_wrong_value_is_refused(key: str, value: object) -> None:
    with pytest.raises((ValueError, TypeError, AttributeError)):
        forecast_from_json({**written(), key: value}, frozenset())


def test_verdict_that_its_flows_do_not_bear_out_is_refused() -> None:
    content = written()
    content["before"]["proven"] = True
    with pytest.raises(ValueError, match="`proven` is not what flows and findings make it"):
        forecast_from_json(content, frozenset())


@pytest.mark.parametrize("key", ["verdict", "reason"])
def test_transient_flow_with_an_unknown_word_is_refused(key: str) -> None:
    content = written()
    content["transitions"][0][key] = "fine"
    with pytest.raises(ValueError, match=key):
        forecast_from_json(content, frozenset())


@pytest.mark.parametrize("row", ["transitions", "consent"])
@pytest.mark.parametrize("seconds", ["3.65", True, -1.0])
def test_transient_flow_with_a_wrong_length_is_refused(row: str, seconds: object) -> None:
    content = written()
    content[row][0]["seconds"] = seconds
    with pytest.raises(ValueError, match="seconds"):
        forecast_from_json(content, frozenset())

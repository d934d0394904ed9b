"""Traffic in words, where no network of the other tests shows it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from gwlbfw.address import Address
from gwlbfw.cli.views.forecast_text import traffic_text, unproven_remark, verdict_word
from gwlbfw.cli.views.style import Style
from gwlbfw.cli.views.verdict import with_colours
from gwlbfw.cloud.call import Call
from gwlbfw.diff import Change
from gwlbfw.forecast.consent import missing_consent
from gwlbfw.forecast.wording import objections
from gwlbfw.plan.forecast import AddedNeed, Exposure, Forecast, Reason, TransientFlow
from gwlbfw.plan.model import Plan, Step
from gwlbfw.reachability.flows import Direction, Judgement
from gwlbfw.reachability.summary import FindingSummary, FlowSummary, VerdictSummary
from tests.cli.test_views import vswitch

CHANGE = Change(Address("vswitch.business/shop/a"), "create", None, vswitch())


EIGHT_BLOCKS = tuple(f"{number}.0.0.0/8" for number in range(1, 9))


def flow(subnet: str, direction: Direction, verdict: Judgement, *to: str) -> FlowSummary:
    inspected = verdict == "inspected"
    return FlowSummary(
        "shop", subnet, direction, to or EIGHT_BLOCKS, inspected, None, inspected, verdict, ()
    )


def verdict(*flows: FlowSummary, critical: str = "") -> VerdictSummary:
    found = (FindingSummary("critical", "vtb-1", critical, ()),) if critical else ()
    return VerdictSummary(flows, found)


def transient(
    after: str, until: str, verdict: Judgement, before: Judgement = "bypass"
) -> TransientFlow:
    harms = {"no_route": "lost", "unknown": "not_judged"}
    reason: Any = harms.get(verdict, "uninspected" if before == "inspected" else None)
    return TransientFlow(
        "vpc.business/shop",
        "vswitch.business/shop/a",
        "outbound",
        EIGHT_BLOCKS,
        before,
        verdict,
        reason=reason,
        after=(after,) if after else (),
        until=(until,) if until else (),
        seconds=3.4,
    )


GOOD = verdict(flow("a", "inbound", "inspected"), flow("a", "outbound", "inspected"))
BAD = verdict(flow("a", "inbound", "bypass"), flow("a", "outbound", "bypass"))


def step(name: str, action: str, **more: object) -> Step:
    address, _, phase = name.partition(":")
    call = Call("vpc", action, {})
    return Step(name, Address(address), phase, call, **more)  # type: ignore[arg-type]


MOVE = step("route_table_association.business/shop/a:move", "AssociateRouteTable", attempt=True)
LEAVE = step(
    "route_table_association.business/shop/a:dissociate", "UnassociateRouteTable", unless=MOVE.id
)
JOIN = step(
    "route_table_association.business/shop/a:associate", "AssociateRouteTable", unless=MOVE.id
)


def plan(
    *steps: Step,
    before: VerdictSummary | None = None,
    after: VerdictSummary | None = None,
    seen: Sequence[TransientFlow] = (),
    refused: Sequence[TransientFlow] = (),
    destroys: bool = False,
    lossy_steps: frozenset[str] = frozenset(),
    states: int = 4,
    unjudged: tuple[str, ...] = (),
    consent: Sequence[TransientFlow] = (),
) -> Plan:
    forecast = Forecast(
        before or BAD,
        after or GOOD,
        tuple(seen),
        tuple(refused),
        states,
        unjudged,
        lossy_steps,
        tuple(consent),
    )
    return Plan("edge", "cn-x", (CHANGE,), steps, "", forecast=forecast, destroys=destroys)


def text(made: Plan) -> str:
    return "\n".join(traffic_text(made))


LOST = transient("route.business/shop/a:delete", "route.business/shop/a:create", "no_route")
LOSS = plan(
    step("route.business/shop/a:delete", "DeleteRouteEntry"),
    step("route.business/shop/a:create", "CreateRouteEntry"),
    seen=[LOST],
    consent=[LOST],
)


def test_black_hole_is_shown_between_its_calls_and_needs_a_flag() -> None:
    said = text(LOSS)
    assert "  At shop/a: 2 calls\n    1. vpc:DeleteRouteEntry  route.business/shop/a\n" in said
    assert (
        "    between 1 and 2, for about 3 s: outbound from shop/a is lost for want of a route\n"
        in said
    )
    assert "Between the calls, at worst: black hole; every state was judged (4 distinct)." in said
    assert said.endswith("  `gwlbfw apply` refuses this without `--allow-traffic-loss`.")


def test_black_hole_is_refused_by_its_flows_and_steps() -> None:
    (problem,) = missing_consent(LOSS)
    assert problem.message == (
        "traffic that works now would be lost: shop/a, outbound: lost for about 3 s, between "
        "route.business/shop/a:delete and route.business/shop/a:create"
    )
    assert missing_consent(LOSS, allow_traffic_loss=True) == []


def test_what_needs_consent_comes_first_with_its_calls_and_its_length() -> None:
    assert text(LOSS).startswith(
        "  needs consent:\n    shop/a, outbound: lost for about 3 s, between "
        "1 (vpc:DeleteRouteEntry) and 2 (vpc:CreateRouteEntry)\n\n  before  "
    )


def test_harm_for_good_is_told_from_its_first_call_on() -> None:
    for_good = replace(LOST, until=(), seconds=None, holder="instance.server/shop/web")
    both = [for_good, replace(for_good, direction="inbound")]
    said = text(plan(*LOSS.steps, consent=both))
    who = "instance.server/shop/web in shop/a"
    line = f"{who}, both ways: lost for good, from 1 (vpc:DeleteRouteEntry) on"
    assert f"  needs consent:\n    {line}\n\n" in said
    assert "at worst: black hole" in said


def test_error_names_three_harms_and_counts_the_others_and_the_plan_names_all() -> None:
    many = [replace(LOST, subnet=f"vswitch.business/shop/{n}") for n in range(5)]
    made = plan(*LOSS.steps, consent=many)
    (problem,) = missing_consent(made)
    assert problem.message.count("lost for about") == 3
    assert problem.message.endswith("; and 2 more")
    assert text(made).count("lost for about") == 5


@pytest.mark.parametrize(
    ("reason", "fate"), [("lost", "is lost"), ("not_judged", "can't be judged")]
)
def test_reply_that_does_not_arrive_is_told_where_the_request_does(
    reason: Reason, fate: str
) -> None:
    half = replace(LOST, verdict="bypass", reason=reason)
    said = text(plan(*LOSS.steps, seen=[half], consent=[half]))
    assert f"outbound from shop/a bypasses the firewall, and the reply {fate}\n" in said


@pytest.mark.parametrize(
    ("verdict", "said"), [("unknown", "not be judged"), ("bypass", "not be inspected")]
)
def test_doubt_and_lost_inspection_need_consent_like_a_loss(verdict: Judgement, said: str) -> None:
    harm = transient("route.business/shop/a:delete", "", verdict, "inspected")
    (problem,) = missing_consent(plan(*LOSS.steps, consent=[harm]), accept_uninspected=True)
    assert problem.code == "traffic-loss"
    assert problem.message.startswith(f"traffic that works now would {said}: shop/a, outbound: ")


def test_consent_to_an_uninspected_end_covers_what_is_never_inspected_again() -> None:
    """A subnet that left the file is no part of the end's verdict."""
    gone = replace(transient("", "", "bypass", "inspected"), seconds=None)
    made = plan(*LOSS.steps, consent=[gone])
    (problem,) = missing_consent(made)
    assert problem.code == "not-proven"
    assert "shop/a, outbound: no longer inspected for good" in problem.message
    assert missing_consent(made, accept_uninspected=True) == []


def test_each_flag_consents_to_its_own_half() -> None:
    both = plan(*LOSS.steps, after=BAD, consent=[LOST])
    assert [each.code for each in missing_consent(both)] == ["not-proven", "traffic-loss"]
    assert [each.code for each in missing_consent(both, accept_uninspected=True)] == [
        "traffic-loss"
    ]
    assert [each.code for each in missing_consent(both, allow_traffic_loss=True)] == ["not-proven"]


def test_destroy_needs_no_inspected_end() -> None:
    assert missing_consent(plan(*LOSS.steps, after=BAD, destroys=True)) == []
    assert unproven_remark(plan(after=BAD, destroys=True)) == ""


def test_tried_call_is_shown_with_the_effect_of_its_refusal() -> None:
    made = plan(
        *(MOVE, LEAVE, JOIN),
        refused=[transient(LEAVE.id, JOIN.id, "no_route")],
        lossy_steps=frozenset({LEAVE.id}),
    )
    assert (
        "  If the cloud refuses 1. vpc:AssociateRouteTable  "
        "route_table_association.business/shop/a:\n"
        "    2. vpc:UnassociateRouteTable  route_table_association.business/shop/a\n"
        "    3. vpc:AssociateRouteTable  route_table_association.business/shop/a\n"
        "    between 2 and 3, for about 3 s: outbound from shop/a is lost for want of a route\n"
        "    the run stops before that, unless `--allow-traffic-loss` is given\n"
    ) in text(made)


def test_refusal_of_a_tried_call_does_not_stop_destroy() -> None:
    made = plan(
        *(MOVE, LEAVE, JOIN),
        refused=[transient(LEAVE.id, JOIN.id, "no_route")],
        lossy_steps=frozenset({LEAVE.id}),
        destroys=True,
    )
    assert "    between 2 and 3, for about 3 s: outbound from shop/a is lost" in text(made)
    assert "the run stops" not in text(made)


def test_activation_of_a_gateway_is_shown_to_interrupt_where_there_is_traffic() -> None:
    activation = step("ipv4_gateway.shop:activate", "EnableVpcIpv4Gateway")
    said = "1. vpc:EnableVpcIpv4Gateway  ipv4_gateway.shop: activating it may interrupt"
    assert said in text(plan(activation))
    assert said not in text(plan(activation, before=verdict(critical="it is not there")))


@pytest.mark.parametrize(
    ("first", "word"), [("route.gateway/shop/a", "Inbound"), ("route.business/shop/a", "Outbound")]
)
def test_cut_over_order_is_shown_with_the_requests_it_affects(first: str, word: str) -> None:
    one = step(f"{first}:cut-over", "ModifyRouteEntry", group="shop/z-a")
    other = step("route.gateway/shop/b:cut-over", "ModifyRouteEntry", group="shop/z-a")
    seen = [transient(one.id, other.id, "asymmetric")]
    said = text(plan(one, other, seen=seen))
    assert "  Cut-over of shop/z-a: 2 calls\n" in said
    assert "at 100 requests/s about 100 a second." in said
    assert f"  {word} first: " in said


def test_single_route_has_no_gap_but_drops_connections() -> None:
    said = text(plan(step("route.gateway/shop/a:cut-over", "ModifyRouteEntry", group="shop/z-a")))
    assert "are dropped silently behind a stateful appliance" in said
    assert "Requests affected" not in said
    assert "first:" not in said


def test_forecast_without_transients_counts_its_states() -> None:
    said = text(plan(before=GOOD, states=37))
    line = "Between the calls, all traffic is as before or as at the end"
    assert f"  {line}: every state was judged (37 distinct)." in said


def test_unjudged_states_are_named_and_not_said_to_be_judged() -> None:
    said = text(plan(unjudged=("vswitch.business/shop/a",)))
    assert "Between the calls, at worst: unknown.\n" in said
    assert "Not judged state by state, as there are too many: vswitch.business/shop/a." in said


def test_flow_that_changes_endpoints_is_shown_at_another() -> None:
    seen = [transient("", "x.y:cut-over", "asymmetric", "inspected")]
    said = text(plan(step("x.y:cut-over", "ModifyRouteEntry"), before=GOOD, seen=seen))
    assert (
        "before 1, for about 3 s: outbound from shop/a is asymmetric: the request passes the "
        "firewall, the reply passes another endpoint"
    ) in said


def test_at_most_five_transients_are_named() -> None:
    many = verdict(*(flow(f"s{number}", "inbound", "bypass") for number in range(7)))
    assert len(objections(many)) == 7
    said = text(plan(after=many))
    assert "shop/s4 bypasses the firewall, inbound; and 2 more" in said


def test_few_destinations_are_named() -> None:
    found = verdict(flow("a", "outbound", "bypass", "8.8.8.0/24"), critical="IPv6 is open")
    assert objections(found) == [
        "shop/a bypasses the firewall, outbound to 8.8.8.0/24",
        "vtb-1: IPv6 is open",
    ]


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (GOOD, "proven"),
        (BAD, "not proven (2 not inspected)"),
        (verdict(critical="it is not there"), "no traffic"),
        (verdict(flow("a", "inbound", "inspected"), critical="IPv6 is open"), "not proven"),
    ],
)
def test_verdict_word(found: VerdictSummary, word: str) -> None:
    assert verdict_word(found) == word


def test_plan_without_a_forecast_has_no_traffic_section() -> None:
    assert text(Plan("edge", "cn-x", (CHANGE,), (), "")) == ""


def test_deciding_words_of_a_verdict_are_coloured() -> None:
    plain = "Not proven: 1 of 2.\n\nVPC shop\n  app  inbound  bypass  -\n\nbypass: inbound app\n"
    said = with_colours(plain, Style(enabled=True))
    assert said.count("\x1b[1;31mbypass\x1b[0m") == 2
    assert said.startswith("\x1b[1;31mNot proven\x1b[0m: ")
    assert with_colours(plain, Style()) == plain


def exposed(exposure: Exposure) -> str:
    made = LOSS.forecast
    assert made is not None
    return text(replace(LOSS, forecast=replace(made, exposure=exposure)))


def test_exposure_is_said_with_whether_any_order_has_less() -> None:
    said = exposed(Exposure(lost_s=6.8, uninspected_s=31.0))
    assert (
        "All flows together are lost for about 7 s and no longer inspected for about 31 s: "
        "no order of these calls has less.\n"
    ) in said
    assert "no order that was tried has less." in exposed(Exposure(lost_s=6.8, least="found"))
    assert "All flows together" not in exposed(Exposure())


def test_call_that_waits_so_that_less_is_harmed_is_named() -> None:
    added = (AddedNeed("route.business/shop/a:create", "route.business/shop/a:delete", "lost"),)
    assert "\n  2 waits for 1, so that less is lost.\n" in exposed(Exposure(added=added))

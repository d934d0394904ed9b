"""What became of a flow in one state: the harm to what works, and whether it lasts."""

from dataclasses import replace

import pytest

from gwlbfw.forecast.judging import JudgedFlow, harm, judged_flows
from gwlbfw.reachability.flows import Flow, Judgement
from gwlbfw.reachability.model import Subnet
from gwlbfw.reachability.packets import Disposition, PathTrace, Sender
from gwlbfw.reachability.prefixes import HeaderSpace, Prefix

SUBNET = Subnet("app", "vpc", "z", Prefix.parse("10.0.1.0/24"), "table")
MACHINES = Sender("public", (SUBNET.cidr.span,))
LOW, HIGH = ((0, 99),), ((100, 199),)
BOTH = ((0, 199),)
ENDS: dict[Judgement, tuple[Disposition, Disposition]] = {
    "inspected": ("internet", "delivered"),
    "bypass": ("internet", "delivered"),
    "asymmetric": ("internet", "delivered"),
    "unknown": ("unknown", "delivered"),
    "black_hole": ("internet", "black_hole"),
    "no_route": ("no_route", "delivered"),
    "loop": ("loop", "delivered"),
}


def flow(verdict: Judgement, space: HeaderSpace = BOTH) -> Flow:
    there, back = (PathTrace(space, (), end, "") for end in ENDS[verdict])
    return Flow(SUBNET, "outbound", space, verdict, False, there, back, MACHINES)


def judged(*verdicts: Judgement) -> list[JudgedFlow]:
    """What is made of the same class before, now and at the end."""
    before, now, at_end = ([flow(each)] for each in verdicts)
    return list(judged_flows(before, now, at_end))


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("inspected", "black_hole", "lost"),
        ("bypass", "no_route", "lost"),
        ("asymmetric", "loop", "lost"),
        ("unknown", "no_route", "lost"),
        ("no_route", "black_hole", None),
        ("black_hole", "unknown", None),
        ("bypass", "unknown", "not_judged"),
        ("unknown", "unknown", None),
        ("unknown", "bypass", None),
        ("inspected", "bypass", "uninspected"),
        ("inspected", "asymmetric", "uninspected"),
        ("bypass", "asymmetric", None),
        ("inspected", "inspected", None),
    ],
)
def test_harm_is_to_what_works_before_or_may_work(
    before: Judgement, now: Judgement, expected: str | None
) -> None:
    assert harm(flow(before), flow(now)) == expected


def test_request_past_the_firewall_without_a_reply_is_lost() -> None:
    """What leaves uninspected is called a bypass, whatever becomes of the reply."""
    dead = replace(flow("bypass"), return_path=PathTrace(BOTH, (), "no_route", ""))
    assert harm(flow("inspected"), dead) == "lost"
    assert harm(dead, flow("no_route")) is None
    doubtful = replace(flow("bypass"), return_path=PathTrace(BOTH, (), "unknown", ""))
    assert harm(flow("bypass"), doubtful) == "not_judged"


def test_loss_that_the_end_keeps_lasts_whatever_its_verdict() -> None:
    (seen,) = judged("inspected", "no_route", "black_hole")
    assert (seen.reason, seen.lasts) == ("lost", True)
    (seen,) = judged("inspected", "no_route", "inspected")
    assert (seen.reason, seen.lasts) == ("lost", False)
    (seen,) = judged("inspected", "no_route", "no_route")
    assert (seen.reason, seen.lasts) == ("lost", True)


def test_harmless_state_is_told_where_it_is_like_neither_end() -> None:
    (seen,) = judged("bypass", "asymmetric", "inspected")
    assert (seen.before, seen.verdict, seen.reason) == ("bypass", "asymmetric", None)
    assert judged("bypass", "bypass", "inspected") == []
    assert judged("bypass", "asymmetric", "asymmetric") == []


def test_class_is_split_where_before_now_and_the_end_differ() -> None:
    now = [flow("no_route")]
    at_end = [flow("inspected", LOW), flow("no_route", HIGH)]
    found = judged_flows([flow("inspected")], now, at_end)
    assert [(each.space, each.lasts) for each in found] == [(LOW, False), (HIGH, True)]


def test_destinations_without_a_flow_and_subnets_that_are_gone_are_lost() -> None:
    found = judged_flows([flow("inspected")], [flow("inspected", LOW)], [flow("inspected")])
    assert [(each.space, each.reason, each.lasts) for each in found] == [(HIGH, "lost", False)]
    (gone,) = judged_flows([flow("bypass")], [], [])
    assert (gone.space, gone.verdict, gone.reason, gone.lasts) == (BOTH, "no_route", "lost", True)

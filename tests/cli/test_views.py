"""Values as text, where no command of the other tests shows them."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gwlbfw.address import Address, Ref
from gwlbfw.cli.views.calls_text import calls_text
from gwlbfw.cli.views.changes import reason
from gwlbfw.cli.views.drift import DriftView
from gwlbfw.cli.views.drift_markdown import drift_markdown
from gwlbfw.cli.views.drift_sarif import drift_sarif
from gwlbfw.cli.views.drift_text import drift_text
from gwlbfw.cli.views.identifiers import Identifiers
from gwlbfw.cli.views.markdown import table
from gwlbfw.cli.views.plan_markdown import plan_markdown
from gwlbfw.cli.views.plan_text import plan_text
from gwlbfw.cli.views.progress import LineProgress
from gwlbfw.cli.views.report_text import duration_text
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cli.views.values import value_text
from gwlbfw.cloud.call import Call, Json, Wait
from gwlbfw.diagnostics import warning
from gwlbfw.diff import Change
from gwlbfw.drift import DriftItem, DriftReport
from gwlbfw.execute.events import Event, EventType
from gwlbfw.plan.model import Plan, Step
from gwlbfw.resources import Route, VSwitch
from gwlbfw.resources.graph import Node
from gwlbfw.topology.models import Topology
from tests.cli.running import EXAMPLES


def vswitch(**more: object) -> Node:
    properties = {"vpc": Ref("vpc-1"), "zone": "z-a", "cidr": "10.0.1.0/24", **more}
    return Node(VSwitch.model_validate(properties), id="vsw-1")


def route(hop: str) -> Node:
    return Node(
        Route(
            vpc=Ref("vpc-1"),
            table=Ref("vtb-1"),
            destination="0.0.0.0/0",
            next_hop_type="Ipv4Gateway",
            next_hop=Ref(hop),
        ),
        owned=False,
    )


def plan(*changes: Change, destroys: bool = False) -> Plan:
    return Plan("edge", "cn-x", changes, (), "", destroys=destroys)


ADOPT = Change(
    Address("vswitch.business/shop/a"),
    "adopt",
    vswitch(tags={}),
    vswitch(tags={"team": "netsec"}),
    frozenset({"tags"}),
    "the stack takes ownership of it",
)
RESTORE = Change(
    Address("route.business/shop/a"),
    "update",
    route("ep-1"),
    route("ipv4gw-1"),
    frozenset({"next_hop"}),
    "it is restored as it was found",
    restores=True,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "(none)"),
        (True, "true"),
        (7, "7"),
        ("", '""'),
        ([], "[]"),
        (["a", "b"], "[a, b]"),
        ({"a": 1, "b": ""}, "{a: 1}"),
        ({"protocol": "tcp", "ports": "80/80", "source": "0.0.0.0/0"}, "tcp 80/80 from 0.0.0.0/0"),
        (
            {"protocol": "tcp", "ports": "80/80", "source": "sg-1", "policy": "drop"},
            "tcp 80/80 from sg-1 policy drop",
        ),
    ],
)
def test_value_is_one_line(value: Json, text: str) -> None:
    assert value_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (38.2, "38 s"), (125.4, "2 min 5 s")]
)
def test_duration_is_as_exact_as_it_matters(value: float, text: str) -> None:
    assert duration_text(value) == text


def test_adopted_and_restored_resources_show_their_reason() -> None:
    assert plan_text(plan(ADOPT, RESTORE)) == (
        "edge in cn-x\n"
        "\n"
        "Network\n"
        "\n"
        "    ← vswitch.business/shop/a  (vsw-1; the stack takes ownership of it)\n"
        "        tags.team  (none) → netsec\n"
        "\n"
        "Routing\n"
        "\n"
        "    ~ route.business/shop/a  (it is restored as it was found)\n"
        "        next_hop  ep-1 → ipv4gw-1\n"
        "\n"
        "Plan: 1 to update, 1 to adopt; 0 API calls"
    )


def test_deletion_shows_its_reason_except_in_destroy() -> None:
    address = Address("vswitch.business/shop/a")
    gone = Change(address, "delete", vswitch(), None, reason=f"{address} is not in the topology")
    assert reason(gone) == "not in the topology"
    assert reason(gone, destroys=True) == ""


def test_restored_route_shows_its_reason_in_destroy() -> None:
    put_back = Change(
        RESTORE.address, "delete", RESTORE.was, None, reason=RESTORE.reason, restores=True
    )
    assert reason(put_back, destroys=True) == "it is restored as it was found"


def test_warnings_stand_at_the_top_of_markdown() -> None:
    warned = Plan("edge", "cn-x", (), (), "", warnings=(warning("w", "beware", hint="look"),))
    assert plan_markdown(warned) == (
        "### gwlbfw plan: `edge` in `cn-x`\n"
        "\n"
        "> **Warning:** beware (look)\n"
        "\n"
        "No changes. Live state matches the topology."
    )


ULANQAB = Topology.load(EXAMPLES / "ulanqab.yaml")


def drifted(address: str) -> DriftReport:
    item = DriftItem(Address(address), "exists", True, False, "high", "it is gone")
    return DriftReport((item,))


@pytest.mark.parametrize("place", ["on the simulator", "in account 1234567890123456 (profile x)"])
def test_drift_names_the_cloud_or_the_account(place: str) -> None:
    report = replace(drifted("eip.shop/ecs-b-01"), place=place)
    where = place.removeprefix("in ")
    said = drift_text(report, ULANQAB).splitlines()[0]
    assert said == f"ulanqab-edge in cn-wulanchabu, {where}"
    title = drift_markdown(report, ULANQAB).splitlines()[0]
    assert title == f"### gwlbfw drift: `ulanqab-edge` in `cn-wulanchabu`, {where}"


def test_no_drift_is_a_line_in_markdown() -> None:
    assert drift_markdown(DriftReport(()), ULANQAB) == (
        "### gwlbfw drift: `ulanqab-edge` in `cn-wulanchabu`\n"
        "\n"
        "No drift. Live state matches what was last applied."
    )


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("vswitch.business/shop/app-b", "shop:"),
        ("listener.main", "gateway_load_balancer:"),
        ("instance.appliance/ecs-01", "security_vpc:"),
    ],
)
def test_drift_is_placed_where_the_file_names_its_resource(address: str, key: str) -> None:
    log = json.loads(json.dumps(drift_sarif(drifted(address), "ulanqab.yaml", ULANQAB)))
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    line = (EXAMPLES / "ulanqab.yaml").read_text().splitlines()[place["startLine"] - 1]
    assert line.strip() == key


def test_report_of_a_watch_has_its_time(capsys: pytest.CaptureFixture[str]) -> None:
    view = DriftView(Screen(), "text", "ulanqab.yaml", ULANQAB)
    view.show_next(DriftReport(()), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    said = capsys.readouterr()
    assert said.err == "2026-01-02 03:04:05 UTC\n"
    assert said.out == (
        "ulanqab-edge in cn-wulanchabu\n\nNo drift. Live state matches what was last applied.\n"
    )


def test_call_in_another_account_names_the_account() -> None:
    call = Call("vpc", "DeleteVpc", {"VpcId": "vpc-1"}, account="netops")
    gone = Wait(Call("vpc", "DescribeVpcs"), gone=True)
    step = Step("vpc.x:delete", Address("vpc.x"), "delete", call, waits=(gone,))
    assert calls_text(Plan("edge", "cn-x", (), (step,), "")) == (
        "1 step; each starts as soon as its dependencies are done\n"
        "\n"
        "   1. vpc:DeleteVpc  vpc.x\n"
        "      account   netops\n"
        "      VpcId     vpc-1\n"
        "      wait for  vpc:DescribeVpcs until it is gone"
    )


def test_cell_of_a_table_is_escaped() -> None:
    assert list(table(["a"], [["x|y"]])) == ["| a |", "| --- |", "| x\\|y |"]


def test_identifiers_of_two_names_differ() -> None:
    names = Identifiers()
    assert names["a-b"] == "a_b"
    assert names["a_b"] == "a_b_2"
    assert names["a/b"] == "a_b_3"
    assert names["a-b"] == "a_b"


def said(said: EventType, elapsed_s: float, detail: str = "") -> Event:
    step = Step("route.y:create", Address("route.y"), "create", None)
    return Event(said, step, elapsed_s, detail)


def test_long_wait_is_reported_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    with LineProgress(12, Screen()) as on_event:
        for seconds_ in (1.0, 9.0, 11.0, 20.0, 22.0):
            on_event(said("waiting", seconds_, "0 with Status=Healthy"))
        on_event(said("done", 63.0))
    assert capsys.readouterr().err == (
        "[ 0/12] route.y: waiting for 11 s: 0 with Status=Healthy\n"
        "[ 0/12] route.y: waiting for 22 s: 0 with Status=Healthy\n"
        "[ 1/12] route.y: created (1 min 3 s)\n"
    )


def test_retries_of_a_step_are_folded(capsys: pytest.CaptureFixture[str]) -> None:
    """The first one is told at once; a deletion that is blocked is tried hundreds of times."""
    with LineProgress(12, Screen()) as on_event:
        for number in range(60):
            on_event(said("retrying", number * 0.4, f"attempt {number + 2}: busy"))
    assert capsys.readouterr().err.splitlines() == [
        "[ 0/12] route.y: attempt 2: busy",
        "[ 0/12] route.y: retrying for 10 s: attempt 27: busy",
        "[ 0/12] route.y: retrying for 20 s: attempt 52: busy",
    ]


def test_phase_without_a_past_tense_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    step = Step("route.y:polish", Address("route.y"), "polish", None)
    with LineProgress(1, Screen()) as on_event:
        on_event(Event("done", step, 0.1))
    assert capsys.readouterr().err == "[1/1] route.y: polish done (0.1 s)\n"

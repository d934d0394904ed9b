"""From an empty cloud to a firewall, through tampering and changes, and back to an empty cloud."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.cli.running import EXAMPLES, Done, gwlbfw, same_as_snapshot

pytestmark = [pytest.mark.simulator, pytest.mark.scenario]

FILE = "ulanqab.yaml"
SECRET = "Hello World"
"""Stands in the servers' user data."""


def _first(reply: Done, *path: str, named: str = "") -> dict[str, str]:
    value = json.loads(reply.out)
    for name in path:
        value = value[name]
    return next(each for each in value if named in json.dumps(each))


def _turn_a_route_past_the_firewall() -> None:
    listed = gwlbfw("--sim", "sim", "call", "vpc", "DescribeRouteTableList", "PageSize=50")
    table = _first(listed, "RouterTableList", "RouterTableListType", named="shop-cn-wulanchabu-b")
    gateway = _first(gwlbfw("--sim", "sim", "call", "vpc", "ListIpv4Gateways"), "Ipv4GatewayModels")
    done = gwlbfw(
        *("--sim", "sim", "call", "vpc", "ModifyRouteEntry"),
        *(f"RouteTableId={table['RouteTableId']}", "DestinationCidrBlock=0.0.0.0/0"),
        *("NewNextHopType=Ipv4Gateway", f"NewNextHopId={gateway['Ipv4GatewayId']}"),
    )
    assert done.code == 0, done


def _changed(path: Path) -> None:
    """Another size of server and bandwidth, other health checks, another open port."""
    text = path.read_text()
    for old, new in (
        ("port: 22,", "port: 22, timeout_s: 3,"),
        ("ecs-b-01: {subnet: app-b, instance_type: ecs.g7.large", None),
        ("{bandwidth_mbps: 5}", "{bandwidth_mbps: 8}"),
        ("ports: 80,", "ports: 443,"),
    ):
        assert old in text
        text = text.replace(old, new or old.replace("ecs.g7.large", "ecs.g7.xlarge"))
    path.write_text(text)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Done]]:
    """What every command says on the way, which is gone once."""
    folder, before = tmp_path_factory.mktemp("way"), Path.cwd()
    for name in (FILE, "hello-world.sh"):
        shutil.copy(EXAMPLES / name, folder)
    os.chdir(folder)
    try:
        yield dict(_way(folder))
    finally:
        os.chdir(before)


def _way(folder: Path) -> Iterator[tuple[str, Done]]:
    yield "drift before", gwlbfw("drift", FILE, "--sim")
    yield "saved", gwlbfw("plan", FILE, "--sim", "--out", "first.json")
    yield "applied", gwlbfw("apply", "first.json", "--sim", "--auto-approve", "--report", "r.json")
    yield "stale", gwlbfw("apply", "first.json", "--sim", "--auto-approve")
    yield "same", gwlbfw("plan", FILE, "--sim", "--detailed-exitcode")
    yield "same again", gwlbfw("apply", FILE, "--sim")
    yield "no drift", gwlbfw("drift", FILE, "--sim")
    yield "nothing moved", gwlbfw("plan", FILE, "--sim", "--refresh-only", "--detailed-exitcode")
    _turn_a_route_past_the_firewall()
    for form in ("text", "json", "markdown", "sarif"):
        yield f"drift {form}", gwlbfw("drift", FILE, "--sim", "--format", form)
    moved = ("plan", FILE, "--sim", "--refresh-only", "--detailed-exitcode")
    yield "moved", gwlbfw(*moved)
    yield "moved json", gwlbfw(*moved, "--format", "json")
    _changed(folder / FILE)
    for form in ("text", "json", "markdown"):
        yield f"plan {form}", gwlbfw("plan", FILE, "--sim", "--detailed-exitcode", "--format", form)
    yield "calls", gwlbfw("plan", FILE, "--sim", "--calls")
    yield "sensitive", gwlbfw("plan", FILE, "--sim", "--show-sensitive")
    yield "sensitive json", gwlbfw("plan", FILE, "--sim", "--show-sensitive", "--format", "json")
    yield "nobody", gwlbfw("apply", FILE, "--sim", "--allow-traffic-loss")
    yield "changed", gwlbfw("apply", FILE, "--sim", "--auto-approve", "--allow-traffic-loss", "-v")
    yield "doomed", gwlbfw("plan", FILE, "--sim", "--destroy")
    yield "destroyed", gwlbfw("destroy", FILE, "--sim", "--auto-approve")
    yield "nothing left", gwlbfw("destroy", FILE, "--sim")
    yield "empty", gwlbfw("sim", "status", "--format", "json")
    (folder / "first.json").write_text((folder / "first.json").read_text()[:-100])
    yield "cut", gwlbfw("apply", "first.json", "--sim", "--auto-approve")


def test_the_first_plan_creates_everything(said: Mapping[str, Done]) -> None:
    same_as_snapshot("plan-first", said["saved"])


def test_a_saved_plan_is_carried_out_as_it_was_shown(said: Mapping[str, Done]) -> None:
    assert said["applied"].out.startswith(said["saved"].out)
    same_as_snapshot("apply-first", said["applied"])


def test_a_saved_plan_is_carried_out_once(said: Mapping[str, Done]) -> None:
    same_as_snapshot("apply-stale", said["stale"])


def test_a_second_plan_and_apply_have_nothing_to_do(said: Mapping[str, Done]) -> None:
    same_as_snapshot(
        "nothing-to-do",
        said["same"],
        said["same again"],
        said["no drift"],
        said["nothing moved"],
    )


def test_without_a_record_drift_is_from_the_file_and_says_so(said: Mapping[str, Done]) -> None:
    done = said["drift before"]
    assert done.code == 2
    assert "differences from the topology file, as there is no record" in done.out


def test_drift_is_shown_in_every_form(said: Mapping[str, Done]) -> None:
    same_as_snapshot("drift", *(said[f"drift {f}"] for f in ("text", "json", "markdown", "sarif")))


def test_what_moved_is_shown_and_nothing_is_planned(said: Mapping[str, Done]) -> None:
    same_as_snapshot("plan-refresh-only", said["moved"])
    content = json.loads(said["moved json"].out)
    assert content["calls"] == []
    moved = [each for each in content["changes"] if each["action"] != "no_op"]
    assert [each["drift"] for each in moved] == [True]


def test_a_plan_of_changes_is_shown_in_every_form(said: Mapping[str, Done]) -> None:
    assert said["plan text"].code == said["plan json"].code == said["plan markdown"].code == 2
    same_as_snapshot("plan-changes", said["plan text"])
    same_as_snapshot("plan-changes-markdown", said["plan markdown"])


def test_a_plan_as_json_has_what_is_promised(said: Mapping[str, Done]) -> None:
    assert said["plan json"].err == ""
    content = json.loads(said["plan json"].out)
    assert content["format_version"] == 1
    assert (content["stack"], content["region"]) == ("ulanqab-edge", "cn-wulanchabu")
    assert set(content["summary"]) == {"create", "update", "replace", "delete", "adopt", "no_op"}
    for change in content["changes"]:
        assert {
            *("address", "kind", "action", "id", "before"),
            *("after", "changed", "reason", "drift"),
        } <= set(change)
    for call in content["calls"]:
        assert {"id", "address", "action", "params", "depends_on", "wait_for"} <= set(call)


def test_the_calls_are_numbered_and_say_what_they_come_after(said: Mapping[str, Done]) -> None:
    same_as_snapshot("plan-calls", said["calls"])


def test_user_data_is_only_shown_when_that_is_asked_for(said: Mapping[str, Done]) -> None:
    assert SECRET in said["sensitive"].out
    assert SECRET in said["sensitive json"].out
    for name, done in said.items():
        if not name.startswith("sensitive"):
            assert SECRET not in done.out + done.err, name
    assert SECRET not in Path("r.json").read_text()


def test_without_a_terminal_nobody_can_say_yes(said: Mapping[str, Done]) -> None:
    same_as_snapshot("apply-nobody", said["nobody"])


def test_changes_are_carried_out_and_their_calls_counted(said: Mapping[str, Done]) -> None:
    done = said["changed"]
    assert done.code == 0
    assert "\nApplied: 5 updated, 1 replaced in " in done.out
    assert "API calls were sent: ecs:" in done.err


def test_destroying_shows_and_deletes_all_of_it(said: Mapping[str, Done]) -> None:
    assert said["destroyed"].out.startswith(said["doomed"].out)
    same_as_snapshot("destroy", said["destroyed"], said["nothing left"])
    assert json.loads(said["empty"].out) == {"resources": {}, "empty": True}


def test_a_plan_that_was_cut_short_is_refused(said: Mapping[str, Done]) -> None:
    same_as_snapshot("apply-cut", said["cut"])


def test_the_report_has_every_call_with_its_times(said: Mapping[str, Done]) -> None:
    assert said["applied"].code == 0
    content = json.loads(Path("r.json").read_text())
    assert content["outcome"] == "done"
    assert len(content["calls"]) == 49
    for call in content["calls"]:
        assert call["end"] >= call["start"] >= 0
        assert call["outcome"] == "done"

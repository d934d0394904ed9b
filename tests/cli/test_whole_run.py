"""From an empty cloud to a firewall, through tampering and changes, and back to an empty cloud."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.cli.running import EXAMPLES, CommandResult, gwlbfw, same_as_snapshot

pytestmark = [pytest.mark.simulator, pytest.mark.scenario]

FILE = "ulanqab.yaml"
SECRET = "Hello World"
"""Stands in the servers' user data."""


def _first(reply: CommandResult, *path: str, named: str = "") -> dict[str, str]:
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
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, CommandResult]]:
    """What every command says on the way, which is gone once."""
    folder, before = tmp_path_factory.mktemp("way"), Path.cwd()
    for name in (FILE, "hello-world.sh"):
        shutil.copy(EXAMPLES / name, folder)
    os.chdir(folder)
    try:
        yield dict(_run_all(folder))
    finally:
        os.chdir(before)


def _run_all(folder: Path) -> Iterator[tuple[str, CommandResult]]:
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


def test_first_plan_creates_everything(results: Mapping[str, CommandResult]) -> None:
    same_as_snapshot("plan-first", results["saved"])


def test_saved_plan_is_applied_as_it_was_shown(results: Mapping[str, CommandResult]) -> None:
    assert results["applied"].out.startswith(results["saved"].out)
    same_as_snapshot("apply-first", results["applied"])


def test_saved_plan_is_applied_once(results: Mapping[str, CommandResult]) -> None:
    same_as_snapshot("apply-stale", results["stale"])


def test_second_plan_and_apply_have_nothing_to_do(results: Mapping[str, CommandResult]) -> None:
    same_as_snapshot(
        "nothing-to-do",
        results["same"],
        results["same again"],
        results["no drift"],
        results["nothing moved"],
    )


def test_drift_without_a_state_is_from_the_file(results: Mapping[str, CommandResult]) -> None:
    done = results["drift before"]
    assert done.code == 2
    assert "differences from the topology file, as there is no record" in done.out


def test_drift_is_shown_in_every_format(results: Mapping[str, CommandResult]) -> None:
    same_as_snapshot(
        "drift", *(results[f"drift {f}"] for f in ("text", "json", "markdown", "sarif"))
    )


def test_refresh_only_plan_shows_drift_and_plans_nothing(
    results: Mapping[str, CommandResult],
) -> None:
    same_as_snapshot("plan-refresh-only", results["moved"])
    content = json.loads(results["moved json"].out)
    assert content["calls"] == []
    moved = [each for each in content["changes"] if each["action"] != "no_op"]
    assert [each["drift"] for each in moved] == [True]


def test_plan_of_changes_is_shown_in_every_format(results: Mapping[str, CommandResult]) -> None:
    assert (
        results["plan text"].code == results["plan json"].code == results["plan markdown"].code == 2
    )
    same_as_snapshot("plan-changes", results["plan text"])
    same_as_snapshot("plan-changes-markdown", results["plan markdown"])


def test_json_plan_has_the_keys_of_the_contract(results: Mapping[str, CommandResult]) -> None:
    assert results["plan json"].err == ""
    content = json.loads(results["plan json"].out)
    assert content["format_version"] == 2
    assert (content["stack"], content["region"]) == ("ulanqab-edge", "cn-wulanchabu")
    assert set(content["summary"]) == {"create", "update", "replace", "delete", "adopt", "no_op"}
    for change in content["changes"]:
        assert {
            *("address", "kind", "action", "id", "before"),
            *("after", "changed", "reason", "drift"),
        } <= set(change)
    for call in content["calls"]:
        assert {"id", "address", "action", "params", "depends_on", "wait_for"} <= set(call)


def test_calls_are_numbered_with_their_dependencies(results: Mapping[str, CommandResult]) -> None:
    same_as_snapshot("plan-calls", results["calls"])


def test_user_data_is_shown_on_request_alone(results: Mapping[str, CommandResult]) -> None:
    assert SECRET in results["sensitive"].out
    assert SECRET in results["sensitive json"].out
    for name, done in results.items():
        if not name.startswith("sensitive"):
            assert SECRET not in done.out + done.err, name
    assert SECRET not in Path("r.json").read_text()


def test_apply_without_a_terminal_is_not_approved(results: Mapping[str, CommandResult]) -> None:
    same_as_snapshot("apply-nobody", results["nobody"])


def test_apply_counts_the_calls_it_sent(results: Mapping[str, CommandResult]) -> None:
    done = results["changed"]
    assert done.code == 0
    assert "\nApplied: 5 updated, 1 replaced in " in done.out
    assert "API calls were sent: ecs:" in done.err


def test_destroy_shows_and_deletes_everything(results: Mapping[str, CommandResult]) -> None:
    assert results["destroyed"].out.startswith(results["doomed"].out)
    same_as_snapshot("destroy", results["destroyed"], results["nothing left"])
    assert json.loads(results["empty"].out) == {"resources": {}, "empty": True}


def test_plan_that_was_cut_short_is_refused(results: Mapping[str, CommandResult]) -> None:
    same_as_snapshot("apply-cut", results["cut"])


def test_report_has_every_call_with_its_times(results: Mapping[str, CommandResult]) -> None:
    assert results["applied"].code == 0
    content = json.loads(Path("r.json").read_text())
    assert content["outcome"] == "done"
    assert len(content["calls"]) == 49
    for call in content["calls"]:
        assert call["end"] >= call["start"] >= 0
        assert call["outcome"] == "done"

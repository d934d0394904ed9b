"""What plan and apply say and do about traffic, on a network that serves some already."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from gwlbfw.sim.faults import Rule
from tests.cli.networks import FILE, Site, site
from tests.cli.running import CommandResult, same_as_snapshot

pytestmark = [pytest.mark.simulator, pytest.mark.scenario]

EXIT = ("plan", FILE, "--detailed-exitcode")
APPLY = ("apply", FILE, "--auto-approve", "--report", "r.json")


def traffic(done: CommandResult) -> str:
    """The section on traffic, and what follows it."""
    return done.out[done.out.index("\nTraffic\n") :]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, CommandResult]]:
    """What every command says while a firewall comes and goes."""
    folder, before = tmp_path_factory.mktemp("traffic"), Path.cwd()
    os.chdir(folder)
    try:
        with site(folder) as at:
            yield dict(_run_all(at))
    finally:
        os.chdir(before)


def _run_all(at: Site) -> Iterator[tuple[str, CommandResult]]:
    at.stray()
    yield "stray", at.run(*EXIT)
    yield "refused", at.run("apply", FILE)
    at.straighten()
    yield "plan", at.run(*EXIT)
    yield "markdown", at.run("plan", FILE, "--format", "markdown")
    yield "json", at.run("plan", FILE, "--format", "json")
    yield "desired", at.run("verify", FILE, "--desired")
    yield "applied", at.run(*APPLY)
    yield "proven", at.run(*EXIT)
    at.stray()
    yield "bypassed", at.run(*EXIT)
    yield "bypassed markdown", at.run("plan", FILE, "--format", "markdown")
    at.straighten()
    yield "doomed", at.run(*EXIT, "--destroy")


def test_plan_shows_its_forecast(results: Mapping[str, CommandResult]) -> None:
    same_as_snapshot(
        "plan-traffic", CommandResult(EXIT, results["plan"].code, traffic(results["plan"]), "")
    )


def test_forecast_is_folded_away_in_markdown(results: Mapping[str, CommandResult]) -> None:
    text = results["markdown"].out
    assert "<summary><b>Traffic</b>: not proven (4 not inspected) → proven</summary>" in text
    assert "    between 22 and 23, for about 3 s: inbound to shop/app-b is asymmetric" in text


def test_json_plan_has_verdicts_and_transitions(results: Mapping[str, CommandResult]) -> None:
    found = json.loads(results["json"].out)["traffic"]
    assert (found["before"]["proven"], found["after"]["proven"]) == (False, True)
    assert set(found["before"]) == {"proven", "flows", "findings"}
    assert found["worst"] == "asymmetric"
    calls = [each["id"] for each in json.loads(results["json"].out)["calls"]]
    for each in found["transitions"]:
        assert each["after"][0] in calls
        assert each["until"][0] in calls


def test_plan_of_destroy_shows_restored_zones_in_order(
    results: Mapping[str, CommandResult],
) -> None:
    done = results["doomed"]
    assert done.code == 2
    assert "Return of shop/cn-wulanchabu-c: 2 calls" in traffic(done)
    assert "Existing connections continue without the firewall." in traffic(done)
    assert "refuses this without" not in done.out


def test_detailed_exit_code_tells_an_uninspected_end(results: Mapping[str, CommandResult]) -> None:
    codes = {name: results[name].code for name in ("stray", "plan", "proven", "bypassed")}
    assert codes == {"stray": 3, "plan": 2, "proven": 0, "bypassed": 3}


def test_empty_plan_with_a_live_bypass_is_not_proven(
    results: Mapping[str, CommandResult],
) -> None:
    sentence = (
        "But not all Internet traffic is inspected: shop/app-b is asymmetric, inbound; "
        "shop/app-b bypasses the firewall, outbound to 8.8.8.0/24 (see `gwlbfw verify`).\n"
    )
    assert results["bypassed"].out == f"No changes. Live state matches the topology.\n{sentence}"
    assert results["bypassed markdown"].out.endswith(sentence)


def test_uninspected_end_is_refused_before_apply_asks(
    results: Mapping[str, CommandResult],
) -> None:
    assert "  `gwlbfw apply` refuses this without `--accept-uninspected`.\n" in results["stray"].out
    assert results["refused"].code == 1
    assert results["refused"].err == (
        "error: at the end of the plan not all Internet traffic would be inspected: shop/app-b is "
        "asymmetric, inbound; shop/app-b bypasses the firewall, outbound to 8.8.8.0/24\n"
        "   hint: change the topology or what stands in its way, or accept it with "
        "`--accept-uninspected`\n"
    )


def test_verify_desired_proves_the_routes_of_a_plan(
    results: Mapping[str, CommandResult],
) -> None:
    assert results["desired"].code == 0
    assert results["desired"].out.startswith("Proven: ")
    assert "is taken to be healthy once it is in its server group" in results["desired"].out


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The network, as it is before there is a firewall."""
    monkeypatch.chdir(tmp_path)
    with site(tmp_path) as made:
        yield made


def report(at: Site) -> dict[str, object]:
    """What an apply has left in its report."""
    return dict(json.loads((at.folder / "r.json").read_text()))


def test_accepted_uninspected_end_is_applied_and_stays(at: Site) -> None:
    at.stray()
    done = at.run(*APPLY, "--accept-uninspected")
    assert done.code == 0, done
    assert at.run("verify", FILE).code == 3
    assert at.run(*EXIT).code == 3


def test_report_has_the_asymmetric_seconds(at: Site) -> None:
    at.made.testbed.simulator.faults.add(Rule("delay", "vpc:ModifyRouteEntry", seconds=0.2))
    assert at.run(*APPLY).code == 0
    seconds = report(at)["uninspected_or_asymmetric_s"]
    assert isinstance(seconds, float)
    assert 0.4 <= seconds < 4


def test_zone_that_could_not_be_cut_over_is_rolled_back_and_named(at: Site) -> None:
    at.made.testbed.simulator.faults.add(
        Rule("error", "vpc:ModifyRouteEntry", code="Forbidden.RAM", status=403, first=1)
    )
    done = at.run(*APPLY)
    assert done.code == 1
    assert "] route.gateway/shop/app-b: rolled back (" in done.err
    reason = "because of route.business/shop/app-b:modify"
    assert f"\nthe routes of shop/cn-wulanchabu-b were rolled back {reason}\n" in done.err
    assert report(at)["outcome"] == "failed"
    assert at.run(*APPLY).code == 0
    assert at.run(*EXIT).code == 0

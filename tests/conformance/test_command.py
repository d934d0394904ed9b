"""`gwlbfw sim conform`, over HTTP and by the vendor's client."""

import json
import signal
from pathlib import Path
from threading import Event

import pytest

from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.server import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpReply, HttpRequest
from tests.cli.processes import TIMEOUT_S, read_until, start
from tests.cli.running import gwlbfw

NO_KEYS = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "any", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "key"}


class Polled(Simulator):
    """A simulator that says when a list of VPCs was read."""

    def __init__(self, settings: Settings, clock: TurnedClock) -> None:
        super().__init__(settings=settings, clock=clock)
        self.polled = Event()

    def handle(self, request: HttpRequest) -> HttpReply:
        reply = super().handle(request)
        if any(each.action == "DescribeVpcs" for each in self.activity.entries()):
            self.polled.set()
        return reply


def test_scripts_run_over_http_and_leave_nothing(tmp_path: Path) -> None:
    chosen = ("sts/*", "vpc/vpc-names", "tags/gwlb-tags", "privatelink/regions", "ecs/rules")
    done = gwlbfw("sim", "conform", *chosen, "--sim-dir", tmp_path, "--format", "json")
    assert done.code == 0, done.out
    told = json.loads(done.out)
    assert [each["name"] for each in told["scripts"]] == [
        *("ecs/rules", "privatelink/regions", "sts/caller", "tags/gwlb-tags", "vpc/vpc-names")
    ]
    assert told["same"] == 5
    assert all(each["seconds"] >= 0 for each in told["scripts"])
    assert "[5/5] vpc/vpc-names (gwlbfw-conform-" in done.err
    look = ("sim", "status", "--sim-dir", tmp_path, "--format", "json")
    # What was deleted last takes the cloud a moment.
    assert any(json.loads(gwlbfw(*look).out)["empty"] for _ in range(20))


def test_refuted_guess_is_told_with_the_file_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NO_KEYS.items():
        monkeypatch.setenv(name, value)
    with Server(Simulator(settings=Settings(quotas={"rules_per_security_group": 0}))) as server:
        words = ("sim", "conform", "ecs/same-rule-twice", "--endpoint-url", server.url)
        text, told = gwlbfw(*words), json.loads(gwlbfw(*words, "--format", "json").out)
    assert text.code == 1
    assert "0 of 1 scripts came out as they say" in text.out
    (difference,) = told["scripts"][0]["differences"]
    assert difference["call"] == "ecs:AuthorizeSecurityGroup"
    assert difference["actual"].startswith("refused with AuthorizationLimitExceed")
    assert (difference["unverified"], difference["simulator_file"]) == (False, "")
    assert told["interrupted"] is False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_removes_what_it_made_and_exits_130(
    tmp_path: Path, number: signal.Signals
) -> None:
    clock = TurnedClock()  # which stands, so that the VPC stays Pending
    simulator = Polled(settings=Settings(transition=1.0), clock=clock)
    with Server(simulator) as server:
        words = ("sim", "conform", "vpc/vpc-statuses", "--endpoint-url", server.url)
        process = start(tmp_path, *words, **NO_KEYS)
        read_until(process, "[1/1] vpc/vpc-statuses")
        assert simulator.polled.wait(TIMEOUT_S)
        process.send_signal(number)
        said = read_until(process, "interrupted: removing what vpc/vpc-statuses made")
        clock.advance(10)
        out, err = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 130, said + err
    assert "not finished: interrupted" in out
    clock.advance(10)
    assert simulator.status().empty


def test_pattern_that_no_script_matches_is_refused() -> None:
    done = gwlbfw("sim", "conform", "none/*")
    assert done.code == 1
    assert "there is no script none/*" in done.err


def test_list_says_claims_times_and_costs() -> None:
    text = gwlbfw("sim", "conform", "--list", "nat/automatic-route")
    assert "nat/automatic-route\n" in text.out
    assert "UNVERIFIED" in text.out
    assert "4 min; cost: a NAT gateway for an hour that has begun" in text.out
    (told,) = json.loads(gwlbfw("sim", "conform", "--list", "--format", "json", "sts/*").out)[
        "scripts"
    ]
    assert told["name"] == "sts/caller"
    assert told["cost"] == "none"


def test_real_cloud_is_asked_for_before_anything_is_called() -> None:
    done = gwlbfw("sim", "conform", "--cloud", "nat/*")
    assert done.code == 1
    assert " scripts in cn-wulanchabu: about" in done.err
    assert "stdin is not a terminal" in done.err


def test_real_cloud_and_a_simulator_exclude_each_other() -> None:
    done = gwlbfw("sim", "conform", "--cloud", "--yes", "--endpoint-url", "http://127.0.0.1:9")
    assert done.code == 1
    assert "--cloud excludes --sim and --endpoint-url" in done.err

"""The activity log: every call is in it, and no secret is."""

import json
import stat
from pathlib import Path
from urllib.parse import urlencode

import pytest

from gwlbfw.sim.activity import Activity, Entry, kept_calls, redact
from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpRequest
from tests.sim.services.vpc.calls import Vpcs


def test_activity_log_has_caller_action_region_and_outcome_of_every_call(vpcs: Vpcs) -> None:
    vpcs.call("create_vpc", cidr_block="10.0.0.0/8", region_id="cn-hangzhou")
    vpcs.refused("delete_vpc", vpc_id="vpc-none")
    created, refused = vpcs.cloud.simulator.activity.entries()
    assert (created.product, created.action, created.region) == ("vpc", "CreateVpc", "cn-hangzhou")
    assert (created.code, created.status) == ("OK", 200)
    assert created.account == vpcs.cloud.simulator.settings.account
    assert created.time == vpcs.cloud.clock.now()
    assert created.parameters == {"CidrBlock": "10.0.0.0/8", "RegionId": "cn-hangzhou"}
    assert (refused.action, refused.code, refused.status) == (
        "DeleteVpc",
        "InvalidVpcId.NotFound",
        404,
    )
    assert created.request_id != refused.request_id


def test_activity_log_has_the_duration_of_a_call() -> None:
    ticks = iter([1.0, 1.25])
    simulator = Simulator(timer=lambda: next(ticks))
    simulator.handle(HttpRequest("POST", "Action=DescribeVpcs&Version=2016-04-28"))
    assert [each.duration_ms for each in simulator.activity.entries()] == [250]
    simulator.close()


def test_activity_log_has_calls_of_unknown_actions() -> None:
    simulator = Simulator()
    simulator.handle(HttpRequest("POST", "Action=Nonsense&Version=2016-04-28"))
    (entry,) = simulator.activity.entries()
    assert (entry.action, entry.code, entry.status) == ("Nonsense", "InvalidApi.NotFound", 404)
    simulator.close()


@pytest.mark.parametrize("name", ["UserData", "CommandContent", "Password", "ExternalId"])
def test_activity_log_redacts_secrets_user_data_and_scripts(name: str) -> None:
    shown = redact({name: "hush-hush", "List": [{name: "hush-hush", "Plain": "1"}]})
    assert "hush" not in json.dumps(shown)
    assert shown == {
        name: "(9 characters)",
        "List": [{name: "(9 characters)", "Plain": "1"}],
    }


def test_activity_log_keeps_the_latest_calls_only() -> None:
    activity = Activity(kept=3)
    for number in range(5):
        activity.record(Entry(number, str(number)))
    assert [each.request_id for each in activity.entries()] == ["2", "3", "4"]
    assert [each.request_id for each in activity.entries(last=1)] == ["4"]
    assert activity.entries(last=0) == []


def test_activity_file_has_one_call_a_line_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "log" / "activity.jsonl"
    simulator = Simulator(settings=Settings(activity_file=path))
    for user_data in ("aHVzaA==", "aHVzaA=="):
        query = urlencode({"Action": "RunInstances", "UserData": user_data})
        simulator.handle(HttpRequest("POST", f"{query}&Version=2014-05-26"))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [each["action"] for each in lines] == ["RunInstances"] * 2
    assert "aHVz" not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    simulator.close()


def test_unwritable_activity_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(SimulatorError, match="activity log"):
        Simulator(settings=Settings(activity_file=tmp_path))


def test_activity_log_has_product_and_redacted_parameters_of_unknown_actions() -> None:
    simulator = Simulator()
    secret = {"LoginPassword": "hush-hush", "KeyPairSecretValue": "hush", "Long": "hush" * 40}
    sent = {"Action": "MakeCoffee", "Version": "2016-04-28", "VpcId": "vpc-a", **secret}
    simulator.handle(HttpRequest("POST", urlencode({**sent, "ClientToken": "t", "Tag.1.Key": "k"})))
    (entry,) = simulator.activity.entries()
    assert (entry.product, entry.action) == ("vpc", "MakeCoffee")
    assert entry.parameters == {
        "VpcId": "vpc-a",
        "LoginPassword": "(9 characters)",
        "KeyPairSecretValue": "(4 characters)",
        "Long": "(160 characters)",
        "ClientToken": "t",
        "Tag.1.Key": "k",
    }
    simulator.close()


def test_activity_log_marks_parameters_that_the_action_does_not_have(vpcs: Vpcs) -> None:
    query = "Action=CreateVpc&Version=2016-04-28&CidrBlok=10.0.0.0/8&Tag.1.Key=a&Tag.1.Colour=b"
    simulator = vpcs.cloud.simulator
    assert simulator.handle(HttpRequest("POST", query)).status == 200
    (entry,) = simulator.activity.entries()
    assert entry.ignored == ["CidrBlok", "Tag.1.Colour"]


def test_folder_keeps_the_calls_of_every_process(folder: Path) -> None:
    for _ in range(2):
        simulator = Simulator(folder)
        simulator.handle(HttpRequest("POST", "Action=DescribeVpcs&Version=2016-04-28"))
        simulator.close()
    assert [each["action"] for each in kept_calls(folder)] == ["DescribeVpcs"] * 2
    assert len(kept_calls(folder, last=1)) == 1
    assert stat.S_IMODE((folder / "activity.jsonl").stat().st_mode) == 0o600


def test_folder_keeps_a_bounded_number_of_calls_the_latest(tmp_path: Path) -> None:
    activity = Activity(folder=tmp_path, largest=1000)
    for number in range(100):
        activity.record(Entry(number, str(number)))
    kept = [each.request_id for each in activity.entries()]
    assert kept == [str(number) for number in range(100 - len(kept), 100)]
    assert 4 < len(kept) < 20
    assert sum(each.stat().st_size for each in tmp_path.iterdir()) < 2500
    assert [each.request_id for each in activity.entries(last=3)] == ["97", "98", "99"]


def test_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    Activity(folder=tmp_path).record(Entry(1.0, "whole"))
    with (tmp_path / "activity.jsonl").open("a") as file:
        file.write('{"time":2')
    assert [each["request_id"] for each in kept_calls(tmp_path)] == ["whole"]
    assert kept_calls(tmp_path / "nowhere") == []


def test_call_is_answered_where_the_activity_log_cannot_be_written(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    simulator = Simulator(folder)
    (folder / "activity.jsonl").mkdir()
    reply = simulator.handle(HttpRequest("POST", "Action=DescribeVpcs&Version=2016-04-28"))
    assert reply.status == 200
    assert "a call is missing in the activity log" in caplog.text
    simulator.close()

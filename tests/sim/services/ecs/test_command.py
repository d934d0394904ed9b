"""Commands that Cloud Assistant keeps."""

import base64
from typing import Any

import pytest

from gwlbfw.sim.settings import CannedOutput, Settings
from tests.sim.cloud import TRANSITION, Cloud
from tests.sim.services.ecs.calls import Ecs


@pytest.fixture
def settings() -> Settings:
    return Settings(transition=TRANSITION, commands=(CannedOutput("ping 10.0.0.1", "alive"),))


def made(ecs: Ecs, content: str = "ls", **more: Any) -> str:
    encoded = base64.b64encode(content.encode()).decode()
    parameters = {"Name": "list", "Type": "RunShellScript", "CommandContent": encoded, **more}
    return str(ecs.call("create_command", **parameters)["CommandId"])


def commands(ecs: Ecs, **filters: Any) -> list[dict[str, Any]]:
    return list(ecs.call("describe_commands", **filters)["Commands"]["Command"])


def test_command_reads_back_as_requested(ecs: Ecs) -> None:
    command = made(ecs, "ls {{ dir }}", Description="look", EnableParameter=True, Timeout=70)
    (found,) = commands(ecs, CommandId=command)
    assert base64.b64decode(found["CommandContent"]).decode() == "ls {{ dir }}"
    assert (found["Name"], found["Description"], found["Timeout"]) == ("list", "look", 70)
    assert (found["WorkingDir"], found["InvokeTimes"]) == ("/root", 0)
    assert found["ParameterNames"]["ParameterName"] == ["dir"]
    (plain,) = commands(ecs, ContentEncoding="PlainText")
    assert plain["CommandContent"] == "ls {{ dir }}"


def test_commands_are_filtered(ecs: Ecs) -> None:
    made(ecs, Description="look", Tag=[{"Key": "a", "Value": "1"}])
    for filters, count in (
        ({"Name": "li*"}, 1),
        ({"Name": "li"}, 0),
        ({"Description": "*ok"}, 1),
        ({"Type": "RunBatScript"}, 0),
        ({"Provider": "AlibabaCloud"}, 0),
        ({"Tag": [{"Key": "a"}]}, 1),
        ({"ResourceGroupId": "rg-other"}, 0),
    ):
        assert (filters, len(commands(ecs, **filters))) == (filters, count)


def test_modified_command_keeps_its_content(ecs: Ecs) -> None:
    command = made(ecs)
    ecs.call("modify_command", CommandId=command, Name="new", Timeout=90, CommandContent="x")
    (found,) = commands(ecs, ContentEncoding="PlainText")
    assert (found["Name"], found["Timeout"], found["CommandContent"]) == ("new", 90, "ls")


def test_kept_command_is_invoked_with_parameters(ecs: Ecs, cloud: Cloud) -> None:
    instance, command = ecs.instance(), made(ecs, "ping {{host}}", EnableParameter=True)
    invoke = {"CommandId": command, "InstanceId": [instance]}
    parameters = {"host": "10.0.0.1"}
    reply = ecs.call("invoke_command", **invoke, Parameters=parameters, Timeout=300)
    cloud.settle()
    found = ecs.call(
        "describe_invocations", InvokeId=reply["InvokeId"], ContentEncoding="PlainText"
    )
    (invocation,) = found["Invocations"]["Invocation"]
    assert (invocation["CommandName"], invocation["Timeout"]) == ("list", 300)
    assert invocation["CommandContent"] == "ping 10.0.0.1"
    found = ecs.call("describe_invocation_results", CommandId=command, ContentEncoding="PlainText")
    (result,) = found["Invocation"]["InvocationResults"]["InvocationResult"]
    assert result["Output"] == "alive"
    assert commands(ecs)[0]["InvokeTimes"] == 1
    assert ecs.call("invoke_command", **invoke, RepeatMode="DryRun")["InvokeId"] == ""


def test_deleted_command_is_invoked_no_more(ecs: Ecs) -> None:
    command = made(ecs)
    ecs.call("delete_command", CommandId=command)
    absent = (404, "InvalidCmdId.NotFound")
    assert ecs.refused("delete_command", CommandId=command) == absent
    refused = ecs.refused("invoke_command", CommandId=command, InstanceId=["i-none"])
    assert refused == absent
    assert commands(ecs) == []


def test_run_command_keeps_the_command_on_request(ecs: Ecs) -> None:
    run = {"Type": "RunShellScript", "CommandContent": "ls", "InstanceId": [ecs.instance()]}
    ecs.call("run_command", **run)
    assert commands(ecs) == []
    kept = ecs.call("run_command", **run, KeepCommand=True, Name="kept")["CommandId"]
    assert [each["CommandId"] for each in commands(ecs)] == [kept]


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"CommandContent": "no base64"}, (400, "InvalidParameter.CommandContent")),
        (
            {"CommandContent": base64.b64encode(b"x" * 18500).decode()},
            (403, "CmdContent.ExceedLimit"),
        ),
        ({"Name": "x" * 129}, (403, "CmdName.ExceedLimit")),
        ({"Description": "x" * 513}, (403, "CmdDesc.ExceedLimit")),
    ],
)
def test_invalid_command_is_refused(
    ecs: Ecs, wrong: dict[str, Any], refusal: tuple[int, str]
) -> None:
    usual = {"Name": "n", "Type": "RunShellScript", "CommandContent": "bHM="}
    assert ecs.refused("create_command", **usual | wrong) == refusal

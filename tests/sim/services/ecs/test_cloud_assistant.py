"""Commands on instances, which print what the settings say."""

import base64
from typing import Any

import pytest

from gwlbfw.sim.settings import CannedOutput, Settings
from tests.sim.cloud import TRANSITION, Cloud
from tests.sim.services.ecs.calls import Ecs

CANNED = (
    CannedOutput("tcpdump", "ICMP echo request\n"),
    CannedOutput("curl", "refused\n", exit_code=7),
    CannedOutput("dmesg", "x" * (24 * 1024 + 5)),
)


@pytest.fixture
def settings() -> Settings:
    return Settings(transition=TRANSITION, commands=CANNED)


def run(ecs: Ecs, content: str, *instances: str, **more: Any) -> str:
    reply = ecs.call(
        "run_command",
        Type="RunShellScript",
        CommandContent=content,
        InstanceId=list(instances),
        **more,
    )
    assert reply["CommandId"].startswith("c-")
    return str(reply["InvokeId"])


def results(ecs: Ecs, **filters: Any) -> list[dict[str, Any]]:
    reply = ecs.call("describe_invocation_results", **filters)
    return list(reply["Invocation"]["InvocationResults"]["InvocationResult"])


def agent(ecs: Ecs, instance: str) -> dict[str, Any]:
    reply = ecs.call("describe_cloud_assistant_status", InstanceId=[instance])
    (found,) = reply["InstanceCloudAssistantStatusSet"]["InstanceCloudAssistantStatus"]
    return dict(found)


def test_command_without_canned_output_succeeds_silently(ecs: Ecs, cloud: Cloud) -> None:
    instance = ecs.instance()
    invocation = run(ecs, "true", instance)
    (running,) = results(ecs, InvokeId=invocation)
    assert running["InvocationStatus"] == running["InvokeRecordStatus"] == "Running"
    cloud.clock.advance(TRANSITION)
    (done,) = results(ecs, InvokeId=invocation)
    assert done["InstanceId"] == instance
    assert (done["InvocationStatus"], done["InvokeRecordStatus"]) == ("Success", "Finished")
    assert (done["ExitCode"], done["Output"], done["ErrorCode"]) == (0, "", "")


def test_canned_output_is_in_base64_unless_plain_text_is_requested(ecs: Ecs) -> None:
    invocation = run(ecs, "timeout 5 tcpdump -i eth0", ecs.instance())
    assert results(ecs, InvokeId=invocation)[0]["Output"] == ""
    ecs.cloud.settle()
    (encoded,) = results(ecs, InvokeId=invocation)
    (plain,) = results(ecs, InvokeId=invocation, ContentEncoding="PlainText")
    assert base64.b64decode(encoded["Output"]) == b"ICMP echo request\n"
    assert plain["Output"] == "ICMP echo request\n"


def test_failed_command_has_its_exit_code(ecs: Ecs) -> None:
    invocation = run(ecs, "curl http://10.0.0.1", ecs.instance())
    ecs.cloud.settle()
    (found,) = results(ecs, InvokeId=invocation, ContentEncoding="PlainText")
    assert (found["InvocationStatus"], found["InvokeRecordStatus"]) == ("Failed", "Failed")
    assert (found["ExitCode"], found["ErrorCode"]) == (7, "ExitCodeNonzero")
    assert found["Output"] == "refused\n"


def test_long_output_is_truncated(ecs: Ecs) -> None:
    invocation = run(ecs, "dmesg", ecs.instance())
    ecs.cloud.settle()
    (found,) = results(ecs, InvokeId=invocation, ContentEncoding="PlainText")
    assert (len(found["Output"]), found["Dropped"]) == (24 * 1024, 5)


def test_command_has_a_result_for_each_instance(ecs: Ecs) -> None:
    one, two = ecs.instance(), ecs.instance()
    run(ecs, "true", one)
    invocation = run(ecs, "true", one, two)
    ecs.cloud.settle()
    assert [each["InstanceId"] for each in results(ecs, InvokeId=invocation)] == [one, two]
    assert [each["InvokeId"] for each in results(ecs, InstanceId=two)] == [invocation]
    assert len(results(ecs)) == 3
    assert results(ecs, InvokeId="t-none") == []
    assert len(results(ecs, MaxResults=2)) == 2


def test_command_content_may_be_base64_with_parameters(ecs: Ecs) -> None:
    script = base64.b64encode(b"{{tool}} -n").decode()
    invocation = run(
        ecs,
        script,
        ecs.instance(),
        ContentEncoding="Base64",
        EnableParameter=True,
        Parameters={"tool": "tcpdump"},
    )
    ecs.cloud.settle()
    (found,) = results(ecs, InvokeId=invocation, ContentEncoding="PlainText")
    assert found["Output"] == "ICMP echo request\n"


def test_command_runs_on_instances_by_tag(ecs: Ecs) -> None:
    instance = ecs.instance(Tag=[{"Key": "role", "Value": "fw"}])
    ecs.instance()
    invocation = run(ecs, "true", ResourceTag=[{"Key": "role", "Value": "fw"}])
    assert [each["InstanceId"] for each in results(ecs, InvokeId=invocation)] == [instance]


def test_invocations_are_listed_with_output_if_requested(ecs: Ecs) -> None:
    invocation = run(ecs, "tcpdump", ecs.instance(), Name="capture")
    ecs.cloud.settle()
    request = {"InvokeId": invocation, "ContentEncoding": "PlainText"}
    (found,) = ecs.call("describe_invocations", **request)["Invocations"]["Invocation"]
    assert (found["CommandName"], found["InvokeStatus"]) == ("capture", "Finished")
    assert found["CommandContent"] == "tcpdump"
    (instance,) = found["InvokeInstances"]["InvokeInstance"]
    assert "Output" not in instance
    reply = ecs.call("describe_invocations", **request, IncludeOutput=True)
    (instance,) = reply["Invocations"]["Invocation"][0]["InvokeInstances"]["InvokeInstance"]
    assert instance["Output"] == "ICMP echo request\n"


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"Type": "RunPerlScript"}, (403, "InvalidCmdType.NotFound")),
        ({"InstanceId": None}, (400, "MissingParameter.InstanceIds")),
        ({"InstanceId": ["i-none"]}, (404, "InvalidInstance.NotFound")),
        ({"InstanceId": ["i-none"] * 101}, (403, "InstanceIds.ExceedLimit")),
        ({"CommandContent": None}, (400, "MissingCommandContent")),
        ({"CommandContent": "x" * 20000}, (403, "CmdContent.ExceedLimit")),
        ({"CommandContent": "x" * 14000, "KeepCommand": True}, (403, "CmdContent.ExceedLimit")),
        ({"ContentEncoding": "Base64"}, (400, "InvalidParameter.CommandContent")),
        ({"Timeout": 9}, (400, "InvalidParameter.Timeout")),
        ({"RepeatMode": "Period"}, (400, "InvalidParameter.RepeatMode")),
    ],
)
def test_invalid_command_is_refused(
    ecs: Ecs, wrong: dict[str, Any], refusal: tuple[int, str]
) -> None:
    right = {
        "Type": "RunShellScript",
        "CommandContent": "echo -n",
        "InstanceId": [ecs.instance()],
    }
    request = {name: value for name, value in (right | wrong).items() if value is not None}
    assert ecs.refused("run_command", **request) == refusal
    assert results(ecs) == []


def test_command_on_a_stopped_instance_is_refused(ecs: Ecs, cloud: Cloud) -> None:
    (instance,) = ecs.launch()
    request = {"Type": "RunShellScript", "CommandContent": "true", "InstanceId": [instance]}
    assert agent(ecs, instance)["CloudAssistantStatus"] == "false"
    assert ecs.refused("run_command", **request) == (400, "InvalidInstanceStatus")
    cloud.settle()
    assert agent(ecs, instance)["CloudAssistantStatus"] == "true"
    ecs.call("run_command", **request)
    cloud.settle()
    assert agent(ecs, instance)["InvocationCount"] == 1
    refused = ecs.refused("describe_cloud_assistant_status", InstanceId=["i-none"])
    assert refused == (404, "InvalidInstanceIds.NotFound")


def test_dry_run_of_a_command_validates_and_leaves_no_invocation(ecs: Ecs) -> None:
    request = {"Type": "RunShellScript", "CommandContent": "true", "RepeatMode": "DryRun"}
    ecs.call("run_command", **request, InstanceId=[ecs.instance()])
    assert results(ecs) == []
    refused = ecs.refused("run_command", **request, InstanceId=["i-none"])
    assert refused == (404, "InvalidInstance.NotFound")


def test_invocation_is_stopped_while_it_runs(ecs: Ecs, cloud: Cloud) -> None:
    one, two = ecs.instance(), ecs.instance()
    invocation = run(ecs, "sleep 60", one, two)
    refused = ecs.refused("stop_invocation", InvokeId=invocation, InstanceId=["i-none"])
    assert refused == (404, "InvalidInstance.NotFound")
    ecs.call("stop_invocation", InvokeId=invocation, InstanceId=[one])
    statuses = [each["InvocationStatus"] for each in results(ecs, InvokeId=invocation)]
    assert statuses == ["Stopped", "Running"]
    ecs.call("stop_invocation", InvokeId=invocation)
    cloud.settle()
    (_, last) = results(ecs, InvokeId=invocation)
    assert (last["InvokeRecordStatus"], last["Output"]) == ("Stopped", "")
    assert last["StopTime"]


def test_stopping_a_command_that_has_run_changes_nothing(ecs: Ecs, cloud: Cloud) -> None:
    invocation = run(ecs, "true", ecs.instance())
    cloud.settle()
    ecs.call("stop_invocation", InvokeId=invocation)
    (done,) = results(ecs, InvokeId=invocation)
    assert done["InvokeRecordStatus"] == "Finished"
    assert ecs.refused("stop_invocation", InvokeId="t-none") == (404, "InvalidInvokeId.NotFound")

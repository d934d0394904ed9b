"""Cloud Assistant: commands on instances, whose output the settings define.

Sources: ECS API, RunCommand, DescribeInvocationResults, DescribeInvocations and
DescribeCloudAssistantStatus, with their error tables.
"""

import base64
import binascii
import json

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.cloud_assistant.record import OUTPUT_BYTES, Invocation, Result
from gwlbfw.sim.services.ecs.instance.record import Instance
from gwlbfw.sim.services.paging import page_by_either
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

_TYPES = ("RunShellScript", "RunBatScript", "RunPowerShellScript")
_CONTENT_BYTES, _KEPT_BYTES = 24 * 1024, 18 * 1024
"""Longest content as Base64, and of a command that is kept (ECS API, RunCommand)."""


@action("ecs", "RunCommand", not_simulated="execution: the settings define the output")
def run_command(region: Region, request: Request) -> Reply:
    """Run a command once, on running instances; no code is executed."""
    if request.text("Type") not in _TYPES:
        raise ApiError("InvalidCmdType.NotFound", "The command type does not exist.", 403)
    content = _content(request)
    instances = _targets(region, request)
    if request.one_of("RepeatMode", ("Once", "DryRun"), "Once") == "DryRun":
        return {}
    invocation = region.add(
        Invocation(
            command_id=region.state.new_id("c"),
            name=request.text("Name"),
            description=request.text("Description"),
            type=request.text("Type"),
            content=content,
            timeout=request.number("Timeout", 60, 10, 86400),
            user=request.text("Username", "root"),
            folder=request.text("WorkingDir", "/root"),
            results=tuple(_result(region, content, each.id) for each in instances),
            tags=requested_tags(request),
        )
    )
    invocation.end = region.now + region.status_duration(invocation.kind, "Running", invocation.id)
    region.transition(invocation, "Running", invocation.outcome)
    return {"CommandId": invocation.command_id, "InvokeId": invocation.id}


@action("ecs", "DescribeInvocationResults")
def describe_invocation_results(region: Region, request: Request) -> Reply:
    """Output of commands, one entry for each instance; in Base64 unless PlainText is requested."""
    plain = _plain(request)
    found = [
        (invocation, result)
        for invocation in _invocations(region, request)
        for result in invocation.results
        if request.text("InstanceId", result.instance_id) == result.instance_id
    ]
    page = page_by_either(
        request,
        found,
        default=10,
        maximum=50,
        place=lambda each: (each[0].serial, each[1].instance_id),
    )
    views: Json = [
        {**_result_view(invocation, result, plain=plain), "CommandId": invocation.command_id}
        for invocation, result in page.items
    ]
    return {"Invocation": {**page.fields, "InvocationResults": {"InvocationResult": views}}}


@action("ecs", "DescribeInvocations")
def describe_invocations(region: Region, request: Request) -> Reply:
    """Commands and their status; with IncludeOutput, their output."""
    plain, output = _plain(request), request.flag("IncludeOutput")
    found = _invocations(region, request)
    page = page_by_either(request, found, default=10, maximum=50)
    views: Json = [_invocation_view(each, plain=plain, output=output) for each in page.items]
    return {**page.fields, "Invocations": {"Invocation": views}}


@action("ecs", "DescribeCloudAssistantStatus")
def describe_cloud_assistant_status(region: Region, request: Request) -> Reply:
    """The status of each instance's agent: online while the instance runs."""
    ids = request.texts("InstanceId")
    if len(ids) > 100:
        raise ApiError("InstanceIds.ExceedLimit", "At most 100 instances.", 403)
    # The code is the one that terraform-provider-alicloud expects (service_alicloud_ecs.go).
    known = [region.require(Instance, each, "InvalidInstanceIds.NotFound") for each in ids]
    page = page_by_either(
        request, known or region.all(Instance), default=max(10, len(ids)), maximum=100
    )
    invocations = region.all(Invocation)
    views: Json = [_agent_view(region, each, invocations) for each in page.items]
    status = {"InstanceCloudAssistantStatus": views}
    return {**page.fields, "InstanceCloudAssistantStatusSet": status}


def agent_status(instance: Instance) -> str:
    """The agent's status as text; that it is spelled in lower case is UNVERIFIED."""
    return "true" if instance.status == "Running" else "false"


def _targets(region: Region, request: Request) -> list[Instance]:
    ids = request.texts("InstanceId")
    if len(ids) > 100:
        raise ApiError("InstanceIds.ExceedLimit", "At most 100 instances.", 403)
    if not ids and "ResourceTag" not in request:
        raise ApiError("MissingParameter.InstanceIds", "InstanceId is mandatory for this action.")
    known = [region.require(Instance, each, "InvalidInstance.NotFound") for each in ids]
    targets = known or filter_by_tags(region.all(Instance), request, "ResourceTag")
    if not targets:
        raise ApiError("InvalidInstance.NotFound", "The specified instances does not exist.", 404)
    for each in targets:
        if each.status != "Running":
            raise ApiError(
                "InvalidInstanceStatus",
                f"The status of {each.id}, {each.status}, can not execute this operation.",
            )
    return targets


def _content(request: Request) -> str:
    """The command in plain text, with its parameters in place."""
    text = request.text("CommandContent")
    if request.text("ContentEncoding").lower() == "base64":
        try:
            text = base64.b64decode(text, validate=True).decode()
        except (binascii.Error, ValueError):
            raise request.invalid("CommandContent", "it is not Base64 of a text") from None
    limit = _KEPT_BYTES if request.flag("KeepCommand") else _CONTENT_BYTES
    if len(_base64(text)) > limit:
        raise ApiError("CmdContent.ExceedLimit", "The command is too long.", 403)
    if request.flag("EnableParameter"):
        for name, value in _parameters(request).items():
            text = text.replace("{{" + name + "}}", value)
    return text


def _parameters(request: Request) -> dict[str, str]:
    try:
        values = json.loads(request.text("Parameters", "{}"))
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise request.invalid("Parameters", "a JSON object is expected")
    return {name: str(value) for name, value in values.items()}


def _result(region: Region, content: str, instance_id: str) -> Result:
    for canned in region.settings.commands:
        if canned.containing in content and canned.instance_id in ("", instance_id):
            raw = canned.output.encode()
            kept = raw[:OUTPUT_BYTES].decode(errors="ignore")
            return Result(instance_id, kept, len(raw) - len(kept.encode()), canned.exit_code)
    return Result(instance_id)


def _invocations(region: Region, request: Request) -> list[Invocation]:
    """The invocations that match; of an unknown id none."""
    names = ("InvokeRecordStatus", "InvokeStatus")
    return [
        each
        for each in filter_by_tags(region.all(Invocation), request)
        if request.text("InvokeId", each.id) == each.id
        and request.text("CommandId", each.command_id) == each.command_id
        and request.text("CommandName", each.name) == each.name
        and request.text("CommandType", each.type) == each.type
        and all(request.text(name, each.status) == each.status for name in names)
        and request.text("InstanceId") in ("", *(result.instance_id for result in each.results))
    ]


def _result_view(invocation: Invocation, result: Result, *, plain: bool) -> dict[str, Json]:
    running = invocation.running
    output = "" if running else result.output
    failed = bool(result.exit_code) and not running
    end = "" if running else timestamp(invocation.end)
    view: dict[str, Json] = {
        "InvokeId": invocation.id,
        "InstanceId": result.instance_id,
        "InvocationStatus": "Running" if running else result.status,
        "InvokeRecordStatus": invocation.status,
        "Output": output if plain else _base64(output),
        "Dropped": 0 if running else result.dropped,
        "ErrorCode": "ExitCodeNonzero" if failed else "",
        "ErrorInfo": "The exit code of the command is not 0." if failed else "",
        "StartTime": timestamp(invocation.created),
        "FinishedTime": end,
        "StopTime": "",
        "Repeats": 0 if running else 1,
        "Username": invocation.user,
        "Tags": {"Tag": []},
    }
    return view if running else {**view, "ExitCode": result.exit_code}


def _invocation_view(invocation: Invocation, *, plain: bool, output: bool) -> Json:
    instances: list[Json] = []
    for result in invocation.results:
        view = _result_view(invocation, result, plain=plain)
        view["FinishTime"] = view["FinishedTime"]
        view["InstanceInvokeStatus"] = invocation.status
        keep = view if output else {each: view[each] for each in view if each != "Output"}
        instances.append(keep)
    return {
        "InvokeId": invocation.id,
        "CommandId": invocation.command_id,
        "CommandName": invocation.name,
        "CommandDescription": invocation.description,
        "CommandType": invocation.type,
        "CommandContent": invocation.content if plain else _base64(invocation.content),
        "InvokeStatus": invocation.status,
        "InvocationStatus": "Success" if invocation.status == "Finished" else invocation.status,
        "RepeatMode": "Once",
        "Timed": False,
        "Timeout": invocation.timeout,
        "Username": invocation.user,
        "WorkingDir": invocation.folder,
        "CreationTime": timestamp(invocation.created),
        "InvokeInstances": {"InvokeInstance": instances},
    }


def _agent_view(region: Region, instance: Instance, invocations: list[Invocation]) -> Json:
    its = [
        each
        for each in invocations
        if instance.id in (result.instance_id for result in each.results)
    ]
    return {
        "InstanceId": instance.id,
        "CloudAssistantStatus": agent_status(instance),
        "CloudAssistantVersion": "2.2.4.986",
        "OSType": "Linux",
        "InvocationCount": len(its),
        "ActiveTaskCount": sum(each.running for each in its),
        "LastInvokedTime": timestamp(its[-1].created) if its else "",
        "LastHeartbeatTime": timestamp(region.now) if agent_status(instance) == "true" else "",
        "SupportSessionManager": True,
    }


def _plain(request: Request) -> bool:
    return request.text("ContentEncoding", "Base64").lower() == "plaintext"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()

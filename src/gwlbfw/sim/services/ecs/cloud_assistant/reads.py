"""Reading invocations, their output, and the status of each instance's agent.

Sources: ECS API, DescribeInvocationResults, DescribeInvocations and DescribeCloudAssistantStatus,
with their error tables. Every invocation here runs once, and at once.
"""

from collections.abc import Mapping

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.cloud_assistant.content import as_base64, wants_plain_text
from gwlbfw.sim.services.ecs.cloud_assistant.record import Invocation, Result
from gwlbfw.sim.services.ecs.instance.record import Instance
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters
from gwlbfw.sim.services.paging import oldest_first, page_by_either
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import filter_by_tags, tag_list
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@action("ecs", "DescribeInvocationResults", without_effect=("IncludeHistory",))
def describe_invocation_results(region: Region, request: Request) -> Reply:
    """Output of commands, one entry for each instance; in Base64 unless PlainText is requested."""
    plain = wants_plain_text(request)
    instance_id = request.text("InstanceId")
    found = [
        (invocation, result)
        for invocation in _invocations(region, request)
        for result in invocation.results
        if instance_id in ("", result.instance_id)
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
    plain, output = wants_plain_text(request), request.flag("IncludeOutput")
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
    found = (region.require(Instance, each, "InvalidInstanceIds.NotFound") for each in ids)
    known = oldest_first(found)
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


_FILTERS: Mapping[str, TextGetter[Invocation]] = {
    "InvokeId": lambda each: each.id,
    "CommandId": lambda each: each.command_id,
    "CommandName": lambda each: each.name,
    "CommandType": lambda each: each.type,
    "InvokeRecordStatus": lambda each: each.status,
    "InvokeStatus": lambda each: each.status,
    "ResourceGroupId": lambda each: each.resource_group_id,
    "RepeatMode": lambda _: "Once",
}


def _invocations(region: Region, request: Request) -> list[Invocation]:
    """The invocations that match; of an unknown id none."""
    found = filter_by_tags(region.all(Invocation), request)
    found = filter_by_parameters(request, found, _FILTERS)
    instance_id, timed = request.text("InstanceId"), request.flag("Timed")
    return [
        each
        for each in found
        if not timed and instance_id in ("", *(result.instance_id for result in each.results))
    ]


def _result_view(invocation: Invocation, result: Result, *, plain: bool) -> dict[str, Json]:
    running = invocation.running
    stopped = result.stopped
    output = "" if running or stopped else result.output
    failed = bool(result.exit_code) and not (running or stopped)
    end = "" if running else timestamp(invocation.end)
    view: dict[str, Json] = {
        "InvokeId": invocation.id,
        "InstanceId": result.instance_id,
        "InvocationStatus": "Running" if running and not stopped else result.status,
        "InvokeRecordStatus": invocation.status,
        "Output": output if plain else as_base64(output),
        "Dropped": 0 if running else result.dropped,
        "ErrorCode": "ExitCodeNonzero" if failed else "",
        "ErrorInfo": "The exit code of the command is not 0." if failed else "",
        "StartTime": timestamp(invocation.created),
        "FinishedTime": end,
        "StopTime": end if stopped else "",
        "Repeats": 0 if running else 1,
        "Username": invocation.user,
        "Launcher": invocation.launcher,
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
        "CommandContent": invocation.content if plain else as_base64(invocation.content),
        "InvokeStatus": invocation.status,
        "InvocationStatus": "Success" if invocation.status == "Finished" else invocation.status,
        "RepeatMode": "Once",
        "Timed": False,
        "Timeout": invocation.timeout,
        "Username": invocation.user,
        "WorkingDir": invocation.folder,
        "Launcher": invocation.launcher,
        "Tags": {"Tag": tag_list(invocation.tags, "TagKey", "TagValue")},
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

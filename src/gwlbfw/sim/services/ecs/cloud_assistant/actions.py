"""Running commands on instances; the settings define their output, no code is executed.

Sources: ECS API, RunCommand, InvokeCommand and StopInvocation, with their error tables.
"""

from dataclasses import replace

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.cloud_assistant.command import Command, new_command
from gwlbfw.sim.services.ecs.cloud_assistant.content import (
    CONTENT_BYTES,
    KEPT_BYTES,
    content,
    given_parameters,
    with_parameters,
)
from gwlbfw.sim.services.ecs.cloud_assistant.record import OUTPUT_BYTES, Invocation, Result
from gwlbfw.sim.services.ecs.instance.record import Instance
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import requested_group
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

_EXECUTION = "execution: the settings define the output"
_WITHOUT_EFFECT = ("TerminationMode", "Timed")
"""Parameters that say how a script is ended, or that the API calls deprecated."""


@action("ecs", "RunCommand", not_simulated=_EXECUTION, without_effect=_WITHOUT_EFFECT)
def run_command(region: Region, request: Request) -> Reply:
    """Run a command once, on running instances, and keep it if the call says so."""
    keep = request.flag("KeepCommand")
    text = content(request, "PlainText", KEPT_BYTES if keep else CONTENT_BYTES)
    command = new_command(region, request, text)
    instances = _targets(region, request)
    if _is_dry_run(request):
        return {}
    command.id = region.state.new_id(Command.prefix)
    if keep:
        region.add(command)
    invocation = _invoke(region, request, command, instances)
    return {"CommandId": command.id, "InvokeId": invocation.id}


@action("ecs", "InvokeCommand", not_simulated=_EXECUTION, without_effect=_WITHOUT_EFFECT)
def invoke_command(region: Region, request: Request) -> Reply:
    """Run a command that is kept, once, on running instances."""
    command = region.require(Command, request.require("CommandId"))
    instances = _targets(region, request)
    if _is_dry_run(request):
        return {}
    return {"InvokeId": _invoke(region, request, command, instances).id}


@action("ecs", "StopInvocation")
def stop_invocation(region: Region, request: Request) -> Reply:
    """Stop a command that runs, on some instances or all; one that has run stays as it is."""
    invocation = region.require(Invocation, request.require("InvokeId"))
    ids = request.texts("InstanceId") or [each.instance_id for each in invocation.results]
    if unknown := sorted(set(ids) - {each.instance_id for each in invocation.results}):
        raise ApiError(
            "InvalidInstance.NotFound", f"The command does not run on {unknown[0]}.", 404
        )
    if invocation.running:
        invocation.results = tuple(
            replace(each, stopped=each.stopped or each.instance_id in ids)
            for each in invocation.results
        )
        if all(each.stopped for each in invocation.results):
            invocation.end = region.now
            region.transition(invocation, "Stopped")
    return {}


def _is_dry_run(request: Request) -> bool:
    return request.one_of("RepeatMode", ("Once", "DryRun"), "Once") == "DryRun"


def _invoke(
    region: Region, request: Request, command: Command, instances: list[Instance]
) -> Invocation:
    """Run a command once on instances, with what the call says instead of the command."""
    values = given_parameters(request)
    text = with_parameters(command.content, values) if command.has_parameters else command.content
    command.invoked += 1
    invocation = region.add(
        Invocation(
            command_id=command.id,
            name=command.name,
            description=command.description,
            type=command.type,
            content=text,
            timeout=request.number("Timeout", command.timeout, 10, 86400),
            user=request.text("Username", "root"),
            folder=request.text("WorkingDir", command.folder),
            launcher=request.text("Launcher", command.launcher),
            results=tuple(_result(region, text, each.id) for each in instances),
            resource_group_id=requested_group(region, request, ""),
            tags=requested_tags(request),
        )
    )
    invocation.end = region.now + region.status_duration(invocation.kind, "Running", invocation.id)
    region.transition(invocation, "Running", invocation.outcome)
    return invocation


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


def _result(region: Region, content: str, instance_id: str) -> Result:
    for canned in region.settings.commands:
        if canned.containing in content and canned.instance_id in ("", instance_id):
            raw = canned.output.encode()
            kept = raw[:OUTPUT_BYTES].decode(errors="ignore")
            return Result(instance_id, kept, len(raw) - len(kept.encode()), canned.exit_code)
    return Result(instance_id)

"""Command: a script that Cloud Assistant keeps, to be run by its id.

Sources: ECS API, CreateCommand, DescribeCommands, ModifyCommand and DeleteCommand, with their error
tables. Public commands of providers are not simulated: there are none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.cloud_assistant.content import (
    KEPT_BYTES,
    as_base64,
    content,
    parameter_names,
    wants_plain_text,
)
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters
from gwlbfw.sim.services.paging import page_by_either
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import requested_group
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags, tag_list
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

TYPES = ("RunShellScript", "RunBatScript", "RunPowerShellScript")


@dataclass(kw_only=True, eq=False)
class Command(
    Record,
    kind="command",
    prefix="c",
    product="ecs",
    tag_type="command",
    not_found=("InvalidCmdId.NotFound", 404),
):
    """One command; `has_parameters` is True if its `{{names}}` stand for values."""

    name: str = ""
    description: str = ""
    type: str = ""
    content: str = ""
    timeout: int = 60
    folder: str = ""
    launcher: str = ""
    has_parameters: bool = False
    invoked: int = 0
    resource_group_id: str = ""


@action("ecs", "CreateCommand")
def create_command(region: Region, request: Request) -> Reply:
    """Keep a command; its content comes in Base64 unless the call says otherwise."""
    text = content(request, "Base64", KEPT_BYTES)
    return {"CommandId": region.add(new_command(region, request, text)).id}


def new_command(region: Region, request: Request, text: str) -> Command:
    """The command that a call describes."""
    if request.text("Type") not in TYPES:
        raise ApiError("InvalidCmdType.NotFound", "The command type does not exist.", 403)
    command = Command(
        type=request.text("Type"),
        content=text,
        folder="/root" if request.text("Type") == "RunShellScript" else "",
        has_parameters=request.flag("EnableParameter"),
        resource_group_id=requested_group(region, request, ""),
        tags=requested_tags(request),
    )
    _configure(command, request)
    return command


@action("ecs", "ModifyCommand", without_effect=("CommandContent",))
def modify_command(region: Region, request: Request) -> Reply:
    """Change what is given of a command, but not its content (a deprecated parameter)."""
    _configure(region.require(Command, request.require("CommandId")), request)
    return {}


@action("ecs", "DeleteCommand")
def delete_command(region: Region, request: Request) -> Reply:
    """Delete a command; its invocations stay."""
    region.remove(region.require(Command, request.require("CommandId")))
    return {}


@action("ecs", "DescribeCommands", without_effect=("Latest",))
def describe_commands(region: Region, request: Request) -> Reply:
    """The account's commands that match; in names and descriptions `*` stands for any text."""
    found = filter_by_tags(region.all(Command), request)
    found = filter_by_parameters(request, found, _FILTERS)
    name, described = request.text("Name", "*"), request.text("Description", "*")
    found = [
        each
        for each in found
        if fnmatchcase(each.name, name) and fnmatchcase(each.description, described)
    ]
    page = page_by_either(request, found, default=10, maximum=50)
    plain = wants_plain_text(request)
    views: Json = [_view(each, plain=plain) for each in page.items]
    return {**page.fields, "Commands": {"Command": views}}


_FILTERS: Mapping[str, TextGetter[Command]] = {
    "CommandId": lambda each: each.id,
    "Type": lambda each: each.type,
    "ResourceGroupId": lambda each: each.resource_group_id,
    "Provider": lambda _: "",
}


def _configure(command: Command, request: Request) -> None:
    command.name = _short(request, "Name", command.name, 128, "CmdName")
    command.description = _short(request, "Description", command.description, 512, "CmdDesc")
    command.timeout = request.number("Timeout", command.timeout, 10, 86400)
    command.folder = request.text("WorkingDir", command.folder)
    command.launcher = request.text("Launcher", command.launcher)


def _short(request: Request, name: str, default: str, most: int, what: str) -> str:
    text = request.text(name, default)
    if len(text) > most:
        raise ApiError(f"{what}.ExceedLimit", f"{name} has at most {most} characters.", 403)
    return text


def _view(command: Command, *, plain: bool) -> Json:
    names = parameter_names(command.content) if command.has_parameters else []
    return {
        "CommandId": command.id,
        "Name": command.name,
        "Description": command.description,
        "Type": command.type,
        "CommandContent": command.content if plain else as_base64(command.content),
        "Timeout": command.timeout,
        "WorkingDir": command.folder,
        "Launcher": command.launcher,
        "EnableParameter": command.has_parameters,
        "ParameterNames": {"ParameterName": list(names)},
        "InvokeTimes": command.invoked,
        "Version": 1,
        "Latest": True,
        "ResourceGroupId": command.resource_group_id,
        "CreationTime": timestamp(command.created),
        "Tags": {"Tag": tag_list(command.tags, "TagKey", "TagValue")},
    }

"""An instance's life: start, stop, restart, release.

Sources: ECS API, StartInstance(s), StopInstance(s), RebootInstance(s) and DeleteInstance(s), with
their error tables; terraform-provider-alicloud resource_alicloud_instance.go.
"""

from collections.abc import Callable, Sequence

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.instance.record import Instance, primary_interface, require_status
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.record import DELETED
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

_ROUTES = ("route_entry", "gateway_route_entry")
_MODES = ("KeepCharging", "StopCharging", "Not-applicable")
"""StoppedMode; the last one is what DescribeInstances says of an instance that runs, and the
provider gives it back."""


@action("ecs", "StartInstance", without_effect=("InitLocalDisk",))
def start_instance(region: Region, request: Request) -> Reply:
    """From Stopped through Starting to Running."""
    _start(region, request, region.require(Instance, request.require("InstanceId")))
    return {}


@action("ecs", "StopInstance", without_effect=("ConfirmStop", "ForceStop"))
def stop_instance(region: Region, request: Request) -> Reply:
    """From Running through Stopping to Stopped."""
    _stop(region, request, region.require(Instance, request.require("InstanceId")))
    return {}


@action("ecs", "RebootInstance", without_effect=("ForceStop",))
def reboot_instance(region: Region, request: Request) -> Reply:
    """From Running to Stopped and back (UNVERIFIED which statuses it shows meanwhile)."""
    _reboot(region, request, region.require(Instance, request.require("InstanceId")))
    return {}


@action("ecs", "StartInstances")
def start_instances(region: Region, request: Request) -> Reply:
    """StartInstance for several."""
    return _for_each(region, request, _start)


@action("ecs", "StopInstances", without_effect=("ForceStop",))
def stop_instances(region: Region, request: Request) -> Reply:
    """StopInstance for several."""
    return _for_each(region, request, _stop)


@action("ecs", "RebootInstances", without_effect=("ForceReboot",))
def reboot_instances(region: Region, request: Request) -> Reply:
    """RebootInstance for several."""
    return _for_each(region, request, _reboot)


@action("ecs", "DeleteInstance", without_effect=("ForceStop", "TerminateSubscription"))
def delete_instance(region: Region, request: Request) -> Reply:
    """Release an instance, which is deleted some time after."""
    _release(region, request, region.require(Instance, request.require("InstanceId")))
    return {}


@action("ecs", "DeleteInstances", without_effect=("ForceStop", "TerminateSubscription"))
def delete_instances(region: Region, request: Request) -> Reply:
    """Release several instances, or none of them."""
    for instance in _instances(region, request):
        _release(region, request, instance)
    return {}


def _start(region: Region, request: Request, instance: Instance) -> None:  # noqa: ARG001
    require_status(instance, "Stopped")
    region.transition(instance, "Starting", "Running")


def _stop(region: Region, request: Request, instance: Instance) -> None:
    require_status(instance, "Running")
    instance.stopped_mode = request.one_of("StoppedMode", _MODES, "KeepCharging")
    region.transition(instance, "Stopping", "Stopped")


def _reboot(region: Region, request: Request, instance: Instance) -> None:  # noqa: ARG001
    require_status(instance, "Running")
    region.transition(instance, "Stopping", "Starting", "Running")


def _release(region: Region, request: Request, instance: Instance) -> None:
    if instance.status == "Pending":
        raise ApiError(
            "IncorrectInstanceStatus.Initializing",
            "The specified instance status does not support this operation.",
            403,
        )
    # Without Force only what doesn't run is released.
    require_status(instance, "Stopped", *(["Running"] if request.flag("Force") else []))
    if instance.protected:
        raise ApiError("InvalidOperation.DeletionProtection", "The instance is protected.", 403)
    hops = (instance.id, primary_interface(region, instance).id)
    if any(user.kind in _ROUTES for hop in hops for user in region.users(hop)):
        raise ApiError(
            "DependencyViolation.RouteEntry", "Specified instance is used by route entry."
        )
    region.transition(instance, "Stopping" if instance.status == "Running" else "Stopped", DELETED)


def _instances(region: Region, request: Request) -> Sequence[Instance]:
    ids = request.texts("InstanceId")
    if len(ids) > 100:
        raise request.invalid("InstanceId", "at most 100 instances")
    return [region.require(Instance, each) for each in ids]


def _for_each(
    region: Region, request: Request, act: Callable[[Region, Request, Instance], None]
) -> Reply:
    """Act on several instances: on all or none, or on those for which it succeeds."""
    modes = ("AllTogether", "SuccessFirst")
    first = request.one_of("BatchOptimization", modes, "AllTogether") == "SuccessFirst"
    responses: list[Json] = []
    for instance in _instances(region, request):
        before, code, message = instance.status, "200", "success"
        try:
            act(region, request, instance)
        except ApiError as error:
            if not first:
                raise
            code, message = error.code, error.message
        responses.append(
            {
                "InstanceId": instance.id,
                "PreviousStatus": before,
                "CurrentStatus": instance.status,
                "Code": code,
                "Message": message,
            }
        )
    return {"InstanceResponses": {"InstanceResponse": responses}}

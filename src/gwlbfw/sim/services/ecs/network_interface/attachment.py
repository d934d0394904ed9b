"""Attachment of network interfaces to instances, and who may change one.

Sources: ECS API, AttachNetworkInterface and DetachNetworkInterface, with their error tables.
"""

from collections.abc import Sequence

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.instance.record import Instance, kind_of
from gwlbfw.sim.services.ecs.network_interface.record import NetworkInterface, interfaces_of
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region

MISMATCH = ("InvalidOperation.VpcMismatch", 403)
"""The refusal of what is in another VPC."""


def own_interface(region: Region, request: Request) -> NetworkInterface:
    """The interface that a call names, which no other product manages."""
    interface = region.require(NetworkInterface, request.require("NetworkInterfaceId"))
    if interface.service:
        raise ApiError("InvalidOperation.EniServiceManaged", f"{interface.id} is managed.", 403)
    return interface


def attach_to(region: Region, interface: NetworkInterface, instance: Instance) -> None:
    """Make an interface an instance's own, if it is free and fits there."""
    require_state(interface, "Available")
    if interface.vpc_id != interfaces_of(region, instance.id)[0].vpc_id:
        raise ApiError(MISMATCH[0], "The interface and the instance are in two VPCs.", 403)
    if interface.zone_id != instance.zone_id:
        raise ApiError(
            "InvalidOperation.AvailabilityZoneMismatch",
            f"{interface.id} is in {interface.zone_id}, {instance.id} in {instance.zone_id}.",
            403,
        )
    most = kind_of(region, instance).interfaces[0]
    if region.count(NetworkInterface, "owner", instance.id) >= most:
        raise ApiError(
            "EniPerInstanceLimitExceeded",
            f"Instances of type {instance.instance_type} have at most {most} interfaces.",
            403,
        )
    interface.owner = instance.id


def require_state(interface: NetworkInterface, status: str) -> None:
    """Refuse an operation for which an interface must be in this status."""
    if interface.status != status:
        raise ApiError(
            "InvalidOperation.InvalidEniState",
            "The operation is not allowed in the current ENI state. Expecting status is "
            f'"{status}" while current status is "{interface.status}".',
        )


def settled_interface(region: Region, request: Request) -> NetworkInterface:
    """The interface that a call names, which is at rest and no other product's."""
    interface = own_interface(region, request)
    if interface.status not in ("Available", "InUse"):
        raise ApiError(
            "InvalidOperation.InvalidEniState",
            f'The operation is not allowed in the current ENI state "{interface.status}".',
        )
    return interface


def require_assigned(addresses: Sequence[str], assigned: Sequence[str]) -> None:
    """Refuse to take from an interface what it has not."""
    for each in addresses:
        if each not in assigned:
            raise ApiError(
                "InvalidIp.IpUnassigned",
                f'The specified IP "{each}" is not assigned on this ENI.',
                403,
            )

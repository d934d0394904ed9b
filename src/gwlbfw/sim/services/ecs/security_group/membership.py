"""Membership of network interfaces in security groups.

Source: ECS API, JoinSecurityGroup and LeaveSecurityGroup, with their error tables.
"""

from collections.abc import Sequence

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.ecs.instance.record import Instance, primary_interface, require_status
from gwlbfw.sim.services.ecs.network_interface import NetworkInterface
from gwlbfw.sim.services.ecs.security_group.group import SecurityGroup
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

GROUPS = quota("security_groups_per_instance", 5)
"""Groups that an instance can be in (ECS API, JoinSecurityGroup; the quota can be raised)."""


@action("ecs", "JoinSecurityGroup")
def join_security_group(region: Region, request: Request) -> Reply:
    """Add an instance or interface to a group of its VPC."""
    group = region.require(SecurityGroup, request.require("SecurityGroupId"))
    member = _member(region, request)
    if group.id in member.security_group_ids:
        raise ApiError(
            "InvalidInstanceId.AlreadyExists",
            "The specified instance already exists in the specified security group.",
            403,
        )
    set_security_groups(region, member, (*member.security_group_ids, group.id))
    return {}


@action("ecs", "LeaveSecurityGroup")
def leave_security_group(region: Region, request: Request) -> Reply:
    """Remove an instance or interface from a group that isn't its last."""
    group = region.require(SecurityGroup, request.require("SecurityGroupId"))
    member = _member(region, request)
    if group.id not in member.security_group_ids:
        raise ApiError("InstanceNotInSecurityGroup", "The instance not in the group.", 403)
    if len(member.security_group_ids) == 1:
        raise ApiError(
            "InstanceLastSecurityGroup",
            "The specified security group is the last security group for the instance.",
            403,
        )
    rest = tuple(each for each in member.security_group_ids if each != group.id)
    member.security_group_ids = rest
    return {}


def set_security_groups(region: Region, member: NetworkInterface, group_ids: Sequence[str]) -> None:
    """Set the security groups of an interface."""
    for each in group_ids:
        group = region.require(SecurityGroup, each)
        if group.vpc_id != member.vpc_id:
            raise ApiError(
                "InvalidInstanceId.Mismatch",
                "Specified instance and security group are not in the same VPC.",
            )
    if len(group_ids) > region.quota(GROUPS):
        raise ApiError(
            "InstanceSecurityGroupLimitExceeded",
            "Exceeding the allowed amount of security groups that an instance can be in.",
        )
    member.security_group_ids = tuple(group_ids)


def _member(region: Region, request: Request) -> NetworkInterface:
    instance_id, interface_id = request.text("InstanceId"), request.text("NetworkInterfaceId")
    if instance_id and interface_id:
        raise ApiError(
            "InvalidParam.EniIdAndInstanceId.Conflict",
            "InstanceId and NetworkInterfaceId are mutually exclusive.",
            403,
        )
    if not interface_id:
        instance = region.require(Instance, request.require("InstanceId"))
        require_status(instance, "Running", "Stopped")
        return primary_interface(region, instance)
    interface = region.require(NetworkInterface, interface_id)
    if interface.service:
        raise ApiError("InvalidOperation.EniServiceManaged", f"{interface_id} is managed.", 403)
    return interface

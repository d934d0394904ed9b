"""Parameters of a network interface, on its own and as part of a launch.

Sources: ECS API, CreateNetworkInterface and RunInstances (NetworkInterface.N), with their error
tables.
"""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.network_interface.placement import is_taken, is_usable
from gwlbfw.sim.services.ecs.network_interface.record import NetworkInterface
from gwlbfw.sim.services.ecs.parameters import mandatory
from gwlbfw.sim.services.ecs.security_group.group import SecurityGroup
from gwlbfw.sim.services.ecs.security_group.membership import GROUPS
from gwlbfw.sim.services.request import Params
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.region import Region

TAKEN, FULL = "InvalidIp.IpAssigned", "InvalidVSwitchId.IpNotEnough"
CODES = (TAKEN, FULL)
"""For an address that another interface has, and for a full vSwitch; HTTP status 403."""
MODES = ("Standard", "HighPerformance")


def requested_groups(
    region: Region, params: Params, vpc_id: str, mismatch: tuple[str, int]
) -> tuple[str, ...]:
    """The security groups that SecurityGroupId or SecurityGroupIds name, one at least.

    `mismatch` is the code and HTTP status for a group of another VPC.
    """
    one, several = params.text("SecurityGroupId"), params.texts("SecurityGroupIds")
    if one and several:
        raise ApiError(
            "InvalidParameter.Conflict", "SecurityGroupId and SecurityGroupIds exclude each other."
        )
    return known_groups(region, several or [mandatory(params, "SecurityGroupId")], vpc_id, mismatch)


def known_groups(
    region: Region, ids: list[str], vpc_id: str, mismatch: tuple[str, int]
) -> tuple[str, ...]:
    """Security groups of a VPC, no more than an interface can be in."""
    code, status = mismatch
    for each in ids:
        if region.require(SecurityGroup, each).vpc_id != vpc_id:
            raise ApiError(
                code,
                "Specified security group and virtual switch are not in the same VPC.",
                status,
            )
    if len(ids) > (most := region.quota(GROUPS)):
        raise ApiError("InstanceSecurityGroupLimitExceeded", f"At most {most} security groups.")
    return tuple(ids)


def require_free(region: Region, vswitch: VSwitch, address: str) -> str:
    """An address that an interface can get. Raises for any other."""
    if not is_usable(vswitch, address):
        raise ApiError(
            "InvalidVSwitchId.IpInvalid",
            f'The specified IpAddress "{address}" is not valid in VSwitch CIDR block '
            f'"{vswitch.cidr}".',
            403,
        )
    if is_taken(region, vswitch, address):
        raise ApiError(TAKEN, f'The specified IP "{address}" is already assigned.', 403)
    return address


def traffic_settings(params: Params, interface: NetworkInterface) -> None:
    """Set what a call says of an interface's name, traffic and release."""
    interface.name = params.text("NetworkInterfaceName", interface.name)
    interface.description = params.text("Description", interface.description)
    interface.source_dest_check = params.flag(
        "SourceDestCheck", default=interface.source_dest_check
    )
    interface.delete_on_release = params.flag(
        "DeleteOnRelease", default=interface.delete_on_release
    )
    interface.queues = params.number("QueueNumber", interface.queues, 0, 2048)


def traffic_mode(params: Params, interface: NetworkInterface) -> None:
    """Set what a call says of an interface's mode, plain or RDMA."""
    mode = params.one_of("NetworkInterfaceTrafficMode", MODES, interface.traffic_mode)
    interface.traffic_mode = mode
    interface.queue_pairs = params.number("QueuePairNumber", interface.queue_pairs, 0)

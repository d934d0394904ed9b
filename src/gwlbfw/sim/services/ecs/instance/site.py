"""Where an instance is launched: its vSwitch, its security groups, and its interfaces.

Sources: ECS API, RunInstances (VSwitchId, SecurityGroupId, NetworkInterface.N) and CreateInstance,
with their error tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.regions import ZONES
from gwlbfw.sim.services.ecs.instance.record import Instance, kind_of
from gwlbfw.sim.services.ecs.network_interface import NetworkInterface, attach_interface
from gwlbfw.sim.services.ecs.network_interface.attachment import attach_to, require_state
from gwlbfw.sim.services.ecs.network_interface.ipv6 import add_ipv6_addresses
from gwlbfw.sim.services.ecs.network_interface.parameters import (
    CODES,
    requested_groups,
    require_free,
    traffic_mode,
    traffic_settings,
)
from gwlbfw.sim.services.ecs.network_interface.several_addresses import add_secondary_addresses
from gwlbfw.sim.services.ecs.parameters import mandatory
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.services.vpc.vswitch import VSwitch, usable_addresses
from gwlbfw.sim.store.region import Region

LAUNCH_CODES = ("InvalidPrivateIpAddress.Duplicated", "InvalidVSwitchId.IpNotEnough")
_MISMATCH = ("InvalidParameter.Mismatch", 400)
_ELSEWHERE = ("InvalidOperation.VpcMismatch", 403)
_PRIMARYS_OWN = ("VSwitchId", "SecurityGroupId", "SecurityGroupIds", "PrivateIpAddress")
"""Parameters that belong to the primary interface where NetworkInterface.N describes it."""


@dataclass(frozen=True)
class Site:
    """The vSwitch and security groups of a launch, and the parameters of its interfaces."""

    vswitch: VSwitch
    groups: tuple[str, ...]
    primary: Params | None
    """Those of the primary interface, where NetworkInterface.N describes it."""
    ready: NetworkInterface | None
    """The primary interface itself, where it exists already."""
    secondary: Sequence[Params]

    @property
    def addresses(self) -> int:
        """The number of addresses of the vSwitch that an instance needs."""
        made = [each for each in self.secondary if not each.text("NetworkInterfaceId")]
        inside = [each for each in made if each.text("VSwitchId") in ("", self.vswitch.id)]
        return (0 if self.ready else 1) + len(inside)


def requested_site(region: Region, request: Request, amount: int) -> Site:
    """The place that a launch asks for."""
    zone = request.text("ZoneId")
    if zone and zone not in ZONES[region.name]:
        raise ApiError("InvalidZoneId.NotFound", f"The zone {zone} does not exist.", 404)
    interfaces = request.objects("NetworkInterface")
    primaries = [each for each in interfaces if each.text("InstanceType") == "Primary"]
    secondary = [each for each in interfaces if each.text("InstanceType") != "Primary"]
    if amount > 1 and any(each.text("NetworkInterfaceId") for each in interfaces):
        raise _conflict("one interface can't be several instances'")
    if amount > 1 and secondary and "PrivateIpAddress" in request:
        raise _conflict("secondary ones exclude PrivateIpAddress of several instances")
    primary = _primary(request, primaries)
    ready = _ready(region, primary)
    if ready is None:
        vswitch = _vswitch(region, primary or request)
        groups = requested_groups(region, primary or request, vswitch.vpc_id, _MISMATCH)
    else:
        vswitch, groups = region.require(VSwitch, ready.vswitch_id), ready.security_group_ids
    if zone not in ("", vswitch.zone_id):
        raise ApiError(
            "InvalidParameter.Mismatch",
            f"Specified virtual switch is not in the specified zone: it is in {vswitch.zone_id}.",
        )
    return Site(vswitch, groups, primary, ready, secondary)


def attach_interfaces(
    region: Region, request: Request, site: Site, instance: Instance, index: int
) -> None:
    """Give an instance its interfaces, which have its tags; the primary one first."""
    instance.zone_id = site.vswitch.zone_id
    most = kind_of(region, instance).interfaces[0]
    if 1 + len(site.secondary) > most:
        raise ApiError(
            "EniPerInstanceLimitExceeded",
            f"Instances of type {instance.instance_type} have at most {most} interfaces.",
            403,
        )
    if site.ready is None:
        _make_primary(region, request, site, instance, index)
    else:
        site.ready.primary, site.ready.owner = True, instance.id
        site.ready.status = "InUse"
    for each in site.secondary:
        if ready := _ready(region, each):
            attach_to(region, ready, instance)
            ready.status = "InUse"
        else:
            _make_secondary(region, each, site, instance)


def _make_primary(
    region: Region, request: Request, site: Site, instance: Instance, index: int
) -> None:
    """The primary interface, at the requested address or the next free one."""
    wanted = site.primary.text("PrimaryIpAddress") if site.primary else ""
    address = _address(site.vswitch, wanted or request.text("PrivateIpAddress"), index)
    interface = NetworkInterface(
        owner=instance.id,
        primary=True,
        security_group_ids=site.groups,
        resource_group_id=instance.resource_group_id,
        queues=request.number("NetworkInterfaceQueueNumber", 0, 0),
        tags=instance.tags,
    )
    if site.primary is not None:
        _set(site.primary, interface)
        interface.delete_on_release = True
    attach_interface(region, site.vswitch, interface, LAUNCH_CODES, address)
    if site.primary is not None:
        add_secondary_addresses(region, site.primary, interface)
    add_ipv6_addresses(region, site.primary or request, interface)


def _make_secondary(region: Region, params: Params, site: Site, instance: Instance) -> None:
    vswitch = site.vswitch
    if named := params.text("VSwitchId"):
        vswitch = region.require(VSwitch, named, "InvalidVSwitchId.NotFound", 404)
    if vswitch.vpc_id != site.vswitch.vpc_id:
        raise ApiError(_ELSEWHERE[0], f"{vswitch.id} is in another VPC.", _ELSEWHERE[1])
    if vswitch.zone_id != instance.zone_id:
        raise ApiError(
            "InvalidOperation.AvailabilityZoneMismatch", f"{vswitch.id} is in another zone.", 403
        )
    groups = site.groups
    if params.text("SecurityGroupId") or params.texts("SecurityGroupIds"):
        groups = requested_groups(region, params, vswitch.vpc_id, _ELSEWHERE)
    interface = NetworkInterface(
        owner=instance.id,
        security_group_ids=groups,
        resource_group_id=instance.resource_group_id,
        tags=instance.tags,
    )
    _set(params, interface)
    if wanted := params.text("PrimaryIpAddress"):
        require_free(region, vswitch, wanted)
    attach_interface(region, vswitch, interface, CODES, wanted, 403)
    add_secondary_addresses(region, params, interface)
    add_ipv6_addresses(region, params, interface)


def _set(params: Params, interface: NetworkInterface) -> None:
    traffic_settings(params, interface)
    traffic_mode(params, interface)
    interface.card = params.number("NetworkCardIndex", 0, 0)


def _primary(request: Request, described: Sequence[Params]) -> Params | None:
    if len(described) > 1:
        raise _conflict("only one interface can be the primary one")
    if described and (own := [each for each in _PRIMARYS_OWN if each in request]):
        raise _conflict(f"{own[0]} belongs to the primary interface that is described")
    return described[0] if described else None


def _ready(region: Region, params: Params | None) -> NetworkInterface | None:
    """The interface that exists already, if parameters name one."""
    if params is None or not params.text("NetworkInterfaceId"):
        return None
    interface = region.require(NetworkInterface, params.text("NetworkInterfaceId"))
    require_state(interface, "Available")
    return interface


def _vswitch(region: Region, params: Params) -> VSwitch:
    vswitch = region.require(
        VSwitch, mandatory(params, "VSwitchId"), "InvalidVSwitchId.NotFound", 404
    )
    if vswitch.status != "Available":
        raise ApiError(
            "IncorrectVSwitchStatus",
            "The current status of virtual switch does not support this operation.",
        )
    return vswitch


def _address(vswitch: VSwitch, first: str, index: int) -> str:
    """The address of one of several instances, which follow each other from the first one's."""
    if not first:
        return ""
    try:
        number = int(IPv4Address(first)) + index
    except ValueError:
        raise ApiError(
            "InvalidPrivateIpAddress.Malformed", "Specified private IP address is malformed."
        ) from None
    address = str(IPv4Address(number))
    if number not in usable_addresses(vswitch.cidr):
        raise ApiError(
            "InvalidPrivateIpAddress",
            f"Specified private IP address {address} is not in the CIDR block of virtual switch, "
            f"{vswitch.cidr}, or is reserved there.",
        )
    return address


def _conflict(why: str) -> ApiError:
    return ApiError("InvalidParam.NetworkInterface", f"NetworkInterface is not valid: {why}.")

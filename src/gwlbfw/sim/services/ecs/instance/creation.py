"""Creation of instances.

Sources: ECS API, RunInstances and CreateInstance, with their error tables.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.regions import ZONES
from gwlbfw.sim.services.ecs.image import find_image, newest_of_family
from gwlbfw.sim.services.ecs.instance.parameters import instance_name, takes_jumbo_frames, user_data
from gwlbfw.sim.services.ecs.instance.record import Instance
from gwlbfw.sim.services.ecs.instance_type import INSTANCE_TYPES
from gwlbfw.sim.services.ecs.network_interface import (
    NetworkInterface,
    attach_interface,
    free_address_count,
)
from gwlbfw.sim.services.ecs.offer.record import Image, InstanceType
from gwlbfw.sim.services.ecs.regions import DISKS
from gwlbfw.sim.services.ecs.security_group.group import SecurityGroup
from gwlbfw.sim.services.ecs.security_group.membership import GROUPS
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import requested_group
from gwlbfw.sim.services.tags import requested_tags
from gwlbfw.sim.services.vpc.vswitch import VSwitch, usable_addresses
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

_FIRST_PUBLIC_IP = int(IPv4Address("47.92.0.1"))
"""Public addresses of instances' own are handed out from here on, each once."""
_CODES = ("InvalidPrivateIpAddress.Duplicated", "InvalidVSwitchId.IpNotEnough")
_FITTING = (("X86", "x86_64"), ("ARM", "arm64"))
_NOT_SIMULATED = ("LaunchTemplateId", "LaunchTemplateName", "NetworkInterface")
"""Alternative parameters, which the simulator refuses rather than ignores."""


@dataclass(frozen=True)
class LaunchSite:
    """The vSwitch and the security groups of a launch."""

    vswitch: VSwitch
    groups: tuple[str, ...]


@action("ecs", "RunInstances", not_simulated="data disks, launch templates, spot prices, passwords")
def run_instances(region: Region, request: Request) -> Reply:
    """Launch and start instances: at least MinAmount, as many of Amount as there are addresses."""
    amount = request.number("Amount", 1, 1, 100)
    least = request.number("MinAmount", amount, 1, amount)
    site = _site(region, request)
    if amount > 1 and "PrivateIpAddress" in request:
        raise request.invalid("PrivateIpAddress", "one address can't be several instances'")
    available = free_address_count(region, site.vswitch)
    if available < least:
        raise ApiError(_CODES[1], f"The vSwitch {site.vswitch.id} has {available} free addresses.")
    made = [_launch(region, request, site) for _ in range(min(amount, available))]
    for number, instance in enumerate(made, 1):
        if amount > 1 and request.flag("UniqueSuffix") and request.text("InstanceName"):
            instance.name += f"{number:03}"
        if instance.bandwidth_out:
            instance.public_ip = str(IPv4Address(_FIRST_PUBLIC_IP + instance.serial))
        region.transition(instance, "Pending", "Starting", "Running")
    return {"InstanceIdSets": {"InstanceIdSet": [each.id for each in made]}}


@action("ecs", "CreateInstance")
def create_instance(region: Region, request: Request) -> Reply:
    """One instance, without a public address, which stays Stopped until it is started."""
    instance = _launch(region, request, _site(region, request))
    region.transition(instance, "Pending", "Stopped")
    return {"InstanceId": instance.id}


def _launch(region: Region, request: Request, site: LaunchSite) -> Instance:
    kind, source = _type(request), _image(request)
    # A custom image's architecture is not known here.
    if source.owner == "system" and (kind.architecture, source.architecture) not in _FITTING:
        raise ApiError(
            "ImageNotSupportInstanceType",
            f"The specified image {source.id} don't support {kind.name}.",
            403,
        )
    category, size = _disk(request, source)
    options = request.struct("NetworkOptions")
    instance = Instance(
        name=instance_name(request),
        description=request.text("Description"),
        host_name=request.text("HostName"),
        instance_type=kind.name,
        image_id=source.id,
        zone_id=site.vswitch.zone_id,
        key_pair=request.text("KeyPairName"),
        ram_role=request.text("RamRoleName"),
        user_data=user_data(request),
        disk_category=category,
        disk_size=size,
        jumbo_frames=options.flag("EnableJumboFrame", default=True)
        and takes_jumbo_frames(kind.name),
        protected=request.flag("DeletionProtection"),
        charge_type=request.one_of("InstanceChargeType", ("PostPaid", "PrePaid"), "PostPaid"),
        bandwidth_out=request.number("InternetMaxBandwidthOut", 0, 0, 100),
        resource_group_id=requested_group(region, request, ""),
        tags=requested_tags(request),
    )
    region.add(instance)
    instance.name = instance.name or instance.id
    instance.host_name = instance.host_name or f"iZ{instance.id.partition('-')[2]}Z"
    _attach_primary_interface(region, request, site, instance)
    return instance


def _attach_primary_interface(
    region: Region, request: Request, site: LaunchSite, instance: Instance
) -> NetworkInterface:
    """Attach the primary interface, at the requested address or the next free one."""
    address = request.text("PrivateIpAddress")
    if address:
        try:
            number = int(IPv4Address(address))
        except ValueError:
            raise ApiError(
                "InvalidPrivateIpAddress.Malformed", "Specified private IP address is malformed."
            ) from None
        if number not in usable_addresses(site.vswitch.cidr):
            raise ApiError(
                "InvalidPrivateIpAddress",
                f"Specified private IP address {address} is not in the CIDR block of virtual "
                f"switch, {site.vswitch.cidr}, or is reserved there.",
            )
    # An instance's tags are its primary interface's too.
    interface = NetworkInterface(
        owner=instance.id, security_group_ids=site.groups, tags=instance.tags
    )
    return attach_interface(region, site.vswitch, interface, _CODES, address)


def _site(region: Region, request: Request) -> LaunchSite:
    for each in _NOT_SIMULATED:
        if each in request:
            raise request.invalid(each, "the simulator does not know it")
    zone = request.text("ZoneId")
    if zone and zone not in ZONES[region.name]:
        raise ApiError("InvalidZoneId.NotFound", f"The zone {zone} does not exist.", 404)
    vswitch = region.require(
        VSwitch, _require(request, "VSwitchId"), "InvalidVSwitchId.NotFound", 404
    )
    if zone not in ("", vswitch.zone_id):
        raise ApiError(
            "InvalidParameter.Mismatch",
            f"Specified virtual switch is not in the specified zone: it is in {vswitch.zone_id}.",
        )
    if vswitch.status != "Available":
        raise ApiError(
            "IncorrectVSwitchStatus",
            "The current status of virtual switch does not support this operation.",
        )
    return LaunchSite(vswitch, _groups(region, request, vswitch))


def _groups(region: Region, request: Request, vswitch: VSwitch) -> tuple[str, ...]:
    one, several = request.text("SecurityGroupId"), request.texts("SecurityGroupIds")
    if one and several:
        raise ApiError(
            "InvalidParameter.Conflict", "SecurityGroupId and SecurityGroupIds exclude each other."
        )
    ids = several or [_require(request, "SecurityGroupId")]
    for each in ids:
        if region.require(SecurityGroup, each).vpc_id != vswitch.vpc_id:
            raise ApiError(
                "InvalidParameter.Mismatch",
                "Specified security group and virtual switch are not in the same VPC.",
            )
    if len(ids) > (most := region.quota(GROUPS)):
        raise ApiError("InstanceSecurityGroupLimitExceeded", f"At most {most} security groups.")
    return tuple(ids)


def _type(request: Request) -> InstanceType:
    text = _require(request, "InstanceType")
    if (found := INSTANCE_TYPES.get(text)) is None:
        raise ApiError(
            "InvalidInstanceType.ValueNotSupported",
            f"The specified InstanceType {text} does not exist or beyond the permitted range.",
        )
    return found


def _image(request: Request) -> Image:
    family = request.text("ImageFamily")
    image_id = "" if family else _require(request, "ImageId")
    image_id = image_id or request.text("ImageId")
    found = find_image(image_id) if image_id else newest_of_family(family)
    if found is None:
        # UNVERIFIED code for a family.
        code = "InvalidImageId.NotFound" if image_id else "InvalidImageFamily.NotFound"
        raise ApiError(code, f"The specified image {image_id or family} does not exist.", 404)
    return found


def _disk(request: Request, source: Image) -> tuple[str, int]:
    disk = request.struct("SystemDisk")
    category = disk.text("Category", "cloud_essd")
    if category not in DISKS:
        raise ApiError(
            "InvalidSystemDiskCategory.ValueNotSupported",
            "The specified parameter SystemDisk.Category is not valid.",
        )
    size = disk.number("Size", max(40, source.size_gb))
    if size < source.size_gb:
        raise ApiError(
            "InvalidSystemDiskSize.LessThanImageSize",
            "The specified parameter SystemDisk.Size is less than the image size.",
            404,
        )
    if size > 2048:
        raise ApiError(
            "InvalidSystemDiskSize.MoreThanMaxSize",
            "The specified SystemDisk.Size parameter exceeds the maximum size.",
            404,
        )
    return category, size


def _require(request: Request, name: str) -> str:
    if text := request.text(name):
        return text
    raise ApiError(
        "MissingParameter",
        f'The input parameter "{name}" that is mandatory for processing this request is not '
        "supplied.",
    )

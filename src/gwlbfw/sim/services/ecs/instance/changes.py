"""Changes of an instance: its attributes, its type, its bandwidth, its place in the network.

Sources: ECS API, ModifyInstanceAttribute, ModifyInstanceSpec, ModifyInstanceNetworkSpec,
AllocatePublicIpAddress, ModifyInstanceVpcAttribute, ModifyInstanceNetworkOptions and
ModifyInstanceAutoReleaseTime, with their error tables.
"""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.instance.parameters import (
    credit_specification,
    instance_name,
    instance_type,
    schedule_release,
    takes_jumbo_frames,
    user_data,
)
from gwlbfw.sim.services.ecs.instance.record import (
    Instance,
    kind_of,
    primary_interface,
    require_status,
)
from gwlbfw.sim.services.ecs.network_interface.parameters import known_groups
from gwlbfw.sim.services.ecs.network_interface.placement import free_address
from gwlbfw.sim.services.ecs.security_group.membership import set_security_groups
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.vpc.eip.record import eips_of
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

_CODES = ("InvalidPrivateIpAddress.Duplicated", "InvalidVSwitchId.IpNotEnough")
_MISMATCH = ("InvalidParameter.Mismatch", 400)


@action("ecs", "ModifyInstanceAttribute", without_effect=("Password",))
def modify_instance_attribute(region: Region, request: Request) -> Reply:
    """Change the given attributes; new user data is stored, not run."""
    instance = _instance(region, request)
    instance.name = instance_name(request) or instance.name
    instance.description = request.text("Description", instance.description)
    instance.host_name = request.text("HostName", instance.host_name)
    if "UserData" in request:
        instance.user_data = user_data(request)
    instance.protected = request.flag("DeletionProtection", default=instance.protected)
    instance.recyclable = request.flag("Recyclable", default=instance.recyclable)
    instance.credit = credit_specification(request, kind_of(region, instance), instance.credit)
    instance.cpu = instance.cpu.changed(request.struct("CpuOptions"))
    instance.network_encryption = request.flag(
        "EnableNetworkEncryption", default=instance.network_encryption
    )
    primary = primary_interface(region, instance)
    primary.queues = request.number("NetworkInterfaceQueueNumber", primary.queues, 0)
    if "EnableJumboFrame" in request:
        _set_jumbo_frames(region, request, instance)
    if groups := request.texts("SecurityGroupIds"):
        require_status(instance, "Running", "Stopped")
        set_security_groups(region, primary, groups)
    return {}


@action("ecs", "ModifyInstanceSpec", without_effect=("AllowMigrateAcrossZone", "Async"))
def modify_instance_spec(region: Region, request: Request) -> Reply:
    """Change the type of an instance that is stopped, or its bandwidth."""
    instance = _instance(region, request)
    if request.text("InstanceType"):
        require_status(instance, "Stopped")
        kind = instance_type(region, request)
        if kind.architecture != kind_of(region, instance).architecture:
            raise ApiError(
                "InvalidInstanceType.ValueNotSupported",
                f"{kind.name} is of another architecture than {instance.instance_type}.",
            )
        instance.instance_type = kind.name
        instance.credit = credit_specification(request, kind, instance.credit)
        instance.jumbo_frames = instance.jumbo_frames and takes_jumbo_frames(kind)
    _set_bandwidth(request, instance)
    return {}


@action("ecs", "ModifyInstanceNetworkSpec", without_effect=("AutoPay",))
def modify_instance_network_spec(region: Region, request: Request) -> Reply:
    """Change the public bandwidth, and how it is charged.

    UNVERIFIED: that an instance without outbound bandwidth loses its public address.
    """
    instance = _instance(region, request)
    instance.internet_charge_type = request.text("NetworkChargeType", instance.internet_charge_type)
    _set_bandwidth(request, instance)
    if not instance.bandwidth_out:
        instance.public_ip = ""
    elif request.flag("AllocatePublicIp") and not instance.public_ip:
        instance.take_public_ip()
    return {}


@action("ecs", "AllocatePublicIpAddress")
def allocate_public_ip_address(region: Region, request: Request) -> Reply:
    """Give an instance a public address, unless it has one or an EIP."""
    instance = _instance(region, request)
    require_status(instance, "Running", "Stopped")
    if instance.public_ip or eips_of(region, instance.id):
        raise ApiError("AllocatedAlready", f"{instance.id} has a public address.")
    instance.take_public_ip()
    return {"IpAddress": instance.public_ip}


@action("ecs", "ModifyInstanceVpcAttribute")
def modify_instance_vpc_attribute(region: Region, request: Request) -> Reply:
    """Move an instance that is stopped to another address, vSwitch or VPC of its zone."""
    instance = _instance(region, request)
    require_status(instance, "Stopped")
    vswitch = region.require(
        VSwitch, request.require("VSwitchId"), "InvalidVSwitchId.NotFound", 404
    )
    interface = primary_interface(region, instance)
    vpc_id = request.text("VpcId", interface.vpc_id)
    if vswitch.vpc_id != vpc_id or vswitch.zone_id != instance.zone_id:
        raise ApiError(_MISMATCH[0], f"{vswitch.id} is in another VPC or zone.")
    if vpc_id != interface.vpc_id:
        groups = request.texts("SecurityGroupId")
        interface.security_group_ids = known_groups(region, groups, vpc_id, _MISMATCH)
    wanted = request.text("PrivateIpAddress")
    if wanted != interface.ip or vswitch.id != interface.vswitch_id:
        interface.ip = free_address(region, vswitch, wanted, _CODES)
    interface.vpc_id, interface.vswitch_id = vpc_id, vswitch.id
    return {}


@action("ecs", "ModifyInstanceNetworkOptions")
def modify_instance_network_options(region: Region, request: Request) -> Reply:
    """Change how an instance's bandwidth is shared out."""
    instance = _instance(region, request)
    instance.bandwidth_weighting = request.text("BandwidthWeighting", instance.bandwidth_weighting)
    return {}


@action("ecs", "ModifyInstanceAutoReleaseTime")
def modify_instance_auto_release_time(region: Region, request: Request) -> Reply:
    """Release an instance at an instant to come, or no more."""
    schedule_release(region, request, _instance(region, request))
    return {}


@action("ecs", "ModifyInstanceDeployment")
def modify_instance_deployment(region: Region, request: Request) -> Reply:
    """Nothing: there are no dedicated hosts or deployment sets, so that either is refused."""
    _instance(region, request)
    return {}


def _instance(region: Region, request: Request) -> Instance:
    return region.require(Instance, request.require("InstanceId"))


def _set_bandwidth(request: Request, instance: Instance) -> None:
    instance.bandwidth_out = request.number(
        "InternetMaxBandwidthOut", instance.bandwidth_out, 0, 100
    )
    instance.bandwidth_in = request.number("InternetMaxBandwidthIn", instance.bandwidth_in, 0)


def _set_jumbo_frames(region: Region, request: Request, instance: Instance) -> None:
    require_status(instance, "Running", "Stopped")
    wanted = request.flag("EnableJumboFrame")
    if wanted and not takes_jumbo_frames(kind_of(region, instance)):
        # UNVERIFIED the answer for a type that has none.
        raise request.invalid("EnableJumboFrame", f"{instance.instance_type} has none")
    instance.jumbo_frames = wanted

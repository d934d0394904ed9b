"""One instance of a launch: what it is made of, and the disks it begins with.

Sources: ECS API, RunInstances and CreateInstance, with their error tables.
"""

import re
from dataclasses import dataclass

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.disk.parameters import MOST_DATA_DISKS, data_disk, system_disk
from gwlbfw.sim.services.ecs.disk.record import Disk
from gwlbfw.sim.services.ecs.instance.names import host_name, numbered_name
from gwlbfw.sim.services.ecs.instance.options import Cpu, Metadata, PrivatePool, Spot
from gwlbfw.sim.services.ecs.instance.parameters import (
    credit_specification,
    instance_name,
    instance_type,
    ram_role,
    schedule_release,
    takes_jumbo_frames,
    user_data,
)
from gwlbfw.sim.services.ecs.instance.record import Instance
from gwlbfw.sim.services.ecs.key_pair.record import require_key_pair
from gwlbfw.sim.services.ecs.offer.loading import offer_of
from gwlbfw.sim.services.ecs.offer.record import Image, InstanceType
from gwlbfw.sim.services.ecs.parameters import mandatory
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.services.resource_group import requested_group
from gwlbfw.sim.services.tags import requested_tags
from gwlbfw.sim.store.region import Region

_ESSD_ALONE = 7
"""The generation of types from which on they take ESSDs alone (UNVERIFIED which exactly do)."""


@dataclass(frozen=True)
class Model:
    """The properties that the instances of a launch have in common."""

    kind: InstanceType
    source: Image

    @classmethod
    def requested(cls, region: Region, request: Request) -> "Model":
        """The type and image of a launch, which have to fit each other."""
        kind, source = instance_type(region, request), _image(region, request)
        # A custom image's architecture is not known here.
        if source.owner == "system" and kind.image_architecture != source.architecture:
            raise ApiError(
                "ImageNotSupportInstanceType",
                f"The specified image {source.id} don't support {kind.name}.",
                403,
            )
        return cls(kind, source)


def refuse_unsimulated(request: Request) -> None:
    """Refuse what a launch can ask for and the simulator has not, by name."""
    for each in ("LaunchTemplateId", "LaunchTemplateName"):
        if request.text(each):
            raise request.not_simulated(each)
    if request.text("InstanceChargeType", "PostPaid") != "PostPaid":
        raise request.not_simulated("InstanceChargeType")
    if request.text("IoOptimized", "optimized") != "optimized":
        raise request.not_simulated("IoOptimized")
    if request.text("Tenancy", "default") != "default":
        raise request.not_simulated("Tenancy")


def build_instance(
    region: Region, request: Request, model: Model, index: int, amount: int
) -> Instance:
    """Add an instance with its disks; its interfaces are not attached yet."""
    kind = model.kind
    network = request.struct("NetworkOptions")
    jumbo = network.flag("EnableJumboFrame", default=True)
    instance = Instance(
        name=numbered_name(request, instance_name(request), index, amount),
        description=request.text("Description"),
        host_name=host_name(request, index, amount),
        instance_type=kind.name,
        image_id=model.source.id,
        key_pair=_key_pair(region, request, model.source),
        ram_role=ram_role(region, request.text("RamRoleName")),
        user_data=user_data(request),
        jumbo_frames=jumbo and takes_jumbo_frames(kind),
        network_encryption=network.flag("EnableNetworkEncryption"),
        bandwidth_weighting=network.text("BandwidthWeighting", "Default"),
        protected=request.flag("DeletionProtection"),
        internet_charge_type=request.text("InternetChargeType", "PayByTraffic"),
        bandwidth_out=request.number("InternetMaxBandwidthOut", 0, 0, 100),
        bandwidth_in=request.number("InternetMaxBandwidthIn", 0, 0),
        resource_group_id=requested_group(region, request, ""),
        credit=credit_specification(request, kind),
        affinity=request.text("Affinity"),
        tenancy=request.text("Tenancy"),
        hibernation=request.struct("HibernationOptions").flag("Configured"),
        login_as_non_root=request.struct("ImageOptions").flag("LoginAsNonRoot"),
        spot=Spot.requested(request),
        metadata=Metadata().changed(request),
        cpu=Cpu().changed(request.struct("CpuOptions")),
        private_pool=PrivatePool.requested(request),
        tags=requested_tags(request),
    )
    return _added(region, request, instance)


def _added(region: Region, request: Request, instance: Instance) -> Instance:
    """Add an instance, with what its id is needed for."""
    region.add(instance)
    instance.name = instance.name or instance.id
    named = instance.host_name.replace("${instance_id}", instance.id)
    instance.host_name = named or f"iZ{instance.id.partition('-')[2]}Z"
    if request.text("AutoReleaseTime"):
        schedule_release(region, request, instance)
    return instance


def add_disks(region: Region, request: Request, model: Model, instance: Instance) -> None:
    """Add the disks of a launch to its instance; they have its tags."""
    wanted: list[Params] = request.objects("DataDisk")
    if len(wanted) > MOST_DATA_DISKS:
        raise ApiError(
            "InstanceDiskNumber.LimitExceed",
            "The total number of specified disk in an instance exceeds.",
        )
    disks: list[Disk] = [
        system_disk(request.struct("SystemDisk"), model.source, _usual_category(model.kind))
    ]
    disks += [data_disk(each) for each in wanted]
    for disk in disks:
        disk.zone_id, disk.status, disk.tags = instance.zone_id, "In_use", instance.tags
        disk.resource_group_id = instance.resource_group_id
        region.add(disk)
        disk.attach(region, instance.id)


def _usual_category(kind: InstanceType) -> str:
    """The category of a system disk that a launch doesn't name."""
    generation = re.search(r"\d+", kind.family)
    modern = generation is None or int(generation[0]) >= _ESSD_ALONE
    return "cloud_essd" if modern else "cloud_efficiency"


def _image(region: Region, request: Request) -> Image:
    offer, family = offer_of(region), request.text("ImageFamily")
    image_id = "" if family else mandatory(request, "ImageId")
    image_id = image_id or request.text("ImageId")
    found = offer.image(image_id) if image_id else offer.newest_of_family(family)
    if found is None:
        # UNVERIFIED code for a family.
        code = "InvalidImageId.NotFound" if image_id else "InvalidImageFamily.NotFound"
        raise ApiError(code, f"The specified image {image_id or family} does not exist.", 404)
    return found


def _key_pair(region: Region, request: Request, source: Image) -> str:
    name = require_key_pair(region, request.text("KeyPairName"))
    if name and source.os_type == "windows":
        raise ApiError(
            "DependencyViolation.WindowsInstance",
            "The instance creating is window, cannot use ssh key pair to login.",
            403,
        )
    return name

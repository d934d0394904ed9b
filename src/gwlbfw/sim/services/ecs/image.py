"""System images of instances, the same in all regions.

Sources: ECS API, DescribeImages, DescribeImageFromFamily and DescribeImageSupportInstanceTypes.
That system images have the usage `instance` and are named in Chinese first, and custom images of
other accounts none: terraform-provider-alicloud, data_source_alicloud_images_test.go.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.offer.loading import offer_of
from gwlbfw.sim.services.ecs.offer.record import Image
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

STATUSES = ("Creating", "Waiting", "Available", "UnAvailable", "CreateFailed", "Deprecated", "ALL")


@action("ecs", "DescribeImages", without_effect=("ActionType", "ShowExpired"))
def describe_images(region: Region, request: Request) -> Reply:
    """The images that match; ImageId may name several, with commas between."""
    offer, ids = offer_of(region), request.comma_texts("ImageId")
    known = (
        [found for each in ids if (found := offer.image(each))] if ids else offer.images.values()
    )
    matching = filter_by_parameters(request, _in_status(request, list(known)), _FILTERS)
    page = page_by_number(request, _of_kind(region, request, matching), 10, 100)
    views: Json = [_view(region, each) for each in page.items]
    return {**page.fields, "RegionId": region.name, "Images": {"Image": views}}


@action("ecs", "DescribeImageFromFamily")
def describe_image_from_family(region: Region, request: Request) -> Reply:
    """The newest image of a family; an empty one where there is none (UNVERIFIED)."""
    found = offer_of(region).newest_of_family(request.require("ImageFamily"))
    return {"Image": _common(found)} if found else {}


@action("ecs", "DescribeImageSupportInstanceTypes", without_effect=("ActionType",))
def describe_image_support_instance_types(region: Region, request: Request) -> Reply:
    """The instance types that an image runs on: those of its architecture."""
    offer = offer_of(region)
    image = offer.image(request.require("ImageId"))
    if image is None:
        raise ApiError("InvalidImageId.NotFound", "The specified ImageId does not exist.", 404)
    types: Json = [
        {
            "InstanceTypeId": each.name,
            "InstanceTypeFamily": each.family,
            "CpuCoreCount": each.cores,
            "MemorySize": float(each.memory_gib),
        }
        for each in offer.instance_types.values()
        if each.image_architecture == image.architecture
    ]
    types = {"InstanceType": types}
    return {"RegionId": region.name, "ImageId": image.id, "InstanceTypes": types}


def _usage(each: Image) -> str:
    return "instance" if each.owner == "system" else "none"


_FILTERS: Mapping[str, TextGetter[Image]] = {
    "ImageFamily": lambda each: each.family,
    "ImageOwnerAlias": lambda each: each.owner,
    "Architecture": lambda each: each.architecture,
    "OSType": lambda each: each.os_type,
    "Usage": _usage,
    "SnapshotId": lambda _: "",
    "ResourceGroupId": lambda _: "",
}


def _in_status(request: Request, images: list[Image]) -> list[Image]:
    """The images in the statuses that a call names; every one here is Available."""
    statuses = request.comma_texts("Status")
    if unknown := set(statuses) - set(STATUSES):
        raise request.invalid("Status", f"{min(unknown)} is not one of {', '.join(STATUSES)}")
    return images if not statuses or {"Available", "ALL"} & set(statuses) else []


def _of_kind(region: Region, request: Request, images: list[Image]) -> list[Image]:
    """The images that match the filters which aren't about one text of theirs."""
    tags = [(each.require("Key"), each.text("Value")) for each in request.objects("Tag")]
    owner = request.text("ImageOwnerId")
    flags = ("IsSupportCloudinit", "IsSupportIoOptimized", "Usable")
    switches = [request.flag("IsPublic"), *(not request.flag(each, default=True) for each in flags)]
    found = [each for each in images if owner in ("", str(_owner_id(region, each)))]
    if name := request.text("ImageName"):
        found = [each for each in found if fnmatchcase(each.id, f"*{name}*")]
    if instance_type := request.text("InstanceType"):
        runs = offer_of(region).instance_types.get(instance_type)
        architecture = runs.image_architecture if runs else ""
        found = [each for each in found if each.architecture == architecture]
    # Community images are other accounts', of which there are none, and no image here has tags.
    return [] if tags or any(switches) else found


def _owner_id(region: Region, each: Image) -> int:
    """The account that has an image; that it is 0 for a system image is UNVERIFIED."""
    return int(region.account) if each.owner == "self" else 0


def _view(region: Region, each: Image) -> Json:
    return {
        **_common(each),
        "ImageOwnerId": _owner_id(region, each),
        "OSNameEn": each.os,
        "Usable": True,
        "BootMode": "UEFI" if each.architecture == "arm64" else "BIOS",
        "Features": {"NvmeSupport": "supported", "ImdsSupport": "v2"},
    }


def _common(each: Image) -> dict[str, Json]:
    """The fields of both an image in a list and the newest of a family."""
    return {
        "ImageId": each.id,
        "ImageName": each.id,
        "ImageFamily": each.family,
        "ImageOwnerAlias": each.owner,
        "Architecture": each.architecture,
        "OSName": each.os_local,
        "OSType": each.os_type,
        "Platform": each.platform,
        "Size": each.size_gb,
        "CreationTime": each.created,
        "Status": "Available",
        "Usage": _usage(each),
        "Progress": "100%",
        "IsSelfShared": "False",
        "IsSupportCloudinit": True,
        "IsSupportIoOptimized": True,
    }

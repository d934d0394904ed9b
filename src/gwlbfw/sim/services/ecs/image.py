"""System images of instances, the same in all regions.

Ids and families follow the help page "Release notes for Alibaba Cloud public images"; the dates in
the ids are examples. The API catalogue has no CreateImage, so any id of a custom image's form
(m- and 20 letters and digits) counts as an image of the account's own.
"""

import re
from dataclasses import dataclass

from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

_CUSTOM = re.compile(r"m-[a-z0-9]{20}")


@dataclass(frozen=True)
class Image:
    """One image; `family` is empty for one that belongs to none."""

    id: str
    family: str = ""
    os: str = "Custom image"
    platform: str = "Others Linux"
    architecture: str = "x86_64"
    size_gb: int = 20
    owner: str = "system"

    @property
    def os_type(self) -> str:
        """Linux or windows, in the API's spelling."""
        return "windows" if self.platform.startswith("Windows") else "linux"


IMAGES: tuple[Image, ...] = (
    Image(
        "aliyun_3_x64_20G_alibase_20251030.vhd",
        "acs:alibaba_cloud_linux_3_2104_lts_x64",
        "Alibaba Cloud Linux  3.2104 LTS 64 bit",
        "Aliyun",
    ),
    Image(
        "aliyun_3_arm64_20G_alibase_20251030.vhd",
        "acs:alibaba_cloud_linux_3_2104_lts_arm64",
        "Alibaba Cloud Linux  3.2104 LTS 64 bit for ARM",
        "Aliyun",
        "arm64",
    ),
    Image(
        "aliyun_2_1903_x64_20G_alibase_20240628.vhd",
        "acs:alibaba_cloud_linux_2_1903_x64",
        "Alibaba Cloud Linux  2.1903 LTS 64 bit",
        "Aliyun",
    ),
    Image(
        "ubuntu_24_04_x64_20G_alibase_20251030.vhd",
        "acs:ubuntu_24_04_x64",
        "Ubuntu  24.04 64 bit",
        "Ubuntu",
    ),
    Image(
        "ubuntu_22_04_x64_20G_alibase_20251030.vhd",
        "acs:ubuntu_22_04_x64",
        "Ubuntu  22.04 64 bit",
        "Ubuntu",
    ),
    Image(
        "ubuntu_22_04_arm64_20G_alibase_20251030.vhd",
        "acs:ubuntu_22_04_arm64",
        "Ubuntu  22.04 64 bit for ARM",
        "Ubuntu",
        "arm64",
    ),
    Image(
        "ubuntu_20_04_x64_20G_alibase_20250317.vhd",
        "acs:ubuntu_20_04_x64",
        "Ubuntu  20.04 64 bit",
        "Ubuntu",
    ),
    Image(
        "debian_12_8_x64_20G_alibase_20251030.vhd",
        "acs:debian_12_x64",
        "Debian  12.8 64 bit",
        "Debian",
    ),
    Image(
        "centos_7_9_x64_20G_alibase_20240628.vhd",
        "acs:centos_7_9_x64",
        "CentOS  7.9 64 bit",
        "CentOS",
    ),
    Image(
        "rockylinux_9_6_x64_20G_alibase_20251030.vhd",
        "acs:rockylinux_9_x64",
        "Rocky Linux  9.6 64 bit",
        "Rocky Linux",
    ),
    Image(
        "win2022_21H2_x64_dtc_en-us_40G_alibase_20251030.vhd",
        "",
        "Windows Server  2022 Datacenter 64 bit English",
        "Windows Server 2022",
        size_gb=40,
    ),
)


def find_image(image_id: str) -> Image | None:
    """The image of an id, if there is one."""
    if _CUSTOM.fullmatch(image_id):
        return Image(image_id, owner="self")
    return next((each for each in IMAGES if each.id == image_id), None)


def newest_of_family(family: str) -> Image | None:
    """The newest image of a family, if there is one."""
    return next((each for each in IMAGES if each.family == family), None)


@action("ecs", "DescribeImages")
def describe_images(region: Region, request: Request) -> Reply:
    """The images that match; ImageId may name several, with commas between."""
    ids = request.comma_texts("ImageId")
    known = [found for each in ids if (found := find_image(each))] if ids else list(IMAGES)
    page = page_by_number(request, [each for each in known if _matches(request, each)], 10, 100)
    views: Json = [_view(each) for each in page.items]
    return {**page.fields, "RegionId": region.name, "Images": {"Image": views}}


def _matches(request: Request, each: Image) -> bool:
    single = {
        "ImageFamily": each.family,
        "ImageName": each.id,
        "ImageOwnerAlias": each.owner,
        "Architecture": each.architecture,
        "OSType": each.os_type,
        "Status": "Available",
    }
    return all(request.text(name, value) == value for name, value in single.items())


def _view(each: Image) -> Json:
    return {
        "ImageId": each.id,
        "ImageName": each.id,
        "ImageFamily": each.family,
        "ImageOwnerAlias": each.owner,
        "Architecture": each.architecture,
        "OSName": each.os,
        "OSNameEn": each.os,
        "OSType": each.os_type,
        "Platform": each.platform,
        "Size": each.size_gb,
        "Status": "Available",
        "Usage": "none",
        "Progress": "100%",
        "Description": "",
        "IsPublic": each.owner == "system",
        "IsSupportCloudinit": True,
        "IsSupportIoOptimized": True,
        "Tags": {"Tag": []},
    }

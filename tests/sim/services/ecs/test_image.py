"""Images."""

from typing import Any

import pytest

from tests.sim.cloud import Cloud
from tests.sim.services.ecs.calls import IMAGE_FAMILY, Ecs


@pytest.fixture
def ecs(cloud: Cloud) -> Ecs:
    return Ecs(cloud, cloud.ecs(), "", "", "")


def images(ecs: Ecs, **filters: Any) -> list[dict[str, Any]]:
    return list(ecs.call("describe_images", **filters)["Images"]["Image"])


def test_images_are_filtered(ecs: Ecs) -> None:
    everything = images(ecs, PageSize=100)
    assert len(everything) == len({each["ImageId"] for each in everything}) > 5
    found = images(ecs, ImageFamily=IMAGE_FAMILY)[0]
    assert found["ImageOwnerAlias"] == "system"
    assert found["Status"] == "Available"
    assert (found["Architecture"], found["OSType"]) == ("x86_64", "linux")
    assert images(ecs, ImageId=found["ImageId"]) == [found]
    assert images(ecs, ImageId="none.vhd") == []
    assert images(ecs, ImageOwnerAlias="self") == []
    assert images(ecs, Architecture="arm64")
    assert {each["OSType"] for each in images(ecs, OSType="windows")} == {"windows"}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"ImageName": "aliyun_2_1903_x64"}, True),
        ({"ImageName": "ubuntu_18*x64"}, True),
        ({"ImageName": "beos"}, False),
        ({"Status": "Available,Creating"}, True),
        ({"Status": "UnAvailable"}, False),
        ({"ImageOwnerId": 1000000000000001}, False),
        ({"ImageOwnerAlias": "marketplace"}, False),
        ({"IsPublic": True, "ImageOwnerAlias": "others"}, False),
        ({"Tag": [{"Key": "a"}]}, False),
        ({"Usage": "none"}, False),
        ({"SnapshotId": "s-1"}, False),
        ({"ResourceGroupId": "rg-1"}, False),
        ({"IsSupportCloudinit": False}, False),
        ({"InstanceType": "ecs.g8y.large", "Architecture": "x86_64"}, False),
        ({"InstanceType": "ecs.g8y.large", "Architecture": "arm64"}, True),
    ],
)
def test_filter_of_images_finds_those_that_match(
    ecs: Ecs, filters: dict[str, Any], *, found: bool
) -> None:
    assert bool(images(ecs, **filters)) is found


def test_status_that_no_image_has_by_name_is_refused(ecs: Ecs) -> None:
    refused = ecs.refused("describe_images", Status="Odd")
    assert refused == (400, "InvalidParameter.Status")


def test_images_are_paged(ecs: Ecs) -> None:
    whole = images(ecs, PageSize=100)
    page = ecs.call("describe_images", PageNumber=2, PageSize=10)
    assert page["TotalCount"] == len(whole)
    assert page["Images"]["Image"] == whole[10:20]


def test_image_was_made_on_the_day_in_its_id(ecs: Ecs) -> None:
    (found,) = images(ecs, ImageId="aliyun_2_1903_x64_20G_alibase_20231221.vhd")
    assert found["CreationTime"] == "2023-12-21T00:00:00Z"
    assert found["OSNameEn"] == "Alibaba Cloud Linux  2.1903 LTS 64 bit"


def test_newest_image_of_a_family_is_found(ecs: Ecs) -> None:
    image = ecs.call("describe_image_from_family", ImageFamily=IMAGE_FAMILY)["Image"]
    made = [each["CreationTime"] for each in images(ecs, ImageFamily=IMAGE_FAMILY)]
    assert len(made) > 1
    assert image["CreationTime"] == max(made)
    assert ecs.call("describe_image_from_family", ImageFamily="acs:none")["Image"]["ImageId"] == ""


def test_image_runs_on_the_types_of_its_architecture(ecs: Ecs) -> None:
    (image,) = images(ecs, ImageName="debian_12_8_arm64")
    reply = ecs.call("describe_image_support_instance_types", ImageId=image["ImageId"])
    types = {each["InstanceTypeId"] for each in reply["InstanceTypes"]["InstanceType"]}
    assert "ecs.g8y.large" in types
    assert "ecs.g7.large" not in types
    refused = ecs.refused("describe_image_support_instance_types", ImageId="none.vhd")
    assert refused == (404, "InvalidImageId.NotFound")

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
    (found,) = images(ecs, ImageFamily=IMAGE_FAMILY)
    assert found["ImageOwnerAlias"] == "system"
    assert found["Status"] == "Available"
    assert (found["Architecture"], found["OSType"]) == ("x86_64", "linux")
    assert images(ecs, ImageId=found["ImageId"]) == [found]
    assert images(ecs, ImageId="none.vhd") == []
    assert images(ecs, ImageOwnerAlias="self") == []
    assert images(ecs, Architecture="arm64")
    assert {each["OSType"] for each in images(ecs, OSType="windows")} == {"windows"}


def test_images_are_paged(ecs: Ecs) -> None:
    page = ecs.call("describe_images", PageNumber=2, PageSize=10)
    assert page["TotalCount"] == 10 + len(page["Images"]["Image"])

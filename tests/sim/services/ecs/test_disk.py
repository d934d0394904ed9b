"""Disks: of instances, and of their own."""

from typing import Any

import pytest

from tests.sim.cloud import TRANSITION, Cloud
from tests.sim.services.ecs.calls import Ecs
from tests.sim.services.vpc.calls import ZONE_B, ZONE_C

GONE = (404, "InvalidDiskId.NotFound")
WRONG_STATUS = (403, "IncorrectDiskStatus")


@pytest.fixture
def disk(ecs: Ecs, cloud: Cloud) -> str:
    """A disk that is attached to nothing."""
    made = ecs.call("create_disk", ZoneId=ZONE_B, Size=40, DiskCategory="cloud_essd")
    cloud.settle()
    return str(made["DiskId"])


def one(ecs: Ecs, disk: str) -> dict[str, Any]:
    (found,) = ecs.disks(DiskIds=f'["{disk}"]')
    return found


def test_instance_begins_with_a_system_disk_and_the_data_disks_it_asks_for(ecs: Ecs) -> None:
    system = {"Category": "cloud_efficiency", "Size": "50", "DiskName": "root"}
    data = {"Category": "cloud_essd", "Size": 500, "PerformanceLevel": "PL2", "Encrypted": "true"}
    instance = ecs.instance(
        SystemDisk=system, DataDisk=[data, {"Size": 20}], Tag=[{"Key": "a", "Value": "b"}]
    )
    root, first, second = ecs.disks(InstanceId=instance)
    assert (root["Type"], root["DiskName"], root["Size"]) == ("system", "root", 50)
    assert (root["Category"], root["PerformanceLevel"]) == ("cloud_efficiency", "")
    assert (root["Device"], root["Status"]) == ("/dev/xvda", "In_use")
    assert (first["Type"], first["Device"], first["Encrypted"]) == ("data", "/dev/xvdb", True)
    assert (first["Category"], first["PerformanceLevel"]) == ("cloud_essd", "PL2")
    assert (second["Size"], second["Category"]) == (20, "cloud_efficiency")
    for each in (root, first, second):
        assert each["DeleteWithInstance"] is True
        assert each["Tags"] == {"Tag": [{"TagKey": "a", "TagValue": "b"}]}
        assert each["Attachments"]["Attachment"][0]["InstanceId"] == instance
    assert ecs.disks(DiskType="system") == [root]


@pytest.mark.parametrize(
    ("kind", "disk"), [("ecs.g7.large", "cloud_essd PL0"), ("ecs.g6.large", "cloud_efficiency ")]
)
def test_system_disk_defaults_to_a_category_that_the_type_takes(
    ecs: Ecs, kind: str, disk: str
) -> None:
    ecs.instance(InstanceType=kind)
    (found,) = ecs.disks()
    assert f"{found['Category']} {found['PerformanceLevel']}" == disk
    assert found["Size"] == 40


def test_disks_go_with_their_instance_unless_they_are_to_stay(ecs: Ecs, cloud: Cloud) -> None:
    instance = ecs.instance(DataDisk=[{"Size": 20}, {"Size": 30, "DeleteWithInstance": False}])
    ecs.call("delete_instance", InstanceId=instance, Force=True)
    cloud.settle()
    (left,) = ecs.disks()
    assert (left["Size"], left["Status"], left["InstanceId"]) == (30, "Available", "")
    assert left["DetachedTime"]


def test_disk_is_attached_and_detached(ecs: Ecs, cloud: Cloud, disk: str) -> None:
    instance = ecs.instance()
    assert ecs.refused("detach_disk", InstanceId=instance, DiskId=disk)[1] == "DependencyViolation"
    ecs.call("attach_disk", InstanceId=instance, DiskId=disk)
    assert one(ecs, disk)["Status"] == "Attaching"
    assert ecs.refused("attach_disk", InstanceId=instance, DiskId=disk) == WRONG_STATUS
    cloud.clock.advance(TRANSITION)
    found = one(ecs, disk)
    assert (found["Status"], found["InstanceId"]) == ("In_use", instance)
    assert (found["Device"], found["DeleteWithInstance"]) == ("/dev/xvdb", False)
    assert ecs.refused("delete_disk", DiskId=disk) == WRONG_STATUS
    ecs.call("detach_disk", InstanceId=instance, DiskId=disk)
    assert one(ecs, disk)["Status"] == "Detaching"
    cloud.settle()
    assert (one(ecs, disk)["Status"], one(ecs, disk)["InstanceId"]) == ("Available", "")
    ecs.call("delete_disk", DiskId=disk)
    cloud.settle()
    assert ecs.refused("delete_disk", DiskId=disk) == GONE


def test_disk_of_another_zone_is_not_attached(ecs: Ecs, cloud: Cloud) -> None:
    instance = ecs.instance()
    elsewhere = ecs.call("create_disk", ZoneId=ZONE_C, Size=40, DiskCategory="cloud_essd")
    cloud.settle()
    refused = ecs.refused("attach_disk", InstanceId=instance, DiskId=elsewhere["DiskId"])
    assert refused == (403, "ResourcesNotInSameZone")


def test_system_disk_leaves_and_returns_to_a_stopped_instance(ecs: Ecs, cloud: Cloud) -> None:
    instance = ecs.instance()
    (root,) = ecs.disks()
    named = {"InstanceId": instance, "DiskId": root["DiskId"]}
    assert ecs.refused("detach_disk", **named) == (403, "IncorrectInstanceStatus")
    ecs.call("stop_instance", InstanceId=instance)
    cloud.settle()
    ecs.call("detach_disk", **named)
    cloud.settle()
    assert ecs.disks(InstanceId=instance) == []
    ecs.call("attach_disk", **named, Bootable=True)
    cloud.settle()
    (back,) = ecs.disks(InstanceId=instance)
    assert (back["Type"], back["Device"]) == ("system", "/dev/xvda")


def test_disk_grows_and_never_shrinks(ecs: Ecs, disk: str) -> None:
    ecs.call("resize_disk", DiskId=disk, NewSize=60, Type="online")
    assert one(ecs, disk)["Size"] == 60
    small = ecs.refused("resize_disk", DiskId=disk, NewSize=59)
    assert small == (403, "InvalidDiskSize.TooSmall")
    large = ecs.refused("resize_disk", DiskId=disk, NewSize=70000)
    assert large == (403, "InvalidDiskSize.NotSupported")


def test_disk_changes_its_attributes_and_performance(ecs: Ecs, disk: str) -> None:
    ecs.call("modify_disk_attribute", DiskId=disk, DiskName="data", Description="of the firewall")
    ecs.call("modify_disk_attribute", DiskIds=[disk], DeleteAutoSnapshot=True)
    found = one(ecs, disk)
    assert (found["DiskName"], found["Description"]) == ("data", "of the firewall")
    assert (found["DeleteAutoSnapshot"], found["PerformanceLevel"]) == (True, "PL1")
    refused = ecs.refused("modify_disk_spec", DiskId=disk, PerformanceLevel="PL3")
    assert refused == (403, "OperationDenied.PerformanceLevelNotMatch")
    ecs.call("modify_disk_spec", DiskId=disk, DiskCategory="cloud_auto", ProvisionedIops=100)
    found = one(ecs, disk)
    assert (found["Category"], found["PerformanceLevel"]) == ("cloud_auto", "")
    assert found["ProvisionedIops"] == 100


def test_system_disk_is_replaced_by_one_of_another_image(ecs: Ecs, cloud: Cloud) -> None:
    instance = ecs.instance()
    (old,) = ecs.disks()
    request = {"InstanceId": instance, "ImageId": "ubuntu_24_04_x64_20G_alibase_20251030.vhd"}
    assert ecs.refused("replace_system_disk", **request) == (403, "IncorrectInstanceStatus")
    ecs.call("stop_instance", InstanceId=instance)
    cloud.settle()
    made = ecs.call("replace_system_disk", **request, SystemDisk={"Size": 60})
    (new,) = ecs.disks()
    assert new["DiskId"] == made["DiskId"] != old["DiskId"]
    assert (new["Size"], new["Category"]) == (60, old["Category"])
    assert ecs.one(instance)["ImageId"] == new["ImageId"] == request["ImageId"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"ZoneId": ZONE_B}, True),
        ({"ZoneId": ZONE_C}, False),
        ({"Category": "cloud_essd"}, True),
        ({"Category": "cloud_ssd"}, False),
        ({"Category": "all", "Status": "All", "DiskType": "all"}, True),
        ({"Status": "Available"}, True),
        ({"Status": "In_use"}, False),
        ({"DiskType": "system"}, False),
        ({"DiskName": "other"}, False),
        ({"PerformanceLevel": "PL1"}, True),
        ({"PerformanceLevel": "PL0"}, False),
        ({"DeleteWithInstance": False}, True),
        ({"DeleteWithInstance": True}, False),
        ({"EnableShared": True}, False),
        ({"Portable": False}, False),
        ({"Encrypted": True}, False),
        ({"Encrypted": False}, True),
        ({"MultiAttach": "Enabled"}, False),
        ({"DiskChargeType": "PrePaid"}, False),
        ({"LockReason": "security"}, False),
        ({"SnapshotId": "s-none"}, False),
        ({"KMSKeyId": "none"}, False),
        ({"ResourceGroupId": "rg-none"}, False),
        ({"Tag": [{"Key": "a"}]}, False),
        ({"Filter": [{"Key": "CreationStartTime", "Value": "2025-06-01T00:00Z"}]}, True),
        ({"Filter": [{"Key": "CreationStartTime", "Value": "2035-06-01T00:00Z"}]}, False),
    ],
)
def test_disks_are_filtered(ecs: Ecs, disk: str, filters: dict[str, Any], *, found: bool) -> None:
    assert [each["DiskId"] for each in ecs.disks(**filters)] == ([disk] if found else [])


def test_disk_outside_what_its_category_allows_is_refused(ecs: Ecs) -> None:
    refusals: list[tuple[dict[str, Any], tuple[int, str]]] = [
        ({"ZoneId": "cn-wulanchabu-z", "Size": 40}, (404, "InvalidZoneId.NotFound")),
        ({"Size": 40}, (400, "MissingParameter")),
        ({"ZoneId": ZONE_B, "Size": 4}, (403, "InvalidDiskSize.NotSupported")),
        (
            {"ZoneId": ZONE_B, "Size": 40, "DiskCategory": "tape"},
            (403, "InvalidDataDiskCategory.NotSupported"),
        ),
        (
            {"ZoneId": ZONE_B, "Size": 40, "KMSKeyId": "key"},
            (400, "InvalidParameter.EncryptedIllegal"),
        ),
    ]
    for request, refusal in refusals:
        assert ecs.refused("create_disk", **request) == refusal
    assert ecs.disks() == []
